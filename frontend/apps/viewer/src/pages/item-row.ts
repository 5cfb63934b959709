/** One dense row of an item; the server draws the same markup for the express lane, so nothing moves when we take over. */
import type { Card } from '@shopcast/api-client';
import { beforeMinor } from '@shopcast/elements/show/card-parts.ts';
import { formatMoney, t } from '@shopcast/format';
import { html, nothing } from 'lit';

export interface RowOptions {
  showId: string;
  /** A line under the name instead of the claim. */
  under?: string;
  level?: 2 | 3;
  now?: boolean;
  clipUrl?: string | null;
  clip?: unknown;
  drop?: unknown;
  onBuy?: (card: Card) => void;
  onClip?: (card: Card) => void;
  onWait?: (card: Card) => void;
}

function plainClick(run: () => void) {
  return (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    run();
  };
}

export function itemRow(card: Card, options: RowOptions) {
  const href = `/shows/${options.showId}?item=${card.number}`;
  const before = beforeMinor(card);
  const soldOut = card.left <= 0;
  const money = (amount_minor: number) => formatMoney({ amount_minor, currency: card.currency });
  const { onBuy, onClip, onWait } = options;
  return html`<li class="row-item ${soldOut ? 'sold-out' : ''}" data-item-id=${card.id} data-number=${card.number}>
    <span class="picture"
      >${card.image_url ? html`<img src=${card.image_url} alt="" width="64" height="64" loading="lazy" decoding="async" />` : nothing}<span
        class="number figures"
        >${card.number}</span
      ></span
    >
    <div class="text">
      ${options.now ? html`<span class="now"><sc-icon name="radio"></sc-icon>${t('on_air.now')}</span>` : nothing}
      ${options.level === 3 ? html`<h3>${card.title}</h3>` : html`<h2>${card.title}</h2>`}
      <p class="claim">${options.under ?? card.claim}</p>
      <div class="facts">
        <span class="price figures">${money(card.price_minor)}</span>${
          before === null ? nothing : html`<s class="before figures" title=${t('card.before')}>${money(before)}</s>`
        }<span class="left figures">${soldOut ? t('card.sold_out') : t('card.left', { n: card.left })}</span>
      </div>
      ${options.drop ?? nothing}
    </div>
    <div class="actions">
      ${
        options.clipUrl
          ? html`<a
              class="clip link"
              href=${href}
              aria-label=${t('list.clip_item', { number: card.number })}
              @click=${onClip ? plainClick(() => onClip(card)) : nothing}
              >${t('list.clip')}</a
            >`
          : nothing
      }
      ${
        soldOut
          ? onWait
            ? html`<sc-button
                label=${t('action.wait_item', { number: card.number, title: card.title })}
                @click=${() => onWait(card)}
                >${t('action.wait')}</sc-button
              >`
            : nothing
          : html`<a
              class="buy"
              href=${`${href}&buy=1`}
              aria-label=${t('action.buy_item', { number: card.number, title: card.title })}
              @click=${onBuy ? plainClick(() => onBuy(card)) : nothing}
              >${t('action.buy')}</a
            >`
      }
    </div>
    ${options.clip ?? nothing}
  </li>`;
}
