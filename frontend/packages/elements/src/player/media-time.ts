/** Maps instants to places in a playlist and back, through each segment's program date time. Pure. */

export interface DatedFragment {
  /** Seconds on the video element's time line. */
  start: number;
  duration: number;
  /** Epoch milliseconds of its first picture, or null when the playlist does not say. */
  programDateTime: number | null;
}

/** The instant on screen at `position` seconds. */
export function instantAt(fragments: readonly DatedFragment[], position: number): number | null {
  let best: DatedFragment | null = null;
  for (const one of fragments) {
    if (one.programDateTime === null) continue;
    if (one.start <= position + 0.05) best = one;
    else break;
  }
  best ??= fragments.find((one) => one.programDateTime !== null) ?? null;
  if (!best || best.programDateTime === null) return null;
  return best.programDateTime + (position - best.start) * 1000;
}

/** Where the picture of an instant is; an instant between two epochs gives the first picture after it. */
export function positionOf(fragments: readonly DatedFragment[], atMs: number): number | null {
  let last: number | null = null;
  for (const one of fragments) {
    if (one.programDateTime === null) continue;
    const end = one.programDateTime + one.duration * 1000;
    if (atMs < one.programDateTime) return one.start;
    if (atMs < end) return one.start + (atMs - one.programDateTime) / 1000;
    last = one.start + one.duration;
  }
  return last;
}

export function rangeOf(fragments: readonly DatedFragment[]): { fromMs: number; toMs: number } | null {
  const dated = fragments.filter((one) => one.programDateTime !== null);
  const first = dated[0];
  const last = dated.at(-1);
  if (!first || !last) return null;
  return {
    fromMs: first.programDateTime as number,
    toMs: (last.programDateTime as number) + last.duration * 1000,
  };
}
