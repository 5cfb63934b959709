/** The express lane: the show as rows with live price and stock, a clip on tap, and buying, without video or chat. */
import type { Card, Moment, Problem, ShowPage } from '@shopcast/api-client';
import { Shopping } from '@shopcast/elements/buy/shopping.ts';
import { couponShows } from '@shopcast/elements/drops/coupon-view.ts';
import { dropOf, nextTurnMs, withDrop } from '@shopcast/elements/drops/drop-view.ts';
import '@shopcast/elements/drops/sc-coupons.ts';
import '@shopcast/elements/drops/sc-drop.ts';
import '@shopcast/elements/show/messages.ts';
import { t } from '@shopcast/format';
import { emptyState, RoomClient, type RoomState, type RoomStatus } from '@shopcast/room-client';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { pathPart } from '../shell.ts';
import { itemRow } from './item-row.ts';
import { api, Page } from './page.ts';
import '../messages/list.ts';

/** A turn further off is armed by a later entry or visit. */
const LONGEST_TIMER_MS = 86_400_000;

@customElement('sc-list-page')
export class ScListPage extends Page<ShowPage> {
  @state() private room: RoomState | null = null;
  @state() private status: RoomStatus = 'idle';
  @state() private clip: { itemId: string; url: string } | null = null;
  /** A provider's second step led back here. */
  checkout = '';
  private readonly shopping = new Shopping(this, api, (id) => this.cards.find((one) => one.id === id));
  private turnTimer = 0;
  private client: RoomClient | null = null;

  protected load(): Promise<ShowPage> {
    return api.shows.page(pathPart(1));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.shopping.prepare(pathPart(1));
    if (this.checkout) void this.act('checkout', () => this.resume(this.checkout));
  }

  private async resume(checkoutId: string): Promise<undefined> {
    const page = this.data ?? (await this.load());
    await this.shopping.flow.resume(checkoutId, page.id, (id) => page.items.find((card) => card.id === id));
    return undefined;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.client?.stop();
    window.clearTimeout(this.turnTimer);
  }

  override willUpdate(): void {
    const page = this.data;
    if (!page || this.client || !page.room_id) return;
    const client = new RoomClient({
      ticket: () => api.shows.ticket(page.id),
      poll: (id, ticket, after) => api.rooms.entries(id, ticket, after, 200),
    });
    this.client = client;
    client.on('status', (status) => {
      this.status = status;
    });
    client.on('state', ({ state: next }) => {
      this.room = Object.keys(next.items).length > 0 ? next : this.seed(page, next);
      this.armTurn();
      const { flow } = this.shopping;
      const card = flow.card && this.room.items[flow.card.id];
      if (card) flow.see(this.priced(card));
    });
    client.on('private', ({ entry, fresh }) => {
      if (fresh) this.shopping.tell({ kind: entry.kind, body: entry.body as Record<string, unknown> });
    });
    client.start();
  }

  private seed(page: ShowPage, next: RoomState): RoomState {
    return {
      ...emptyState(),
      ...next,
      items: Object.fromEntries(page.items.map((card) => [card.id, card])),
      order: page.items.map((card) => card.id),
    };
  }

  private readonly now = (): number => this.client?.serverNow() ?? Date.now();

  private dropOf(card: Card) {
    return dropOf(this.room?.drops ?? {}, card.id, this.now());
  }

  private priced(card: Card): Card {
    return withDrop(card, this.dropOf(card));
  }

  /** Drops open and end by the clock, though the room says nothing at that instant. */
  private armTurn(): void {
    window.clearTimeout(this.turnTimer);
    const turn = nextTurnMs(this.room?.drops ?? {}, this.now());
    if (turn === null || turn - this.now() > LONGEST_TIMER_MS) return;
    this.turnTimer = window.setTimeout(
      () => {
        this.requestUpdate();
        this.armTurn();
      },
      turn - this.now() + 1,
    );
  }

