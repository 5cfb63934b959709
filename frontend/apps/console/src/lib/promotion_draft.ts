// A promotion as it is being written: typed fields, what is wrong with them, and what the server is sent.
import type { Benefit, Lane, Needs, Promotion } from '../types.ts';
import { amountText, parseAmount } from './money_input.ts';
import { basisPoints, percentText, wholeNumber } from './whole_number.ts';
import { browserTimeZone, instantOf, wallTime } from './zoned_time.ts';

/** The one order in which they stack. */
export const LANES: readonly Lane[] = ['tier', 'bundle', 'gift', 'coupon', 'order', 'shipping'];
export type Off = 'percent' | 'amount' | 'amount_each' | 'steps' | 'buy_x_get_y';

export interface StepDraft {
  readonly from: string;
  readonly off: string;
}

export interface PartDraft {
  readonly productId: string | null;
  readonly variantId: string | null;
  readonly title: string;
  readonly quantity: string;
}

export interface Named {
  readonly id: string;
  readonly title: string;
}

export interface PromotionDraft {
  readonly lane: Lane;
  readonly name: string;
  readonly needs: Needs;
  readonly off: Off;
  readonly percent: string;
  readonly cap: string;
  readonly amount: string;
  readonly steps: readonly StepDraft[];
  /** What a step takes off: a percentage or an amount. */
  readonly stepsIn: 'percent' | 'amount';
  readonly buy: string;
  readonly get: string;
  readonly parts: readonly PartDraft[];
  readonly price: string;
  readonly gift: Named | null;
  readonly products: readonly Named[];
  readonly shows: readonly Named[];
  readonly includesDrops: boolean;
  readonly minimum: string;
  readonly minimumQuantity: string;
  readonly newOnly: boolean;
  readonly startWall: string;
  readonly endWall: string;
  readonly timeZone: string;
  readonly usageLimit: string;
  readonly perCustomer: string;
}

export type PromotionField =
  | 'name'
  | 'percent'
  | 'cap'
  | 'amount'
  | 'steps'
  | 'buy'
  | 'parts'
  | 'price'
  | 'gift'
  | 'minimum'
  | 'minimum_quantity'
  | 'starts_at'
  | 'ends_at'
  | 'usage_limit'
  | 'per_customer_limit';

const LIMITS = { uses: 100_000_000, units: 1000 };

/** How each lane may lower a price; the first is what most people want. */
export const OFFS: Record<Lane, readonly Off[]> = {
  tier: ['steps', 'buy_x_get_y'],
  bundle: ['amount'],
  gift: ['amount'],
  coupon: ['percent', 'amount', 'amount_each'],
  order: ['percent', 'amount', 'steps'],
  shipping: ['percent', 'amount'],
};

export function newPromotion(lane: Lane): PromotionDraft {
  return {
    lane,
    name: '',
    needs: lane === 'coupon' ? 'claim' : 'nothing',
    off: OFFS[lane][0] ?? 'percent',
    percent: lane === 'shipping' ? '100' : '10',
    cap: '',
    amount: '',
    steps:
      lane === 'order'
        ? [{ from: '100', off: '10' }]
        : [
            { from: '2', off: '5' },
            { from: '3', off: '10' },
          ],
    stepsIn: 'percent',
    buy: '2',
    get: '1',
    parts: [],
    price: '',
    gift: null,
    products: [],
    shows: [],
    includesDrops: false,
    minimum: '',
    minimumQuantity: '',
    newOnly: false,
    startWall: '',
    endWall: '',
    timeZone: browserTimeZone(),
    usageLimit: '',
    perCustomer: lane === 'coupon' ? '1' : '',
  };
}

