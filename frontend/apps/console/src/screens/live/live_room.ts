// The console's line to its room: a staff ticket, the fold, chat, counts, and the staff-only entries the fold leaves out.
import type { RoomMode, Ticket } from '@shopcast/api-client';
import { t } from '@shopcast/format';
import { type LiveCounts, type PinnedLine, RoomClient, RoomRefusal } from '@shopcast/room-client';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Api } from '../../app/api.ts';
import { Problem } from '../../app/problem.ts';
import type { Sales } from '../../lib/live_view.ts';
import { salesOf } from '../../lib/metrics.ts';
import type { Numbers, Warning } from '../../types.ts';

export class LiveRoom implements ReactiveController {
  readonly client: RoomClient;
  /** False until the room has spoken once: its empty state is not news. */
  heard = false;
  counts: LiveCounts = { viewers: null, reactions: {} };
  sales: Sales | null = null;
  cueId: string | null | undefined = undefined;
  warnings: readonly Warning[] = [];
  /** Lines that wait for a moderator. */
  queueOpen = 0;
  readonly #online = () => this.client.nudge();

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly api: Api,
    private readonly showId: string,
    private readonly onShowChanged: () => void,
  ) {
    this.client = new RoomClient({
      ticket: () => api.post<Ticket>(`/v1/shows/${showId}/ticket`),
      poll: (room, ticket, after) => api.client.rooms.entries(room, ticket, after, 200),
      post: (room, ticket, text, about) =>
        api.client.rooms.say(room, ticket, {
          text,
          ...(about.replyTo === undefined ? {} : { reply_to: about.replyTo }),
        }),
    });
    this.client.on('state', ({ entries, snapshot }) => {
      this.heard = true;
      for (const entry of entries) this.#staff(entry.kind, entry.body);
      // What happened while we were away may include cues and warnings, which no snapshot carries.
      if (snapshot || entries.some((entry) => entry.kind === 'show.state' || entry.kind.startsWith('shelf.')))
        this.onShowChanged();
      host.requestUpdate();
    });
    this.client.on('live', (counts) => {
      this.counts = { ...this.counts, ...counts };
      host.requestUpdate();
    });
    this.client.on('status', () => host.requestUpdate());
    this.client.on('chat', () => host.requestUpdate());
    host.addController(this);
  }

  hostConnected(): void {
    this.client.start();
    void this.#salesSoFar();
    void this.#waitingSoFar();
    addEventListener('online', this.#online);
  }

  hostDisconnected(): void {
    removeEventListener('online', this.#online);
    this.client.stop();
  }

  get isOffline(): boolean {
    return this.client.status !== 'open' && this.client.status !== 'polling';
  }

  /** Something said or moderated; a refusal of the room becomes the problem the console knows how to show. */
  async ask<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof RoomRefusal)) throw error;
      const text = error.message || t(error.code === 'offline' ? 'problem.room_offline' : 'problem.room_unanswered');
      throw new Problem(`rooms.${error.code}`, 400, text);
    }
  }

  get pinned(): PinnedLine | null {
    return this.client.state.pinned;
  }

  queue(decided: boolean) {
    return this.#withTicket((room, ticket) => this.api.client.rooms.queue(room, ticket, decided));
  }

  decide(ids: string[], decision: 'let' | 'remove' | 'reopen') {
    return this.#withTicket((room, ticket) => this.api.client.rooms.decide(room, ticket, { ids, decision }));
  }

  pin(seq: number | null) {
    return this.#withTicket((room, ticket) => this.api.client.rooms.pin(room, ticket, seq));
  }

  hideMany(seqs: number[]) {
    return this.#withTicket((room, ticket) => this.api.client.rooms.hideMany(room, ticket, seqs));
  }

  mode(): Promise<RoomMode> {
    return this.#withTicket((room, ticket) => this.api.client.rooms.mode(room, ticket));
  }

  setMode(changes: Partial<RoomMode>) {
    return this.#withTicket((room, ticket) => this.api.client.rooms.setMode(room, ticket, changes));
  }

  async #withTicket<Answer>(act: (room: string, ticket: string) => Promise<Answer>): Promise<Answer> {
    const { room_id, ticket } = await this.client.currentTicket();
    return act(room_id, ticket);
  }

  /** What waited before we came; afterwards the room says each change. */
  async #waitingSoFar(): Promise<void> {
    const queue = await this.queue(false).catch(() => null);
    if (queue === null) return;
    this.queueOpen = queue.open;
    this.host.requestUpdate();
  }

  /** A number that does not come is shown as a dash, not as an error: the show is more important. */
  async #salesSoFar(): Promise<void> {
    const numbers = await this.api.get<Numbers>(`/v1/shows/${this.showId}/numbers`).catch(() => null);
    if (numbers === null || this.sales !== null) return;
    this.sales = salesOf(numbers);
    this.host.requestUpdate();
  }

  #staff(kind: string, body: unknown): void {
    if (kind === 'chat.queue') this.queueOpen = (body as { open: number }).open;
    else if (kind === 'staff.cue') this.cueId = (body as { cue_id: string | null }).cue_id;
    else if (kind === 'staff.sales') this.sales = body as Sales;
    else if (kind === 'staff.warning') {
      const warning = { at: new Date(this.client.serverNow()).toISOString(), ...(body as Warning) };
      this.warnings = [warning, ...this.warnings.filter((one) => one.code !== warning.code)].slice(0, 5);
    }
    if (kind === 'staff.cue' || kind === 'staff.warning') this.onShowChanged();
    this.host.requestUpdate();
  }
}
