// How near a date is by which something must be answered; pure.
export type Nearness = 'over' | 'today' | 'soon' | 'later';

const DAY_MS = 86_400_000;

/** "Today" is the next 24 hours: a deadline at two in the morning is not tomorrow's work. */
export function nearness(due: string | null, nowMs: number): Nearness | null {
  if (due === null) return null;
  const left = Date.parse(due) - nowMs;
  if (left <= 0) return 'over';
  if (left <= DAY_MS) return 'today';
  return left <= 3 * DAY_MS ? 'soon' : 'later';
}
