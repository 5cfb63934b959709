/**
 * Buying in two taps: tap one holds (price frozen) or, where the first paid gets it, only notes; tap two pays. Owns the steps
 * up to the payment and the hold's countdown; draws nothing.
 */
import {
  type ApiClient,
  asProblem,
  type Card,
  type CardVariant,
  type Cart,
  type Checkout,
  type Hold,
  newIdempotencyKey,
  type PaymentChoice,
  type Problem,
  type Source,
  type SubscriptionOffer,
} from '@shopcast/api-client';
import { Emitter } from '@shopcast/room-client';
import { cartCount } from '../cart/cart-count.ts';
import { Buyer } from './buyer.ts';
import { Payment, type PayTo, repeating } from './payment.ts';

export type BuyStep =
  | 'closed'
  | 'holding'
  | 'ready'
  | 'refused'
  | 'expired'
  | 'paying'
  | 'needs_action'
  | 'processing'
  | 'failed'
  | 'paid';

export interface BuyContext {
  showId: string;
  source: Source;
  mediaAtMs: number | null;
}

interface BuyEvents {
  change: undefined;
  paid: Checkout;
  /** The piece stays in the cart and the sheet is closed. */
  kept: Hold;
  /** Another variant or quantity could not be had; what was held still is. */
  stayed: Problem;
}

export class BuyFlow extends Emitter<BuyEvents> {
  step: BuyStep = 'closed';
  card: Card | null = null;
  variant: CardVariant | null = null;
  quantity = 1;
  /** What this piece cost when the shopper last looked, if that is no longer so. */
  priceBeforeMinor: number | null = null;
  hold: Hold | null = null;
  /** What is paid for this hold alone and why: discounts, shipping, tax, when it arrives. */
  bill: Cart | null = null;
  /** What the seller offers for those who buy it regularly; null when nothing. */
  offer: SubscriptionOffer | null = null;
  problem: Problem | null = null;
  readonly buyer: Buyer;
  readonly payment: Payment;
  /** Server clock minus ours, learnt from the hold. */
  private offsetMs = 0;
  private openedAtMs = 0;
  private context: BuyContext | null = null;
  private attempt = 0;
  private borrowed = '';
  private expiryTimer = 0;

  constructor(
    private readonly api: ApiClient,
    private readonly now: () => number = () => Date.now(),
  ) {
    super();
    this.buyer = new Buyer(api);
    this.payment = new Payment(api);
    this.buyer.on('change', () => this.changed());
    this.payment.on('change', () => this.followPayment());
    this.payment.on('paid', (checkout) => {
      window.clearTimeout(this.expiryTimer);
      cartCount.changed(this.api);
      void this.buyer.keep(this.payment.to);
      this.emit('paid', checkout);
    });
    this.payment.on('failed', ({ problem, until }) => this.payFailed(problem, until));
  }

  prepare(): Promise<void> {
    return this.buyer.prepare();
  }

  get busy(): boolean {
    return this.payment.busy;
  }

  get checkout(): Checkout | null {
    return this.payment.checkout;
  }

  /** Nothing is set aside at this seller's: the first paid gets it. */
  get wanted(): boolean {
    return this.hold?.state === 'wanted';
  }

  /** Tap one. */
  open(card: Card, context: BuyContext, preferred?: CardVariant): Promise<void> {
    this.card = card;
    this.context = context;
    this.openedAtMs = this.now();
    this.quantity = 1;
    this.hold = null;
    this.bill = null;
    this.priceBeforeMinor = null;
    this.variant = preferred ?? card.variants.find((one) => one.left > 0) ?? card.variants[0] ?? null;
    void this.buyer.prepare();
    return this.takeHold();
  }

  /** A hold that was taken elsewhere: only tap two is left. */
  openHold(hold: Hold, card: Card): void {
    this.card = card;
    this.context = { showId: hold.show_id ?? '', source: 'live', mediaAtMs: null };
    this.variant = card.variants.find((one) => one.id === hold.variant_id) ?? null;
    this.quantity = hold.quantity;
    this.priceBeforeMinor = null;
    this.bill = null;
    this.problem = null;
    this.borrowed = hold.id;
    this.payment.reset();
    void this.buyer.prepare();
    this.accept(hold);
  }

