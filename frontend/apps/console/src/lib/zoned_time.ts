// Wall-clock time in a named zone to an instant and back, through Intl only.

const PARTS = new Map<string, Intl.DateTimeFormat>();

function formatter(timeZone: string): Intl.DateTimeFormat {
  let found = PARTS.get(timeZone);
  if (!found) {
    found = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    PARTS.set(timeZone, found);
  }
  return found;
}

/** "2026-03-29T20:00" as a clock on the wall of that zone shows the instant. */
export function wallTime(instant: Date, timeZone: string): string {
  const parts = Object.fromEntries(
    formatter(timeZone)
      .formatToParts(instant)
      .map((part) => [part.type, part.value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

/**
 * The instant at which the wall of that zone shows `wall`. An hour that a clock change skips moves forward by that hour;
 * one that happens twice means the first. Null when `wall` is not a time.
 */
export function instantOf(wall: string, timeZone: string): Date | null {
  const asUtc = Date.parse(`${wall.slice(0, 16)}:00Z`);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(wall) || Number.isNaN(asUtc)) return null;
  const before = asUtc - offsetAt(asUtc - 86_400_000, timeZone);
  const after = asUtc - offsetAt(asUtc + 86_400_000, timeZone);
  const exact = [before, after].filter((ms) => ms + offsetAt(ms, timeZone) === asUtc).sort((a, b) => a - b);
  return new Date(exact[0] ?? before);
}

function offsetAt(ms: number, timeZone: string): number {
  return Date.parse(`${wallTime(new Date(ms), timeZone)}:00Z`) - Math.floor(ms / 60_000) * 60_000;
}

export function browserTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

export function timeZones(): string[] {
  const own = browserTimeZone();
  const known = Intl.supportedValuesOf('timeZone');
  return [own, 'UTC', ...known.filter((zone) => zone !== own && zone !== 'UTC')];
}
