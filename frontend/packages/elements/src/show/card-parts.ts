/** Parts of a card that several elements draw the same way: picture with number, price, what is left. */
import type { Card } from '@shopcast/api-client';
import { t } from '@shopcast/format';
import { css, html, nothing } from 'lit';

/** From here on the number that is left is worth saying loudly; it is always the true one. */
const FEW = 5;

export function picture(card: Card) {
  return html`<span class="picture">
    ${card.image_url ? html`<img src=${card.image_url} alt="" loading="lazy" decoding="async" />` : nothing}
    <span class="number figures" aria-hidden="true">${card.number}</span>
  </span>`;
}

/** The server gives a "before" price only when it is the lawful one: the lowest of the 30 days before today's price. */
export function beforeMinor(card: Card): number | null {
  const before = card.compare_at_minor;
  return before !== null && before > card.price_minor ? before : null;
}

export function price(card: Card) {
  const before = beforeMinor(card);
  return html`<span class="price">
    ${card.price_max_minor > card.price_minor ? html`<small class="from">${t('card.from')}</small>` : nothing}
    <sc-money minor=${card.price_minor} currency=${card.currency}></sc-money>
    ${
      before === null
        ? nothing
        : html`<span class="before" title=${t('card.before')}
            ><span class="hidden-text">${t('card.before')} </span
            ><sc-money was minor=${before} currency=${card.currency}></sc-money
          ></span>`
    }
  </span>`;
}

export function stockLeft(left: number) {
  if (left <= 0) return html`<span class="left none">${t('card.sold_out')}</span>`;
  return html`<span class="left figures ${left <= FEW ? 'few' : ''}">${t('card.left', { n: left })}</span>`;
}

export const cardPartStyles = css`
  .picture {
    position: relative;
    display: block;
    flex: none;
    width: var(--picture-size, 4rem);
    aspect-ratio: 1;
    border-radius: var(--radius-m);
    background: var(--paper-sunken);
  }
  .picture img {
    width: 100%;
    height: 100%;
    border-radius: inherit;
    object-fit: cover;
  }
  .number {
    position: absolute;
    inset-block-start: calc(-1 * var(--space-1));
    inset-inline-start: calc(-1 * var(--space-1));
    min-width: 1.5rem;
    padding-inline: var(--space-1);
    border-radius: var(--radius-s);
    background: var(--ink);
    color: var(--paper);
    font-weight: var(--weight-bold);
    font-size: var(--text-s);
    line-height: 1.5rem;
    text-align: center;
  }
  .price {
    display: inline-flex;
    flex-wrap: wrap;
    gap: 0 var(--space-2);
    align-items: baseline;
    font-weight: var(--weight-bold);
    font-size: var(--price-size, var(--text-l));
    line-height: var(--leading-tight);
  }
  .price .from {
    color: var(--ink-soft);
    font-weight: var(--weight);
    font-size: var(--text-xs);
  }
  .before {
    color: var(--ink-faint);
    font-weight: var(--weight);
    font-size: var(--text-s);
  }
  .left {
    color: var(--ink-soft);
    font-size: var(--text-s);
    white-space: nowrap;
  }
  .left.few {
    color: var(--ink);
    font-weight: var(--weight-bold);
  }
  .left.none {
    color: var(--ink-faint);
    font-weight: var(--weight-medium);
  }
`;
