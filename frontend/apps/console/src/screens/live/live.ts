// The host's console: three things readable from a metre, four keys under a thumb, everything else one level deeper.
import { compactNumber, duration, t } from '@shopcast/format';
import { panelTabs } from '@shopcast/ui/controls/tabs.ts';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { Loader } from '../../app/loader.ts';
import { href } from '../../app/router.ts';
import { Screen } from '../../app/screen.ts';
import { type Drop, faceOf, isDropPrice, leadingDrop, overlaid, type RoomDrop, runningDrop } from '../../lib/drops.ts';
import { type LiveView, liveView, shelfOf } from '../../lib/live_view.ts';
import type { Card, Manage } from '../../types.ts';
import { showState } from '../words.ts';
import { banners } from './banners.ts';
import { dealsPanel } from './deals_panel.ts';
import { type DropActions, dropBar } from './drop_bar.ts';
import { onAir, say, wanted } from './glance.ts';
import './live_chat.ts';
import { LiveDeals } from './live_deals.ts';
import { LiveKeys } from './live_keys.ts';
import { LiveRoom } from './live_room.ts';
import type { DropLowered } from './lower_drop.ts';
import './lower_drop.ts';
import './price_mistake.ts';
import { salesLine } from './sales_line.ts';
import { shelfPanel } from './shelf_panel.ts';
import { streamPanel } from './stream_panel.ts';
import { thumbBar } from './thumb_bar.ts';

type Panel = 'now' | 'chat' | 'shelf' | 'deals' | 'stream';

