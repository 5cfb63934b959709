import { describe, expect, test } from 'vitest';
import { promotions } from '../../../dev/fixtures_selling.ts';
import {
  draftOfPromotion,
  LANES,
  newPromotion,
  type PromotionDraft,
  promotionBody,
  promotionChanges,
  promotionProblems,
} from '../promotion_draft.ts';

const coupon = (extra: Partial<PromotionDraft> = {}): PromotionDraft => ({
  ...newPromotion('coupon'),
  name: 'Autumn',
  timeZone: 'UTC',
  ...extra,
});

describe('what cannot be sent', () => {
  test('a fresh draft lacks its name and nothing else, except where its lane needs more', () => {
    const lacking = Object.fromEntries(LANES.map((lane) => [lane, promotionProblems(newPromotion(lane), 'EUR')]));
    expect(lacking).toEqual({
      tier: { name: 'promo_wrong.name' },
      bundle: { name: 'promo_wrong.name', parts: 'promo_wrong.parts', price: 'promo_wrong.amount' },
      gift: { name: 'promo_wrong.name', gift: 'promo_wrong.gift', minimum: 'promo_wrong.gift_minimum' },
      coupon: { name: 'promo_wrong.name' },
      order: { name: 'promo_wrong.name', minimum: 'promo_wrong.for_everybody' },
      shipping: { name: 'promo_wrong.name' },
    });
  });

  test('amounts, counts and times are looked at', () => {
    expect(promotionProblems(coupon({ percent: '101' }), 'EUR')).toEqual({ percent: 'promo_wrong.percent' });
    expect(promotionProblems(coupon({ off: 'amount', amount: '' }), 'EUR')).toEqual({ amount: 'promo_wrong.amount' });
    expect(promotionProblems(coupon({ usageLimit: '1.5' }), 'EUR')).toEqual({ usage_limit: 'promo_wrong.count' });
    const backwards = coupon({ startWall: '2026-11-22T20:00', endWall: '2026-11-22T19:00' });
    expect(promotionProblems(backwards, 'EUR')).toEqual({ ends_at: 'promo_wrong.ends_before' });
  });

  test('steps rise in what they ask and in what they give', () => {
    const tier = (steps: PromotionDraft['steps']) =>
      promotionProblems({ ...newPromotion('tier'), name: 'More', steps }, 'EUR').steps;
    expect(
      tier([
        { from: '2', off: '5' },
        { from: '3', off: '10' },
      ]),
    ).toBeUndefined();
    expect(
      tier([
        { from: '3', off: '5' },
        { from: '2', off: '10' },
      ]),
    ).toBe('promo_wrong.steps');
    expect(
      tier([
        { from: '2', off: '10' },
        { from: '3', off: '5' },
      ]),
    ).toBe('promo_wrong.steps');
    expect(tier([{ from: '1', off: '5' }])).toBe('promo_wrong.steps');
    expect(tier([])).toBe('promo_wrong.steps');
  });
});

describe('what is sent', () => {
  test('percents as basis points, amounts as minor units, times as instants', () => {
    const draft = coupon({
      percent: '12,5',
      cap: '20',
      minimum: '49',
      endWall: '2026-11-22T20:00',
      timeZone: 'Europe/Berlin',
    });
    expect(promotionBody(draft, 'EUR')).toEqual({
      lane: 'coupon',
      needs: 'claim',
      name: 'Autumn',
      benefit: { type: 'percent', basis_points: 1250, cap_minor: 2000 },
      scope: { show_ids: [], product_ids: [], includes_drops: false },
      currency: 'EUR',
      minimum_minor: 4900,
      minimum_quantity: 0,
      new_buyers_only: false,
      starts_at: null,
      ends_at: '2026-11-22T19:00:00.000Z',
      usage_limit: null,
      per_customer_limit: 1,
    });
  });

  test('a change says what changed, and keeps what the form has no field for', () => {
    const known = promotions.find((one) => one.lane === 'gift');
    if (!known) throw new Error('One of them is a gift.');
    const twice = { ...known, benefit: { ...known.benefit, times_limit: 2 } as typeof known.benefit };
    const draft = draftOfPromotion(twice, {});
    expect(promotionChanges(draft, twice, 'EUR')).toEqual({});
    expect(promotionChanges({ ...draft, usageLimit: '80' }, twice, 'EUR')).toEqual({ usage_limit: 80 });
    const other = { ...draft, gift: { id: 'var_4_S', title: 'Scarf' } };
    expect(promotionChanges(other, twice, 'EUR')).toEqual({
      benefit: { type: 'gift', variant_id: 'var_4_S', quantity: 1, times_limit: 2 },
    });
    const tagged = { ...known, scope: { ...known.scope, tags: ['autumn'] } };
    const scoped = { ...draftOfPromotion(tagged, {}), includesDrops: true };
    expect(promotionChanges(scoped, tagged, 'EUR').scope).toEqual({ ...tagged.scope, includes_drops: true });
  });

  test('every kind comes back from its draft as it was', () => {
    for (const promotion of promotions) {
      const draft = draftOfPromotion(promotion, {});
      expect(promotionProblems(draft, 'EUR')).toEqual({});
      expect(promotionBody(draft, 'EUR')).toMatchObject({
        lane: promotion.lane,
        minimum_minor: promotion.minimum_minor,
        usage_limit: promotion.usage_limit,
      });
    }
    const tiers = promotions.find((one) => one.lane === 'tier');
    if (!tiers) throw new Error('One of them has tiers.');
    expect(promotionBody(draftOfPromotion(tiers, {}), 'EUR').benefit).toEqual({
      type: 'quantity_tiers',
      steps: [
        { from_quantity: 2, basis_points: 500, each_minor: 0 },
        { from_quantity: 3, basis_points: 1000, each_minor: 0 },
      ],
    });
  });
});
