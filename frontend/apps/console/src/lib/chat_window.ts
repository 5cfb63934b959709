// The chat as somebody who moderates it reads it: it stands still while they look back, however fast lines come. Pure.
import type { ChatLine } from '@shopcast/room-client';

/** Half an hour of a readable chat, or twenty seconds of a very full one. */
const KEPT = 2000;

export class ChatWindow {
  /** What is on screen, oldest first. */
  shown: readonly ChatLine[] = [];
  /** Lines that came while the view stood still. */
  #waiting: ChatLine[] = [];
  #lastSeq = 0;
  isFrozen = false;

  get newCount(): number {
    return this.#waiting.length;
  }

  /** The room's newest lines; those known already are passed over, those hidden since are gone from both. */
  accept(lines: readonly ChatLine[]): void {
    const first = lines[0]?.seq ?? Number.POSITIVE_INFINITY;
    const there = new Set(lines.map((line) => line.seq));
    const stands = (line: ChatLine) => line.seq < first || there.has(line.seq);
    const known = new Set([...this.shown, ...this.#waiting].map((line) => line.seq));
    // Shown again after it was hidden: back at its place.
    const back = lines.filter((line) => line.seq <= this.#lastSeq && !known.has(line.seq));
    const fresh = lines.filter((line) => line.seq > this.#lastSeq);
    this.#waiting = this.#waiting.filter(stands);
    if (back.length > 0 || !this.shown.every(stands))
      this.shown = [...this.shown.filter(stands), ...back].sort((one, other) => one.seq - other.seq);
    if (fresh.length === 0) return;
    this.#lastSeq = fresh.at(-1)?.seq ?? this.#lastSeq;
    if (this.isFrozen) this.#waiting = [...this.#waiting, ...fresh].slice(-KEPT);
    else this.shown = [...this.shown, ...fresh].slice(-KEPT);
  }

  freeze(): void {
    this.isFrozen = true;
  }

  /** Back to the newest. */
  thaw(): void {
    this.isFrozen = false;
    this.shown = [...this.shown, ...this.#waiting].slice(-KEPT);
    this.#waiting = [];
  }

  /** The line before or after one, by number: what a key moves to. The newest if there is none. */
  beside(seq: number | null, step: -1 | 1): ChatLine | null {
    const at = this.shown.findIndex((line) => line.seq === seq);
    if (at === -1) return this.shown.at(-1) ?? null;
    return this.shown[Math.min(this.shown.length - 1, Math.max(0, at + step))] ?? null;
  }
}
