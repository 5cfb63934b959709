// A drop as the host's desk shows it at this second: what was planned, overlaid with what the room says; pure.
import type { DropAnswer, Money } from '../types.ts';

export type DropState = 'planned' | 'countdown' | 'running' | 'ended' | 'cancelled';

export interface Drop {
  readonly id: string;
  readonly itemId: string;
  readonly variantId: string | null;
  readonly state: DropState;
  readonly price: Money;
  readonly was: Money | null;
  /** Pieces at this price in all, those sold and held included. */
  readonly quantity: number;
  readonly left: number;
  readonly perCustomer: number | null;
  readonly countdownS: number;
  readonly durationS: number;
  /** Set when it starts by itself. */
  readonly startsAtMs: number | null;
  readonly opensAtMs: number | null;
  readonly endsAtMs: number | null;
}

/** What the room tells of a drop, in the room's own names. */
export interface RoomDrop {
  readonly drop_id: string;
  readonly state: DropState;
  readonly quantity: number;
  readonly left: number;
  readonly opens_at_ms: number | null;
  readonly ends_at_ms: number | null;
}

export interface DropFace {
  readonly phase: DropState | 'sold_out';
  /** Until it opens or until it ends; null when neither is known. */
  readonly msLeft: number | null;
  readonly taken: number;
}

const ms = (instant: string | null): number | null => (instant === null ? null : Date.parse(instant));

export function dropOf(told: DropAnswer): Drop {
  return {
    id: told.id,
    itemId: told.item_id,
    variantId: told.variant_id,
    state: told.state,
    price: told.price,
    was: told.was_price,
    quantity: told.quantity,
    left: told.left,
    perCustomer: told.per_customer,
    countdownS: told.countdown_s,
    durationS: told.duration_s,
    startsAtMs: ms(told.starts_at),
    opensAtMs: ms(told.opens_at),
    endsAtMs: ms(told.ends_at),
  };
}

/** The room is heard sooner than the list is loaded again, so its numbers win for the same drop. */
export function overlaid(drops: readonly Drop[], heard: Readonly<Record<string, RoomDrop>> | undefined): Drop[] {
  return drops.map((drop) => {
    const told = heard?.[drop.id];
    if (!told) return drop;
    return {
      ...drop,
      state: told.state,
      quantity: told.quantity,
      left: told.left,
      opensAtMs: told.opens_at_ms,
      endsAtMs: told.ends_at_ms,
    };
  });
}

/** The clock runs between two messages: a countdown that has passed is open, an end that has passed is the end. */
export function faceOf(drop: Drop, nowMs: number): DropFace {
  const taken = Math.max(0, drop.quantity - drop.left);
  const isOver = drop.endsAtMs !== null && nowMs >= drop.endsAtMs;
  if (drop.state === 'countdown' && drop.opensAtMs !== null && nowMs < drop.opensAtMs)
    return { phase: 'countdown', msLeft: drop.opensAtMs - nowMs, taken };
  if (drop.state === 'countdown' || drop.state === 'running') {
    if (isOver) return { phase: 'ended', msLeft: null, taken };
    const msLeft = drop.endsAtMs === null ? null : drop.endsAtMs - nowMs;
    return { phase: drop.left === 0 ? 'sold_out' : 'running', msLeft, taken };
  }
  if (drop.state === 'planned' && drop.startsAtMs !== null)
    return { phase: 'planned', msLeft: Math.max(0, drop.startsAtMs - nowMs), taken };
  return { phase: drop.state, msLeft: null, taken };
}

const RANK: Record<DropFace['phase'], number> = {
  running: 0,
  countdown: 1,
  sold_out: 2,
  planned: 3,
  ended: 9,
  cancelled: 9,
};

/**
 * The one drop under the thumb: what runs, else what counts down, else what can be started, that of the item on air first.
 * Null when nothing is left to do.
 */
export function leadingDrop(drops: readonly Drop[], onAirItemId: string | null, nowMs: number): Drop | null {
  const rank = (drop: Drop): number => {
    const { phase } = faceOf(drop, nowMs);
    return RANK[phase] + (drop.itemId === onAirItemId ? 0 : 0.5);
  };
  const open = drops.filter((drop) => rank(drop) < 9);
  return open.reduce<Drop | null>((best, drop) => (best === null || rank(drop) < rank(best) ? drop : best), null);
}

/** What "leave 40" means in pieces of the whole drop: those gone stay gone, and it is never more than before. */
export function quantityFor(drop: Drop, leave: number): number {
  const taken = Math.max(0, drop.quantity - drop.left);
  return Math.min(drop.quantity, taken + Math.max(0, Math.min(leave, drop.left)));
}

/** Sensible steps down from what is left, none twice, none that changes nothing. */
export function lowerSteps(left: number): number[] {
  const steps = [Math.floor((left * 3) / 4), Math.floor(left / 2), Math.floor(left / 4)];
  return [...new Set(steps)].filter((step) => step > 0 && step < left);
}

/** The drop that sets the price of an item at this second, if one does. */
export function runningDrop(drops: readonly Drop[], itemId: string | null, nowMs: number): Drop | null {
  return drops.find((drop) => drop.itemId === itemId && faceOf(drop, nowMs).phase === 'running') ?? null;
}

/** Whether a price in the script is that of a drop still to come or running: then it is right to say it. */
export function isDropPrice(drops: readonly Drop[], itemId: string | null, said: Money | null, nowMs: number): boolean {
  if (!said) return false;
  return drops.some(
    (drop) =>
      drop.itemId === itemId &&
      RANK[faceOf(drop, nowMs).phase] < 9 &&
      drop.price.amount_minor === said.amount_minor &&
      drop.price.currency === said.currency,
  );
}
