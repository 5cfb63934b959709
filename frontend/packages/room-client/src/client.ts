/** One viewer's connection to one room: join, resume without loss or repetition, fall back to pieces, say things. */
import type { Ticket } from '@shopcast/api-client';
import { Asks } from './asks.ts';
import { backoffMs, obeyMs, returnMs } from './backoff.ts';
import { type ChatLine, ChatLog } from './chat-log.ts';
import { Emitter } from './emitter.ts';
import { type FallbackDoors, RoomFallback, type SnapshotAnswer } from './fallback.ts';
import { emptyState, foldAll } from './fold.ts';
import { parseFrame } from './frames.ts';
import { arrive, type Position } from './position.ts';
import { RoomRefusal } from './refusal.ts';
import type { Entry, Frame, LiveCounts, PrivateEntry, RoomState, You } from './types.ts';

/** banned: the house has closed its rooms to this person, who may read on. */
export type RoomStatus = 'idle' | 'connecting' | 'open' | 'polling' | 'waiting' | 'banned';

export interface RoomEvents {
  status: RoomStatus;
  hello: You;
  /** After each change: the fold, what was applied, and whether it is a fresh snapshot. */
  state: { state: RoomState; entries: readonly Entry[]; snapshot: boolean };
  chat: readonly ChatLine[];
  /** `fresh` is false for those a snapshot brought back. */
  private: { entry: PrivateEntry; fresh: boolean };
  live: LiveCounts;
}

interface Socket {
  send(text: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  onerror: (() => void) | null;
}

export interface Polled {
  epoch: number;
  seq: number;
  entries: Entry[];
  private?: PrivateEntry[];
}

export interface SayAbout {
  replyTo?: number;
  mediaAtMs?: number;
}

export interface RoomClientOptions {
  ticket: () => Promise<Ticket>;
  openSocket?: (url: string) => Socket;
  /** What viewers fall back to when sockets do not get through. */
  fallback?: FallbackDoors;
  /** What the staff falls back to: pieces have nothing of what only they see. */
  poll?: (room: string, ticket: string, afterSeq: number, afterPseq: number) => Promise<Polled>;
  post?: (room: string, ticket: string, text: string, about: SayAbout) => Promise<{ id: string }>;
  now?: () => number;
  random?: () => number;
  setTimer?: (run: () => void, ms: number) => number;
  clearTimer?: (id: number) => void;
}

/** Sockets that fail this often in a row before a hello are blocked somewhere; polling starts, sockets are still tried. */
const FAILURES_BEFORE_POLLING = 3;
const POLL_EVERY_MS = 3000;
/** The server sends counts at least every few seconds; silence this long means the path is dead. */
const SILENCE_MS = 45_000;
const PING_EVERY_MS = 20_000;
const SAY_PATIENCE_MS = 4000;
/** Tickets are renewed this long before they run out. */
const TICKET_MARGIN_MS = 30_000;

export class RoomClient extends Emitter<RoomEvents> {
  state: RoomState = emptyState();
  status: RoomStatus = 'idle';
  you: You | null = null;
  readonly chat = new ChatLog();

  private position: Position | null = null;
  private pseq = 0;
  private ticket: Ticket | null = null;
  private socket: Socket | null = null;
  private running = false;
  private failures = 0;
  private resumed = false;
  private offsetMs = 0;
  private spreadMs = 0;
  private lastHeardMs = 0;
  private readonly asks: Asks;
  private readonly fallback: RoomFallback | null;
  private roomId = '';
  private retryTimer: number | null = null;
  private pollTimer: number | null = null;
  private isPolling = false;
  private pollFailures = 0;
  /** Why the door is shut, as the server said it. */
  bannedMessage = '';
  private pingTimer: number | null = null;

  private readonly now: () => number;
  private readonly random: () => number;
  private readonly setTimer: (run: () => void, ms: number) => number;
  private readonly clearTimer: (id: number) => void;

  constructor(private readonly options: RoomClientOptions) {
    super();
    this.now = options.now ?? (() => Date.now());
    this.random = options.random ?? Math.random;
    this.setTimer = options.setTimer ?? ((run, ms) => setTimeout(run, ms) as unknown as number);
    this.clearTimer = options.clearTimer ?? ((id) => clearTimeout(id));
    this.asks = new Asks(this.setTimer, this.clearTimer);
    this.fallback = options.fallback ? new RoomFallback(options.fallback, this.host(), this.random) : null;
  }

