/** The show: picture, shelf, chat and buying on one page, for a phone and for a desktop, live and in the replay. */
import { type ApiClient, asProblem, type Card, createApi, type ShowPage, type Source } from '@shopcast/api-client';
import { language, t } from '@shopcast/format';
import { closeTopSheet, LocalisedElement, sharedStyles, toast } from '@shopcast/ui';
import { html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { Shopping } from '../buy/shopping.ts';
import '../cart/sc-cart-link.ts';
import '../chat/sc-chat.ts';
import type { SayDetail, ScChat } from '../chat/sc-chat.ts';
import '../drops/sc-coupons.ts';
import './messages.ts';
import '../player/shopcast-player.ts';
import { preloadEngine, type ShopcastPlayer } from '../player/shopcast-player.ts';
import '../shelf/sc-shelf.ts';
import type { ScShelf } from '../shelf/sc-shelf.ts';
import type { Find } from '../shelf/show-finder.ts';
import type { BuyDetail, CardDetail, SeekDetail } from './events.ts';
import { followButtons, followHost, followNow } from './follow.ts';
import { moderatedWords } from './moderated.ts';
import { banPerson, hideLine, mutePerson, pinLine, reportLine, setFollowersOnly, setSlowMode } from './moderation.ts';
import { isHeld, problemWords, refusalWords } from './say-problem.ts';
import './sc-chapters.ts';
import './sc-on-air-card.ts';
import './sc-requests.ts';
import { eta } from './sc-requests.ts';
import { showStyles } from './show.styles.ts';
import { type News, ShowController } from './show-controller.ts';
import { ShowKeys } from './show-keys.ts';
import {
  aboutText,
  connectionNotice,
  interruptedNotice,
  problemPage,
  stateBadge,
  upcoming,
  viewersAbout,
  viewersCount,
} from './show-parts.ts';

const WIDE = '(min-width: 64rem)';
/** What was said just before the tap is what sold it. */
const LEAD_IN_MS = 4000;
const LIVE_STATES = new Set(['live', 'interrupted', 'rehearsal']);
// The server refuses holds in any other state.
const SELLING: ReadonlySet<string> = new Set(['live', 'interrupted', 'ended', 'replay']);

@customElement('sc-show-page')
export class ScShowPage extends LocalisedElement {
  @property() showId = '';
  @property({ attribute: false }) data: ShowPage | null = null;
  @property({ attribute: false }) api: ApiClient = createApi();
  /** The checkout of `?checkout=`: a provider's second step led back here. */
  @property() checkout = '';
  /** The number of `?item=7`. */
  @property({ type: Number }) item = 0;
  /** The instant of `?at=`: an order leads to the second that sold it. */
  @property({ type: Number }) atMs = 0;
  /** `?buy=1` of the list without scripts: that item's sheet opens at once. */
  @property({ type: Boolean }) buyAtOnce = false;
  /** `?hold=` of a message: pay for what is held already. */
  @property() hold = '';
  @state() private wide = matchMedia(WIDE).matches;
  @state() private shelfOpen = false;
  @state() private aboutOpen = false;
  @state() private jumpedTo: Card | null = null;
  @state() private notice = '';
  @state() private offline = !navigator.onLine;
  @query('shopcast-player') private readonly player!: ShopcastPlayer | null;
  @query('sc-chat') private readonly chat!: ScChat | null;
  @query('.controls sc-button') private readonly firstControl!: HTMLElement | null;
  @query('.stage') private readonly stage!: HTMLElement | null;

  private show!: ShowController;
  private shopping!: Shopping;
  private keys: ShowKeys | null = null;
  private readonly ending = new AbortController();

  static override styles = [sharedStyles, showStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    preloadEngine();
    this.show = new ShowController(this.api, this.showId);
    this.shopping = new Shopping(this, this.api, (id) => {
      const card = this.show.state.items[id];
      return card && this.show.priced(card);
    });
    this.show.on('change', () => {
      const { flow } = this.shopping;
      const card = flow.card && this.show.state.items[flow.card.id];
      if (card) flow.see(this.show.priced(card));
      this.requestUpdate();
    });
    this.show.on('news', (news) => this.tell(news));
    const { signal } = this.ending;
    matchMedia(WIDE).addEventListener('change', (event) => this.setWide(event.matches), { signal });
    window.addEventListener('online', () => this.setOffline(false), { signal });
    window.addEventListener('offline', () => this.setOffline(true), { signal });
    this.keys = new ShowKeys({
      play: () => this.player?.toggle(),
      step: (seconds) => this.step(seconds),
      mute: () => this.player?.setMuted(!this.player.muted),
      full: () => this.full(),
      chat: () => this.chat?.focusInput(),
      item: (number) => void this.watchNumber(number),
      close: () => closeTopSheet(this.renderRoot),
    });
    document.addEventListener('keydown', this.keys.onKey, { signal });
    void this.begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.ending.abort();
    this.show.stop();
  }

  /** A socket notices half a minute later what the browser knows at once. */
  private setOffline(offline: boolean): void {
    this.offline = offline;
    if (!offline) this.show.nudge();
  }

  private async begin(): Promise<void> {
    await this.show.start(this.data);
    if (this.checkout && this.show.page) void this.resume(this.checkout);
    if (this.item > 0 && this.show.page) {
      await this.updateComplete;
      const card = this.show.cardByNumber(this.item);
      if (this.buyAtOnce && card) this.buy({ card, source: 'list' });
      if (this.atMs > 0) this.watchInstant(card, this.atMs);
      else void this.watchNumber(this.item);
    }
    // After the picture's first requests, so that nothing competes with them.
    window.setTimeout(() => {
      void this.shopping.prepare(this.showId);
      if (this.hold) void this.shopping.openHold(this.hold);
    }, 400);
  }

  private async resume(checkoutId: string): Promise<void> {
    try {
      await this.shopping.flow.prepare();
      await this.shopping.flow.resume(checkoutId, this.showId, (id) => this.show.state.items[id]);
    } catch (error) {
      toast(problemWords(asProblem(error)), { tone: 'danger' });
    }
  }

  private setWide(wide: boolean): void {
    this.wide = wide;
    this.shelfOpen = false;
  }

  private get isLive(): boolean {
    return LIVE_STATES.has(this.show.state.show.state);
  }

  private get atEdge(): boolean {
    return this.show.mode === 'live';
  }

  private get source(): Source {
    return this.isLive && this.atEdge ? 'live' : this.isLive ? 'live' : 'replay';
  }

  private get startedMs(): number {
    const page = this.show.page;
    const first = this.show.moments[0]?.from_ms;
    return page?.started_at ? Date.parse(page.started_at) : (first ?? this.show.serverNow());
  }

  private get endMs(): number {
    const ended = this.show.page?.ended_at;
    if (this.isLive || !ended) {
      const range = this.isLive ? null : this.player?.range;
      return range?.toMs ?? this.show.serverNow();
    }
    return Date.parse(ended);
  }

  // What people do

  private step(seconds: number): void {
    const at = this.show.pictureMs;
    if (at !== null) this.player?.seekTo(Math.min(this.endMs - 1000, Math.max(this.startedMs, at + seconds * 1000)));
  }

  private full(): void {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void this.stage?.requestFullscreen?.().catch(() => undefined);
  }

  private async watchNumber(number: number): Promise<void> {
    try {
      const answer = await this.api.shows.seek(this.showId, number);
      const moment = answer.moment ?? this.show.lastMoment(answer.item_id);
      if (moment) this.player?.seekTo(moment.from_ms);
      else if (answer.card) toast(t('watch.not_yet', { number }));
      this.jumpedTo = answer.card;
    } catch (error) {
      const problem = asProblem(error);
      toast(problem.status === 404 ? t('watch.no_such', { number }) : problem.message || t('problem.offline'));
    }
  }

  private watchInstant(card: Card | null, atMs: number): void {
    this.jumpedTo = card;
    this.player?.seekTo(Math.max(this.startedMs, atMs - LEAD_IN_MS));
  }

  private watch(card: Card): void {
    this.shelfOpen = false;
    const moment = this.show.lastMoment(card.id);
    this.jumpedTo = card;
    if (moment) this.player?.seekTo(moment.from_ms);
    else void this.watchNumber(card.number);
  }

  private readonly now = (): number => this.show.serverNow();

  private readonly find: Find = (words, signal) => this.api.shows.search(this.showId, words, signal);

  private seek(atMs: number): void {
    this.shelfOpen = false;
    this.jumpedTo = null;
    this.player?.seekTo(atMs);
  }

  private goLive(): void {
    this.jumpedTo = null;
    if (this.isLive) this.player?.goLive();
    else this.player?.backToShow();
  }

  private buy({ card, source, variant }: BuyDetail): void {
    if (!SELLING.has(this.show.state.show.state)) {
      toast(t('buy.not_yet'), { icon: 'clock' });
      return;
    }
    this.shelfOpen = false;
    this.shopping.buy(card, { showId: this.showId, source, mediaAtMs: this.show.pictureMs }, variant);
  }

  private async askToSee(card: Card): Promise<void> {
    try {
      await this.show.ask(card.number);
      const own = this.show.requests.find((one) => one.number === card.number);
      toast(t('request.placed', { number: card.number, eta: eta(own?.eta_s ?? null) }), { icon: 'hand' });
    } catch (error) {
      toast(problemWords(asProblem(error)), { tone: 'danger' });
    }
  }

  private async say({ text, replyTo, done }: SayDetail): Promise<void> {
    try {
      await this.show.say(text, replyTo ?? undefined);
      done('');
    } catch (error) {
      // A line that waits for a moderator was taken: nothing is left to send again.
      if (isHeld(error)) {
        this.notice = refusalWords(error);
        done('');
      } else done(refusalWords(error));
    }
  }

  private async share(): Promise<void> {
    const url = location.href.split('?')[0] ?? location.href;
    try {
      if (navigator.share) await navigator.share({ title: this.show.page?.title ?? '', url });
      else {
        await navigator.clipboard.writeText(url);
        toast(t('share.copied'), { icon: 'link' });
      }
    } catch {
      // The person closed the share sheet.
    }
  }

  private tell(news: News): void {
    switch (news.kind) {
      case 'request.placed':
        toast(t('request.placed', { number: news.request.number, eta: eta(news.request.eta_s) }), { icon: 'hand' });
        return;
      case 'request.on_air':
        toast(t('request.on_air', { number: news.request.number }), {
          icon: 'radio',
          ...(this.atEdge ? {} : { action: { label: t('action.watch'), run: () => this.goLive() } }),
        });
        return;
      case 'request.answered': {
        const url = news.request.clip_url;
        toast(t('request.answered', { number: news.request.number }), {
          icon: 'film',
          ...(url ? { action: { label: t('action.watch_clip'), run: () => this.player?.playClip(url) } } : {}),
        });
        return;
      }
      case 'notice':
        toast(language() === 'zh' ? news.text_zh : news.text_en, { icon: 'info' });
        return;
      case 'hold.expired':
        this.shopping.flow.expiredByServer();
        return;
      case 'own':
        this.shopping.tell(news.news);
        return;
      case 'moderated':
        // The banner above says it as long as it lasts.
        if (news.body.what === 'expelled') return;
        this.notice = moderatedWords(news.body, this.show.page?.owner.name ?? '');
        return;
      case 'sold_out':
        if (this.shopping.flow.card?.id === news.card.id && this.shopping.flow.step === 'refused')
          toast(t('news.sold_out', { number: news.card.number }), { tone: 'danger' });
        return;
      default:
        return;
    }
  }

  private readonly onClock = (): void => {
    this.show.clock(this.player?.pictureMs ?? null, this.player?.mode ?? 'none');
  };

  private readonly onPlayer = (): void => {
    this.show.clock(this.player?.pictureMs ?? null, this.player?.mode ?? 'none');
    this.requestUpdate();
  };

  // What people see

  private get quick(): string[] {
    if (!this.isLive) return [];
    const card = this.show.onAirCard;
    const onAir = card?.number;
    // Asked only of what comes in sizes or colours: a value of its last option, from the middle of the range.
    const size =
      card && card.variants.length > 1 ? card.variants[card.variants.length >> 1]?.options.at(-1) : undefined;
    const next = this.show.cards.find((card) => card.number !== onAir && card.left > 0);
    return [
      ...(next ? [t('quick.try', { number: next.number })] : []),
      ...(onAir && size ? [t('quick.size', { number: onAir, size })] : []),
      t('quick.ship'),
    ];
  }

  private playerElement() {
    const page = this.show.page;
    const show = this.show.state.show;
    return html`<shopcast-player
      .playback=${page?.playback ?? null}
      .showState=${show.state}
      .startedMs=${this.startedMs}
      .graceUntilMs=${show.grace_until_ms ?? null}
      .serverNow=${() => this.show.serverNow()}
      ?cut=${show.is_cut === true}
      poster=${page?.cover_url ?? ''}
      @sc-clock=${this.onClock}
      @sc-player=${this.onPlayer}
    ></shopcast-player>`;
  }

  private sound() {
    const muted = this.player?.muted ?? true;
    return html`<sc-button
      variant="on-video"
      icon=${muted ? 'volume-x' : 'volume-2'}
      label=${muted ? t('player.unmute') : t('player.mute')}
      keyshortcuts="m"
      @click=${() => this.player?.setMuted(!muted)}
    ></sc-button>`;
  }

  private tapForSound() {
    const { state, is_cut } = this.show.state.show;
    if (!this.player?.muted || this.show.pictureMs === null || is_cut || state === 'interrupted') return nothing;
    return html`<button class="sound" @click=${() => this.player?.setMuted(false)}>
      <sc-icon name="volume-x"></sc-icon>${t('player.tap_for_sound')}
    </button>`;
  }

  private backToLive() {
    if (this.show.mode === 'clip') {
      return html`<sc-button class="back" variant="primary" icon="arrow-left" @click=${() => this.goLive()}
        >${this.isLive ? t('action.back_to_live') : t('action.back_to_replay')}</sc-button
      >`;
    }
    if (!this.isLive || this.show.mode !== 'rewind') return nothing;
    return html`<sc-button class="back" variant="primary" icon="radio" @click=${() => this.goLive()}
      >${t('action.back_to_live')}</sc-button
    >`;
  }

  private chapters(strip: boolean) {
    const { mode, page } = this.show;
    if (!page?.playback || mode === 'none' || mode === 'clip') return nothing;
    const images = new Map(
      Object.values(this.show.state.items).flatMap((card) =>
        card.image_url ? [[card.id, card.image_url] as const] : [],
      ),
    );
    return html`<sc-chapters
      ?overlay=${!strip}
      ?strip=${strip}
      ?live=${this.isLive && this.atEdge}
      .moments=${this.show.moments}
      .images=${images}
      .fromMs=${this.startedMs}
      .toMs=${this.endMs}
      .atMs=${this.show.pictureMs}
    ></sc-chapters>`;
  }

  private get cardShown(): Card | null {
    if (this.show.onAirCard) return this.show.onAirCard;
    // A jump to an item's last explanation keeps its card (at today's price) until the picture says otherwise.
    return this.jumpedTo ? this.show.priced(this.show.state.items[this.jumpedTo.id] ?? this.jumpedTo) : null;
  }

  private onAirCard(wide: boolean) {
    return html`<sc-on-air-card
      ?wide=${wide}
      source=${this.isLive && this.atEdge ? 'live' : 'replay'}
      .card=${this.cardShown}
      .drop=${this.cardShown ? this.show.dropOf(this.cardShown.id) : null}
      .now=${this.now}
      .onAir=${this.show.onAir}
      .atMs=${this.show.pictureMs}
    ></sc-on-air-card>`;
  }

  private coupons() {
    return html`<sc-coupons
      .coupons=${this.show.coupons}
      .claimed=${this.shopping.claimed}
      busy=${this.shopping.claiming}
    ></sc-coupons>`;
  }

  private shelf() {
    return html`<sc-shelf
      .cards=${this.show.cards}
      .moments=${this.show.moments}
      .asked=${new Set(this.show.requests.filter((one) => one.state === 'waiting').map((one) => one.item_id))}
      onAirId=${this.show.onAir?.item_id ?? ''}
      source=${this.source}
      .find=${this.find}
      .dropOf=${this.show.dropOf}
      .now=${this.now}
      .startedMs=${this.startedMs}
      ?canAsk=${this.isLive}
      ?atEdge=${this.isLive && this.atEdge}
      ?loading=${!this.show.page}
    ></sc-shelf>`;
  }

  private chatElement(overlay: boolean) {
    const { slow_mode_s: mode, followers_only } = this.show.state.mode;
    return html`<sc-chat
      ?overlay=${overlay}
      ?readonly=${!this.isLive}
      ?canModerate=${this.show.page?.can.moderate ?? false}
      ?offline=${this.show.away || this.offline}
      ?closed=${this.show.status === 'banned'}
      .lines=${this.show.chat}
      .quick=${this.quick}
      .slowUntilMs=${this.show.slowUntilMs}
      .slowModeS=${mode}
      ?followersOnly=${followers_only}
      ?mustFollow=${followers_only && !this.show.isFollowing && !(this.show.page?.can.moderate ?? false)}
      .pinned=${this.show.state.pinned}
      .notice=${this.notice}
      ownKey=${this.show.you?.key ?? ''}
      @sc-say=${(event: CustomEvent<SayDetail>) => void this.say(event.detail)}
      @sc-hide=${(event: CustomEvent<{ line: { seq: number } }>) => hideLine(this.show, event.detail.line)}
      @sc-mute=${(event: CustomEvent<{ line: { key: string; name: string } }>) => mutePerson(this.show, event.detail.line)}
      @sc-ban=${(event: CustomEvent<{ line: { key: string; name: string } }>) => banPerson(this.show, event.detail.line)}
      @sc-pin-line=${(event: CustomEvent<{ line: { seq: number } }>) => pinLine(this.show, event.detail.line.seq)}
      @sc-unpin-line=${() => pinLine(this.show, null)}
      @sc-report=${(event: CustomEvent<{ line: { seq: number } }>) => reportLine(this.show, event.detail.line)}
      @sc-followers-only=${(event: CustomEvent<{ on: boolean }>) => setFollowersOnly(this.show, event.detail.on)}
      @sc-follow=${() => void followNow(this.show)}
      @sc-notice-read=${() => {
        this.notice = '';
      }}
      @sc-slow-mode=${(event: CustomEvent<{ seconds: number }>) => setSlowMode(this.show, event.detail.seconds)}
    >
      ${
        overlay
          ? html`<div slot="between" class="between">
              ${this.requests(true)} ${this.backToLive()} ${this.coupons()} ${this.onAirCard(false)}
              ${this.atEdge ? nothing : this.chapters(false)}
            </div>`
          : nothing
      }
      ${overlay ? this.tools() : nothing}
    </sc-chat>`;
  }

  private tools() {
    const count = this.show.cards.length;
    return html`<div slot="tools" class="tools">
      ${
        this.isLive
          ? html`<sc-button variant="on-video" icon="heart" label=${t('react.heart')} @click=${() => this.show.react()}></sc-button>`
          : html`<sc-button
              variant="on-video"
              icon=${this.player?.paused ? 'play' : 'pause'}
              label=${this.player?.paused ? t('player.play') : t('player.pause')}
              @click=${() => this.player?.toggle()}
            ></sc-button>`
      }
      <sc-button
        class="shelf-button"
        variant="primary"
        icon="shopping-bag"
        label=${t('shelf.open', { n: count })}
        @click=${() => {
          this.shelfOpen = true;
        }}
        ><span class="figures">${count}</span></sc-button
      >
    </div>`;
  }

  private requests(overlay: boolean) {
    return html`<sc-requests
      ?overlay=${overlay}
      .top=${this.show.state.requests}
      .own=${this.show.requests}
      .items=${this.show.state.items}
      @sc-clip=${(event: CustomEvent<{ url: string }>) => this.player?.playClip(event.detail.url)}
    ></sc-requests>`;
  }

  private notices() {
    const { status, away, bannedMessage, state } = this.show;
    const shown = [
      connectionNotice({
        status,
        away: away || this.offline,
        pictureToo: this.offline || (this.player?.away ?? false),
        banned: bannedMessage || t('moderated.expelled', { house: this.show.page?.owner.name ?? '' }),
        listUrl: `/shows/${this.showId}/list`,
      }),
      interruptedNotice(state.show),
    ].filter((one) => one !== nothing);
    return shown.length > 0 ? html`<div class="notices">${shown}</div>` : nothing;
  }

  private about() {
    const page = this.show.page;
    if (!page) return nothing;
    return html`<sc-sheet
      heading=${page.title}
      ?open=${this.aboutOpen}
      @sc-close=${() => {
        this.aboutOpen = false;
      }}
    >
      <div class="about">
        ${followButtons(this.show)} ${viewersAbout(this.isLive ? this.show.counts.viewers : null)} ${aboutText(this.show.page)}
      </div>
    </sc-sheet>`;
  }

  private topBar() {
    const page = this.show.page;
    return html`<header class="top">
      <sc-button variant="on-video" icon="chevron-left" label=${t('action.home')} href="/"></sc-button>
      <button
        class="who"
        @click=${() => {
          this.aboutOpen = true;
        }}
      >
        <strong>${page?.host.name ?? ''}</strong><span class="title">${page?.title ?? ''}</span
        ><span class="hidden-text">${t('about.open')}</span>
      </button>
      ${followHost(this.show, true)}
      ${stateBadge(this.show.state.show.state, this.atEdge)} ${viewersCount(this.isLive ? this.show.counts.viewers : null)}
      <sc-cart-link whenFull variant="on-video" .api=${this.api}></sc-cart-link>${this.sound()}
    </header>`;
  }

  private phone() {
    return html`<main class="phone">
      <div class="stage ${this.shelfOpen || this.shopping.flow.step !== 'closed' ? 'up' : ''}">${this.playerElement()}</div>
      <div class="veil" aria-hidden="true"></div>
      ${this.topBar()} ${this.notices()}
      <div class="middle">${upcoming(this.show.page, this.show.state.show.state, this.show.serverNow())} ${this.tapForSound()}</div>
      <div class="bottom">${this.chatElement(true)}</div>
      <sc-sheet
        heading=${t('shelf.heading', { n: this.show.cards.length })}
        ?open=${this.shelfOpen}
        @sc-close=${() => {
          this.shelfOpen = false;
        }}
        >${this.shelfOpen ? this.shelf() : nothing}</sc-sheet
      >
      ${this.about()}
    </main>`;
  }

  private desktop() {
    const page = this.show.page;
    return html`<div class="desktop">
      <button class="skip" @click=${() => this.firstControl?.focus()}>${t('show.skip')}</button>
      <header class="bar">
        <a class="brand" href="/">Shopcast</a>
        <h1>${page?.title ?? html`<sc-skeleton></sc-skeleton>`}</h1>
        <span class="host">${page?.host.name ?? ''}</span> ${followHost(this.show)}<span class="space"></span>
        ${stateBadge(this.show.state.show.state, this.atEdge)} ${viewersCount(this.isLive ? this.show.counts.viewers : null)}
        <sc-button variant="quiet" icon="share-2" label=${t('action.share')} @click=${() => void this.share()}></sc-button>
        <sc-button variant="quiet" icon="list" href=${`/shows/${this.showId}/list`}>${t('action.list')}</sc-button>
        <sc-cart-link .api=${this.api}></sc-cart-link>
        <sc-button variant="quiet" icon="user" label=${t('action.account')} href="/account"></sc-button>
      </header>
      <aside class="left" aria-label=${t('shelf.heading', { n: this.show.cards.length })}>
        <h2>${t('shelf.heading', { n: this.show.cards.length })}</h2>
        ${this.shelf()}
      </aside>
      <main class="centre ${this.player?.portrait ? 'portrait' : ''}">
        <div class="stage ${this.player?.portrait ? 'portrait' : ''}">
          ${this.playerElement()} ${upcoming(this.show.page, this.show.state.show.state, this.show.serverNow())} ${this.tapForSound()}
          <div class="controls">
            <sc-button
              variant="on-video"
              icon=${this.player?.paused ? 'play' : 'pause'}
              label=${this.player?.paused ? t('player.play') : t('player.pause')}
              keyshortcuts="Space"
              @click=${() => this.player?.toggle()}
            ></sc-button>
            ${this.sound()} ${this.backToLive()}
            <span class="grow"></span>
            <sc-button variant="on-video" icon="maximize" label=${t('player.full')} keyshortcuts="f" @click=${() => this.full()}></sc-button>
          </div>
        </div>
        ${this.notices()} ${this.chapters(true)}
        <div class="beside">${this.coupons()} ${this.onAirCard(true)}</div>
        <section class="about wide">
          ${followButtons(this.show)} ${viewersAbout(this.isLive ? this.show.counts.viewers : null)} ${aboutText(this.show.page)}
        </section>
      </main>
      <aside class="right" aria-label=${t('chat.label')}>
        ${this.isLive ? html`<section class="requests">${this.requests(false)}</section>` : nothing}
        <h2>${t('chat.label')}</h2>
        ${this.chatElement(false)}
      </aside>
      <p class="hidden-text">${t('keys')}</p>
    </div>`;
  }

  override render() {
    if (this.show.problem) return problemPage(this.show.problem, () => void this.show.retry());
    return html`<div
      @sc-buy=${(event: CustomEvent<BuyDetail>) => this.buy(event.detail)}
      @sc-watch=${(event: CustomEvent<CardDetail>) => this.watch(event.detail.card)}
      @sc-ask=${(event: CustomEvent<CardDetail>) => void this.askToSee(event.detail.card)}
      @sc-seek=${(event: CustomEvent<SeekDetail>) => this.seek(event.detail.atMs)}
      @sc-wait=${this.shopping.onWait}
      @sc-claim=${this.shopping.onClaim}
    >
      ${this.wide ? this.desktop() : this.phone()}
      ${this.shopping.sheets()}
    </div>`;
  }

  /** For the shelf's search shortcut of an embedding page. */
  get shelfElement(): ScShelf | null {
    return this.renderRoot.querySelector('sc-shelf');
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'sc-show-page': ScShowPage;
  }
}
