/** The cart over several sellers: what is held and for how long, what each seller's part costs and why, one payment. */
import {
  asProblem,
  type Cart,
  type CartLine,
  newIdempotencyKey,
  type Problem,
  type Source,
} from '@shopcast/api-client';
import { Buyer } from '@shopcast/elements/buy/buyer.ts';
import { countryName } from '@shopcast/elements/buy/countries.ts';
import { ending, endingStyles, ordersEnding, secondStep } from '@shopcast/elements/buy/endings.ts';
import { giftWords } from '@shopcast/elements/buy/gifts.ts';
import { Payment } from '@shopcast/elements/buy/payment.ts';
import '@shopcast/elements/buy/sc-codes.ts';
import type { CodesDetail } from '@shopcast/elements/buy/sc-codes.ts';
import '@shopcast/elements/buy/sc-pay-form.ts';
import type { CountryDetail, PayDetail, ScPayForm } from '@shopcast/elements/buy/sc-pay-form.ts';
import { sumNotes, sumRows } from '@shopcast/elements/buy/sums.ts';
import { cartCount } from '@shopcast/elements/cart/cart-count.ts';
import { countdown, formatMoney, type Money, t } from '@shopcast/format';
import { toast } from '@shopcast/ui';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { currencies, groups, leftMs, lineState, nextEndMs, payable, type SellerGroup } from '../cart/cart-lines.ts';
import '../cart.css';
import '../messages/cart.ts';
import { api, Page, words } from './page.ts';

/** So long a line taken out can be put back at the very price it was held at; then its piece goes back to the shelf. */
const UNDO_MS = 6000;
const TICK_MS = 1000;

@customElement('sc-cart-page')
export class ScCartPage extends Page<Cart> {
  /** A provider's second step led back here. */
  checkout = '';
  @state() private takenOut: ReadonlySet<string> = new Set();
  @state() private country = '';
  @query('sc-pay-form') private readonly payForm!: ScPayForm | null;
  private readonly buyer = new Buyer(api);
  private readonly payment = new Payment(api);
  private offsetMs = 0;
  private timer = 0;
  private readonly leaving = new Map<string, number>();
  private readonly ending = new AbortController();

  protected async load(): Promise<Cart> {
    await this.buyer.prepare();
    this.country ||= this.buyer.country;
    let cart = await this.ask();
    const now = Date.now() + this.offsetMs;
    const ids = payable(cart, this.takenOut, now);
    if (ids.length > 0 && ids.length < cart.lines.length) {
      // What cannot be bought now is shown, and is no part of any sum.
      const bill = await this.ask(ids);
      cart = { ...bill, lines: cart.lines, sellers: withParts(cart, bill) };
    }
    return cart;
  }

  private async ask(holdIds?: readonly string[]): Promise<Cart> {
    const cart = await api.cart.price({ ...(holdIds ? { holdIds } : {}), country: this.country });
    this.offsetMs = cart.server_ms - Date.now();
    return cart;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { signal } = this.ending;
    const sheet = endingStyles.styleSheet;
    if (sheet) document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    this.payment.on('change', () => this.requestUpdate());
    this.payment.on('paid', () => {
      cartCount.changed(api);
      void this.buyer.keep(this.payment.to);
    });
    this.payment.on('failed', ({ until }) => this.stillOurs(until));
    this.timer = window.setInterval(() => this.tick(), TICK_MS);
    window.addEventListener('pagehide', () => this.flush(), { signal });
    window.addEventListener('online', () => this.lookAgain(), { signal });
    document.addEventListener('visibilitychange', () => document.hidden || this.lookAgain(), { signal });
    if (this.checkout) void this.act('checkout', () => this.payment.resume(this.checkout).then(() => undefined));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearInterval(this.timer);
    this.flush();
    this.ending.abort();
    this.payment.leave();
  }

  /** A declined payment can be tried again for the very same sum, as long as the pieces are ours. */
  private stillOurs(until: string | null | undefined): void {
    const cart = this.data;
    if (!cart || !until || !this.payment.checkout) {
      if (until !== undefined) this.payment.checkout = null;
      void this.refresh();
      return;
    }
    const paid = new Set(payable(cart, this.takenOut, this.now));
    const lines = cart.lines.map((one) => (paid.has(one.hold_id) ? { ...one, expires_at: until } : one));
    this.data = { ...cart, lines };
  }

