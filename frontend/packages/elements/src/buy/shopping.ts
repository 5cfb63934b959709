/**
 * Shopping beside the picture or in the list: the sheets (fetched when somebody may want them), coupons claimed, pieces put in
 * the cart, and what the server tells this shopper alone, with the way to pay.
 */
import { type ApiClient, asProblem, type Card, type CardVariant } from '@shopcast/api-client';
import { language, t, timeOfDay } from '@shopcast/format';
import { toast } from '@shopcast/ui';
import { html, nothing, type ReactiveController, type ReactiveControllerHost } from 'lit';
import { cartCount } from '../cart/cart-count.ts';
import type { ClaimDetail } from '../drops/sc-coupons.ts';
import '../drops/messages.ts';
import '../messages.ts';
import type { CardDetail, KeepDetail } from '../show/events.ts';
import { lastOptions, rememberOptions } from '../show/option-memory.ts';
import { problemWords } from '../show/say-problem.ts';
import { type BuyContext, BuyFlow } from './buy-flow.ts';
import { loadBuySheet, loadKeepSheet } from './load-sheet.ts';
import { preferredVariant } from './variants.ts';

/** What the server says to one shopper about pieces that wait for them. */
export interface OwnNews {
  kind: string;
  body: Readonly<Record<string, unknown>>;
}

/** Longer than other news: there is something to do. */
const NOTICE_MS = 20_000;