@customElement('screen-live')
export class ScreenLive extends Screen {
  @state() private panel: Panel = 'now';
  @state() private query = '';
  @state() private lowering: string | null = null;
  @state() private mistake: string | null = null;
  #room: LiveRoom | null = null;
  #keys: LiveKeys | null = null;
  #deals: LiveDeals | null = null;
  #timer: number | undefined;
  #wake: WakeLockSentinel | null = null;
  readonly #manage = new Loader<Manage>(this, (signal) =>
    this.app.api.get<Manage>(`/v1/shows/${this.param('id')}/manage`, undefined, signal),
  );

  override connectedCallback(): void {
    super.connectedCallback();
    const reload = () => void this.#manage.load();
    this.#room ??= new LiveRoom(this, this.app.api, this.param('id'), reload);
    this.#keys ??= new LiveKeys(this, this.app, this.param('id'), reload);
    this.#deals ??= new LiveDeals(this, this.app, this.param('id'));
    this.#timer = window.setInterval(() => this.requestUpdate(), 1000);
    document.addEventListener('keydown', this.#key);
    document.addEventListener('visibilitychange', this.#stayAwake);
    void this.#stayAwake();
  }

  override disconnectedCallback(): void {
    window.clearInterval(this.#timer);
    document.removeEventListener('keydown', this.#key);
    document.removeEventListener('visibilitychange', this.#stayAwake);
    void this.#wake?.release();
    super.disconnectedCallback();
  }

  override render() {
    return this.#manage.value
      ? this.#console(this.#manage.value)
      : html`<div class="page"><a class="back" href=${href('/shows')}><sc-icon name="arrow-left"></sc-icon>${t('nav.shows')}</a>${this.#manage.view(() => nothing)}</div>`;
  }

  #view(manage: Manage, room: LiveRoom): LiveView {
    const cueId = room.cueId === undefined ? (manage.current_cue_id ?? null) : room.cueId;
    return liveView(manage, room.heard ? room.client.state : null, cueId, room.client.serverNow());
  }

  #console(manage: Manage): TemplateResult | typeof nothing {
    const room = this.#room;
    const keys = this.#keys;
    const deals = this.#deals;
    if (!room || !keys || !deals) return nothing;
    const nowMs = room.client.serverNow();
    const drops = overlaid(deals.drops ?? [], this.#heardDrops());
    const view = this.#withDrops(this.#view(manage, room), drops, nowMs);
    const { items } = shelfOf(manage, room.client.state);
    const actions = this.#dropActions(deals, nowMs);
    const isLive = view.state === 'live';
    const leading = leadingDrop(drops, view.onAir?.card.id ?? null, nowMs);
    const tabs = (['now', 'deals', 'chat', 'shelf', 'stream'] as const).map((id) => ({
      id,
      label: t(`live.tab_${id}`),
      mark:
        id === 'stream' && manage.stream.warnings.length > 0
          ? '!'
          : id === 'chat' && room.queueOpen > 0
            ? room.queueOpen
            : null,
    }));
    return html`<div class="live-console" data-panel=${this.panel}>
      ${this.#bar(manage, view, room, nowMs)}
      ${banners({ view, offline: room.isOffline, reconnecting: room.client.status === 'connecting', cut: manage.is_cut ?? false, warnings: [...manage.stream.warnings, ...room.warnings.filter((one) => !manage.stream.warnings.some((known) => known.code === one.code))], nowMs, takeOver: keys.takeOver, uncut: keys.uncut })}
      <div class="live-tabs">${panelTabs(t('live.parts'), tabs, this.panel, (id) => {
        this.panel = id as Panel;
      })}</div>
      <div class="live-columns">
        <div class="live-side" data-for="stream shelf">
          <div data-for="stream">${streamPanel(this.app, manage, view, keys)}</div>
          <div data-for="deals" class="live-deals">${dealsPanel(
            {
              showId: manage.show.id,
              drops: deals.drops === null ? null : drops,
              coupons: deals.coupons,
              onScreen: room.client.state.coupons,
              items,
              nowMs,
              isLive,
              mayPlan: this.app.canManage(),
              showCoupon: deals.showOnScreen,
              wrongPrice: () => this.#openMistake(view),
            },
            actions,
          )}</div>
          <div data-for="shelf" class="live-shelf">${shelfPanel(
            manage,
            view,
            room.client.state,
            this.query,
            nowMs,
            (text) => {
              this.query = text;
            },
            keys,
          )}</div>
        </div>
        <div class="live-now" data-for="now" id="panel-now">
          ${salesLine(room.sales)}
          ${onAir(view, nowMs, runningDrop(drops, view.onAir?.card.id ?? null, nowMs))}${wanted(view, nowMs, () => {
            this.panel = 'shelf';
          })}${say(view)}
        </div>
        <aside class="live-chat" data-for="chat" id="panel-chat"><live-chat .app=${this.app} .room=${room} .showId=${manage.show.id} .lines=${room.client.chat.lines} .waiting=${room.queueOpen}></live-chat></aside>
      </div>
      ${dropBar(leading, leading ? (items[leading.itemId] ?? null) : null, nowMs, isLive, actions)}
      ${thumbBar(view, { pin: keys.pin, unpin: () => view.onAir && keys.unpin(view.onAir.card.id), nextCue: keys.nextCue, busy: keys.busy, disabled: view.state === 'ended' || view.state === 'replay' })}
      ${this.#lowerSheet(drops, deals)}
      ${this.#mistakeSheet(manage, items)}
    </div>`;
  }

  /** A script that says the price of a drop is right, although the shelf has another one. */
  #withDrops(view: LiveView, drops: readonly Drop[], nowMs: number): LiveView {
    const { cue } = view;
    const isRight = cue !== null && isDropPrice(drops, cue.item_id, cue.price_said, nowMs);
    return isRight ? { ...view, saidIsWrong: false } : view;
  }

  #heardDrops(): Readonly<Record<string, RoomDrop>> | undefined {
    return this.#room?.heard ? this.#room.client.state.drops : undefined;
  }

  #dropActions(deals: LiveDeals, nowMs: number): DropActions {
    return {
      start: deals.start,
      stop: (drop) => void deals.stop(drop, nowMs),
      lower: (drop) => {
        this.lowering = drop.id;
      },
      busy: deals.busy,
    };
  }

  #lowerSheet(drops: readonly Drop[], deals: LiveDeals): TemplateResult {
    const drop = drops.find((one) => one.id === this.lowering);
    const close = () => {
      this.lowering = null;
    };
    return html`<sc-sheet heading=${t('drop.lower')} .open=${drop !== undefined} @sc-close=${close}>${
      drop
        ? html`<lower-drop .drop=${drop} @drop-kept=${close} @drop-lowered=${(event: CustomEvent<DropLowered>) => {
            close();
            void deals.lower(drop, event.detail.leave);
          }}></lower-drop>`
        : nothing
    }</sc-sheet>`;
  }

  /** The item on air is the one that was just mispriced; with none on air the person chooses. */
  #openMistake(view: LiveView): void {
    this.mistake = view.onAir?.card.id ?? '';
  }

  #mistakeSheet(manage: Manage, items: Readonly<Record<string, Card>>): TemplateResult {
    const close = () => {
      this.mistake = null;
    };
    return html`<sc-sheet placement="side" heading=${t('mistake.title')} .open=${this.mistake !== null} @sc-close=${close}>${
      this.mistake === null
        ? nothing
        : html`<price-mistake .app=${this.app} .show=${manage.show} .items=${items} .itemId=${this.mistake} @mistake-closed=${close}></price-mistake>`
    }</sc-sheet>`;
  }

  #bar(manage: Manage, view: LiveView, room: LiveRoom, nowMs: number): TemplateResult {
    const { show } = manage;
    const since = show.started_at && view.state === 'live' ? duration(nowMs - Date.parse(show.started_at)) : '';
    const viewers = room.counts.viewers;
    return html`<header class="live-bar">
      <sc-button variant="quiet" icon="arrow-left" href=${href(`/shows/${show.id}`)} label=${t('live.leave')}></sc-button>
      ${showState(view.state)}<span class="number live-since">${since}</span>
      <h1 class="live-title clip-one">${show.title}</h1>
      <span class="live-viewers number" title=${t('live.viewers_text')}><sc-icon name="eye" label=${t('live.viewers')}></sc-icon>${viewers === null ? '–' : compactNumber(viewers)}</span>
      ${this.#mainAction(view, manage.is_cut ?? false)}
    </header>`;
  }

  #mainAction(view: LiveView, isCut: boolean): TemplateResult | typeof nothing {
    const keys = this.#keys;
    if (!keys || view.state === 'ended' || view.state === 'replay') return nothing;
    if (view.state === 'live' || view.state === 'interrupted') {
      // While it is cut, the banner below has the way back.
      return html`${isCut ? nothing : html`<sc-button variant="danger" icon="video-off" label=${t('live.cut')} @click=${keys.cut}><span class="wide-only">${t('live.cut')}</span></sc-button>`}<sc-button icon="square" label=${t('live.end')} @click=${keys.end}><span class="wide-only">${t('live.end')}</span></sc-button>`;
    }
    return html`<sc-button variant="primary" icon="radio" @click=${keys.goLive}>${t('live.go')}</sc-button>`;
  }

  /** One letter each, never while something is being typed. */
  readonly #key = (event: KeyboardEvent) => {
    const manage = this.#manage.value;
    const target = event.composedPath()[0];
    if (!manage || !this.#room || !this.#keys || event.metaKey || event.ctrlKey || event.altKey) return;
    if (
      target instanceof HTMLInputElement ||
      target instanceof HTMLTextAreaElement ||
      target instanceof HTMLSelectElement
    )
      return;
    const view = this.#view(manage, this.#room);
    if (event.key === 'n' && view.next) this.#keys.pin(view.next.id);
    else if (event.key === 'r' && view.wanted) this.#keys.pin(view.wanted.item_id);
    else if (event.key === 'u' && view.onAir) this.#keys.unpin(view.onAir.card.id);
    else if (event.key === 'c' && view.cueAfter) this.#keys.nextCue();
    else if (event.key === 'd') this.#startLeading(view);
  };

  #startLeading(view: LiveView): void {
    const nowMs = this.#room?.client.serverNow() ?? 0;
    const drops = overlaid(this.#deals?.drops ?? [], this.#heardDrops());
    const leading = leadingDrop(drops, view.onAir?.card.id ?? null, nowMs);
    if (leading && view.state === 'live' && faceOf(leading, nowMs).phase === 'planned') this.#deals?.start(leading);
  }

  /** A phone beside the camera must not go dark; where the browser has no such thing, nothing is lost. */
  readonly #stayAwake = async () => {
    if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
    this.#wake = await navigator.wakeLock.request('screen').catch(() => null);
  };
}
