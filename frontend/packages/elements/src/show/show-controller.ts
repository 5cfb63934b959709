/** Everything a show page knows, gathered from API, room and player. Draws nothing. */
import {
  type ApiClient,
  asProblem,
  type Card,
  type Followed,
  type Moment,
  type OnAir,
  type Problem,
  type ShowPage,
} from '@shopcast/api-client';
import {
  type ChatLine,
  ChatReplay,
  type Coupon,
  Emitter,
  type Entry,
  emptyState,
  type LiveCounts,
  Presentation,
  RoomClient,
  RoomRefusal,
  type RoomState,
  type RoomStatus,
  type You,
} from '@shopcast/room-client';
import type { OwnNews } from '../buy/shopping.ts';
import { couponShows } from '../drops/coupon-view.ts';
import { type DropView, dropOf, nextTurnMs, withDrop } from '../drops/drop-view.ts';
import type { PlayerMode } from '../player/sources.ts';
import type { Moderated } from './moderated.ts';
import { lastMomentOf, momentAt, withEntries, withState } from './moments.ts';
import { roomDoors, sayBody } from './room-doors.ts';

export interface OwnRequest {
  item_id: string;
  number: number;
  state: 'waiting' | 'on_air' | 'answered';
  place: number | null;
  eta_s: number | null;
  clip_url: string | null;
}

export type News =
  | { kind: 'request.placed'; request: OwnRequest }
  | { kind: 'request.on_air'; request: OwnRequest }
  | { kind: 'request.answered'; request: OwnRequest }
  | { kind: 'order.paid'; orderId: string }
  | { kind: 'hold.expired' }
  | { kind: 'own'; news: OwnNews }
  | { kind: 'notice'; text_en: string; text_zh: string }
  | { kind: 'sold_out'; card: Card }
  | { kind: 'pinned'; card: Card }
  | { kind: 'moderated'; body: Moderated };

interface ControllerEvents {
  change: undefined;
  news: News;
}

/** Own requests kept on screen; nobody asks for more in one show. */
const MAX_OWN_REQUESTS = 12;
/** Timers of browsers overflow beyond 24 days; a turn this far off is armed by a later entry or visit. */
const LONGEST_TIMER_MS = 86_400_000;

export class ShowController extends Emitter<ControllerEvents> {
  page: ShowPage | null = null;
  problem: Problem | null = null;
  state: RoomState = emptyState();
  moments: readonly Moment[] = [];
  chat: readonly ChatLine[] = [];
  counts: LiveCounts = { viewers: null, reactions: {} };
  status: RoomStatus = 'idle';
  away = false;
  you: You | null = null;
  requests: readonly OwnRequest[] = [];
  slowUntilMs = 0;
  /** Why the house has closed its rooms to this person. */
  bannedMessage = '';
  follows: readonly Followed[] = [];
  pictureMs: number | null = null;
  mode: PlayerMode = 'none';

  private room: RoomClient | null = null;
  private presentation: Presentation;
  private replay: ChatReplay | null = null;
  private seeded = false;
  private turnTimer = 0;

  constructor(
    readonly api: ApiClient,
    readonly showId: string,
  ) {
    super();
    this.presentation = new Presentation(
      () => (this.mode === 'live' ? this.pictureMs : null),
      () => this.serverNow(),
    );
  }

  serverNow(): number {
    return this.room?.serverNow() ?? Date.now();
  }

  async start(given: ShowPage | null): Promise<void> {
    try {
      this.setPage(given ?? (await this.api.shows.page(this.showId)));
    } catch (error) {
      this.problem = asProblem(error);
      this.changed();
      return;
    }
    this.openRoom();
    void this.refreshRequests();
    void this.refreshFollows();
  }

  async retry(): Promise<void> {
    this.problem = null;
    this.changed();
    await this.start(null);
  }

  stop(): void {
    window.clearTimeout(this.turnTimer);
    this.room?.stop();
  }

  nudge(): void {
    this.room?.nudge();
  }

  private setPage(page: ShowPage): void {
    this.page = page;
    this.moments = page.chapters;
    this.state = {
      ...emptyState(),
      show: { state: page.state, grace_until_ms: page.grace_until_ms ?? null, is_cut: page.is_cut === true },
      items: Object.fromEntries(page.items.map((card) => [card.id, card])),
      order: page.items.map((card) => card.id),
      on_air: page.on_air,
    };
    this.presentation.reset(this.state);
    this.changed();
  }

