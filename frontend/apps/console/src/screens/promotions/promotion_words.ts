// What a promotion takes off, in a few words, and how it stands.
import { formatMoney, t } from '@shopcast/format';
import { badge, type Tone } from '@shopcast/ui/controls/badge.ts';
import type { TemplateResult } from 'lit';
import { percentText } from '../../lib/whole_number.ts';
import type { Promotion } from '../../types.ts';

const TONES: Record<Promotion['state'], Tone> = {
  scheduled: 'plain',
  running: 'good',
  paused: 'warn',
  used_up: 'danger',
  expired: 'plain',
  ended: 'plain',
};

export function promotionState(state: Promotion['state']): TemplateResult {
  return badge(TONES[state], t(`promotion_state.${state}`));
}

/** "10 % off, at most €20", "Buy 2, get 1 free", "3 or more: 10 % off". */
export function couponWorth(promotion: Pick<Promotion, 'benefit' | 'currency' | 'lane'>): string {
  const { benefit } = promotion;
  const amount = (amount_minor: number): string => formatMoney({ amount_minor, currency: promotion.currency ?? 'EUR' });
  const percent = (points: number): string => `${percentText(points)} %`;
  switch (benefit.type) {
    case 'percent':
      if (promotion.lane === 'shipping' && benefit.basis_points === 10_000) return t('worth.free_shipping');
      return benefit.cap_minor
        ? t('worth.percent_cap', { percent: percent(benefit.basis_points), cap: amount(benefit.cap_minor) })
        : t('worth.off', { what: percent(benefit.basis_points) });
    case 'amount':
      return t('worth.off', { what: amount(benefit.amount_minor) });
    case 'amount_each':
      return t('worth.off_each', { what: amount(benefit.amount_minor) });
    case 'spend_steps':
      return benefit.steps
        .map((step) =>
          t('worth.spend_step', {
            from: amount(step.from_minor),
            what: step.basis_points ? percent(step.basis_points) : amount(step.amount_minor ?? 0),
          }),
        )
        .join(' · ');
    case 'quantity_tiers':
      return benefit.steps
        .map((step) =>
          t('worth.tier_step', {
            n: step.from_quantity,
            what: step.basis_points ? percent(step.basis_points) : amount(step.each_minor ?? 0),
          }),
        )
        .join(' · ');
    case 'buy_x_get_y':
      return (benefit.basis_points ?? 10_000) === 10_000
        ? t('worth.buy_get_free', { buy: benefit.buy, get: benefit.get })
        : t('worth.buy_get', { buy: benefit.buy, get: benefit.get, percent: percent(benefit.basis_points ?? 10_000) });
    case 'bundle':
      return t('worth.bundle', { n: benefit.parts.length, price: amount(benefit.price_minor) });
    case 'gift':
      return t('worth.gift');
  }
}
