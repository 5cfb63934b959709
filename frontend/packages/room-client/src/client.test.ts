import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RoomClient } from './client.ts';
import { emptyState, foldAll } from './fold.ts';
import { RoomRefusal } from './refusal.ts';
import type { Entry, PrivateEntry } from './types.ts';

const T = 1_800_000_000_000;

/** Timers and sockets under the test's hand: a server with one log that answers as the contract says. */
class World {
  now = T;
  log: Entry[] = [];
  own: PrivateEntry[] = [];
  epoch = 1;
  blocked = false;
  polls = 0;
  sockets: FakeSocket[] = [];
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
    poll: async (_room, _ticket, after, afterOwn) => {
      this.polls += 1;
      return {
        epoch: this.epoch,
        seq: this.log.length,
        entries: this.log.filter((one) => one.seq > after),
        private: this.own.filter((one) => one.pseq > afterOwn),
      };
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

  /** Sends everything not sent yet to the open socket. */
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
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
}

class FakeSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  sent: Record<string, unknown>[] = [];
  private seq = 0;
  private open = true;

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
      server_ms: this.world.now + 500,
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
    this.push({ t: 'frames', epoch: this.world.epoch, seq: this.world.log.length, after: this.seq, entries });
    this.seq = this.world.log.length;
  }

  push(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.open = false;
  }

  drop(): void {
    this.open = false;
    this.onclose?.();
  }
}

const step = fc.oneof(
  { weight: 6, arbitrary: fc.constant('append' as const) },
  { weight: 4, arbitrary: fc.constant('tick' as const) },
  { weight: 2, arbitrary: fc.constant('drop' as const) },
  { weight: 1, arbitrary: fc.constant('restart' as const) },
  { weight: 1, arbitrary: fc.constant('lose' as const) },
  { weight: 1, arbitrary: fc.constant('block' as const) },
  { weight: 3, arbitrary: fc.constant('wait' as const) },
);

test('whatever happens to the connection, the room ends up whole and nothing is applied twice', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
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
        if (one === 'lose' && socket) {
          // A frame that never arrives: the next one shows the hole.
          const deliver = socket.onmessage;
          socket.onmessage = null;
          world.append('requests', { top: [] });
          socket.catchUp();
          socket.onmessage = deliver;
        }
        if (one === 'restart') {
          world.epoch += 1;
          socket?.drop();
        }
        if (one === 'block') world.blocked = !world.blocked;
        if (one === 'wait') await world.pass(2000);
        await flush();
      }
      world.blocked = false;
      world.append('requests', { top: [{ number: 999 }] });
      for (let turn = 0; turn < 4; turn += 1) {
        await world.pass(20_000);
        world.tick();
      }
      expect(world.client.state).toEqual(foldAll(emptyState(), world.log));
      expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
      expect(world.client.status).toBe('open');
      world.client.stop();
    }),
    { numRuns: 100 },
  );
});

test('resumes from where it was, with its own entries too', async () => {
  const world = new World();
  world.own.push({ pseq: 1, kind: 'request.placed', at_ms: T, body: { number: 7 } });
  const own: [number, boolean][] = [];
  world.client.on('private', ({ entry, fresh }) => own.push([entry.pseq, fresh]));
  world.append('chat.line', { id: 'a', key: 'k', name: 'Bo', role: 'viewer', text: 'hello', reply_to: null });
  world.client.start();
  await world.pass(10);
  expect(world.client.serverNow()).toBe(world.now + 500);
  world.sockets[0]?.drop();
  await world.pass(5000);
  const query = world.sockets[1]?.url.searchParams;
  expect([query?.get('epoch'), query?.get('seq'), query?.get('pseq')]).toEqual(['1', '1', '1']);
  world.sockets[1]?.push({ t: 'private', pseq: 1, kind: 'request.placed', at_ms: T, body: {} });
  world.sockets[1]?.push({ t: 'private', pseq: 2, kind: 'order.paid', at_ms: T, body: {} });
  expect(own).toEqual([
    [1, false],
    [2, true],
  ]);
  expect(world.client.chat.lines.map((line) => line.text)).toEqual(['hello']);
  world.client.stop();
});

