/** Chat in step with a recording: reads the log's per-second chunks around the playhead and gives the lines said by then. */
import { type ChatLine, ChatLog } from './chat-log.ts';
import type { Entry } from './types.ts';

/** After a jump, lines of the last half minute stand there, as they would for somebody who had watched on. */
const BACK_S = 30;
/** Enough that ordinary playback never waits for a chunk. */
const AHEAD_S = 8;
const AT_ONCE = 4;
/** Chunks are small; ten minutes of them are kept so that a short rewind needs no requests. */
const MAX_CHUNKS = 600;

export class ChatReplay {
  private readonly chunks = new Map<number, readonly Entry[] | null>();
  private wanted: number[] = [];
  private loading = 0;
  private shownKey = '';

  constructor(
    private readonly load: (second: number) => Promise<readonly Entry[]>,
    private readonly changed: (lines: readonly ChatLine[]) => void,
  ) {}

  /** `atMs` is the instant on screen. */
  seek(atMs: number): void {
    const second = Math.floor(atMs / 1000);
    this.wanted = [];
    for (let one = second - BACK_S; one <= second + AHEAD_S; one += 1) {
      if (!this.chunks.has(one)) this.wanted.push(one);
    }
    // Nearest first: what is about to be shown matters more than what was.
    this.wanted.sort((a, b) => Math.abs(a - second) - Math.abs(b - second));
    this.pump();
    this.show(atMs);
  }

  private pump(): void {
    while (this.loading < AT_ONCE && this.wanted.length > 0) {
      const second = this.wanted.shift();
      if (second !== undefined) void this.fetch(second);
    }
  }

  private async fetch(second: number): Promise<void> {
    this.loading += 1;
    this.chunks.set(second, null);
    try {
      this.chunks.set(second, await this.load(second));
    } catch {
      this.chunks.delete(second);
    } finally {
      this.loading -= 1;
    }
    while (this.chunks.size > MAX_CHUNKS) this.chunks.delete(this.chunks.keys().next().value as number);
    this.pump();
  }

  private show(atMs: number): void {
    const second = Math.floor(atMs / 1000);
    const entries: Entry[] = [];
    for (let one = second - BACK_S; one <= second; one += 1) {
      for (const entry of this.chunks.get(one) ?? []) if (entry.at_ms <= atMs) entries.push(entry);
    }
    const log = new ChatLog();
    log.reset(entries);
    const key = log.lines.map((line) => line.seq).join();
    if (key === this.shownKey) return;
    this.shownKey = key;
    this.changed(log.lines);
  }
}
