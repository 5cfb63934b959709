/**
 * What the viewer may see now. Pins and claims speak about the picture, so they wait until the picture reaches them;
 * price, stock and sold-out are facts about the shop and show at once.
 */
import type { Card } from '@shopcast/api-client';
import { type AirTime, pin, unpin } from './fold.ts';
import type { Entry, RoomState } from './types.ts';

/** A picture further behind than this is not the live one (paused, or its clock is wrong): nothing waits for it. */
const MAX_WAIT_MS = 30_000;
/** Bound of what waits; a host cannot pin faster than this in MAX_WAIT_MS. */
const MAX_HELD = 200;

interface Held {
  atMs: number;
  apply: () => void;
}

const PICTURE_KINDS = new Set(['item.pinned', 'item.unpinned']);

export class Presentation {
  private latest: RoomState | null = null;
  private held: Held[] = [];
  private air: AirTime = { on_air: null, last_moments: {} };
  private claims = new Map<string, string>();

  /** `pictureMs` gives the instant on screen (epoch milliseconds), or null while nothing is known. */
  constructor(
    private readonly pictureMs: () => number | null,
    private readonly nowMs: () => number,
  ) {}

  /** Joining: what the snapshot says is on air may be ahead of the picture. */
  reset(state: RoomState): void {
    this.latest = state;
    this.held = [];
    this.claims = new Map(Object.values(state.items).map((card) => [card.id, card.claim]));
    this.air = { on_air: null, last_moments: state.last_moments };
    const next = state.on_air;
    if (next) {
      this.hold(next.since_ms, () => {
        this.air = { ...this.air, on_air: next };
      });
    }
    this.advance();
  }

  /** `state` is the fold after `entries`. */
  accept(state: RoomState, entries: readonly Entry[]): void {
    this.latest = state;
    for (const entry of entries) this.acceptOne(entry);
    this.advance();
  }

  private acceptOne(entry: Entry): void {
    if (PICTURE_KINDS.has(entry.kind)) {
      const step = entry.kind === 'item.pinned' ? pin : unpin;
      this.hold(entry.at_ms, () => {
        this.air = step(this.air, entry.body as Record<string, unknown>, entry.at_ms);
      });
    } else if (entry.kind === 'moment.changed') {
      // A moment taken out of the replay must not be offered any longer, whatever is on screen.
      this.hold(entry.at_ms, () => {
        const last = (entry.body as { last?: unknown }).last;
        const id = (entry.body as { item_id: string }).item_id;
        const { [id]: _gone, ...others } = this.air.last_moments;
        this.air = { ...this.air, last_moments: last ? { ...others, [id]: last as never } : others };
      });
    } else if (entry.kind === 'shelf.item') {
      const card = entry.body as Card;
      if (!this.claims.has(card.id)) this.claims.set(card.id, card.claim);
      else this.hold(entry.at_ms, () => this.claims.set(card.id, card.claim));
    }
  }

  private hold(atMs: number, apply: () => void): void {
    this.held.push({ atMs, apply });
    while (this.held.length > MAX_HELD) this.held.shift()?.apply();
  }

  /** Applies what the picture has reached; says whether anything changed. Order of arrival is kept. */
  advance(): boolean {
    const picture = this.pictureMs();
    const now = this.nowMs();
    let changed = false;
    while (this.held[0] && this.due(this.held[0].atMs, picture, now)) {
      this.held.shift()?.apply();
      changed = true;
    }
    return changed;
  }

  private due(atMs: number, picture: number | null, now: number): boolean {
    if (picture === null || now - atMs > MAX_WAIT_MS || now - picture > MAX_WAIT_MS) return true;
    return atMs <= picture;
  }

  get waiting(): number {
    return this.held.length;
  }

  /** Null before the first snapshot. */
  current(): RoomState | null {
    if (!this.latest) return null;
    const items: Record<string, Card> = {};
    for (const [id, card] of Object.entries(this.latest.items)) {
      const claim = this.claims.get(id);
      items[id] = claim === undefined || claim === card.claim ? card : { ...card, claim };
    }
    return { ...this.latest, items, on_air: this.air.on_air, last_moments: this.air.last_moments };
  }
}
