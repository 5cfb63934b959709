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

type Body = Omit<ChatLine, 'seq' | 'at_ms' | 'text'> & { text: string | null };

/** Far more than a person scrolls back during a show; older lines are in the replay. */
const MAX_LINES = 300;

/** What one has just said without a socket, until the log brings it. */
export type Echo = Pick<ChatLine, 'id' | 'key' | 'name' | 'role' | 'text' | 'at_ms'>;

export class ChatLog {
  lines: readonly ChatLine[] = [];

  /** Stands after everything known; its number lies between those of the log. */
  echo(line: Echo): void {
    if (this.lines.some((one) => one.id === line.id)) return;
    const seq = Math.floor(this.lines.at(-1)?.seq ?? 0) + 0.5;
    this.lines = [...this.lines, { ...line, seq, reply_to: null }].slice(-MAX_LINES);
  }

  reset(entries: readonly Entry[]): void {
    this.lines = [];
    this.accept(entries);
  }

  /** Says whether anything changed. */
  accept(entries: readonly Entry[]): boolean {
    let lines = [...this.lines];
    let changed = false;
    for (const entry of entries) {
      const last = Math.floor(lines.at(-1)?.seq ?? 0);
      if (entry.kind === 'chat.line' && entry.seq > last) {
        const body = entry.body as Body;
        lines = lines.filter((line) => Number.isInteger(line.seq) || line.id !== body.id);
        // Hidden or erased since: its number is all that is left of it.
        if (body.text === null) continue;
        lines.push({ ...body, seq: entry.seq, at_ms: entry.at_ms } as ChatLine);
      } else if (entry.kind === 'chat.hidden') {
        const { seq } = entry.body as { seq: number };
        lines = lines.filter((line) => line.seq !== seq);
      } else if (entry.kind === 'chat.shown') {
        const { seq, line } = entry.body as { seq: number; line: (Body & { at_ms: number }) | null };
        if (line === null || lines.some((one) => one.seq === seq)) continue;
        lines = [...lines, { ...line, seq } as ChatLine].sort((one, other) => one.seq - other.seq);
      } else continue;
      changed = true;
    }
    if (changed) this.lines = lines.slice(-MAX_LINES);
    return changed;
  }
}
