// How a seller sells and ships, as it is being written; what is wrong with it, and what the server is sent.
import type { SellingPolicy, ShippingZone } from '../types.ts';
import { amountText, parseAmount } from './money_input.ts';
import { wholeNumber } from './whole_number.ts';

/** The server's bounds. */
export const HOLD_MINUTES = { least: 1, most: 60 };
export const RETURN_DAYS = { least: 14, most: 365 };
const DAYS_MOST = 120;

export interface WeightDraft {
  readonly grams: string;
  readonly price: string;
}
export interface ZoneDraft {
  /** Codes with commas; "*" is everywhere else. */
  readonly countries: readonly string[];
  readonly byWeight: boolean;
  readonly first: string;
  readonly additional: string;
  readonly weights: readonly WeightDraft[];
  readonly freeFrom: string;
  readonly daysMin: string;
  readonly daysMax: string;
}
export interface SellingDraft {
  readonly shipsFrom: string;
  readonly taxMode: SellingPolicy['tax_mode'];
  readonly zones: readonly ZoneDraft[];
  readonly terms: string;
  readonly holdMinutes: string;
  readonly mode: SellingPolicy['selling_mode'];
  readonly returnDays: string;
  readonly returnShipping: SellingPolicy['return_shipping'];
}

export function emptyZone(countries: readonly string[]): ZoneDraft {
  return {
    countries,
    byWeight: false,
    first: '',
    additional: '0',
    weights: [{ grams: '1000', price: '' }],
    freeFrom: '',
    daysMin: '2',
    daysMax: '5',
  };
}

export function draftOfPolicy(policy: SellingPolicy, currency: string): SellingDraft {
  const text = (minor: number): string => amountText(minor, currency);
  return {
    shipsFrom: policy.ships_from,
    taxMode: policy.tax_mode,
    terms: policy.terms,
    holdMinutes: String(policy.hold_minutes),
    mode: policy.selling_mode,
    returnDays: String(policy.return_days),
    returnShipping: policy.return_shipping,
    zones: policy.zones.map((zone) => ({
      countries: zone.countries,
      byWeight: (zone.by_weight ?? []).length > 0,
      first: text(zone.first_minor),
      additional: text(zone.additional_minor),
      weights: (zone.by_weight ?? []).map((step) => ({
        grams: String(step.up_to_grams),
        price: text(step.price_minor),
      })),
      freeFrom: zone.free_from_minor == null ? '' : text(zone.free_from_minor),
      daysMin: String(zone.days_min),
      daysMax: String(zone.days_max),
    })),
  };
}

export type ZoneProblem = 'countries' | 'price' | 'weights' | 'free_from' | 'days';

/** The first thing wrong with a zone, or null. */
export function zoneProblem(zone: ZoneDraft, others: readonly ZoneDraft[], currency: string): ZoneProblem | null {
  const isTwice = zone.countries.some((code) =>
    others.some((other) => other !== zone && other.countries.includes(code)),
  );
  if (zone.countries.length === 0 || isTwice) return 'countries';
  const isAmount = (text: string) => 'minor' in parseAmount(text, currency);
  if (zone.byWeight) {
    const steps = zone.weights.map((step) => ({
      grams: wholeNumber(step.grams, 1, 10_000_000),
      ok: isAmount(step.price),
    }));
    const rises = steps.every((step, index) => index === 0 || (step.grams ?? 0) > (steps[index - 1]?.grams ?? 0));
    if (steps.length === 0 || !rises || steps.some((step) => step.grams === null || !step.ok)) return 'weights';
  } else if (!isAmount(zone.first) || !isAmount(zone.additional)) return 'price';
  if (zone.freeFrom.trim() !== '' && !isAmount(zone.freeFrom)) return 'free_from';
  const min = wholeNumber(zone.daysMin, 0, DAYS_MOST);
  const max = wholeNumber(zone.daysMax, 0, DAYS_MOST);
  return min === null || max === null || min > max ? 'days' : null;
}

export function isSellable(draft: SellingDraft, currency: string): boolean {
  return (
    draft.zones.length > 0 &&
    draft.zones.every((zone) => zoneProblem(zone, draft.zones, currency) === null) &&
    wholeNumber(draft.holdMinutes, HOLD_MINUTES.least, HOLD_MINUTES.most) !== null &&
    wholeNumber(draft.returnDays, RETURN_DAYS.least, RETURN_DAYS.most) !== null
  );
}

/** Only for a sellable draft. */
export function policyBody(draft: SellingDraft, currency: string) {
  const minor = (text: string): number => {
    const parsed = parseAmount(text, currency);
    return 'minor' in parsed ? parsed.minor : 0;
  };
  const zones: ShippingZone[] = draft.zones.map((zone) => ({
    countries: [...zone.countries],
    first_minor: zone.byWeight ? 0 : minor(zone.first),
    additional_minor: zone.byWeight ? 0 : minor(zone.additional),
    by_weight: zone.byWeight
      ? zone.weights.map((step) => ({
          up_to_grams: wholeNumber(step.grams, 1, 10_000_000) ?? 0,
          price_minor: minor(step.price),
        }))
      : [],
    free_from_minor: zone.freeFrom.trim() === '' ? null : minor(zone.freeFrom),
    days_min: wholeNumber(zone.daysMin, 0, DAYS_MOST) ?? 0,
    days_max: wholeNumber(zone.daysMax, 0, DAYS_MOST) ?? 0,
  }));
  return {
    ships_from: draft.shipsFrom,
    tax_mode: draft.taxMode,
    zones,
    terms: draft.terms,
    hold_minutes: wholeNumber(draft.holdMinutes, HOLD_MINUTES.least, HOLD_MINUTES.most) ?? 5,
    selling_mode: draft.mode,
    return_days: wholeNumber(draft.returnDays, RETURN_DAYS.least, RETURN_DAYS.most) ?? RETURN_DAYS.least,
    return_shipping: draft.returnShipping,
  };
}
