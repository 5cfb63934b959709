// A room that answers in the page: a snapshot, chat that trickles in, counts, and pins from the console's own calls.
import type { RoomState } from '@shopcast/room-client';
import { cards, NOW } from './fixtures.ts';

const LINES: readonly (readonly [name: string, role: string, text: string])[] = [
  ['Ana', 'viewer', 'Is the linen see-through?'],
  ['李薇', 'viewer', '试一下7号，谢谢！'],
  ['Tom', 'viewer', 'could you try number seven in M?'],
  ['Jonas', 'moderator', 'Number 7 is 100 % European linen.'],
  ['Sofia', 'viewer', '#11 pls'],
  ['陈晨', 'viewer', '11号多长？'],
  ['Okafor', 'viewer', 'Just bought the beanie, so warm'],
  ['Maja', 'viewer', 'What does the host wear?'],
  ['Ana', 'viewer', 'Thanks, ordered'],
  ['Peter', 'viewer', 'Does it ship to Portugal, and when would a blanket ordered now arrive there?'],
];

/** ?drop=planned|countdown|running|sold_out chooses what the host sees. */
function dropNow(
  now: number,
): Pick<RoomState['drops'][string], 'state' | 'quantity' | 'left' | 'opens_at_ms' | 'ends_at_ms'> {
  switch (sessionStorage.getItem('drop')) {
    case 'countdown':
      return { state: 'countdown', quantity: 120, left: 120, opens_at_ms: now + 27_000, ends_at_ms: now + 327_000 };
    case 'running':
      return { state: 'running', quantity: 120, left: 33, opens_at_ms: now - 118_000, ends_at_ms: now + 182_000 };
    case 'sold_out':
      return { state: 'running', quantity: 120, left: 0, opens_at_ms: now - 118_000, ends_at_ms: now + 182_000 };
    default:
      return { state: 'planned', quantity: 120, left: 120, opens_at_ms: null, ends_at_ms: null };
  }
}

function state(now: number): RoomState {
  return {
    show: { state: 'live' },
    items: Object.fromEntries(cards.map((card) => [card.id, card])),
    order: cards.map((card) => card.id),
    on_air: { item_id: 'itm_7', moment_id: 'mom_7', since_ms: now - 192_000 },
    stock: {},
    requests: [
      { item_id: 'itm_11', number: 11, count: 34, since_ms: now - 130_000, eta_s: 240 },
      { item_id: 'itm_2', number: 2, count: 9, since_ms: now - 310_000, eta_s: 500 },
      { item_id: 'itm_9', number: 9, count: 3, since_ms: now - 20_000, eta_s: 800 },
    ],
    mode: { slow_mode_s: 0, followers_only: false },
    pinned: null,
    last_moments: {},
    drops: {
      drp_1: {
        drop_id: 'drp_1',
        item_id: 'itm_7',
        variant_id: null,
        ...dropNow(now),
        price: 6900,
        was_price: 7900,
        per_customer: 2,
      },
    },
    coupons: {},
  };
}

export class MockSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  #seq = 40;

  constructor() {
    const mode = sessionStorage.getItem('mock') ?? '';
    if (mode === 'offline' || mode === 'dropped') {
      setTimeout(() => this.onclose?.(), 10);
      return;
    }
    setTimeout(() => this.#open(), 10);
    addEventListener('mock-pin', (event) =>
      this.#entry('item.pinned', { item_id: (event as CustomEvent<string>).detail, number: 0, moment_id: 'mom_x' }),
    );
  }

  send(text: string): void {
    const frame = JSON.parse(text) as { t: string; ref?: string; text?: string; seq?: number };
    if (frame.t === 'say')
      this.#entry('chat.line', {
        id: `l${this.#seq}`,
        key: 'me',
        name: 'Mira Holt',
        role: 'host',
        text: frame.text,
        reply_to: null,
      });
    if (frame.t === 'unhide') this.#entry('chat.shown', { seq: frame.seq, line: null });
    if (frame.t === 'hide') this.#entry('chat.hidden', { seq: frame.seq });
    if (frame.ref) this.#tell({ t: 'ack', ref: frame.ref, seq: this.#seq });
  }

  close(): void {}

  #open(): void {
    const now = NOW;
    this.onopen?.();
    this.#tell({
      t: 'hello',
      you: { key: 'me', name: 'Mira Holt', role: 'host', rights: ['chat', 'moderate', 'staff'] },
      server_ms: now,
      tick_ms: 100,
    });
    const chat = LINES.map(([name, role, text], index) => ({
      seq: 20 + index,
      kind: 'chat.line',
      at_ms: now - 60_000,
      body: {
        id: `c${index}`,
        key: `k${name}`,
        name,
        role,
        text,
        reply_to: index === 3 ? { seq: 20, name: 'Ana', text: 'Is the linen see-through?' } : null,
      },
    }));
    this.#tell({ t: 'snapshot', epoch: 1, seq: 40, state: state(now), chat, pseq: 0, private: [] });
    this.#tell({ t: 'live', viewers: 318, reactions: { heart: 41 } });
    this.#entry('staff.sales', { orders: 61, units: 78, total: { amount_minor: 479_344, currency: 'EUR' } });
  }

  #entry(kind: string, body: unknown): void {
    const after = this.#seq;
    this.#seq += 1;
    this.#tell({ t: 'frames', epoch: 1, seq: this.#seq, after, entries: [{ seq: this.#seq, kind, at_ms: NOW, body }] });
  }

  #tell(frame: unknown): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}
