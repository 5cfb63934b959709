/** Cards of shows and moments, as home and search draw them. */
import type { MomentCard, ShowCard } from '@shopcast/api-client';
import { dateTime, duration, relative, t } from '@shopcast/format';
import { html, nothing } from 'lit';

function marks(show: ShowCard) {
  if (show.state === 'live' || show.state === 'interrupted') {
    return html`<span class="chip-mark live">${t(`state.${show.state}`)}</span>`;
  }
  if (show.state === 'scheduled')
    return html`<span class="chip-mark figures">${show.starts_at ? dateTime(show.starts_at) : t('state.scheduled')}</span>`;
  const length = show.started_at && show.ended_at ? Date.parse(show.ended_at) - Date.parse(show.started_at) : null;
  return html`<span class="chip-mark figures">${length === null ? t('state.replay') : duration(length)}</span>`;
}

export function showCard(show: ShowCard) {
  const count = show.item_count;
  const when = show.state === 'scheduled' && show.starts_at ? relative(show.starts_at, Date.now()) : null;
  return html`<a class="show-card" href=${`/shows/${show.id}`}>
    <span class="cover"
      >${show.cover_url ? html`<img src=${show.cover_url} alt="" loading="lazy" decoding="async" />` : nothing}
      <span class="marks">${marks(show)}</span></span
    >
    <h3>${show.title}</h3>
    <p>${show.host.name}${count ? ` · ${t('home.items', { n: count })}` : ''}${when ? ` · ${when}` : ''}</p>
  </a>`;
}

export function momentCard(moment: MomentCard) {
  return html`<a href=${`/shows/${moment.show_id}?item=${moment.number}`}>
    <span class="cover"
      >${moment.image_url ? html`<img src=${moment.image_url} alt="" loading="lazy" decoding="async" />` : nothing}
      <span class="chip-mark figures">#${moment.number}</span></span
    >
    <strong>${moment.title}</strong>
    <span class="soft">${moment.show_title}</span>
  </a>`;
}