  private get cards(): Card[] {
    const page = this.data as ShowPage;
    const room = this.room;
    const all = room ? room.order.flatMap((id) => room.items[id] ?? []) : page.items;
    return all.filter((card) => !card.hidden).map((card) => this.priced(card));
  }

  private buy(card: Card): void {
    const showId = (this.data as ShowPage).id;
    this.shopping.buy(card, { showId, source: 'list', mediaAtMs: null });
  }

  private async toggleClip(card: Card, moment: Moment): Promise<void> {
    if (this.clip?.itemId === card.id || !moment.clip_url) {
      this.clip = null;
      return;
    }
    await import('@shopcast/elements/player/shopcast-player.ts');
    this.clip = { itemId: card.id, url: moment.clip_url };
    await this.updateComplete;
    this.querySelector('shopcast-player')?.playClip(moment.clip_url);
  }

  private clipOf(card: Card) {
    if (this.clip?.itemId !== card.id) return nothing;
    return html`<div class="clip-place">
      <shopcast-player showState="replay" @sc-ended=${() => {
        this.clip = null;
      }}></shopcast-player>
    </div>`;
  }

  private dropRow(card: Card) {
    const view = this.dropOf(card);
    return view ? html`<sc-drop .view=${view} .card=${card} .now=${this.now}></sc-drop>` : nothing;
  }

  private coupons() {
    const coupons = Object.values(this.room?.coupons ?? {}).filter((one) => couponShows(one, this.now()));
    return html`<sc-coupons
      class="list-coupons"
      .coupons=${coupons}
      .claimed=${this.shopping.claimed}
      busy=${this.shopping.claiming}
      @sc-claim=${this.shopping.onClaim}
    ></sc-coupons>`;
  }

  private row(card: Card) {
    const page = this.data as ShowPage;
    const moment = page.chapters.filter((one) => one.item_id === card.id && one.clip_url).at(-1);
    return itemRow(card, {
      showId: page.id,
      now: (this.room?.on_air ?? page.on_air)?.item_id === card.id,
      clipUrl: moment?.clip_url ?? null,
      clip: this.clipOf(card),
      drop: this.dropRow(card),
      onBuy: (one) => this.buy(one),
      onWait: (one) => this.shopping.wait(one),
      onClip: (one) => moment && void this.toggleClip(one, moment),
    });
  }

  protected skeleton(): TemplateResult {
    return html`<main class="page medium" id="content" aria-busy="true">
      <div class="list-head"><sc-skeleton class="skeleton-line"></sc-skeleton></div>
      ${[1, 2, 3, 4, 5].map(() => html`<sc-skeleton class="skeleton-row"></sc-skeleton>`)}
    </main>`;
  }

  protected override problemView(problem: Problem): TemplateResult {
    if (problem.status !== 404) return super.problemView(problem);
    return html`<main class="page" id="content">
      <sc-empty icon="search" heading=${t('show.missing')} text=${t('show.missing.next')}
        ><sc-button variant="primary" href="/">${t('action.home')}</sc-button></sc-empty
      >
    </main>`;
  }

  protected body(): TemplateResult {
    const page = this.data as ShowPage;
    const stale = this.status === 'waiting';
    const cards = this.cards;
    return html`<main class="page medium" id="content">
        <div class="list-head">
          <h1>${page.title}</h1>
          <sc-button icon="play" href=${`/shows/${page.id}`}>${t('list.watch')}</sc-button>
        </div>
        <p class="notice ${stale ? 'warn' : ''}" role="status">
          <sc-icon name=${stale ? 'wifi-off' : 'refresh-cw'}></sc-icon>${stale ? t('list.stale') : t('list.updated')}
        </p>
        ${this.coupons()}
        ${
          cards.length === 0
            ? html`<sc-empty icon="shopping-bag" heading=${t('shelf.empty')} text=${t('shelf.empty.next')}></sc-empty>`
            : html`<ol class="rows" aria-label=${t('list.title')}>
                ${repeat(
                  cards,
                  (card) => card.id,
                  (card) => this.row(card),
                )}
              </ol>`
        }
      </main>
      ${this.shopping.sheets()}`;
  }
}
