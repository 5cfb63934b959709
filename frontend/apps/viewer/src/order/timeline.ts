/** The story of an order, drawn. */
import type { Order, OrderProgressAnswer, ShipmentView } from '@shopcast/api-client';
import { dateTime, t } from '@shopcast/format';
import { html, nothing } from 'lit';
import '../messages/order.ts';
import { type OrderStage, type StoryEntry, story } from './story.ts';

const ICONS: Record<string, string> = {
  placed: 'receipt',
  paid: 'check',
  packed: 'package',
  shipped: 'truck',
  delivered: 'house',
  delivery_assumed: 'clock',
  cancelled: 'x',
  refunded: 'credit-card',
  return_requested: 'reply',
  return_approved: 'check',
  return_rejected: 'x',
  return_closed: 'check',
};

export function stageTag(stage: OrderStage) {
  const tone = stage === 'delivered' || stage === 'refunded' ? 'gain' : '';
  return html`<span class="tag ${tone}">${t(`order.stage.${stage}`)}</span>`;
}

function parcel(one: ShipmentView) {
  const number = [one.carrier, one.tracking_number].filter(Boolean).join(' ');
  const units = one.lines?.map((line) => `${line.quantity} × ${line.title}`).join(', ') ?? '';
  return html`<p class="small soft">${units}</p>
    ${
      one.tracking_url
        ? html`<a class="link" href=${one.tracking_url} target="_blank" rel="noopener noreferrer">${t('order.track', { number })}</a>`
        : number
          ? html`<p class="small figures">${number}</p>`
          : nothing
    }`;
}

function entry(one: StoryEntry) {
  return html`<li>
    <span class="dot"><sc-icon name=${ICONS[one.what] ?? 'circle-check'}></sc-icon></span>
    <div>
      <strong>${t(`order.told.${one.what}`)}</strong> <span class="soft small figures">${dateTime(one.at)}</span>
      ${one.shipment && one.what === 'shipped' ? parcel(one.shipment) : nothing}
    </div>
  </li>`;
}

export function timeline(order: Order, progress: OrderProgressAnswer | null) {
  return html`<ol class="story">${story(order, progress).map(entry)}</ol>`;
}
