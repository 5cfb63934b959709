import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RoomClient } from './client.ts';
import { emptyState, foldAll } from './fold.ts';
import type { Entry, PrivateEntry } from './types.ts';

const T = 1_800_000_000_000;
const PACE = { poll_ms: 2000, span_s: 2, beacon_ms: 30_000 };

/** A server with one log, heard by socket or read in pieces, through caches that may answer late and lines that drop. */
class World {
  now = T;
  log: Entry[] = [];
  own: PrivateEntry[] = [];
  epoch = 1;
  blocked = false;
  /** Pieces and snapshots get lost. */
  lossy = 0;
  pace = { ...PACE };
  asked: string[] = [];
  beacons = 0;
  sockets: FakeSocket[] = [];
  private readonly snapshots = new Map<number, unknown>();
  private timers: { id: number; at: number; run: () => void }[] = [];
  private nextId = 1;

  readonly client = new RoomClient({
    ticket: async () => ({
      ticket: 't',
      ws_url: 'ws://room/ws',
      room_id: 'rom_1',
      name: 'Guest 1',
      role: 'guest',
      follows: false,
      expires_at: new Date(T + 1e9).toISOString(),
    }),
    openSocket: (url) => new FakeSocket(this, new URL(url)) as never,
    fallback: {
      snapshot: async () => this.read('snapshot', () => this.cachedSnapshot()),
      piece: async (_room, name) => this.read(name, () => this.piece(name)),
      own: async (_room, _ticket, after) => this.own.filter((one) => one.pseq > after),
      beacon: async () => {
        this.beacons += 1;
        return { next_ms: this.pace.beacon_ms, viewers: 5 };
      },
    },
    post: async (_room, _ticket, text) => {
      const id = `ent_${this.log.length}`;
      this.append('chat.line', { id, key: 'p1', name: 'Ada', role: 'viewer', text, reply_to: null });
      return { id };
    },
    now: () => this.now,
    random: () => 0.5,
    setTimer: (run, ms) => {
      const id = this.nextId++;
      this.timers.push({ id, at: this.now + ms, run });
      return id;
    },
    clearTimer: (id) => {
      this.timers = this.timers.filter((one) => one.id !== id);
    },
  });

  append(kind: string, body: unknown): void {
    this.log.push({ seq: this.log.length + 1, kind, at_ms: this.now, body });
  }

  private read<Answer>(name: string, answer: () => Answer): Answer {
    this.asked.push(name);
    if (this.lossy > 0) {
      this.lossy -= 1;
      throw new Error('lost');
    }
    return answer();
  }

  /** As a cache in front gives it: up to two seconds old. */
  private cachedSnapshot() {
    const at = Math.floor(this.now / 2000);
    const kept = this.snapshots.get(at) ?? this.snapshotNow();
    this.snapshots.set(at, kept);
    return kept as ReturnType<World['snapshotNow']>;
  }

  private snapshotNow() {
    return {
      epoch: this.epoch,
      seq: this.log.length,
      second: Math.floor((this.now - 2000) / 1000),
      server_ms: this.now,
      state: foldAll(emptyState(), this.log),
      chat: this.log.filter((one) => one.kind.startsWith('chat.')),
      viewers: 3,
      pace: this.pace,
    };
  }

  private piece(name: string) {
    const [second = 0, span = 1] = name.replace('.json', '').split('-').map(Number);
    const before = (ms: number) => this.log.filter((one) => one.at_ms < ms).length;
    const after = before(second * 1000);
    const seq = before((second + span) * 1000);
    return {
      sealed: (second + span) * 1000 + 2000 <= this.now,
      epoch: this.epoch,
      after,
      seq,
      entries: this.log.slice(after, seq),
      viewers: 4,
      pace: this.pace,
    };
  }

  tick(): void {
    this.sockets.at(-1)?.push({ t: 'live', viewers: 3 });
    this.sockets.at(-1)?.catchUp();
  }

  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    await flush();
    for (;;) {
      const next = this.timers.filter((one) => one.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.timers = this.timers.filter((one) => one !== next);
      this.now = Math.max(this.now, next.at);
      next.run();
      await flush();
    }
    this.now = end;
  }
}

