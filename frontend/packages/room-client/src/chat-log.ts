/** The last lines of chat, hidden ones removed, in order of their numbers. */
import type { Entry } from './types.ts';

export interface ChatLine {
  seq: number;
  at_ms: number;
  id: string;
  key: string;
  name: string;
  role: string;
  text: string;
  reply_to: { seq: number; name: string; text: string } | null;
}

/** Far more than a person scrolls back during a show; older lines are in the replay. */
const MAX_LINES = 300;

export class ChatLog {
  lines: readonly ChatLine[] = [];

  reset(entries: readonly Entry[]): void {
    this.lines = [];
    this.accept(entries);
  }

  /** Says whether anything changed. */
  accept(entries: readonly Entry[]): boolean {
    const before = this.lines;
    const last = before.at(-1)?.seq ?? 0;
    const added: ChatLine[] = [];
    const hidden = new Set<number>();
    for (const entry of entries) {
      if (entry.kind === 'chat.line' && entry.seq > last) {
        added.push({ ...(entry.body as Omit<ChatLine, 'seq' | 'at_ms'>), seq: entry.seq, at_ms: entry.at_ms });
      } else if (entry.kind === 'chat.hidden') hidden.add((entry.body as { seq: number }).seq);
    }
    if (added.length === 0 && hidden.size === 0) return false;
    this.lines = [...before, ...added].filter((line) => !hidden.has(line.seq)).slice(-MAX_LINES);
    return true;
  }
}
