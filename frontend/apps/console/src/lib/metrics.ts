// A show's numbers as a list, in the page's language, whichever of two shapes the server sends.
import type { Money, Numbers } from '../types.ts';

export interface ShownMetric {
  readonly key: string;
  readonly value: number | Money | null;
  readonly unit: 'count' | 'money' | 'seconds';
  readonly definition: string;
}

interface Definition {
  readonly en?: string;
  readonly zh?: string;
}

export function metricsOf(numbers: Numbers, language: 'en' | 'zh'): ShownMetric[] {
  if (Array.isArray(numbers.metrics)) {
    return numbers.metrics.map((metric) => ({
      key: metric.key,
      value: metric.value,
      unit: metric.unit ?? unitOf(metric.key, metric.value),
      definition: language === 'zh' ? metric.definition_zh : metric.definition_en,
    }));
  }
  // Flat: {viewers_peak: 12, …, definitions: {viewers_peak: {en, zh}}}
  const flat = numbers as unknown as Record<string, unknown>;
  const definitions = (flat.definitions ?? {}) as Record<string, Definition>;
  return Object.entries(flat).flatMap(([key, value]) =>
    isValue(value) ? [{ key, value, unit: unitOf(key, value), definition: definitions[key]?.[language] ?? '' }] : [],
  );
}

function isValue(value: unknown): value is number | Money | null {
  return value === null || typeof value === 'number' || (typeof value === 'object' && 'amount_minor' in value);
}

function unitOf(key: string, value: number | Money | null): ShownMetric['unit'] {
  if (value !== null && typeof value === 'object') return 'money';
  return /(_s|seconds|open_to_paid.*)$/.test(key) ? 'seconds' : 'count';
}

/** What was sold so far, for a console opened in the middle of a show; later counts come through the room. */
export function salesOf(numbers: Numbers): { orders: number; units: number; total: Money | null } {
  const metrics = metricsOf(numbers, 'en');
  const units = metrics.find((metric) => metric.key === 'units')?.value;
  const net = metrics.find((metric) => metric.key === 'sales_net')?.value;
  return {
    orders: (numbers.per_minute ?? []).reduce((sum, minute) => sum + minute.orders, 0),
    units: typeof units === 'number' ? units : 0,
    total: net !== null && typeof net === 'object' ? net : null,
  };
}
