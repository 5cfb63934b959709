/** Asks the server what the shelf cannot know by itself: explanations and what was said in chat. Draws nothing. */
import type { ShowSearch } from '@shopcast/api-client';

export type Find = (words: string, signal: AbortSignal) => Promise<ShowSearch>;

/** A pause in typing this long means the word is whole; shorter ones would ask for each letter. */
const PAUSE_MS = 250;

export class ShowFinder {
  found: ShowSearch | null = null;
  state: 'idle' | 'searching' | 'done' | 'failed' = 'idle';
  private timer = 0;
  private running: AbortController | null = null;

  constructor(private readonly changed: () => void) {}

  look(find: Find | null, typed: string, pauseMs = PAUSE_MS): void {
    this.stop();
    const words = typed.trim();
    if (!find || !words) {
      this.found = null;
      this.set('idle');
      return;
    }
    this.set('searching');
    this.timer = window.setTimeout(() => void this.run(find, words), pauseMs);
  }

  stop(): void {
    window.clearTimeout(this.timer);
    this.running?.abort();
    this.running = null;
  }

  private async run(find: Find, words: string): Promise<void> {
    const own = new AbortController();
    this.running = own;
    try {
      const found = await find(words, own.signal);
      if (own.signal.aborted) return;
      this.found = found;
      this.set('done');
    } catch {
      if (own.signal.aborted) return;
      this.found = null;
      this.set('failed');
    }
  }

  private set(state: ShowFinder['state']): void {
    this.state = state;
    this.changed();
  }
}
