// The shelf while live: any item one tap from air, with who waits for it.
import { t } from '@shopcast/format';
import type { RoomState } from '@shopcast/room-client';
import { html, nothing, type TemplateResult } from 'lit';
import { type LiveView, shelfOf } from '../../lib/live_view.ts';
import type { Card, Manage } from '../../types.ts';
import { leftOf, picture, priceOf } from '../words.ts';
import { waiting } from './glance.ts';
import type { LiveKeys } from './live_keys.ts';

export function shelfPanel(
  manage: Manage,
  view: LiveView,
  room: RoomState,
  query: string,
  nowMs: number,
  search: (text: string) => void,
  keys: LiveKeys,
): TemplateResult {
  const { items, order: ids } = shelfOf(manage, room);
  const order = ids.flatMap((id) => items[id] ?? []);
  const shown = order.filter((card) => matches(card, query));
  const asked = new Map(room.requests.map((request) => [request.item_id, request]));
  // Those asked for stand first, the most wanted on top.
  const sorted = [...shown].sort((a, b) => (asked.get(b.id)?.count ?? 0) - (asked.get(a.id)?.count ?? 0));
  return html`<section class="panel" id="panel-shelf"><div class="panel-head"><h2>${t('live.tab_shelf')}</h2></div>
    <label class="search-field"><sc-icon name="search"></sc-icon><span class="hidden-text">${t('live.find')}</span><input class="control" type="search" inputmode="search" placeholder=${t('live.find')} .value=${query} @input=${(event: Event) => search((event.target as HTMLInputElement).value)} /></label>
    ${
      sorted.length === 0
        ? html`<p class="soft">${t('live.none_match')}</p>`
        : html`<ul class="plain-list">${sorted.map((card) => {
            const request = asked.get(card.id);
            const isOn = view.onAir?.card.id === card.id;
            return html`<li><span class="shelf-number">${card.number}</span>${picture(card.image_url)}<span class="grow stack tight"><span class="clip-one">${card.title}</span>
          <span class="small soft number">${request && request.count > 0 ? html`<strong class="asked-mark">${t('live.wanted_by', { n: request.count })}</strong> · ${waiting(nowMs - request.since_ms)}` : html`${priceOf(card)} · ${leftOf(card.left)}`}</span></span>
        ${isOn ? html`<span class="badge live">${t('live.on_air')}</span>` : card.hidden ? html`<span class="badge">${t('shelf.hidden')}</span>` : html`<sc-button icon="pin" label=${t('live.pin_number', { number: card.number })} @click=${() => keys.pin(card.id)}></sc-button>`}${nothing}</li>`;
          })}</ul>`
    }</section>`;
}

/** "7" or "#7" is a number; anything else is words of the title. */
export function matches(card: Pick<Card, 'number' | 'title'>, query: string): boolean {
  const plain = query.normalize('NFKC').trim().toLowerCase().replace(/^#/, '');
  if (plain === '') return true;
  if (/^\d+$/.test(plain)) return String(card.number).startsWith(plain);
  return card.title.normalize('NFKC').toLowerCase().includes(plain);
}