  /** The server's clock as far as we know it. */
  serverNow(): number {
    return this.now() + this.offsetMs;
  }

  /** Takes what the page was rendered from, so that something shows before the socket opens. */
  seed(state: RoomState, position: Position | null): void {
    this.state = state;
    this.position = position;
    this.emit('state', { state, entries: [], snapshot: true });
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    void this.connect();
  }

  stop(): void {
    this.running = false;
    this.dropSocket();
    this.stopTimers();
    this.setStatus('idle');
  }

  /** Call when the browser says it is online again: no need to wait for the backoff. */
  nudge(): void {
    if (!this.running || this.status === 'open' || this.status === 'connecting' || this.status === 'banned') return;
    this.failures = 0;
    void this.connect();
  }

  async say(text: string, about: SayAbout = {}): Promise<number | null> {
    if (this.status === 'polling' && this.options.post && this.ticket) {
      const { id } = await this.options.post(this.ticket.room_id, this.ticket.ticket, text, about);
      this.echo(id, text);
      return null;
    }
    // Between two tickets, or just arrived: a moment's patience spares the person a second try.
    if (this.status === 'connecting') await this.settled();
    const frame: Record<string, unknown> = { t: 'say', text };
    if (about.replyTo !== undefined) frame.reply_to = about.replyTo;
    if (about.mediaAtMs !== undefined) frame.media_at_ms = Math.round(about.mediaAtMs);
    return this.ask(frame);
  }