test('sockets that do not get through: polls, and goes back to the socket when it can', async () => {
  const world = new World();
  world.blocked = true;
  world.client.start();
  await world.pass(4000);
  expect(world.client.status).toBe('polling');
  world.append('chat.mode', { slow_mode_s: 10 });
  await world.pass(3500);
  expect(world.client.state.mode.slow_mode_s).toBe(10);
  world.blocked = false;
  await world.pass(20_000);
  expect(world.client.status).toBe('open');
  const polls = world.polls;
  await world.pass(20_000);
  expect(world.polls).toBe(polls);
  world.client.stop();
});

test('something said is acknowledged, refused with its reason, or unanswered', async () => {
  const world = new World();
  world.client.start();
  await world.pass(10);
  const socket = world.sockets[0] as FakeSocket;
  const said = world.client.say('hi', { replyTo: 3, mediaAtMs: T + 0.4 });
  expect(socket.sent).toEqual([{ t: 'say', text: 'hi', reply_to: 3, media_at_ms: T, ref: 'c1' }]);
  socket.push({ t: 'ack', ref: 'c1', seq: 130 });
  expect(await said).toBe(130);
  const refused = world.client.say('again').catch((error: RoomRefusal) => error);
  socket.push({ t: 'refused', ref: 'c2', code: 'slow_mode', message: 'Wait.', retry_after_ms: 3000 });
  expect(await refused).toMatchObject({ code: 'slow_mode', message: 'Wait.', retryAfterMs: 3000 });
  const lost = world.client.say('lost').catch((error: RoomRefusal) => error);
  await world.pass(9000);
  expect(await lost).toMatchObject({ code: 'unanswered' });
  const cut = world.client.say('cut').catch((error: RoomRefusal) => error);
  socket.drop();
  expect(await cut).toBeInstanceOf(RoomRefusal);
  world.client.stop();
});

test('a silent path is given up and opened again', async () => {
  const world = new World();
  world.client.start();
  await world.pass(10);
  await world.pass(70_000);
  expect(world.sockets.length).toBeGreaterThan(1);
  world.client.stop();
});

test('hidden lines disappear, repeated ones stay single', () => {
  const world = new World();
  const line = (seq: number) => ({ seq, kind: 'chat.line', at_ms: T, body: { text: `l${seq}` } });
  world.client.chat.reset([line(1), line(2), line(3)]);
  expect(world.client.chat.accept([line(3)])).toBe(false);
  expect(world.client.chat.accept([{ seq: 4, kind: 'chat.hidden', at_ms: T, body: { seq: 2 } }])).toBe(true);
  expect(world.client.chat.lines.map((one) => one.seq)).toEqual([1, 3]);
});

test('a line shown again stands where it stood; one without words stays away', () => {
  const { chat } = new World().client;
  const line = (seq: number, text: string | null = `l${seq}`) => ({
    seq,
    kind: 'chat.line',
    at_ms: T + seq,
    body: { text },
  });
  const shown = (seq: number, said: object | null) => ({
    seq: 9,
    kind: 'chat.shown',
    at_ms: T,
    body: { seq, line: said },
  });
  chat.reset([line(1), line(2, null), line(3)]);
  expect(chat.lines.map((one) => one.seq)).toEqual([1, 3]);
  expect(chat.accept([shown(2, null)])).toBe(false);
  expect(chat.accept([shown(2, { text: 'l2', at_ms: T + 2 }), shown(2, { text: 'l2', at_ms: T + 2 })])).toBe(true);
  expect(chat.lines.map((one) => [one.seq, one.text, one.at_ms])).toEqual([
    [1, 'l1', T + 1],
    [2, 'l2', T + 2],
    [3, 'l3', T + 3],
  ]);
});

test('who loses an open socket comes back within what the server has told, spread', async () => {
  const world = new World();
  world.client.start();
  await world.pass(10);
  world.sockets[0]?.push({ t: 'live', viewers: 20_000, retry_ms: 6000 });
  world.sockets[0]?.drop();
  // Half way through: 200 ms and half of six seconds.
  await world.pass(3100);
  expect(world.sockets.length).toBe(1);
  await world.pass(200);
  expect(world.sockets.length).toBe(2);
  world.client.stop();
});