async function flush(): Promise<void> {
  for (let turn = 0; turn < 40; turn += 1) await Promise.resolve();
}

class FakeSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  private seq = 0;
  private open = true;
  private last: object | null = null;

  constructor(
    readonly world: World,
    readonly url: URL,
  ) {
    world.sockets.push(this);
    queueMicrotask(() => (world.blocked ? this.onerror?.() : this.begin()));
  }

  private begin(): void {
    this.onopen?.();
    this.push({
      t: 'hello',
      you: { key: 'p1', name: 'Ada', role: 'viewer', rights: ['chat'] },
      server_ms: this.world.now,
      tick_ms: 100,
    });
    const { epoch, log, own } = this.world;
    const query = this.url.searchParams;
    if (query.get('epoch') === String(epoch)) this.seq = Number(query.get('seq'));
    else {
      const chat = log.filter((one) => one.kind.startsWith('chat.'));
      this.push({
        t: 'snapshot',
        epoch,
        seq: log.length,
        state: foldAll(emptyState(), log),
        chat,
        pseq: own.length,
        private: own,
      });
      this.seq = log.length;
    }
    this.catchUp();
  }

  catchUp(): void {
    const entries = this.world.log.filter((one) => one.seq > this.seq);
    if (!this.open || entries.length === 0) return;
    this.last = { t: 'frames', epoch: this.world.epoch, seq: this.world.log.length, after: this.seq, entries };
    this.push(this.last);
    this.seq = this.world.log.length;
  }

  again(): void {
    if (this.open && this.last) this.push(this.last);
  }

  push(frame: object): void {
    if (this.open) this.onmessage?.({ data: JSON.stringify(frame) });
  }

  readonly sent: string[] = [];

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.open = false;
  }

  drop(): void {
    this.open = false;
    this.onclose?.();
  }
}

const step = fc.constantFrom(
  ...([
    'append',
    'append',
    'append',
    'tick',
    'tick',
    'drop',
    'restart',
    'again',
    'block',
    'block',
    'wait',
    'wait',
    'lose',
    'crowd',
  ] as const),
);

test('over any switch between sockets and pieces each entry is folded once, and the room ends up whole', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 50 }), async (steps) => {
      const world = new World();
      const seen: number[] = [];
      world.client.on('state', ({ entries, snapshot }) => {
        if (snapshot) seen.length = 0;
        seen.push(...entries.map((one) => one.seq));
      });
      world.client.start();
      await world.pass(10);
      for (const one of steps) {
        const socket = world.sockets.at(-1);
        if (one === 'append') world.append('requests', { top: [{ number: world.log.length }] });
        if (one === 'tick') world.tick();
        if (one === 'drop') socket?.drop();
        if (one === 'again') socket?.again();
        if (one === 'lose') world.lossy += 2;
        if (one === 'crowd') world.pace = { ...world.pace, span_s: world.pace.span_s === 10 ? 1 : 10 };
        if (one === 'restart') {
          world.epoch += 1;
          socket?.drop();
        }
        if (one === 'block') {
          world.blocked = !world.blocked;
          if (world.blocked) socket?.drop();
        }
        if (one === 'wait') await world.pass(3100);
        await flush();
      }
      // Whichever way it hears now, it hears everything.
      world.append('requests', { top: [{ number: 998 }] });
      for (let turn = 0; turn < 6; turn += 1) {
        await world.pass(20_000);
        world.tick();
      }
      expect(world.client.state).toEqual(foldAll(emptyState(), world.log));
      expect(world.client.status).toBe(world.blocked ? 'polling' : 'open');
      world.blocked = false;
      world.append('requests', { top: [{ number: 999 }] });
      for (let turn = 0; turn < 8; turn += 1) {
        await world.pass(20_000);
        world.tick();
      }
      expect(world.client.state).toEqual(foldAll(emptyState(), world.log));
      expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
      expect(world.client.status).toBe('open');
      world.client.stop();
    }),
    { numRuns: 150 },
  );
});

