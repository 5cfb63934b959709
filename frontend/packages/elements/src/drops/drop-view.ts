/** What a drop means for a card at an instant of the server's clock. Pure. */
import type { Card } from '@shopcast/api-client';
import type { Drop } from '@shopcast/room-client';

export type DropPhase = 'planned' | 'countdown' | 'running' | 'sold_out' | 'ended';

export interface DropView {
  drop: Drop;
  phase: DropPhase;
  /** Until it opens or ends; null when nobody has said. */
  msLeft: number | null;
}

/** So long the end of a drop is told before the card is as any other. */
const TOLD_AFTER_END_MS = 60_000;
const RANK: Record<DropPhase, number> = { running: 0, countdown: 1, planned: 2, sold_out: 3, ended: 4 };

/** The server's receive time decides, so the announced instants count even before the room says that they came. */
function phaseOf(drop: Drop, nowMs: number): DropPhase | null {
  if (drop.state === 'cancelled') return null;
  const over = drop.state === 'ended' || (drop.ends_at_ms !== null && nowMs >= drop.ends_at_ms);
  if (over) {
    if (drop.ends_at_ms === null || nowMs - drop.ends_at_ms > TOLD_AFTER_END_MS) return null;
    return drop.left <= 0 ? 'sold_out' : 'ended';
  }
  const open = drop.state === 'running' || (drop.opens_at_ms !== null && nowMs >= drop.opens_at_ms);
  if (open) return drop.left <= 0 ? 'sold_out' : 'running';
  return drop.state === 'countdown' ? 'countdown' : 'planned';
}

export function dropView(drop: Drop, nowMs: number): DropView | null {
  const phase = phaseOf(drop, nowMs);
  if (!phase) return null;
  const until =
    phase === 'running' ? drop.ends_at_ms : phase === 'ended' || phase === 'sold_out' ? null : drop.opens_at_ms;
  return { drop, phase, msLeft: until === null ? null : Math.max(0, until - nowMs) };
}

/** The drop that matters most for an item now: open, then about to open, then just over. */
export function dropOf(drops: Readonly<Record<string, Drop>>, itemId: string, nowMs: number): DropView | null {
  const views = Object.values(drops)
    .filter((one) => one.item_id === itemId)
    .flatMap((one) => dropView(one, nowMs) ?? []);
  views.sort(
    (a, b) => RANK[a.phase] - RANK[b.phase] || (a.drop.opens_at_ms ?? Infinity) - (b.drop.opens_at_ms ?? Infinity),
  );
  return views[0] ?? null;
}

/** The card with the drop's price where it holds now; stock stays the shelf's own number. */
export function withDrop(card: Card, view: DropView | null): Card {
  if (view?.phase !== 'running') return card;
  const { drop } = view;
  const variants = card.variants.map((one) =>
    drop.variant_id === null || drop.variant_id === one.id ? { ...one, price_minor: drop.price } : one,
  );
  const prices = variants.map((one) => one.price_minor);
  return {
    ...card,
    variants,
    price_minor: Math.min(drop.price, ...prices),
    price_max_minor: Math.max(drop.price, ...prices),
    compare_at_minor: drop.was_price ?? card.compare_at_minor,
  };
}

/** The next instant at which some drop looks different without anybody saying so; null when none will. */
export function nextTurnMs(drops: Readonly<Record<string, Drop>>, nowMs: number): number | null {
  const turns = Object.values(drops).flatMap((one) =>
    one.state === 'cancelled' || one.state === 'ended'
      ? []
      : [one.opens_at_ms, one.ends_at_ms].filter((at): at is number => at !== null && at > nowMs),
  );
  return turns.length === 0 ? null : Math.min(...turns);
}
