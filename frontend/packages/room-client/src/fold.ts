/**
 * The meaning of public entries: state + entry = state. The twin of the server's fold (shows, timeline/fold.py), tested on
 * the same recordings. Pure. An entry that is not understood, or not well formed, changes nothing and gives the same object.
 */
import type { Card, OnAir } from '@shopcast/api-client';
import type { Coupon, Drop, Entry, LastMoment, PinnedLine, RequestCount, RoomState } from './types.ts';

type Body = Readonly<Record<string, unknown>>;

export function emptyState(): RoomState {
  return {
    show: { state: 'draft' },
    items: {},
    order: [],
    on_air: null,
    stock: {},
    requests: [],
    mode: { slow_mode_s: 0, followers_only: false },
    pinned: null,
    last_moments: {},
    drops: {},
    coupons: {},
  };
}

function isTable(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What both languages count exactly. */
function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function leftByVariant(card: Body): Record<string, number> {
  const left: Record<string, number> = {};
  for (const variant of Array.isArray(card.variants) ? card.variants : []) {
    if (isTable(variant) && typeof variant.id === 'string' && isCount(variant.left)) left[variant.id] = variant.left;
  }
  return left;
}

function shelfItem(state: RoomState, body: Body): RoomState {
  const id = body.id;
  if (typeof id !== 'string') return state;
  return {
    ...state,
    items: { ...state.items, [id]: body as unknown as Card },
    order: state.order.includes(id) ? state.order : [...state.order, id],
    stock: { ...state.stock, ...leftByVariant(body) },
  };
}

/** Items not named have left the shelf; names without a card are passed over. */
function shelfOrder(state: RoomState, body: Body): RoomState {
  if (!Array.isArray(body.ids)) return state;
  const items: Record<string, Card> = {};
  for (const id of body.ids) {
    const card = typeof id === 'string' && Object.hasOwn(state.items, id) ? state.items[id] : undefined;
    if (card) items[id as string] = card;
  }
  const order = [...new Set(body.ids as unknown[])].filter((id): id is string => typeof id === 'string' && id in items);
  return { ...state, items, order };
}

/** The last moments with the running one ended. */
function closed(onAir: OnAir | null, moments: Record<string, LastMoment>, atMs: number): Record<string, LastMoment> {
  const running = onAir ? moments[onAir.item_id] : undefined;
  if (!onAir || !running || running.moment_id !== onAir.moment_id) return moments;
  return { ...moments, [onAir.item_id]: { ...running, to_ms: atMs } };
}

export type AirTime = Pick<RoomState, 'on_air' | 'last_moments'>;

/** One item is on air: a pin also ends the explanation of the item before it. */
export function pin<State extends AirTime>(state: State, body: Body, atMs: number): State {
  const { item_id, moment_id } = body;
  if (typeof item_id !== 'string' || typeof moment_id !== 'string') return state;
  const last = { moment_id, from_ms: atMs, to_ms: null };
  return {
    ...state,
    on_air: { item_id, moment_id, since_ms: atMs },
    last_moments: { ...closed(state.on_air, state.last_moments, atMs), [item_id]: last },
  };
}

/** Ends the explanation it names; one that is over already stays as it is. */
export function unpin<State extends AirTime>(state: State, body: Body, atMs: number): State {
  if (!state.on_air || state.on_air.moment_id !== body.moment_id) return state;
  return { ...state, on_air: null, last_moments: closed(state.on_air, state.last_moments, atMs) };
}

function stockLeft(state: RoomState, body: Body): RoomState {
  const { item_id, variants, left } = body;
  if (typeof item_id !== 'string' || !isTable(variants) || !isCount(left)) return state;
  const counts: Record<string, number> = {};
  for (const [id, count] of Object.entries(variants)) if (isCount(count)) counts[id] = count;
  const changed = { ...state, stock: { ...state.stock, ...counts } };
  const card = state.items[item_id];
  if (!isTable(card)) return changed;
  const withLeft = (Array.isArray(card.variants) ? card.variants : []).map((one: unknown) =>
    isTable(one) && typeof one.id === 'string' && one.id in counts ? { ...one, left: counts[one.id] } : one,
  );
  return {
    ...changed,
    items: { ...state.items, [item_id]: { ...card, left, variants: withLeft as Card['variants'] } },
  };
}

/** The last explanation of an item is another one now, or there is none to show any more. */
function momentChanged(state: RoomState, body: Body): RoomState {
  const { item_id, last } = body;
  if (typeof item_id !== 'string' || !(last === null || last === undefined || isTable(last))) return state;
  const { [item_id]: _gone, ...others } = state.last_moments;
  return { ...state, last_moments: isTable(last) ? { ...others, [item_id]: last as unknown as LastMoment } : others };
}

function dropSaid(state: RoomState, body: Body): RoomState {
  const { drop_id } = body;
  if (typeof drop_id !== 'string') return state;
  return { ...state, drops: { ...state.drops, [drop_id]: body as unknown as Drop } };
}

function couponSaid(state: RoomState, body: Body): RoomState {
  const { promotion_id } = body;
  if (typeof promotion_id !== 'string') return state;
  return { ...state, coupons: { ...state.coupons, [promotion_id]: body as unknown as Coupon } };
}

/** A line without words is none: it was hidden or erased since. */
function linePinned(state: RoomState, body: Body): RoomState {
  const { seq, line } = body;
  if (seq === null || seq === undefined || line === null || line === undefined) return { ...state, pinned: null };
  if (!isCount(seq) || !isTable(line)) return state;
  return { ...state, pinned: { seq, line: line as unknown as PinnedLine['line'] } };
}

/** Entries of unknown kinds (chat, notices, staff's) change nothing here. */
export function fold(state: RoomState, entry: Entry): RoomState {
  if (!isTable(entry.body)) return state;
  const body = entry.body;
  switch (entry.kind) {
    case 'show.state':
      return typeof body.state === 'string' ? { ...state, show: body as RoomState['show'] } : state;
    case 'shelf.item':
      return shelfItem(state, body);
    case 'shelf.order':
      return shelfOrder(state, body);
    case 'item.pinned':
      return pin(state, body, entry.at_ms);
    case 'item.unpinned':
      return unpin(state, body, entry.at_ms);
    case 'stock':
      return stockLeft(state, body);
    case 'requests':
      return Array.isArray(body.top) ? { ...state, requests: body.top as RequestCount[] } : state;
    case 'moment.changed':
      return momentChanged(state, body);
    case 'drop':
      return dropSaid(state, body);
    case 'coupon':
      return couponSaid(state, body);
    case 'chat.mode':
      // Entries from before there was a mode for followers say nothing of it.
      return isCount(body.slow_mode_s)
        ? { ...state, mode: { slow_mode_s: body.slow_mode_s, followers_only: body.followers_only === true } }
        : state;
    case 'chat.pinned':
      return linePinned(state, body);
    case 'chat.hidden':
      return state.pinned && state.pinned.seq === body.seq ? { ...state, pinned: null } : state;
    default:
      return state;
  }
}

export function foldAll(state: RoomState, entries: readonly Entry[]): RoomState {
  return entries.reduce(fold, state);
}