  /** Asked again only while no refused payment waits for another try: its sum must not change under the shopper. */
  private lookAgain(): void {
    if (this.payment.busy || (this.payment.step === 'failed' && this.payment.checkout)) return;
    void this.refresh();
  }

  /** Something else is to be paid now: the refused payment is over. */
  private anew(): Promise<void> {
    if (this.payment.step === 'failed') this.payment.reset();
    return this.refresh();
  }

  private get now(): number {
    return Date.now() + this.offsetMs;
  }

  private wasHeld = false;

  /** Counts down, and asks again when something has just ended. */
  private tick(): void {
    const cart = this.data;
    if (!cart) return;
    const held = nextEndMs(cart, this.now) !== null;
    const ended = cart.lines.some((one) => one.obstacle === null && lineState(one, this.now) === 'over');
    if (ended && !this.payment.busy && !this.busy) void this.act('refresh', () => this.refresh().then(() => undefined));
    if (held || this.wasHeld) this.requestUpdate();
    this.wasHeld = held;
  }

  // What people do

  private takeOut(line: CartLine): void {
    this.takenOut = new Set([...this.takenOut, line.hold_id]);
    const timer = window.setTimeout(() => void this.release(line.hold_id), UNDO_MS);
    this.leaving.set(line.hold_id, timer);
    toast(t('cart.removed', { title: line.title }), {
      icon: 'check',
      durationMs: UNDO_MS,
      action: { label: t('action.undo'), run: () => this.putBack(line.hold_id) },
    });
    void this.anew();
  }

  private putBack(holdId: string): void {
    window.clearTimeout(this.leaving.get(holdId));
    if (!this.leaving.delete(holdId)) return;
    this.show(holdId);
    void this.anew();
  }

  private show(holdId: string): void {
    this.takenOut = new Set([...this.takenOut].filter((one) => one !== holdId));
  }

  private async release(holdId: string): Promise<void> {
    this.leaving.delete(holdId);
    try {
      await api.sales.releaseHold(holdId);
    } catch (error) {
      // It is still there, so it is shown again.
      this.show(holdId);
      toast(words(asProblem(error)), { tone: 'danger' });
    }
    cartCount.changed(api);
  }

  /** Leaving the page is no reason to keep a piece from others. */
  private flush(): void {
    for (const [id, timer] of this.leaving) {
      window.clearTimeout(timer);
      void api.sales.releaseHold(id).catch(() => undefined);
    }
    this.leaving.clear();
  }

  /** The time is up: the same thing once more, at today's price. */
  private async again(line: CartLine): Promise<string> {
    const inShow = line.show_id && line.item_id;
    await api.sales.hold(
      {
        show_id: inShow ? line.show_id : null,
        item_id: inShow ? line.item_id : null,
        variant_id: line.variant_id,
        quantity: line.quantity,
        source: 'list' satisfies Source,
      },
      newIdempotencyKey(),
    );
    await api.sales.releaseHold(line.hold_id).catch(() => undefined);
    await this.refresh();
    cartCount.changed(api);
    return t('cart.again.done');
  }

  private async choose(choice: { codes?: string[]; currency?: string }): Promise<undefined> {
    await api.cart.choose(choice);
    await this.anew();
    return undefined;
  }

  private pay({ method, to }: PayDetail): void {
    const cart = this.data;
    if (!cart) return;
    for (const [id, timer] of this.leaving) {
      window.clearTimeout(timer);
      void this.release(id);
    }
    const total = cart.presentment ?? cart.totals?.total;
    void this.payment.pay(
      {
        holdIds: payable(cart, this.takenOut, this.now),
        codes: cart.choice.codes,
        ...(cart.choice.currency ? { currency: cart.choice.currency } : {}),
        ...(total ? { totalMinor: total.amount_minor } : {}),
      },
      method,
      to,
    );
  }

  // What people see

  protected skeleton(): TemplateResult {
    return html`<main class="page" id="content" aria-busy="true">
      <h1>${t('cart.title')}</h1>
      <div class="cart">
        <div><div class="box"><sc-skeleton class="skeleton-row"></sc-skeleton><sc-skeleton class="skeleton-row"></sc-skeleton></div></div>
        <div class="box"><sc-skeleton class="skeleton-row"></sc-skeleton></div>
      </div>
    </main>`;
  }