/** Titles of what is named come from whoever knows them; an unknown one keeps its id. */
export function draftOfPromotion(promotion: Promotion, titles: Readonly<Record<string, string>>): PromotionDraft {
  const currency = promotion.currency ?? 'EUR';
  const zone = browserTimeZone();
  const text = (minor: number | null | undefined): string => (minor ? amountText(minor, currency) : '');
  const named = (ids: readonly string[]): Named[] => ids.map((id) => ({ id, title: titles[id] ?? id }));
  const base: PromotionDraft = {
    ...newPromotion(promotion.lane),
    name: promotion.name,
    needs: promotion.needs,
    products: named(promotion.scope.product_ids ?? []),
    shows: named(promotion.scope.show_ids ?? []),
    includesDrops: promotion.scope.includes_drops ?? false,
    minimum: text(promotion.minimum_minor),
    minimumQuantity: promotion.minimum_quantity ? String(promotion.minimum_quantity) : '',
    newOnly: promotion.new_buyers_only,
    startWall: wallTime(new Date(promotion.starts_at), zone),
    endWall: promotion.ends_at ? wallTime(new Date(promotion.ends_at), zone) : '',
    timeZone: zone,
    usageLimit: promotion.usage_limit === null ? '' : String(promotion.usage_limit),
    perCustomer: promotion.per_customer_limit === null ? '' : String(promotion.per_customer_limit),
  };
  return { ...base, ...benefitFields(promotion.benefit, text, titles) };
}

function benefitFields(
  benefit: Benefit,
  text: (minor: number | null | undefined) => string,
  titles: Readonly<Record<string, string>>,
): Partial<PromotionDraft> {
  const step = (from: string, points = 0, minor = 0): StepDraft => ({
    from,
    off: points > 0 ? percentText(points) : text(minor),
  });
  switch (benefit.type) {
    case 'percent':
      return { off: 'percent', percent: percentText(benefit.basis_points), cap: text(benefit.cap_minor) };
    case 'amount':
    case 'amount_each':
      return { off: benefit.type, amount: text(benefit.amount_minor) };
    case 'spend_steps':
      return {
        off: 'steps',
        stepsIn: benefit.steps.some((one) => (one.amount_minor ?? 0) > 0) ? 'amount' : 'percent',
        steps: benefit.steps.map((one) => step(text(one.from_minor), one.basis_points, one.amount_minor)),
      };
    case 'quantity_tiers':
      return {
        off: 'steps',
        stepsIn: benefit.steps.some((one) => (one.each_minor ?? 0) > 0) ? 'amount' : 'percent',
        steps: benefit.steps.map((one) => step(String(one.from_quantity), one.basis_points, one.each_minor)),
      };
    case 'buy_x_get_y':
      return {
        off: 'buy_x_get_y',
        buy: String(benefit.buy),
        get: String(benefit.get),
        percent: percentText(benefit.basis_points ?? 10_000),
      };
    case 'bundle':
      return {
        price: text(benefit.price_minor),
        parts: benefit.parts.map((part) => ({
          productId: part.product_id ?? null,
          variantId: part.variant_id ?? null,
          title: titles[part.product_id ?? part.variant_id ?? ''] ?? part.product_id ?? part.variant_id ?? '',
          quantity: String(part.quantity ?? 1),
        })),
      };
    case 'gift':
      return { gift: { id: benefit.variant_id, title: titles[benefit.variant_id] ?? benefit.variant_id } };
  }
}

/** A typed amount in minor units; null when it is none, undefined when nothing was typed. */
function minor(text: string, currency: string): number | null | undefined {
  if (text.trim() === '') return undefined;
  const parsed = parseAmount(text, currency);
  return 'minor' in parsed ? parsed.minor : null;
}

function readSteps(draft: PromotionDraft, currency: string): { from: number; points: number; off: number }[] | null {
  const read = draft.steps.map((step) => {
    const from = draft.lane === 'tier' ? wholeNumber(step.from, 2, LIMITS.units) : minor(step.from, currency);
    const points = draft.stepsIn === 'percent' ? basisPoints(step.off) : 0;
    const off = draft.stepsIn === 'amount' ? minor(step.off, currency) : 0;
    return from && points !== null && off !== null && off !== undefined && points + off > 0
      ? { from, points, off }
      : null;
  });
  const steps = read.filter((one) => one !== null);
  const rises = steps.every((one, index) => {
    const before = steps[index - 1];
    return !before || (one.from > before.from && one.points + one.off > before.points + before.off);
  });
  return steps.length === read.length && steps.length > 0 && rises ? steps : null;
}