test('the server dictates the pace, and who reads pieces is counted', async () => {
  const world = new World();
  world.blocked = true;
  const viewers: (number | null)[] = [];
  world.client.on('live', (counts) => viewers.push(counts.viewers));
  world.own.push({ pseq: 1, kind: 'order.paid', at_ms: T, body: {} });
  const own: number[] = [];
  world.client.on('private', ({ entry }) => own.push(entry.pseq));
  world.client.start();
  await world.pass(10_000);
  expect(world.client.status).toBe('polling');
  expect([own, world.beacons]).toEqual([[1], 1]);
  expect(viewers.at(-1)).toBe(4);
  world.pace = { poll_ms: 10_000, span_s: 10, beacon_ms: 120_000 };
  await world.pass(30_000);
  const before = world.asked.length;
  const beacons = world.beacons;
  await world.pass(100_000);
  // Ten pieces of ten seconds, and perhaps one beacon more.
  expect(world.asked.length - before).toBeLessThanOrEqual(11);
  expect(world.asked.slice(before).every((name) => name.endsWith('-10.json'))).toBe(true);
  expect(world.beacons - beacons).toBeLessThanOrEqual(1);
  world.client.stop();
});

test('what one says without a socket stands there at once, and once', async () => {
  const world = new World();
  world.blocked = true;
  world.client.start();
  await world.pass(10_000);
  await world.client.say('hello');
  expect(world.client.chat.lines.map((line) => line.text)).toEqual(['hello']);
  await world.pass(10_000);
  expect(world.client.chat.lines.map((line) => [line.seq, line.text])).toEqual([[1, 'hello']]);
  world.client.stop();
});

test('whoever is shown out reads on, without a socket and without a ticket', async () => {
  const world = new World();
  world.client.start();
  await world.pass(10);
  world.sockets[0]?.push({ t: 'bye', code: 'banned', retry_ms: 600_000 });
  await world.pass(5_000);
  expect(world.client.status).toBe('banned');
  world.append('requests', { top: [{ number: 7 }] });
  await world.pass(30_000);
  expect(world.client.state.requests).toHaveLength(1);
  expect([world.sockets.length, world.beacons]).toEqual([1, 0]);
  await expect(world.client.say('let me in')).rejects.toMatchObject({ code: 'offline' });
  world.client.stop();
});

test('a new ticket is fetched when asked to, and nothing is lost over it', async () => {
  const world = new World();
  world.client.start();
  await world.pass(10);
  world.append('requests', { top: [{ number: 1 }] });
  world.client.renew();
  await world.pass(5_000);
  world.tick();
  expect(world.sockets).toHaveLength(2);
  expect(world.client.status).toBe('open');
  expect(world.client.state.requests).toHaveLength(1);
  // What is said in between waits for the new connection.
  world.client.renew();
  const said = world.client.say('hello');
  await world.pass(100);
  const third = world.sockets[2] as FakeSocket;
  expect(third.sent).toEqual(['{"t":"say","text":"hello","ref":"c1"}']);
  third.push({ t: 'ack', ref: 'c1', seq: 9 });
  expect(await said).toBe(9);
  world.client.stop();
});

test('those who lose a server come back over the time it named, and never all at once', async () => {
  const world = new World();
  world.client.start();
  await world.pass(10);
  world.sockets[0]?.push({ t: 'live', viewers: 3, retry_ms: 20_000 });
  world.sockets[0]?.drop();
  // Half of it here, as the test's chance has it.
  await world.pass(9_000);
  expect(world.sockets).toHaveLength(1);
  await world.pass(2_000);
  expect(world.sockets).toHaveLength(2);
  world.sockets[1]?.push({ t: 'bye', code: 'restart', retry_ms: 4000 });
  await world.pass(3_900);
  expect(world.sockets).toHaveLength(2);
  await world.pass(1_200);
  expect(world.sockets).toHaveLength(3);
  world.client.stop();
});