  private openRoom(): void {
    const page = this.page;
    if (!page?.room_id || this.room) return;
    const room = new RoomClient({
      ticket: () => this.api.shows.ticket(this.showId),
      // The staff polls: pieces have nothing of what only they see.
      ...(page.can.moderate
        ? { poll: (id: string, ticket: string, after: number, own: number) => this.pollRoom(id, ticket, after, own) }
        : { fallback: roomDoors(this.api) }),
      post: (id, ticket, text, about) => this.api.rooms.say(id, ticket, sayBody(text, about)),
    });
    this.room = room;
    room.on('status', (status) => this.onStatus(status));
    room.on('hello', (you) => this.set({ you }));
    room.on('live', (counts) => this.set({ counts }));
    room.on('chat', (lines) => {
      if (!this.replayed) this.set({ chat: lines });
    });
    room.on('state', (change) => this.onState(change.state, change.entries, change.snapshot));
    room.on('private', ({ entry, fresh }) => this.onPrivate(entry.kind, entry.body, fresh));
    room.start();
    if (page.state === 'replay' || page.state === 'ended') this.openReplayChat(page.room_id);
  }

  /** Away from the first failure until the room answers again: the tries in between are nobody's news. */
  private onStatus(status: RoomStatus): void {
    const away = status === 'waiting' || (this.away && status === 'connecting');
    this.set({ status, away, bannedMessage: this.room?.bannedMessage ?? '' });
  }

  private async pollRoom(id: string, ticket: string, after: number, afterPrivate: number) {
    const [run, own] = await Promise.all([
      this.api.rooms.entries(id, ticket, after, 200),
      this.api.rooms.own(id, ticket, afterPrivate),
    ]);
    return { ...run, private: own.private };
  }

  private openReplayChat(roomId: string): void {
    this.replay = new ChatReplay(
      async (second) => (await this.api.rooms.chunk(roomId, `${second}.json`)).entries,
      (lines) => this.set({ chat: lines }),
    );
  }

  /** Chat follows the playhead when what plays is not the live edge. */
  private get replayed(): boolean {
    return this.replay !== null && (this.mode === 'replay' || this.mode === 'rewind');
  }

  private onState(given: RoomState, entries: readonly Entry[], snapshot: boolean): void {
    let state = given;
    if (snapshot && Object.keys(given.items).length === 0 && this.page) {
      // A room that has not said anything yet knows less than the page.
      state = { ...this.state, show: given.show, mode: given.mode };
    }
    const before = this.state;
    if (snapshot) {
      this.presentation.reset(state);
      // The first snapshot follows the page at once; only later ones can have missed chapters.
      if (this.seeded) void this.refreshMoments();
      this.seeded = true;
    } else this.presentation.accept(state, entries);
    this.moments = withState(withEntries(this.moments, entries, state.items), state);
    this.state = state;
    this.armTurn();
    this.tellNews(before, entries);
    this.changed();
  }

  private tellNews(before: RoomState, entries: readonly { kind: string; body: unknown }[]): void {
    for (const { kind, body } of entries) {
      if (kind === 'notice') this.emit('news', { kind, ...(body as { text_en: string; text_zh: string }) });
      if (kind !== 'stock') continue;
      const { item_id, left } = body as { item_id: string; left: number };
      const card = this.state.items[item_id];
      const was = before.items[item_id]?.left ?? 0;
      if (card && left === 0 && was > 0) this.emit('news', { kind: 'sold_out', card });
    }
  }

  private onPrivate(kind: string, body: unknown, fresh: boolean): void {
    if (kind === 'chat.moderated') this.onModerated(body as Moderated, fresh);
    else if (kind.startsWith('request.')) this.onRequest(kind, body as Partial<OwnRequest> & { number: number }, fresh);
    else if (!fresh) return;
    else if (kind === 'order.paid')
      this.emit('news', { kind: 'order.paid', orderId: (body as { order_id: string }).order_id });
    else if (kind === 'hold.expired') this.emit('news', { kind: 'hold.expired' });
    else this.emit('news', { kind: 'own', news: { kind, body: body as OwnNews['body'] } });
  }