  /** The connection being made now has come about or not, or it takes longer than anybody waits. */
  private settled(): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        stop();
        this.clearTimer(timer);
        resolve();
      };
      const stop = this.on('status', finish);
      const timer = this.setTimer(finish, SAY_PATIENCE_MS);
    });
  }

  /** One's own line stands there at once: the piece it comes with is seconds away, and may be thinned. */
  private echo(id: string, text: string): void {
    const { name, role } = this.you ?? { name: this.ticket?.name ?? '', role: 'viewer' };
    this.chat.echo({ id, name, role, text, at_ms: this.serverNow(), key: this.you?.key ?? '' });
    this.emit('chat', this.chat.lines);
  }

  /** For what is asked of the room over HTTP. */
  currentTicket(): Promise<Ticket> {
    return this.validTicket();
  }

  /** Something about the person has changed (they follow now, say): come back with what a new ticket says. */
  renew(): void {
    this.ticket = null;
    if (!this.running) return;
    this.failures = 0;
    void this.connect();
  }

  hide(seq: number): Promise<number | null> {
    return this.ask({ t: 'hide', seq });
  }

  unhide(seq: number): Promise<number | null> {
    return this.ask({ t: 'unhide', seq });
  }

  mute(key: string, seconds: number): Promise<number | null> {
    return this.ask({ t: 'mute', key, seconds });
  }

  slowMode(seconds: number): Promise<number | null> {
    return this.ask({ t: 'slow_mode', seconds });
  }

  react(kind: string): void {
    if (this.status === 'open') this.socket?.send(JSON.stringify({ t: 'react', kind }));
  }

  private ask(frame: Record<string, unknown>): Promise<number | null> {
    const socket = this.socket;
    if (this.status !== 'open' || !socket) return Promise.reject(new RoomRefusal('offline', '', 0));
    return this.asks.ask(frame, (text) => socket.send(text));
  }

  private async validTicket(): Promise<Ticket> {
    const kept = this.ticket;
    if (kept && Date.parse(kept.expires_at) - TICKET_MARGIN_MS > this.serverNow()) return kept;
    this.ticket = await this.options.ticket();
    this.roomId = this.ticket.room_id;
    return this.ticket;
  }

  private async connect(): Promise<void> {
    this.clear('retryTimer');
    this.dropSocket();
    if (this.status !== 'polling') this.setStatus('connecting');
    let ticket: Ticket;
    try {
      ticket = await this.validTicket();
    } catch (error) {
      if ((error as { code?: unknown }).code === 'shows.banned') this.banned((error as Error).message);
      else this.failed();
      return;
    }
    if (!this.running) return;
    const query = new URLSearchParams({ ticket: ticket.ticket });
    if (this.position) {
      query.set('epoch', String(this.position.epoch));
      query.set('seq', String(this.position.seq));
      query.set('pseq', String(this.pseq));
    }
    const url = `${ticket.ws_url}${ticket.ws_url.includes('?') ? '&' : '?'}${query}`;
    const open = this.options.openSocket ?? ((address: string) => new WebSocket(address) as unknown as Socket);
    this.resumed = this.position !== null;
    this.attach(open(url));
  }

  private attach(socket: Socket): void {
    this.socket = socket;
    const mine = (run: () => void) => () => {
      if (this.socket === socket) run();
    };
    socket.onmessage = (event) => {
      if (this.socket !== socket) return;
      this.lastHeardMs = this.now();
      const frame = parseFrame(String(event.data));
      if (frame) this.receive(frame);
    };
    socket.onclose = mine(() => this.failed());
    socket.onerror = mine(() => this.failed());
    socket.onopen = mine(() => {
      this.lastHeardMs = this.now();
      this.keepAlive();
    });
  }

  private keepAlive(): void {
    this.clear('pingTimer');
    this.pingTimer = this.setTimer(() => {
      if (this.now() - this.lastHeardMs > SILENCE_MS) {
        this.failed();
        return;
      }
      this.socket?.send('{"t":"ping"}');
      this.keepAlive();
    }, PING_EVERY_MS);
  }

  private receive(frame: Frame): void {
    switch (frame.t) {
      case 'hello':
        this.you = frame.you;
        this.offsetMs = frame.server_ms - this.now();
        this.spreadMs = frame.retry_ms ?? 0;
        this.failures = 0;
        this.clear('pollTimer');
        this.setStatus('open');
        this.emit('hello', frame.you);
        return;
      case 'snapshot':
        this.receiveSnapshot(frame);
        return;
      case 'frames':
        this.receiveRun(frame);
        return;
      case 'live':
        this.spreadMs = frame.retry_ms ?? this.spreadMs;
        this.emit('live', { viewers: frame.viewers ?? null, reactions: frame.reactions ?? {} });
        return;
      case 'private':
        this.receivePrivate(frame, true);
        return;
      case 'ack':
        this.asks.acknowledged(frame.ref, frame.seq ?? null);
        return;
      case 'refused':
        this.asks.refused(frame.ref, new RoomRefusal(frame.code, frame.message, frame.retry_after_ms ?? 0));
        return;
      case 'bye':
        if (frame.code === 'banned') {
          this.banned('');
          return;
        }
        this.ticket = frame.code.includes('ticket') ? null : this.ticket;
        this.failed(frame.retry_ms);
    }
  }

  private receiveSnapshot(frame: Extract<Frame, { t: 'snapshot' }>): void {
    this.position = { epoch: frame.epoch, seq: frame.seq };
    this.resumed = false;
    this.state = { ...emptyState(), ...frame.state };
    this.chat.reset(frame.chat ?? []);
    this.emit('state', { state: this.state, entries: [], snapshot: true });
    this.emit('chat', this.chat.lines);
    const known = this.pseq;
    for (const entry of frame.private ?? []) this.receivePrivate(entry, known > 0);
    this.pseq = Math.max(this.pseq, frame.pseq ?? 0);
  }

  private receiveRun(run: { epoch: number; seq: number; after?: number; entries: Entry[] }): void {
    const arrival = arrive(this.position, run, this.resumed);
    this.resumed = false;
    if (arrival.kind === 'apply') {
      this.position = { epoch: run.epoch, seq: arrival.seq };
      if (arrival.entries.length > 0) this.apply(arrival.entries);
      return;
    }
    if (arrival.kind === 'restart') this.position = null;
    if (this.status === 'open') this.reconnectSoon();
  }

  private apply(entries: readonly Entry[]): void {
    this.state = foldAll(this.state, entries);
    const chatChanged = this.chat.accept(entries);
    this.emit('state', { state: this.state, entries, snapshot: false });
    if (chatChanged) this.emit('chat', this.chat.lines);
  }

  private receivePrivate(entry: PrivateEntry, fresh: boolean): void {
    if (entry.pseq <= this.pseq) return;
    this.pseq = entry.pseq;
    this.emit('private', {
      entry: { pseq: entry.pseq, kind: entry.kind, at_ms: entry.at_ms, body: entry.body },
      fresh,
    });
  }

  /** A gap is mended by asking again; a server that keeps sending gaps is asked less and less often. */
  private reconnectSoon(): void {
    this.failed(backoffMs(this.failures, this.random()));
  }

  private failed(retryMs?: number): void {
    const wasOpen = this.status === 'open';
    const heardMs = this.lastHeardMs === 0 ? null : this.lastHeardMs + this.offsetMs;
    this.dropSocket();
    if (!this.running) return;
    this.failures += 1;
    if (wasOpen) this.fallback?.begin(this.position ? heardMs : null);
    const isBlocked = this.failures >= FAILURES_BEFORE_POLLING && (this.options.poll || this.fallback) && this.ticket;
    if (isBlocked) this.startPolling();
    else this.setStatus('waiting');
    this.clear('retryTimer');
    const wait = retryMs === undefined ? this.waitMs(wasOpen) : obeyMs(retryMs, this.random());
    this.retryTimer = this.setTimer(() => void this.connect(), wait);
  }

  private waitMs(wasOpen: boolean): number {
    if (wasOpen) return returnMs(this.spreadMs, this.random());
    return backoffMs(this.failures - 1, this.random(), this.status === 'polling');
  }

  /** Shown out: no socket is tried again, what everybody may read is read on. */
  private banned(message: string): void {
    this.dropSocket();
    this.clear('retryTimer');
    this.ticket = null;
    this.bannedMessage = message;
    this.setStatus('banned');
    if (this.fallback && this.roomId) this.startPolling();
  }

  private startPolling(): void {
    if (this.pollTimer !== null || this.isPolling) return;
    void this.pollOnce();
  }

  private async pollOnce(): Promise<void> {
    if (!this.running) return;
    this.isPolling = true;
    let wait = POLL_EVERY_MS;
    try {
      wait = await this.look();
    } catch {
      if (this.status === 'polling') this.setStatus('waiting');
      this.pollFailures += 1;
      wait = backoffMs(this.pollFailures + 2, this.random());
    } finally {
      this.isPolling = false;
    }
    if (!this.running || (this.status as RoomStatus) === 'open') return;
    this.pollTimer = this.setTimer(() => {
      this.pollTimer = null;
      void this.pollOnce();
    }, wait);
  }

  /** One look at the room without a socket; gives how long to wait for the next. */
  private async look(): Promise<number> {
    const isBanned = this.status === 'banned';
    const ticket = isBanned ? null : await this.validTicket();
    const stillWanted = () => this.running && this.status !== 'open';
    if (this.fallback) {
      const wait = await this.fallback.round(this.roomId, ticket?.ticket ?? null, stillWanted);
      if (stillWanted() && !isBanned) this.setStatus('polling');
      this.pollFailures = 0;
      return wait;
    }
    if (!this.options.poll || !ticket) return POLL_EVERY_MS;
    const answer = await this.options.poll(ticket.room_id, ticket.ticket, this.position?.seq ?? 0, this.pseq);
    if (!stillWanted()) return POLL_EVERY_MS;
    this.setStatus('polling');
    this.pollFailures = 0;
    this.position ??= { epoch: answer.epoch, seq: 0 };
    this.resumed = true;
    this.receiveRun(answer);
    for (const entry of answer.private ?? []) this.receivePrivate(entry, true);
    return POLL_EVERY_MS;
  }

  private host() {
    return {
      seq: () => this.position?.seq ?? null,
      pseq: () => this.pseq,
      serverNow: () => this.serverNow(),
      clockIs: (serverMs: number) => {
        this.offsetMs = serverMs - this.now();
      },
      takeSnapshot: (answer: SnapshotAnswer) =>
        this.receiveSnapshot({ t: 'snapshot', ...answer, pseq: 0, private: [] }),
      takeRun: (run: { epoch: number; seq: number; entries: readonly Entry[] }) => {
        this.position = { epoch: run.epoch, seq: run.seq };
        if (run.entries.length > 0) this.apply(run.entries);
      },
      takeOwn: (entries: readonly PrivateEntry[]) => {
        for (const entry of entries) this.receivePrivate(entry, true);
      },
      takeViewers: (viewers: number) => this.emit('live', { viewers, reactions: {} }),
    };
  }

  private dropSocket(): void {
    const socket = this.socket;
    this.socket = null;
    this.clear('pingTimer');
    this.asks.dropAll();
    socket?.close();
  }

  private stopTimers(): void {
    for (const name of ['retryTimer', 'pollTimer', 'pingTimer'] as const) this.clear(name);
  }

  private clear(name: 'retryTimer' | 'pollTimer' | 'pingTimer'): void {
    const timer = this[name];
    if (timer !== null) this.clearTimer(timer);
    this[name] = null;
  }

  private setStatus(status: RoomStatus): void {
    if (status === this.status) return;
    this.status = status;
    this.emit('status', status);
  }
}
