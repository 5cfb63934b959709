/** The chapters of a show: read once, then kept up by what happens in the room. Pure. */
import type { Card, Moment } from '@shopcast/api-client';
import type { Entry, RoomState } from '@shopcast/room-client';

/** The moments after some entries of the room. */
export function withEntries(
  moments: readonly Moment[],
  entries: readonly Entry[],
  items: Readonly<Record<string, Card>>,
): readonly Moment[] {
  let result = moments;
  for (const entry of entries) {
    const body = entry.body as { item_id?: string; moment_id?: string; number?: number };
    if (entry.kind === 'item.pinned' && body.item_id && body.moment_id) {
      const card = items[body.item_id];
      const closed = result.map((one) => (one.to_ms === null ? { ...one, to_ms: entry.at_ms } : one));
      const next: Moment = {
        id: body.moment_id,
        item_id: body.item_id,
        number: body.number ?? card?.number ?? 0,
        title: card?.title ?? '',
        image_url: card?.image_url ?? null,
        from_ms: entry.at_ms,
        to_ms: null,
        clip_url: null,
      };
      result = [...closed.filter((one) => one.id !== next.id), next];
    } else if (entry.kind === 'item.unpinned' && body.moment_id) {
      result = result.map((one) =>
        one.id === body.moment_id && one.to_ms === null ? { ...one, to_ms: entry.at_ms } : one,
      );
    }
  }
  return result;
}

/**
 * The moments as the room's state knows them: what began between the page and the room, or in a gap, is added, what ended is
 * closed.
 */
export function withState(moments: readonly Moment[], state: RoomState): readonly Moment[] {
  let result = moments;
  for (const [item_id, last] of Object.entries(state.last_moments)) {
    const known = result.find((one) => one.id === last.moment_id);
    if (known && known.to_ms === last.to_ms) continue;
    const card = state.items[item_id];
    const next: Moment = {
      ...(known ?? {
        number: card?.number ?? 0,
        title: card?.title ?? '',
        image_url: card?.image_url ?? null,
        clip_url: null,
      }),
      id: last.moment_id,
      item_id,
      from_ms: last.from_ms,
      to_ms: known?.to_ms ?? last.to_ms,
    };
    if (known && next.to_ms === known.to_ms) continue;
    result = [...result.filter((one) => one.id !== next.id), next].sort((a, b) => a.from_ms - b.from_ms);
  }
  const running = state.on_air;
  if (!running) return result;
  const stale = (one: Moment) => one.to_ms === null && one.id !== running.moment_id && one.from_ms < running.since_ms;
  return result.some(stale) ? result.map((one) => (stale(one) ? { ...one, to_ms: running.since_ms } : one)) : result;
}

/** What was being explained at an instant. */
export function momentAt(moments: readonly Moment[], atMs: number): Moment | null {
  let found: Moment | null = null;
  for (const one of moments) {
    if (one.from_ms <= atMs && (one.to_ms === null || atMs < one.to_ms)) found = one;
  }
  return found;
}

/** The last explanation of an item, as `?item=7` wants it. */
export function lastMomentOf(moments: readonly Moment[], itemId: string): Moment | null {
  return moments.filter((one) => one.item_id === itemId).sort((a, b) => b.from_ms - a.from_ms)[0] ?? null;
}