  /** Another variant or quantity: a new hold first, then the old one goes back. */
  async change(variant: CardVariant, quantity: number): Promise<void> {
    if (this.busy) return;
    const old = this.hold;
    const before = { variant: this.variant, quantity: this.quantity };
    this.variant = variant;
    this.quantity = quantity;
    this.priceBeforeMinor = null;
    await this.takeHold();
    if (old && this.hold?.id === old.id && this.step === 'refused') await this.stayWith(old, before);
    else if (old && this.hold?.id !== old.id) this.release(old);
  }

  /**
   * The change was refused. Where only what we hold ourselves stood in the way of a limit per person, it goes back first;
   * else the piece we have stays ours.
   */
  private async stayWith(old: Hold, before: { variant: CardVariant | null; quantity: number }): Promise<void> {
    const limit = this.problem?.params.limit;
    if (typeof limit === 'number' && limit >= this.quantity && this.problem?.code === 'sales.limit_reached') {
      this.hold = null;
      await this.api.sales.releaseHold(old.id).catch(() => undefined);
      await this.takeHold();
      return;
    }
    this.variant = before.variant;
    this.quantity = before.quantity;
    this.set('ready');
    if (this.problem) this.emit('stayed', this.problem);
  }

  async again(): Promise<void> {
    this.hold = null;
    await this.takeHold();
  }

  close(): void {
    this.attempt += 1;
    window.clearTimeout(this.expiryTimer);
    const open = this.step === 'ready' || this.step === 'failed' || this.step === 'refused';
    // What was in the cart before the sheet opened stays there.
    if (this.hold && open && this.hold.id !== this.borrowed) this.release(this.hold);
    this.leave();
  }

  /** Into the cart: the hold goes on, and with it its time. */
  keep(): void {
    const { hold } = this;
    if (!hold || this.busy || this.step !== 'ready') return;
    window.clearTimeout(this.expiryTimer);
    this.leave();
    cartCount.changed(this.api);
    this.emit('kept', hold);
  }

  private leave(): void {
    this.hold = null;
    this.set('closed');
    this.payment.leave();
  }

  /** Milliseconds until the price and the piece are no longer ours. */
  get leftMs(): number {
    return this.hold ? Date.parse(this.hold.expires_at) - (this.now() + this.offsetMs) : 0;
  }

  private release(hold: Hold): void {
    // Not told to the person: a hold that cannot be given back ends by itself.
    void this.api.sales
      .releaseHold(hold.id)
      .catch(() => undefined)
      .then(() => cartCount.changed(this.api));
  }

  private async takeHold(): Promise<void> {
    const { card, variant, context } = this;
    if (!card || !variant || !context) return;
    const attempt = ++this.attempt;
    this.problem = null;
    this.payment.reset();
    this.set('holding');
    const key = newIdempotencyKey();
    try {
      const hold = await repeating(() =>
        this.api.sales.hold(
          {
            show_id: context.showId,
            item_id: card.id,
            variant_id: variant.id,
            quantity: this.quantity,
            source: context.source,
            opened_at_ms: Math.round(this.openedAtMs),
            price_seen_minor: variant.price_minor,
            ...(context.mediaAtMs === null ? {} : { media_at_ms: Math.round(context.mediaAtMs) }),
          },
          key,
        ),
      );
      if (attempt !== this.attempt) {
        this.release(hold);
        return;
      }
      this.accept(hold);
    } catch (error) {
      if (attempt !== this.attempt) return;
      this.problem = asProblem(error);
      this.learnPrice(variant, this.problem);
      this.set('refused');
    }
  }

  /** Refused for its price: the next tap says yes to the new one, which the refusal names. */
  private learnPrice(variant: CardVariant, problem: Problem): void {
    const price = problem.params.price_minor;
    if (problem.code !== 'sales.price_changed' || typeof price !== 'number' || this.variant?.id !== variant.id) return;
    this.priceBeforeMinor = variant.price_minor;
    this.variant = { ...variant, price_minor: price };
  }

  private accept(hold: Hold): void {
    this.hold = hold;
    this.offsetMs = hold.server_ms - this.now();
    this.armExpiry(hold.id);
    this.set('ready');
    void this.refreshBill(this.buyer.country);
    void this.seeOffer();
  }