  private time(line: CartLine) {
    const what = lineState(line, this.now);
    switch (what) {
      case 'held':
        return html`<span class="hold"
          ><sc-icon name="timer"></sc-icon>${t('cart.held')}
          <strong class="figures" role="timer" aria-live="off">${countdown(leftMs(line, this.now))}</strong></span
        >`;
      case 'wanted':
        return html`<span class="hold soft"><sc-icon name="info"></sc-icon>${t('cart.wanted')}</span>`;
      default:
        return html`<span class="hold out"><sc-icon name="circle-alert"></sc-icon>${t(`cart.obstacle.${what}`)}</span>
          ${
            what === 'over'
              ? html`<sc-button
                  size="s"
                  icon="refresh-cw"
                  ?loading=${this.busy === line.hold_id}
                  @click=${() => void this.act(line.hold_id, () => this.again(line))}
                  >${t('cart.again')}</sc-button
                >`
              : nothing
          }`;
    }
  }

  private line(line: CartLine) {
    const out = !['held', 'wanted'].includes(lineState(line, this.now));
    const title =
      line.variant_title && line.variant_title !== line.title ? `${line.title}, ${line.variant_title}` : line.title;
    const before = line.amount.amount_minor > line.net.amount_minor ? line.amount : null;
    return html`<li class="cart-line ${out ? 'out' : ''}">
      <span class="picture">${line.image_url ? html`<img src=${line.image_url} alt="" width="64" height="64" loading="lazy" decoding="async" />` : nothing}</span>
      <div class="text">
        <h3>
          ${
            line.show_id && line.item_number
              ? html`<a href=${`/shows/${line.show_id}?item=${line.item_number}`}>${line.title}</a>`
              : line.title
          }
        </h3>
        <p class="soft small figures">
          ${line.variant_title && line.variant_title !== line.title ? `${line.variant_title} · ` : ''}${t('cart.pieces', { n: line.quantity, price: formatMoney(line.unit) })}
        </p>
        ${line.unit_before ? html`<p class="note small">${t('buy.price_changed', { from: formatMoney(line.unit_before) })}</p>` : nothing}
      </div>
      <div class="amount figures">
        ${before ? html`<s class="soft small"><span class="hidden-text">${t('cart.before')} </span>${formatMoney(before)}</s>` : nothing}
        <strong>${formatMoney(line.net)}</strong>
      </div>
      <sc-button class="remove" variant="quiet" icon="x" label=${t('cart.remove', { title })} @click=${() => this.takeOut(line)}></sc-button>
      <div class="state">${this.time(line)}</div>
    </li>`;
  }

  private group({ seller, lines }: SellerGroup) {
    const cart = this.data as Cart;
    const adjustments = cart.adjustments.filter((one) => one.seller_id === seller.seller_id);
    const gifts = cart.gifts.filter((one) => one.seller_id === seller.seller_id);
    return html`<section class="box seller" aria-label=${seller.seller_name}>
      <h2>${seller.seller_name}</h2>
      <ul>
        ${repeat(
          lines,
          (one) => one.hold_id,
          (one) => this.line(one),
        )}
        ${gifts.map((one) => html`<li class="cart-gift small"><sc-icon name="gift"></sc-icon>${giftWords(one)}</li>`)}
      </ul>
      ${
        seller.ships
          ? seller.totals
            ? html`${sumRows(seller.totals, adjustments, false)}
                <div class="sums"><div class="subtotal figures"><span>${t('cart.subtotal')}</span><strong>${formatMoney(seller.totals.total)}</strong></div></div>
                ${sumNotes(seller.totals, { from: seller.delivery_from, to: seller.delivery_to })}
                <p class="small soft">${t('cart.from', { country: countryName(seller.ships_from), days: seller.return_days })}</p>`
            : nothing
          : html`<p class="form-error">${t('cart.no_shipping', { seller: seller.seller_name, country: countryName(seller.country) })}</p>`
      }
    </section>`;
  }

  private get total(): Money | null {
    return this.data?.presentment ?? this.data?.totals?.total ?? null;
  }

  private currencyField(cart: Cart) {
    const all = currencies(cart);
    if (all.length < 2) return nothing;
    const names = new Intl.DisplayNames(document.documentElement.lang, { type: 'currency' });
    return html`<label class="currency"
      ><span>${t('cart.currency')}</span>
      <select @change=${(event: Event) => void this.act('currency', () => this.choose({ currency: (event.target as HTMLSelectElement).value }))}>
        ${all.map((one) => html`<option value=${one} ?selected=${one === cart.currency}>${names.of(one) ?? one}</option>`)}
      </select></label
    >`;
  }