export class Shopping implements ReactiveController {
  readonly flow: BuyFlow;
  claimed: ReadonlySet<string> = new Set();
  claiming = '';
  private sheetReady = false;
  private keepReady = false;
  private keeping: KeepDetail | null = null;
  private showId = '';

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly api: ApiClient,
    private readonly cardOf: (itemId: string) => Card | undefined,
  ) {
    this.flow = new BuyFlow(api);
    this.flow.on('change', () => {
      if (this.flow.step !== 'closed' && !this.sheetReady) void this.fetchSheet();
      this.host.requestUpdate();
    });
    this.flow.on('paid', () => rememberOptions(this.flow.variant?.options ?? []));
    this.flow.on('kept', (hold) => {
      const text =
        hold.state === 'wanted'
          ? t('cart.kept.wanted')
          : t('cart.kept', { time: timeOfDay(Date.parse(hold.expires_at)) });
      toast(text, { icon: 'shopping-cart', action: { label: t('cart.open'), run: () => location.assign('/cart') } });
    });
    this.flow.on('stayed', (problem) => toast(problemWords(problem), { icon: 'info' }));
    host.addController(this);
  }

  hostConnected(): void {}

  /** After the page's first requests, so that nothing competes with them. */
  async prepare(showId: string): Promise<void> {
    this.showId = showId;
    void this.flow.prepare();
    void this.fetchSheet();
    try {
      const own = await this.api.coupons.mine();
      this.claimed = new Set(own.items.map((one) => one.promotion_id));
      this.host.requestUpdate();
    } catch {
      // Claiming twice is harmless: the server says that it is yours already.
    }
  }

  private async fetchSheet(): Promise<void> {
    try {
      await loadBuySheet();
      this.sheetReady = true;
      this.host.requestUpdate();
    } catch {
      if (this.flow.step !== 'closed') toast(t('problem.offline'), { tone: 'danger' });
    }
  }

  /** Tap one. The size or colour bought last stays chosen from item to item. */
  buy(card: Card, context: BuyContext, variant?: CardVariant): void {
    const words = (this.flow.variant?.options ?? []).concat(lastOptions());
    void this.flow.open(card, context, variant ?? preferredVariant(card.variants, words));
  }

  wait(card: Card): void {
    void this.keep({ kind: 'waitlist', card, variant: null, offer: null });
  }

  readonly onWait = (event: CustomEvent<CardDetail>): void => this.wait(event.detail.card);

  readonly onKeep = (event: CustomEvent<KeepDetail>): void => {
    void this.keep(event.detail);
  };

  private async keep(detail: KeepDetail): Promise<void> {
    this.keeping = detail;
    try {
      await loadKeepSheet();
      this.keepReady = true;
    } catch {
      this.keeping = null;
      toast(t('problem.offline'), { tone: 'danger' });
    }
    this.host.requestUpdate();
  }

  readonly onClaim = (event: CustomEvent<ClaimDetail>): void => {
    void this.claim(event.detail.coupon.promotion_id);
  };

  private async claim(promotionId: string): Promise<void> {
    if (this.claiming) return;
    this.claiming = promotionId;
    this.host.requestUpdate();
    try {
      await this.api.coupons.claim(promotionId);
      this.claimed = new Set([...this.claimed, promotionId]);
      toast(t('coupon.claimed.toast'), { icon: 'check' });
    } catch (error) {
      toast(problemWords(asProblem(error)), { tone: 'danger' });
    } finally {
      this.claiming = '';
      this.host.requestUpdate();
    }
  }

  /** True when it was about this shopper's pieces. */
  tell({ kind, body }: OwnNews): boolean {
    const title = String(body.title ?? body.number ?? '');
    const holdId = String(body.hold_id ?? '');
    const go = (label: string, href: string) => ({
      action: { label, run: () => location.assign(href) },
      durationMs: NOTICE_MS,
    });
    switch (kind) {
      case 'hold.placed':
        cartCount.changed(this.api);
        toast(t('own.hold_placed', { title }), { icon: 'shopping-cart', ...this.payAction(holdId) });
        return true;
      case 'waitlist.turn':
        cartCount.changed(this.api);
        toast(t('own.turn', { title }), { icon: 'bell', ...this.payAction(holdId) });
        return true;
      case 'standing.filled':
        toast(t('own.filled', { title }), { icon: 'check', tone: 'gain', ...go(t('own.order'), '/orders') });
        return true;
      case 'hold.choose':
        toast(t('own.choose', { title }), {
          icon: 'hand',
          durationMs: NOTICE_MS,
          action: { label: t('own.choose.go'), run: () => this.choose(String(body.item_id ?? '')) },
        });
        return true;
      case 'hold.refused':
        toast(refused(body.message) || t('own.refused', { title }), { tone: 'danger' });
        return true;
      case 'standing.failed':
        toast([t('own.failed', { title }), refused(body.message)].filter(Boolean).join(' '), {
          icon: 'info',
          ...go(t('own.see'), '/standing'),
        });
        return true;
      default:
        return false;
    }
  }

  /** The way to pay without leaving the picture; where the sheet cannot be had, the cart can. */
  private payAction(holdId: string) {
    return { durationMs: NOTICE_MS, action: { label: t('own.pay'), run: () => void this.openHold(holdId) } };
  }

  /** Opens the sheet with what is held already: by a comment, a turn in the queue, or `?hold=`. */
  async openHold(holdId: string): Promise<void> {
    try {
      const holds = await this.api.sales.holds();
      const hold = holds.items.find((one) => one.id === holdId);
      const card = hold?.item_id ? this.cardOf(hold.item_id) : undefined;
      if (hold && card && hold.show_id === this.showId) this.flow.openHold(hold, card);
      else location.assign('/cart');
    } catch (error) {
      toast(problemWords(asProblem(error)), { tone: 'danger' });
    }
  }

  private choose(itemId: string): void {
    const card = this.cardOf(itemId);
    if (card) this.buy(card, { showId: this.showId, source: 'chat', mediaAtMs: null });
  }

  sheets() {
    return html`${this.sheetReady ? html`<sc-buy-sheet .flow=${this.flow} @sc-keep=${this.onKeep}></sc-buy-sheet>` : nothing}
    ${this.keepReady ? this.keepSheets() : nothing}`;
  }

  private keepSheets() {
    const subscribes = this.keeping?.kind === 'subscription';
    const close = () => {
      this.keeping = null;
      this.host.requestUpdate();
    };
    return html`<sc-keep-sheet
        .api=${this.api}
        .buyer=${this.flow.buyer}
        .showId=${this.showId}
        .subject=${subscribes ? null : this.keeping}
        @sc-close=${close}
      ></sc-keep-sheet>
      <sc-subscribe-sheet
        .api=${this.api}
        .buyer=${this.flow.buyer}
        .subject=${subscribes ? this.keeping : null}
        @sc-close=${close}
      ></sc-subscribe-sheet>`;
  }
}

/** The server says why in both languages, because it does not know which one the page speaks. */
function refused(message: unknown): string {
  const both = message as { en?: unknown; zh?: unknown } | undefined;
  const text = language() === 'zh' ? both?.zh : both?.en;
  return typeof text === 'string' ? text : '';
}
