// What was bought: each line with how far it has come, and behind it what the buyer saw and heard.
import { t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import type { Order, OrderLine, OrderProgress } from '../../types.ts';
import { money } from '../words.ts';
import { evidence } from './evidence.ts';

export function orderLines(order: Order, progress: OrderProgress | null): TemplateResult {
  return html`<section class="panel"><h2>${t('order.lines')}</h2>${order.lines.map((line, index) => oneLine(line, order, progress, index === 0 && order.lines.length === 1))}</section>`;
}

function oneLine(line: OrderLine, order: Order, progress: OrderProgress | null, open: boolean): TemplateResult {
  const far = progress?.lines.find((one) => one.line_id === line.id);
  const marks = far
    ? [
        far.to_ship > 0 && t('order.n_to_ship', { n: far.to_ship }),
        far.shipped > 0 && t('order.n_shipped', { n: far.shipped }),
        far.cancelled > 0 && t('order.n_cancelled', { n: far.cancelled }),
        far.on_return > 0 && t('order.n_on_return', { n: far.on_return }),
        far.refunded.amount_minor > 0 && t('order.of_refunds', { amount: money(far.refunded) }),
      ].filter(Boolean)
    : [];
  const discounts = order.adjustments.filter((one) => one.line_id === line.id);
  return html`<details class="order-line" ?open=${open}><summary>
      <span class="grow stack tight"><strong>${line.number === null ? nothing : html`<span class="soft number">#${line.number}</span> `}${line.title}${line.variant ? html` <span class="soft">${line.variant}</span>` : nothing}</strong>
        <span class="small soft number">${[line.sku, line.gift ? t('order.gift') : '', line.drop_id ? t('order.from_drop') : '', ...marks].filter(Boolean).join(' · ')}</span>
        ${discounts.map((one) => html`<span class="small gain number">− ${money(one.amount)} ${one.label}${one.code ? ` (${one.code})` : ''} · ${t(`funded_by.${one.funded_by}`)}</span>`)}</span>
      <span class="line-sum number"><span>${line.quantity} × ${money(line.price_shown)}</span><strong>${money(line.net)}</strong></span></summary>
    <div class="stack">${evidence(line)}</div></details>`;
}

export function orderSums(order: Order): TemplateResult {
  const { totals } = order;
  const onShipping = order.adjustments.filter((one) => one.line_id === null);
  const rows: [unknown, unknown][] = [[t('sum.items'), money(totals.items)]];
  if (totals.discount.amount_minor > 0) rows.push([t('sum.discount'), `− ${money(totals.discount)}`]);
  // Stored as it was paid; what the discounts below took off comes on top of it again.
  const before = totals.shipping.amount_minor + totals.shipping_discount.amount_minor;
  rows.push([t('sum.shipping'), money({ ...totals.shipping, amount_minor: before })]);
  for (const one of onShipping)
    rows.push([
      html`<span class="small soft">${one.label} · ${t(`funded_by.${one.funded_by}`)}</span>`,
      html`<span class="small soft">− ${money(one.amount)}</span>`,
    ]);
  rows.push([t(totals.tax_included ? 'sum.tax_included' : 'sum.tax'), money(totals.tax)]);
  return html`<section class="panel"><h2>${t('sum.title')}</h2><dl class="sum number">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}
    <dt class="total">${t('order.total')}</dt><dd class="total">${money(totals.total)}</dd>
    ${order.exchange ? html`<dt>${t('sum.on_card')}</dt><dd>${money(order.exchange.total)}</dd><dt class="small soft">${t('sum.rate', { rate: order.exchange.rate, source: order.exchange.source ?? '–' })}</dt><dd></dd>` : nothing}
    ${order.refunded.amount_minor > 0 ? html`<dt>${t('sum.refunded')}</dt><dd>− ${money(order.refunded)}</dd>` : nothing}</dl></section>`;
}
