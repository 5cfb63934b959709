/** The returns of an order as its buyer sees them: four separate matters, each said for itself. */
import type { ReturnView } from '@shopcast/api-client';
import { dateTime, day, formatMoney, t } from '@shopcast/format';
import { html, nothing } from 'lit';
import '../messages/returns.ts';

export interface ReturnActs {
  busy: string;
  /** A guest's link opens pictures and labels too. */
  token: string;
  cancel: (one: ReturnView) => void;
  addPhotos: (one: ReturnView, files: readonly File[]) => void;
}

function item(one: ReturnView['items'][number]) {
  const facts = [
    t(`return.cause.${one.cause}`),
    one.reception === 'awaiting' ? '' : t(`return.reception.${one.reception}`),
    one.acceptance === 'pending' ? '' : t(`return.acceptance.${one.acceptance}`),
  ].filter(Boolean);
  return html`<li class="box-row">
    <span
      >${one.quantity} × ${one.title}${one.variant_title ? `, ${one.variant_title}` : ''}<br /><span class="small soft">${facts.join(' · ')}</span>
      ${one.answer ? html`<br /><span class="small">${t('return.answer', { text: one.answer })}</span>` : nothing}
      ${one.exchanged_for ? html`<br /><span class="small">${t('return.exchanged', { what: one.exchanged_for })}</span>` : nothing}</span
    >
    ${one.refunded.amount_minor > 0 ? html`<strong class="figures gain-text">${formatMoney(one.refunded)}</strong>` : nothing}
  </li>`;
}

/** The server's own addresses, for whoever came by a link. */
function opened(url: string, token: string): string {
  return token ? `${url}${url.includes('?') ? '&' : '?'}token=${encodeURIComponent(token)}` : url;
}

function next(one: ReturnView) {
  if (one.state === 'approved' && one.send_until) return t('return.send_until', { day: day(one.send_until) });
  return one.state === 'requested' ? t('return.waits') : '';
}

export function returnCard(one: ReturnView, acts: ReturnActs) {
  const tracking = [one.carrier, one.tracking_number].filter(Boolean).join(' ');
  return html`<section class="box return">
    <h2>${t(`return.kind.${one.kind}`)} <span class="tag ${one.state === 'closed' ? 'gain' : ''}">${t(`return.state.${one.state}`)}</span></h2>
    <p class="small soft figures">${dateTime(one.requested_at)}${next(one) ? ` · ${next(one)}` : ''}</p>
    <ul>${one.items.map(item)}</ul>
    ${one.answer ? html`<p class="notice">${t('return.answer', { text: one.answer })}</p>` : nothing}
    ${one.photos.length > 0 ? html`<div class="photos">${one.photos.map((photo) => html`<img src=${opened(photo.url, acts.token)} alt=${t('return.photo')} loading="lazy" />`)}</div>` : nothing}
    ${one.refunds.map((refund) => html`<p class="figures">${t(`return.refund.${refund.state}`, { amount: formatMoney(refund.amount) })}</p>`)}
    <div class="form-foot start">
      ${one.label_url ? html`<sc-button icon="download" href=${opened(one.label_url, acts.token)}>${t('return.label')}</sc-button>` : nothing}
      ${one.tracking_url ? html`<a class="link" href=${one.tracking_url} target="_blank" rel="noopener noreferrer">${t('order.track', { number: tracking })}</a>` : nothing}
      ${
        one.can.add_photos
          ? html`<label class="file">
              <input
                type="file"
                class="hidden-text"
                accept="image/jpeg,image/png,image/webp"
                multiple
                ?disabled=${acts.busy === one.id}
                @change=${(event: Event) => {
                  const input = event.target as HTMLInputElement;
                  const files = [...(input.files ?? [])];
                  input.value = '';
                  if (files.length > 0) acts.addPhotos(one, files);
                }}
              /><sc-icon name="image"></sc-icon>${t('return.add_photos')}</label
            >`
          : nothing
      }
      ${one.can.cancel ? html`<sc-button variant="quiet" ?loading=${acts.busy === `cancel-${one.id}`} @click=${() => acts.cancel(one)}>${t('return.cancel')}</sc-button>` : nothing}
    </div>
  </section>`;
}
