/**
 * Which piece of the log to ask for next, without a socket. The log is cut into seconds, and caches in front of the server hold
 * pieces of 1, 2, 5 or 10 of them that begin at their multiples; only sealed ones are worth asking for. Pure.
 */

export interface Pace {
  poll_ms: number;
  span_s: number;
  beacon_ms: number;
}

export interface Piece {
  second: number;
  span_s: number;
  name: string;
}

export const FIRST_PACE: Pace = { poll_ms: 2000, span_s: 2, beacon_ms: 30_000 };

const SPANS = [10, 5, 2, 1];
/** The server seals two seconds after the end; a little more for clocks that are not quite right. */
const SEALED_AFTER_S = 2.4;
/** What was numbered just before we stopped hearing lies this far back at most. */
const OVERLAP_S = 3;
/** Further behind than this a snapshot is cheaper than the pieces. */
const BEHIND_LIMIT_S = 60;

export class PieceCursor {
  /** `second`: everything numbered before it is known. */
  constructor(public second: number) {}

  /** From the instant something was last heard on a socket. */
  static after(heardMs: number): PieceCursor {
    return new PieceCursor(Math.floor(heardMs / 1000) - OVERLAP_S);
  }

  isFarBehind(nowMs: number): boolean {
    return nowMs / 1000 - this.second > BEHIND_LIMIT_S;
  }

  /** The next piece that is sealed, or null if we have all there are. */
  next(nowMs: number, spanS: number): Piece | null {
    const sealedUntil = nowMs / 1000 - SEALED_AFTER_S;
    for (const span of SPANS) {
      if (span > spanS || this.second % span !== 0) continue;
      // At a multiple of the span everybody waits for the same whole piece.
      if (this.second + span > sealedUntil) return null;
      return {
        second: this.second,
        span_s: span,
        name: span === 1 ? `${this.second}.json` : `${this.second}-${span}.json`,
      };
    }
    return null;
  }

  passed(piece: Piece): void {
    this.second = Math.max(this.second, piece.second + piece.span_s);
  }
}
