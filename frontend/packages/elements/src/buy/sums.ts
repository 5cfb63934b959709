/** What is paid, line by line: items, what is taken off and by whom, shipping, tax, total; the same in sheet, cart and order. */
import type { Money } from '@shopcast/api-client';
import { dayRange, formatMoney, t } from '@shopcast/format';
import { css, html, nothing } from 'lit';
import './messages.ts';

export interface Sums {
  items: Money;
  discount?: Money | null;
  shipping: Money | null;
  shipping_discount?: Money | null;
  tax: Money | null;
  tax_included: boolean | null;
  duties_estimate?: Money | null;
  total: Money | null;
}

/** What one rule took off, of a cart or of an order. */
export interface Taken {
  promotion_id: string;
  label: string;
  funded_by: string;
  amount: Money;
}

function row(label: unknown, money: Money | null | undefined, options: { strong?: boolean; off?: boolean } = {}) {
  if (!money) return nothing;
  const minor = options.off ? -money.amount_minor : money.amount_minor;
  return html`<div class=${options.strong ? 'total' : options.off ? 'off' : ''}>
    <dt>${label}</dt>
    <dd><sc-money plain minor=${minor} currency=${money.currency}></sc-money></dd>
  </div>`;
}

/** "Autumn 10 % · from the seller": who gives it is part of what it is. */
function adjustmentRow(one: Taken) {
  return row(html`${one.label} <small class="soft">${t(`sums.by.${one.funded_by}`)}</small>`, one.amount, {
    off: true,
  });
}

/** Adjustments of one promotion over many lines are one row. */
export function summed(adjustments: readonly Taken[]): Taken[] {
  const rows = new Map<string, Taken>();
  for (const one of adjustments) {
    const key = `${one.promotion_id}|${one.funded_by}|${one.amount.currency}|${one.label}`;
    const known = rows.get(key);
    const amount_minor = (known?.amount.amount_minor ?? 0) + one.amount.amount_minor;
    rows.set(key, { ...(known ?? one), amount: { ...one.amount, amount_minor } });
  }
  return [...rows.values()];
}

export function sumRows(totals: Sums, adjustments: readonly Taken[] = [], withTotal = true) {
  const named = summed(adjustments);
  const unnamed = named.length === 0 && (totals.discount?.amount_minor ?? 0) > 0 ? totals.discount : null;
  const added = totals.tax_included === false;
  // Shipping is shown as it was before what is taken off it, so that the rows add up.
  const before = totals.shipping && {
    ...totals.shipping,
    amount_minor: totals.shipping.amount_minor + (totals.shipping_discount?.amount_minor ?? 0),
  };
  return html`<dl class="sums figures">
    ${row(t('buy.items'), totals.items)}
    ${unnamed ? row(t('sums.discount'), unnamed, { off: true }) : named.map(adjustmentRow)}
    ${
      before?.amount_minor === 0
        ? html`<div><dt>${t('buy.shipping')}</dt><dd>${t('sums.free')}</dd></div>`
        : row(t('buy.shipping'), before)
    }
    ${added ? row(t('buy.tax_row'), totals.tax) : nothing}
    ${withTotal ? row(t('buy.total'), totals.total, { strong: true }) : nothing}
  </dl>`;
}

export function sumNotes(totals: Sums, delivery?: { from: string | null; to: string | null }) {
  const notes = [
    totals.tax && totals.tax.amount_minor > 0 && totals.tax_included !== false
      ? t('buy.tax', { tax: formatMoney(totals.tax) })
      : '',
    delivery?.from && delivery.to ? t('buy.delivery', { days: dayRange(delivery.from, delivery.to) }) : '',
    totals.duties_estimate && totals.duties_estimate.amount_minor > 0
      ? t('sums.duties', { amount: formatMoney(totals.duties_estimate) })
      : '',
  ].filter(Boolean);
  return notes.length === 0 ? nothing : html`<p class="small soft">${notes.join(' ')}</p>`;
}

export const sumStyles = css`
  .sums {
    display: grid;
    gap: var(--space-1);
  }
  .sums > div {
    display: flex;
    gap: var(--space-3);
    justify-content: space-between;
  }
  .sums dd {
    flex: none;
  }
  .sums .off {
    color: var(--gain);
  }
  .sums .total {
    padding-block-start: var(--space-1);
    font-size: var(--text-l);
    font-weight: var(--weight-bold);
  }
`;
