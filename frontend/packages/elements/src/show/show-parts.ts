/** Small parts of the show's page that need nothing but what they are given. */
import type { Problem, ShowPage } from '@shopcast/api-client';
import { compactNumber, dateTime, formatNumber, relative, t, timeOfDay } from '@shopcast/format';
import type { RoomState, RoomStatus } from '@shopcast/room-client';
import { html, nothing } from 'lit';

export function stateBadge(state: RoomState['show']['state'], atEdge: boolean) {
  if (state === 'live' && atEdge) return html`<span class="badge live">${t('state.live')}</span>`;
  if (state === 'live') return html`<span class="badge">${t('state.rewind')}</span>`;
  return html`<span class="badge">${t(`state.${state}`)}</span>`;
}

export function viewersCount(viewers: number | null) {
  if (viewers === null) return nothing;
  return html`<span class="viewers figures" title=${t('viewers', { n: viewers })}
    ><sc-icon name="eye" label=${t('viewers.label')}></sc-icon>${viewers < 10_000 ? formatNumber(viewers) : compactNumber(viewers)}</span
  >`;
}

export interface Connection {
  status: RoomStatus;
  away: boolean;
  pictureToo: boolean;
  /** What somebody is told whom the house has closed its rooms to. */
  banned: string;
  listUrl: string;
}

/** What does not work, and before all what still does. */
export function connectionNotice({ status, away, pictureToo, banned, listUrl }: Connection) {
  if (status === 'banned')
    return html`<div class="connection" role="status"><sc-icon name="info"></sc-icon><span>${banned}</span></div>`;
  if (status === 'polling' && !away)
    return html`<div class="connection quiet" role="status"><sc-icon name="clock"></sc-icon><span>${t('room.polling')}</span></div>`;
  if (!away) return nothing;
  return html`<div class="connection" role="status">
    <sc-icon name="wifi-off"></sc-icon><span>${t(pictureToo ? 'room.lost' : 'room.waiting')}</span>
    <a class="plain" href=${listUrl}>${t('room.list')}</a>
  </div>`;
}

/** Calm: the host comes back by themselves, and nothing else stops. */
export function interruptedNotice(show: RoomState['show']) {
  if (show.state !== 'interrupted' || show.is_cut) return nothing;
  const until = show.grace_until_ms;
  return html`<div class="connection" role="status">
    <sc-icon name="radio"></sc-icon
    ><span>${until ? t('room.interrupted.until', { time: timeOfDay(until) }) : t('room.interrupted')}</span>
  </div>`;
}

/** The number with what it counts. */
export function viewersAbout(viewers: number | null) {
  if (viewers === null) return nothing;
  return html`<dl class="counted">
    <div><dt>${t('viewers.about')}</dt><dd class="figures">${formatNumber(viewers)}</dd></div>
  </dl>
  <p class="small soft">${t('viewers.definition')}</p>`;
}

export function upcoming(page: ShowPage | null, state: RoomState['show']['state'], nowMs: number) {
  const coming = (one: string) => one === 'scheduled' || one === 'draft';
  if (!page || !coming(page.state) || !coming(state)) return nothing;
  return html`<div class="upcoming">
    ${
      page.starts_at
        ? html`<strong>${dateTime(page.starts_at)}</strong><span>${relative(page.starts_at, nowMs)}</span>`
        : nothing
    }
    <p>${t('upcoming.next')}</p>
  </div>`;
}

export function aboutText(page: ShowPage | null) {
  if (!page) return nothing;
  return html`${page.description ? html`<p>${page.description}</p>` : nothing}
    <dl>
      <div><dt>${t('about.host')}</dt><dd>${page.host.name}</dd></div>
      <div><dt>${t('about.owner')}</dt><dd>${page.owner.name}</dd></div>
      ${page.sellers.map((seller) => html`<div><dt>${t('about.seller')}</dt><dd>${seller.legal_identity || seller.name}</dd></div>`)}
    </dl>
    <p class="small soft">${t('about.commission')}</p>
    <p><a class="plain" href=${`/shows/${page.id}/list`}>${t('about.list')}</a></p>`;
}

export function problemPage(problem: Problem, retry: () => void) {
  const missing = problem.status === 404;
  return html`<main class="problem">
    <sc-empty
      tone="problem"
      icon=${missing ? 'search' : 'wifi-off'}
      heading=${missing ? t('show.missing') : t('show.failed')}
      text=${missing ? t('show.missing.next') : t('show.failed.next')}
    >
      ${
        missing
          ? html`<sc-button variant="primary" href="/">${t('action.home')}</sc-button>`
          : html`<sc-button variant="primary" icon="refresh-cw" @click=${retry}>${t('action.retry')}</sc-button>`
      }
    </sc-empty>
  </main>`;
}