/** Which fields are wrong, each with the name of its sentence; empty when it can be sent. */
export function promotionProblems(draft: PromotionDraft, currency: string): Partial<Record<PromotionField, string>> {
  const problems: Partial<Record<PromotionField, string>> = {};
  if (draft.name.trim() === '') problems.name = 'promo_wrong.name';
  Object.assign(problems, benefitProblems(draft, currency));
  if (minor(draft.minimum, currency) === null) problems.minimum = 'promo_wrong.amount';
  const isCount = (text: string, most: number) => text.trim() === '' || wholeNumber(text, 1, most) !== null;
  if (!isCount(draft.minimumQuantity, LIMITS.units)) problems.minimum_quantity = 'promo_wrong.count';
  if (!isCount(draft.usageLimit, LIMITS.uses)) problems.usage_limit = 'promo_wrong.count';
  if (!isCount(draft.perCustomer, LIMITS.uses)) problems.per_customer_limit = 'promo_wrong.count';
  const needsMinimum = draft.minimum.trim() === '' && draft.minimumQuantity.trim() === '';
  if (draft.lane === 'gift' && needsMinimum) problems.minimum = 'promo_wrong.gift_minimum';
  const isForAll = draft.lane === 'order' && draft.needs === 'nothing' && draft.off !== 'steps' && !draft.newOnly;
  if (isForAll && needsMinimum) problems.minimum = 'promo_wrong.for_everybody';
  const start = draft.startWall === '' ? null : instantOf(draft.startWall, draft.timeZone);
  const end = draft.endWall === '' ? null : instantOf(draft.endWall, draft.timeZone);
  if (draft.startWall !== '' && start === null) problems.starts_at = 'show.time_wrong';
  if (draft.endWall !== '' && end === null) problems.ends_at = 'show.time_wrong';
  if (end && end.getTime() <= (start?.getTime() ?? 0)) problems.ends_at = 'promo_wrong.ends_before';
  return problems;
}

function benefitProblems(draft: PromotionDraft, currency: string): Partial<Record<PromotionField, string>> {
  if (draft.lane === 'bundle') {
    const units = draft.parts.map((part) => wholeNumber(part.quantity, 1, LIMITS.units));
    const isEnough = !units.includes(null) && units.reduce<number>((sum, one) => sum + (one ?? 0), 0) >= 2;
    return {
      ...(isEnough ? {} : { parts: 'promo_wrong.parts' }),
      ...(minor(draft.price, currency) ? {} : { price: 'promo_wrong.amount' }),
    };
  }
  if (draft.lane === 'gift') return draft.gift ? {} : { gift: 'promo_wrong.gift' };
  switch (draft.off) {
    case 'percent':
      return {
        ...(basisPoints(draft.percent) === null ? { percent: 'promo_wrong.percent' } : {}),
        ...(minor(draft.cap, currency) === null ? { cap: 'promo_wrong.amount' } : {}),
      };
    case 'steps':
      return readSteps(draft, currency) ? {} : { steps: 'promo_wrong.steps' };
    case 'buy_x_get_y': {
      const isRight = wholeNumber(draft.buy, 1, 100) !== null && wholeNumber(draft.get, 1, 100) !== null;
      return isRight && basisPoints(draft.percent) !== null ? {} : { buy: 'promo_wrong.buy' };
    }
    default:
      return minor(draft.amount, currency) ? {} : { amount: 'promo_wrong.amount' };
  }
}