  private checkoutBox(cart: Cart) {
    const ids = payable(cart, this.takenOut, this.now);
    const end = nextEndMs(cart, this.now);
    const sellers = new Set(cart.lines.filter((one) => ids.includes(one.hold_id)).map((one) => one.seller_id)).size;
    const failed = this.payment.step === 'failed';
    return html`<section class="box pay-box" aria-label=${t('cart.pay')}>
      <h2>${t('cart.pay')}</h2>
      <sc-pay-form
        .buyer=${this.buyer}
        .problem=${failed ? this.payment.problem : null}
        .total=${this.total}
        ?busy=${this.payment.busy}
        ?blocked=${ids.length === 0 || !this.total || this.busy === 'refresh'}
        retryHint=${failed && end !== null ? t('buy.failed.held', { time: countdown(end - this.now) }) : ''}
        @sc-pay=${(event: CustomEvent<PayDetail>) => this.pay(event.detail)}
        @sc-country=${(event: CustomEvent<CountryDetail>) => {
          this.country = event.detail.country;
          void this.anew();
        }}
      >
        <div class="form">
          <sc-codes
            .codes=${cart.codes}
            .best=${cart.best_coupon}
            ?busy=${this.busy === 'codes'}
            @sc-codes=${(event: CustomEvent<CodesDetail>) => void this.act('codes', () => this.choose({ codes: event.detail.codes }))}
          ></sc-codes>
          ${this.currencyField(cart)}
          ${cart.totals ? html`${sumRows(cart.totals, cart.currency === cart.lines[0]?.unit.currency ? cart.adjustments : [])}${sumNotes(cart.totals)}` : html`<p class="soft">${t('cart.no_total')}</p>`}
          ${sellers > 1 ? html`<p class="small soft">${t('cart.one_payment', { n: sellers })}</p>` : nothing}
        </div>
      </sc-pay-form>
    </section>`;
  }

  private afterPay() {
    const { payment } = this;
    const again = () => {
      payment.reset();
      void this.refresh();
    };
    switch (payment.step) {
      case 'paid':
        return ordersEnding(
          payment.checkout,
          this.buyer.signedIn ? this.buyer.email : (this.payForm?.guestEmail ?? ''),
          () => location.assign('/'),
          t('cart.more_shows'),
        );
      case 'needs_action':
        return secondStep(payment.checkout?.next_action_url ?? '');
      case 'processing':
        return ending('hourglass', '', t('buy.processing'), t('buy.processing.next'), nothing);
      default:
        return html`<sc-button @click=${again}>${t('action.retry')}</sc-button>`;
    }
  }

  private empty() {
    return html`<sc-empty icon="shopping-cart" heading=${t('cart.empty')} text=${t('cart.empty.next')}
      ><sc-button variant="primary" href="/">${t('cart.more_shows')}</sc-button>
      <sc-button href="/orders">${t('action.orders')}</sc-button></sc-empty
    >`;
  }

  protected override problemView(problem: Problem): TemplateResult {
    // What is on screen stays useful while the line is down.
    return this.data === null ? super.problemView(problem) : this.body(problem);
  }

  protected body(problem: Problem | null = null): TemplateResult {
    const cart = this.data as Cart;
    if (['paid', 'needs_action', 'processing'].includes(this.payment.step))
      return html`<main class="page narrow" id="content"><div class="box">${this.afterPay()}</div></main>`;
    const shown = groups(cart, this.takenOut);
    if (shown.length === 0)
      return html`<main class="page narrow" id="content"><h1>${t('cart.title')}</h1>${this.empty()}</main>`;
    return html`<main class="page" id="content">
      <h1>${t('cart.title')}</h1>
      ${
        problem
          ? html`<p class="notice warn" role="status"><sc-icon name="wifi-off"></sc-icon>${t('cart.stale')}
              <sc-button size="s" @click=${() => void this.refresh()}>${t('action.retry')}</sc-button></p>`
          : nothing
      }
      <div class="cart">
        <div>
          ${repeat(
            shown,
            (one) => one.seller.seller_id,
            (one) => this.group(one),
          )}
        </div>
        <div class="side">${this.checkoutBox(cart)}</div>
      </div>
    </main>`;
  }
}

/** The sums of the sellers that can be paid, and the others as they are. */
function withParts(cart: Cart, bill: Cart): Cart['sellers'] {
  return cart.sellers.map((one) => bill.sellers.find((other) => other.seller_id === one.seller_id) ?? one);
}