  /** Whether it can be had regularly; a sheet without that line is whole too. */
  private async seeOffer(): Promise<void> {
    const { card } = this;
    if (!card || this.offer?.product_id === card.product_id) return;
    this.offer = null;
    this.offer = await this.api.subscriptions.offer(card.product_id).catch(() => null);
    this.changed();
  }

  /** Shipping, tax and what is taken off depend on where it goes and on the codes typed. */
  async refreshBill(country: string): Promise<void> {
    const { hold } = this;
    if (!hold || !country) return;
    try {
      const bill = await this.api.cart.price({ holdIds: [hold.id], country });
      if (this.hold?.id !== hold.id) return;
      this.bill = bill;
      this.changed();
    } catch {
      // The hold's own totals stay; the checkout's are what counts.
    }
  }

  async useCodes(codes: readonly string[], country: string): Promise<void> {
    try {
      await this.api.cart.choose({ codes: [...codes] });
      await this.refreshBill(country);
    } catch (error) {
      this.problem = asProblem(error);
      this.changed();
    }
  }

  private armExpiry(holdId: string): void {
    window.clearTimeout(this.expiryTimer);
    if (this.wanted) return;
    this.expiryTimer = window.setTimeout(() => this.expire(holdId), Math.max(0, this.leftMs));
  }

  /** The shelf moved on: what is left and what it costs now; the price of the hold stays. */
  see(card: Card): void {
    if (this.step === 'closed' || this.card?.id !== card.id || this.card === card) return;
    this.card = card;
    this.variant = card.variants.find((one) => one.id === this.variant?.id) ?? this.variant;
  }

  /** Follows a checkout that began in a tab that is gone, or before this page was loaded again. */
  async resume(checkoutId: string, showId: string, cardOf: (itemId: string) => Card | undefined): Promise<void> {
    this.context = { showId, source: 'live', mediaAtMs: null };
    const own = await this.api.sales.holds();
    const hold = own.items.find((one) => one.show_id === showId && (one.state === 'held' || one.state === 'wanted'));
    const card = hold?.item_id ? cardOf(hold.item_id) : undefined;
    if (hold && card) {
      this.card = card;
      this.variant = card.variants.find((one) => one.id === hold.variant_id) ?? null;
      this.quantity = hold.quantity;
      this.hold = hold;
      this.offsetMs = hold.server_ms - this.now();
      this.armExpiry(hold.id);
    }
    await this.payment.resume(checkoutId);
  }

  private expire(holdId: string): void {
    if (this.hold?.id !== holdId || this.busy || this.step === 'paid' || this.step === 'closed') return;
    this.priceBeforeMinor = this.hold.price.amount_minor;
    this.hold = null;
    cartCount.changed(this.api);
    this.set('expired');
  }

  expiredByServer(): void {
    if (this.hold && !this.wanted && this.leftMs < 2000) this.expire(this.hold.id);
  }

  /** Tap two. */
  async pay(method: PaymentChoice, to: PayTo): Promise<void> {
    const { hold } = this;
    if (!hold || this.busy) return;
    const total = this.bill?.presentment?.amount_minor;
    await this.payment.pay(
      {
        holdIds: [hold.id],
        codes: this.bill?.choice.codes ?? [],
        ...(total === undefined ? {} : { totalMinor: total }),
      },
      method,
      to,
    );
  }

  private followPayment(): void {
    const { step } = this.payment;
    if (step === 'idle' || step === 'failed') return;
    this.set(step);
  }

  private payFailed(problem: Problem, until: string | null | undefined): void {
    this.problem = problem;
    // The server says how long the piece stays ours for another try; without an answer it is free again.
    if (this.hold && until !== undefined) this.hold = until ? { ...this.hold, expires_at: until } : null;
    if (this.hold) this.armExpiry(this.hold.id);
    this.set('failed');
    // A refused payment can be tried again for what it was; only what never became one is priced anew.
    if (!this.checkout) void this.refreshBill(this.buyer.country);
    if (this.hold && !this.wanted && this.leftMs <= 0 && !problem.unanswered) this.expire(this.hold.id);
  }

  private set(step: BuyStep): void {
    this.step = step;
    this.changed();
  }

  private changed(): void {
    this.emit('change', undefined);
  }
}