  /** What holds on is shown until it ends; the rest is news. */
  private onModerated(body: Moderated, fresh: boolean): void {
    if (fresh) this.emit('news', { kind: 'moderated', body });
  }

  private onRequest(kind: string, body: Partial<OwnRequest> & { number: number }, fresh: boolean): void {
    const state = kind === 'request.on_air' ? 'on_air' : kind === 'request.answered' ? 'answered' : 'waiting';
    const known = this.requests.find((one) => one.number === body.number);
    const request: OwnRequest = {
      item_id: body.item_id ?? known?.item_id ?? this.cardByNumber(body.number)?.id ?? '',
      number: body.number,
      state,
      place: body.place ?? null,
      eta_s: body.eta_s ?? null,
      clip_url: body.clip_url ?? null,
    };
    this.keepRequest(request);
    if (fresh) this.emit('news', { kind: `request.${state === 'waiting' ? 'placed' : state}`, request } as News);
    this.changed();
  }

  private keepRequest(request: OwnRequest): void {
    const others = this.requests.filter((one) => one.number !== request.number);
    this.requests = [request, ...others].slice(0, MAX_OWN_REQUESTS);
  }

  private async refreshRequests(): Promise<void> {
    try {
      const own = await this.api.shows.requests(this.showId);
      for (const one of [...own.items].reverse()) {
        this.keepRequest({
          item_id: one.item_id,
          number: one.number,
          state: one.state,
          place: one.place ?? null,
          eta_s: one.eta_s ?? null,
          clip_url: one.clip_url ?? null,
        });
      }
      this.changed();
    } catch {
      // Own requests also arrive through the room; a page without them is still whole.
    }
  }

  private async refreshMoments(): Promise<void> {
    try {
      const answer = await this.api.shows.moments(this.showId);
      this.moments = answer.items;
      this.changed();
    } catch {
      // Chapters stay as they were; the next snapshot tries again.
    }
  }

  /** Called by the page at the player's beat. */
  clock(pictureMs: number | null, mode: PlayerMode): void {
    const modeChanged = mode !== this.mode;
    const secondChanged = Math.floor((pictureMs ?? 0) / 1000) !== Math.floor((this.pictureMs ?? 0) / 1000);
    this.pictureMs = pictureMs;
    this.mode = mode;
    const moved = this.presentation.advance();
    if (modeChanged && mode === 'rewind' && this.page && !this.replay) this.openReplayChat(this.page.room_id);
    if (modeChanged && mode === 'live') this.chat = this.room?.chat.lines ?? this.chat;
    if (this.replayed && pictureMs !== null && (secondChanged || modeChanged)) this.replay?.seek(pictureMs);
    if (moved || modeChanged || secondChanged) this.changed();
  }

  /** The state as the picture allows it to be seen. */
  get seen(): RoomState {
    return this.presentation.current() ?? this.state;
  }

  get cards(): readonly Card[] {
    const { items, order } = this.seen;
    return order.flatMap((id) => {
      const card = items[id];
      return card && !card.hidden ? [this.priced(card)] : [];
    });
  }

  readonly dropOf = (itemId: string): DropView | null => dropOf(this.state.drops, itemId, this.serverNow());

  /** The card at the price of this instant. */
  priced(card: Card): Card {
    return withDrop(card, this.dropOf(card.id));
  }

  get coupons(): readonly Coupon[] {
    const now = this.serverNow();
    return Object.values(this.state.coupons).filter((one) => couponShows(one, now));
  }

  /** Drops open and end by the clock; what they change is drawn then, though the room says nothing. */
  private armTurn(): void {
    window.clearTimeout(this.turnTimer);
    const now = this.serverNow();
    const turn = nextTurnMs(this.state.drops, now);
    if (turn === null || turn - now > LONGEST_TIMER_MS) return;
    this.turnTimer = window.setTimeout(
      () => {
        this.changed();
        this.armTurn();
      },
      turn - now + 1,
    );
  }

  get onAir(): OnAir | null {
    if (this.mode === 'live' || this.mode === 'none') return this.mode === 'live' ? this.seen.on_air : null;
    if (this.pictureMs === null) return null;
    const moment = momentAt(this.moments, this.pictureMs);
    return moment ? { item_id: moment.item_id, moment_id: moment.id, since_ms: moment.from_ms } : null;
  }

