/** When a wish ends unless the person says otherwise. Pure. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** "Before nine" is the evening the show is on. */
const EVENING_HOUR = 21;

export function eveningOf(now: Date): Date {
  const evening = new Date(now);
  evening.setHours(EVENING_HOUR, 0, 0, 0);
  if (evening.getTime() - now.getTime() < HOUR_MS) evening.setDate(evening.getDate() + 1);
  return evening;
}

export function inDays(now: Date, days: number): Date {
  const end = new Date(now.getTime() + days * DAY_MS);
  end.setHours(EVENING_HOUR, 0, 0, 0);
  return end;
}
