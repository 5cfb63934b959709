/** What was said over the socket and waits for its answer. */
import { RoomRefusal } from './refusal.ts';

/** An answer to something said comes within a tick; beyond this we tell the person we do not know. */
const ACK_WITHIN_MS = 8000;

interface Waiting {
  resolve: (seq: number | null) => void;
  reject: (error: Error) => void;
  timer: number;
}

export class Asks {
  private nextRef = 1;
  private readonly waiting = new Map<string, Waiting>();

  constructor(
    private readonly setTimer: (run: () => void, ms: number) => number,
    private readonly clearTimer: (id: number) => void,
  ) {}

  /** Sends the frame with a reference and settles with the server's answer to it. */
  ask(frame: Record<string, unknown>, send: (text: string) => void): Promise<number | null> {
    const ref = `c${this.nextRef++}`;
    send(JSON.stringify({ ...frame, ref }));
    return new Promise((resolve, reject) => {
      const timer = this.setTimer(() => {
        this.waiting.delete(ref);
        reject(new RoomRefusal('unanswered', '', 0));
      }, ACK_WITHIN_MS);
      this.waiting.set(ref, { resolve, reject, timer });
    });
  }

  acknowledged(ref: string, seq: number | null): void {
    this.settle(ref, (one) => one.resolve(seq));
  }

  refused(ref: string, refusal: RoomRefusal): void {
    this.settle(ref, (one) => one.reject(refusal));
  }

  /** The socket is gone: whether these were heard is not known. */
  dropAll(): void {
    for (const one of this.waiting.values()) {
      this.clearTimer(one.timer);
      one.reject(new RoomRefusal('unanswered', '', 0));
    }
    this.waiting.clear();
  }

  private settle(ref: string, finish: (one: Waiting) => void): void {
    const one = this.waiting.get(ref);
    if (!one) return;
    this.waiting.delete(ref);
    this.clearTimer(one.timer);
    finish(one);
  }
}
