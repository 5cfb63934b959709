/** The room without a socket: a snapshot, then sealed pieces of the log at the server's pace, and beacons to be counted. */
import { FIRST_PACE, type Pace, PieceCursor } from './pieces.ts';
import type { Entry, PrivateEntry, RoomState } from './types.ts';

export interface SnapshotAnswer {
  epoch: number;
  seq: number;
  second: number;
  server_ms: number;
  state: RoomState;
  chat: Entry[];
  viewers: number | null;
  pace: Pace;
}

export interface PieceAnswer {
  sealed: boolean;
  epoch: number;
  after: number;
  seq: number;
  entries: Entry[];
  viewers?: number | null;
  pace?: Pace | null;
}

/** How the page asks the server; `ticket` is null for somebody who may only read. */
export interface FallbackDoors {
  snapshot: (room: string, ticket: string | null) => Promise<SnapshotAnswer>;
  piece: (room: string, name: string, ticket: string | null) => Promise<PieceAnswer>;
  own: (room: string, ticket: string, afterPseq: number) => Promise<PrivateEntry[]>;
  beacon: (room: string, ticket: string) => Promise<{ next_ms: number; viewers: number | null }>;
}

/** What the fallback needs of the client it works for. */
export interface FallbackHost {
  /** Null: only a snapshot helps. */
  seq(): number | null;
  pseq(): number;
  serverNow(): number;
  clockIs(serverMs: number): void;
  takeSnapshot(answer: SnapshotAnswer): void;
  takeRun(run: { epoch: number; seq: number; entries: readonly Entry[] }): void;
  takeOwn(entries: readonly PrivateEntry[]): void;
  takeViewers(viewers: number): void;
}

/** More pieces at once than this are no polling. */
const PIECES_AT_ONCE = 16;
/** Everybody was told the same interval; they must not come at the same instant. */
const JITTER = 0.15;

export class RoomFallback {
  private cursor: PieceCursor | null = null;
  private pace: Pace = FIRST_PACE;
  private beaconDueMs = 0;

  constructor(
    private readonly doors: FallbackDoors,
    private readonly host: FallbackHost,
    private readonly random: () => number,
  ) {}

  /** The socket went away; what it told us up to this instant is known. */
  begin(lastHeardServerMs: number | null): void {
    this.cursor = lastHeardServerMs === null ? null : PieceCursor.after(lastHeardServerMs);
  }

  /** One look at what is new; `stillWanted` says whether a socket has taken over meanwhile. Gives how long to wait. */
  async round(room: string, ticket: string | null, stillWanted: () => boolean): Promise<number> {
    if (this.host.seq() === null || this.cursor?.isFarBehind(this.host.serverNow()) !== false)
      await this.snapshot(room, ticket, stillWanted);
    for (let count = 0; count < PIECES_AT_ONCE && stillWanted(); count += 1) {
      if (!(await this.piece(room, ticket, stillWanted))) break;
    }
    if (ticket !== null && stillWanted()) await this.sayHere(room, ticket, stillWanted);
    return this.spread(this.pace.poll_ms);
  }

  private async snapshot(room: string, ticket: string | null, stillWanted: () => boolean): Promise<void> {
    const answer = await this.doors.snapshot(room, ticket);
    if (!stillWanted()) return;
    this.host.clockIs(answer.server_ms);
    this.pace = answer.pace;
    this.cursor = new PieceCursor(answer.second);
    // From a cache it may be older than what we know.
    if ((this.host.seq() ?? -1) < answer.seq) this.host.takeSnapshot(answer);
    if (answer.viewers !== null) this.host.takeViewers(answer.viewers);
  }

  /** Says whether there may be another one. */
  private async piece(room: string, ticket: string | null, stillWanted: () => boolean): Promise<boolean> {
    const next = this.cursor?.next(this.host.serverNow(), this.pace.span_s);
    if (!next) return false;
    const answer = await this.doors.piece(room, next.name, ticket);
    const seq = this.host.seq();
    if (!stillWanted() || !answer.sealed || seq === null) return false;
    if (answer.pace) this.pace = answer.pace;
    if (answer.viewers !== null && answer.viewers !== undefined) this.host.takeViewers(answer.viewers);
    if (answer.after > seq) {
      // Something between was missed: the next look begins with a snapshot.
      this.cursor = null;
      return false;
    }
    this.cursor?.passed(next);
    const entries = answer.entries.filter((entry) => entry.seq > seq);
    if (answer.seq > seq) this.host.takeRun({ epoch: answer.epoch, seq: answer.seq, entries });
    return true;
  }

  /** To be counted, and to hear what is for this person alone. A server that is busy counts somebody else first. */
  private async sayHere(room: string, ticket: string, stillWanted: () => boolean): Promise<void> {
    const now = this.host.serverNow();
    if (now < this.beaconDueMs) return;
    this.beaconDueMs = now + this.spread(this.pace.beacon_ms);
    try {
      const [heard, own] = await Promise.all([
        this.doors.beacon(room, ticket),
        this.doors.own(room, ticket, this.host.pseq()),
      ]);
      if (!stillWanted()) return;
      this.beaconDueMs = now + this.spread(heard.next_ms);
      if (heard.viewers !== null) this.host.takeViewers(heard.viewers);
      this.host.takeOwn(own);
    } catch {
      // The next beacon is soon enough; what everybody sees is more important.
    }
  }

  private spread(ms: number): number {
    return Math.round(ms * (1 - JITTER + 2 * JITTER * this.random()));
  }
}
