// What the host's console shows at this second, from the room's state and the plan; pure.
import { emptyState, type RequestCount, type RoomState } from '@shopcast/room-client';
import type { Card, Cue, Manage, Money, ShowState } from '../types.ts';
import { type Drift, drift } from './drift.ts';
import { mostWanted, nextItem } from './next_item.ts';
import { priceMatches } from './price_said.ts';

export interface Sales {
  readonly orders: number;
  readonly units: number;
  readonly total: Money | null;
}

export interface LiveView {
  readonly state: ShowState;
  readonly onAir: { readonly card: Card; readonly sinceMs: number } | null;
  readonly next: Card | null;
  readonly wanted: (RequestCount & { readonly card: Card | null }) | null;
  readonly wantedCount: number;
  readonly cue: Cue | null;
  readonly cueCard: Card | null;
  readonly cueAfter: Cue | null;
  readonly cueNumber: number;
  readonly saidIsWrong: boolean;
  readonly drift: Drift | null;
  readonly graceLeftMs: number | null;
}

export function liveView(
  manage: Manage,
  heard: RoomState | null,
  currentCueId: string | null,
  nowMs: number,
): LiveView {
  const room = heard ?? roomOf(manage);
  const { items, order } = shelfOf(manage, room);
  const onAirCard = room.on_air ? items[room.on_air.item_id] : undefined;
  const onAirId = room.on_air?.item_id ?? null;
  const wanted = mostWanted(room.requests, onAirId);
  const cueIndex = manage.cues.findIndex((cue) => cue.id === currentCueId);
  const cue = manage.cues[cueIndex] ?? null;
  const cueCard = cue?.item_id ? (items[cue.item_id] ?? null) : null;
  const startedMs = manage.show.started_at ? Date.parse(manage.show.started_at) : null;
  const state = room.show.state ?? manage.show.state;
  return {
    state,
    onAir: room.on_air && onAirCard ? { card: onAirCard, sinceMs: room.on_air.since_ms } : null,
    next: nextItem(order, items, onAirId),
    wanted: wanted
      ? {
          ...room.requests.find((one) => one.item_id === wanted.item_id),
          ...wanted,
          eta_s: null,
          card: items[wanted.item_id] ?? null,
        }
      : null,
    wantedCount: room.requests.filter((one) => one.item_id !== onAirId && one.count > 0).length,
    cue,
    cueCard,
    cueAfter: cueIndex === -1 ? (manage.cues[0] ?? null) : (manage.cues[cueIndex + 1] ?? null),
    cueNumber: cueIndex + 1,
    saidIsWrong: cue !== null && !priceMatches(cue.price_said, cueCard),
    drift: state === 'live' || state === 'interrupted' ? drift(manage.cues, currentCueId, startedMs, nowMs) : null,
    graceLeftMs: state === 'interrupted' ? graceLeft(manage, room, nowMs) : null,
  };
}

function graceLeft(manage: Manage, room: RoomState, nowMs: number): number | null {
  const until =
    room.show.grace_until_ms ??
    (manage.show.interrupted_at ? Date.parse(manage.show.interrupted_at) + manage.show.grace_s * 1000 : null);
  return until === null ? null : Math.max(0, until - nowMs);
}

/** The room's shelf, with what it veils (hidden items have no title there) filled in from the staff's own list. */
export function shelfOf(manage: Manage, room: RoomState): { items: Record<string, Card>; order: string[] } {
  const own = Object.fromEntries(manage.items.map((item) => [item.id, item]));
  const items = Object.fromEntries(
    Object.entries(room.items).map(([id, card]) => [id, card.hidden && own[id] ? { ...own[id], hidden: true } : card]),
  );
  return { items, order: room.order };
}

/** What the room would say, from the page's answer: shown until the room has been heard once. */
export function roomOf(manage: Manage): RoomState {
  return {
    ...emptyState(),
    show: { state: manage.show.state, grace_until_ms: manage.grace_until_ms ?? null },
    items: Object.fromEntries(manage.items.map((item) => [item.id, item])),
    order: manage.items.map((item) => item.id),
    on_air: manage.on_air ?? null,
  };
}