function benefitOf(draft: PromotionDraft, currency: string): Record<string, unknown> {
  const amount = (text: string): number => minor(text, currency) ?? 0;
  if (draft.lane === 'bundle')
    return {
      type: 'bundle',
      price_minor: amount(draft.price),
      parts: draft.parts.map((part) => ({
        ...(part.variantId ? { variant_id: part.variantId } : { product_id: part.productId }),
        quantity: wholeNumber(part.quantity, 1, LIMITS.units) ?? 1,
      })),
    };
  if (draft.lane === 'gift') return { type: 'gift', variant_id: draft.gift?.id ?? '' };
  switch (draft.off) {
    case 'percent':
      return {
        type: 'percent',
        basis_points: basisPoints(draft.percent) ?? 0,
        cap_minor: draft.cap.trim() === '' ? null : amount(draft.cap),
      };
    case 'steps': {
      const steps = readSteps(draft, currency) ?? [];
      return draft.lane === 'tier'
        ? {
            type: 'quantity_tiers',
            steps: steps.map((one) => ({ from_quantity: one.from, basis_points: one.points, each_minor: one.off })),
          }
        : {
            type: 'spend_steps',
            steps: steps.map((one) => ({ from_minor: one.from, basis_points: one.points, amount_minor: one.off })),
          };
    }
    case 'buy_x_get_y':
      return {
        type: 'buy_x_get_y',
        buy: wholeNumber(draft.buy, 1, 100) ?? 1,
        get: wholeNumber(draft.get, 1, 100) ?? 1,
        basis_points: basisPoints(draft.percent) ?? 10_000,
      };
    default:
      return { type: draft.off, amount_minor: amount(draft.amount) };
  }
}

/** Only for a draft without problems. */
export function promotionBody(draft: PromotionDraft, currency: string): Record<string, unknown> {
  const count = (text: string): number | null => (text.trim() === '' ? null : wholeNumber(text, 1, LIMITS.uses));
  const start = draft.startWall === '' ? null : instantOf(draft.startWall, draft.timeZone);
  const end = draft.endWall === '' ? null : instantOf(draft.endWall, draft.timeZone);
  return {
    lane: draft.lane,
    needs: draft.needs,
    name: draft.name.trim(),
    benefit: benefitOf(draft, currency),
    scope: {
      show_ids: draft.shows.map((one) => one.id),
      product_ids: draft.products.map((one) => one.id),
      includes_drops: draft.includesDrops,
    },
    currency,
    minimum_minor: minor(draft.minimum, currency) ?? 0,
    minimum_quantity: count(draft.minimumQuantity) ?? 0,
    new_buyers_only: draft.newOnly,
    starts_at: start?.toISOString() ?? null,
    ends_at: end?.toISOString() ?? null,
    usage_limit: count(draft.usageLimit),
    per_customer_limit: count(draft.perCustomer),
  };
}

/**
 * Only what was changed: a start shown to the minute must not move one kept to the second, and what this form has no
 * field for (how often a gift is given, single variants, tags) stays as it is.
 */
export function promotionChanges(draft: PromotionDraft, known: Promotion, currency: string): Record<string, unknown> {
  const before = promotionBody(draftOfPromotion(known, {}), currency);
  const after = promotionBody(draft, currency);
  const changed = Object.keys(after).filter((key) => JSON.stringify(after[key]) !== JSON.stringify(before[key]));
  const kept: Record<string, unknown> = { benefit: known.benefit, scope: known.scope };
  const merged = (key: string): unknown => {
    const was = kept[key] as Record<string, unknown> | undefined;
    const now = after[key] as Record<string, unknown>;
    return was && was.type === now.type ? { ...was, ...now } : after[key];
  };
  const fixed = new Set(['lane', 'needs']);
  // A promotion starts at some time; only a new one may leave that to the server.
  return Object.fromEntries(
    changed
      .filter((key) => !fixed.has(key) && !(key === 'starts_at' && after[key] === null))
      .map((key) => [key, key in kept ? merged(key) : after[key]]),
  );
}