  get onAirCard(): Card | null {
    const onAir = this.onAir;
    const card = onAir ? this.state.items[onAir.item_id] : undefined;
    return card ? this.priced(card) : null;
  }

  cardByNumber(number: number): Card | null {
    const card = Object.values(this.state.items).find((one) => one.number === number);
    return card ? this.priced(card) : null;
  }

  lastMoment(itemId: string): Moment | null {
    return lastMomentOf(this.moments, itemId);
  }

  async say(text: string, replyTo?: number): Promise<void> {
    const about: { replyTo?: number; mediaAtMs?: number } = {};
    if (replyTo !== undefined) about.replyTo = replyTo;
    if (this.pictureMs !== null) about.mediaAtMs = this.pictureMs;
    try {
      await this.require().say(text, about);
      const slow = this.state.mode.slow_mode_s;
      if (slow > 0 && !this.page?.can.moderate) this.slowUntilMs = Date.now() + slow * 1000;
    } catch (error) {
      if (error instanceof RoomRefusal && error.retryAfterMs > 0) this.slowUntilMs = Date.now() + error.retryAfterMs;
      throw error;
    } finally {
      this.changed();
    }
  }

  async ask(number: number): Promise<void> {
    const answer = await this.api.shows.askToSee(this.showId, { number });
    this.keepRequest({
      item_id: answer.item_id,
      number: answer.number ?? number,
      state: answer.state ?? 'waiting',
      place: answer.place ?? null,
      eta_s: answer.eta_s ?? null,
      clip_url: answer.clip_url ?? null,
    });
    this.changed();
  }

  async refreshFollows(): Promise<void> {
    try {
      this.set({ follows: await this.api.follows.ofShow(this.showId) });
    } catch {
      // The button stays away; a page without it is still whole.
    }
  }

  /** Follows or lets go; in a room for followers the next ticket opens the chat, without leaving the page. */
  async setFollowing(one: Followed, following: boolean): Promise<void> {
    if (following) await this.api.follows.follow(this.showId, one.kind);
    else await this.api.follows.unfollow(one.kind, one.subject_id);
    await this.refreshFollows();
    this.room?.renew();
  }

  get isFollowing(): boolean {
    return this.follows.some((one) => one.following);
  }

  /** With the room's ticket: what has no frame of its own. */
  async withTicket<Answer>(act: (roomId: string, ticket: string) => Promise<Answer>): Promise<Answer> {
    const { room_id, ticket } = await this.require().currentTicket();
    return act(room_id, ticket);
  }

  report(seq: number): Promise<unknown> {
    return this.withTicket((room, ticket) => this.api.rooms.report(room, ticket, { seq, reason: 'other' }));
  }

  pinLine(seq: number | null): Promise<unknown> {
    return this.withTicket((room, ticket) => this.api.rooms.pin(room, ticket, seq));
  }

  setFollowersOnly(followersOnly: boolean): Promise<unknown> {
    return this.withTicket((room, ticket) => this.api.rooms.setMode(room, ticket, { followers_only: followersOnly }));
  }

  ban(key: string, reason: string): Promise<{ id: string }> {
    return this.api.ask('POST /v1/shows/{show_id}/bans', { path: { show_id: this.showId }, body: { key, reason } });
  }

  liftBan(id: string): Promise<unknown> {
    return this.api.ask('DELETE /v1/shows/{show_id}/bans/{ban_id}', { path: { show_id: this.showId, ban_id: id } });
  }

  react(): void {
    this.room?.react('heart');
  }

  hide(seq: number): Promise<unknown> {
    return this.require().hide(seq);
  }

  unhide(seq: number): Promise<unknown> {
    return this.require().unhide(seq);
  }

  mute(key: string, seconds: number): Promise<unknown> {
    return this.require().mute(key, seconds);
  }

  slowMode(seconds: number): Promise<unknown> {
    return this.require().slowMode(seconds);
  }

  private require(): RoomClient {
    if (!this.room) throw new RoomRefusal('offline', '', 0);
    return this.room;
  }

  private set(part: Partial<ShowController>): void {
    Object.assign(this, part);
    this.changed();
  }

  private changed(): void {
    this.emit('change', undefined);
  }
}
