// The answers of a health check as rows, from a list or from named entries.
import type { Health } from '../types.ts';

type Check = Health['checks'][number];

export function checksOf(health: Health): Check[] {
  if (Array.isArray(health.checks)) return health.checks;
  return Object.entries((health.checks ?? {}) as Record<string, unknown>).map(([name, value]) => {
    if (value && typeof value === 'object') {
      const check = value as Partial<Check> & { ok?: boolean };
      return { name, state: check.state ?? (check.ok === false ? 'fail' : 'ok'), detail: check.detail ?? '' };
    }
    return {
      name,
      state: value === true || value === 'ok' ? 'ok' : 'fail',
      detail: typeof value === 'string' ? value : '',
    };
  });
}
