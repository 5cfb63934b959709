// Words and small drawings that several screens share.
import { formatMoney, t } from '@shopcast/format';
import { badge, type Tone } from '@shopcast/ui/controls/index.ts';
import { html, type TemplateResult } from 'lit';
import type { Card, Money, Order, ShowState } from '../types.ts';

const SHOW_TONES: Record<ShowState, Tone> = {
  draft: 'plain',
  scheduled: 'plain',
  rehearsal: 'warn',
  live: 'live',
  interrupted: 'danger',
  ended: 'plain',
  replay: 'good',
};
const ORDER_TONES: Record<Order['state'], Tone> = {
  placed: 'warn',
  paid: 'good',
  cancelled: 'plain',
  refunded: 'danger',
};

export function showState(state: ShowState): TemplateResult {
  return badge(SHOW_TONES[state], t(`show_state.${state}`));
}

export function orderState(state: Order['state']): TemplateResult {
  return badge(ORDER_TONES[state], t(`order_state.${state}`));
}

export function picture(url: string | null | undefined, size: '' | 'medium' | 'large' = ''): TemplateResult {
  if (!url) return html`<span class="picture none ${size}"><sc-icon name="image"></sc-icon></span>`;
  return html`<img class="picture ${size}" src=${url} alt="" loading="lazy" decoding="async" />`;
}

export function money(amount: Money | null | undefined): string {
  return amount ? formatMoney(amount) : '–';
}

export function priceOf(card: Pick<Card, 'price_minor' | 'price_max_minor' | 'currency'>): string {
  const low = formatMoney({ amount_minor: card.price_minor, currency: card.currency });
  if (card.price_max_minor <= card.price_minor) return low;
  return `${low} – ${formatMoney({ amount_minor: card.price_max_minor, currency: card.currency })}`;
}

export function leftOf(left: number): string {
  return left > 0 ? t('item.left', { n: left }) : t('item.sold_out');
}
