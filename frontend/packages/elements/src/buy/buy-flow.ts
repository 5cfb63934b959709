/**
 * Buying in two taps: tap one holds (price frozen), tap two pays. Owns every state between them, the idempotency keys and
 * the countdown's instant; draws nothing.
 */
import {
  type Address,
  type AddressInput,
  type ApiClient,
  asProblem,
  type Card,
  type CardVariant,
  type Checkout,
  type Hold,
  newIdempotencyKey,
  type PaymentChoice,
  type PaymentMethods,
  Problem,
  type Quote,
  type Source,
} from '@shopcast/api-client';
import { Emitter } from '@shopcast/room-client';
import { awaitReturn } from './checkout-return.ts';

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

export interface Buyer {
  email: string;
  address: AddressInput;
}

export interface BuyContext {
  showId: string;
  source: Source;
  mediaAtMs: number | null;
}

/** A checkout that this page begins comes back to this page. */
function ownPath(): string {
  return location.pathname;
}

interface BuyEvents {
  change: undefined;
  paid: Checkout;
}

/** A provider's second step or a slow capture is asked after this often, for this long; then the order page takes over. */
const POLL_EVERY_MS = 1500;
const MAX_POLLS = 120;
/** An answer that did not come may be asked for again under the same key, this often. */
const MAX_REPEATS = 2;

export class BuyFlow extends Emitter<BuyEvents> {
  step: BuyStep = 'closed';
  card: Card | null = null;
  variant: CardVariant | null = null;
  quantity = 1;
  /** What this piece cost when the shopper last looked, if that is no longer so. */
  priceBeforeMinor: number | null = null;
  hold: Hold | null = null;
  quote: Quote | null = null;
  checkout: Checkout | null = null;
  problem: Problem | null = null;
  methods: PaymentMethods | null = null;
  addresses: readonly Address[] | null = null;
  signedIn = false;
  /** Where a guest's parcel goes, as far as the form says; the total shown is always for the country shown. */
  guestCountry = '';
  email = '';
  /** Server clock minus ours, learnt from the hold. */
  private offsetMs = 0;
  private openedAtMs = 0;
  private context: BuyContext | null = null;
  private attempt = 0;
  private expiryTimer = 0;
  private payKey = '';
  private pollTimer = 0;
  private stopAwaiting: (() => void) | null = null;

  constructor(
    private readonly api: ApiClient,
    private readonly now: () => number = () => Date.now(),
  ) {
    super();
  }

  /** Address, card and name are fetched before anybody taps, so that tap one shows them at once. */
  async prepare(): Promise<void> {
    const [me, methods] = await Promise.allSettled([this.api.accounts.me(), this.api.sales.paymentMethods()]);
    if (methods.status === 'fulfilled') this.methods = methods.value;
    if (me.status === 'fulfilled' && me.value.person) {
      this.signedIn = true;
      this.email = me.value.person.email;
      const list = await this.api.accounts.addresses().catch(() => null);
      this.addresses = list?.items ?? null;
    }
    this.changed();
  }

  get defaultAddress(): Address | null {
    return this.addresses?.find((one) => one.is_default) ?? this.addresses?.[0] ?? null;
  }

  /** The server refused nothing and took our money, or may have: closing must not lose sight of it. */
  get busy(): boolean {
    return this.step === 'paying' || this.step === 'processing' || this.step === 'needs_action';
  }

  /** Tap one. */
  open(card: Card, context: BuyContext, preferred?: CardVariant): Promise<void> {
    this.card = card;
    this.context = context;
    this.openedAtMs = this.now();
    this.quantity = 1;
    this.hold = null;
    this.quote = null;
    this.checkout = null;
    this.priceBeforeMinor = null;
    this.variant = preferred ?? card.variants.find((one) => one.left > 0) ?? card.variants[0] ?? null;
    void (this.methods === null && this.prepare());
    return this.takeHold();
  }

  /** Another variant or quantity: a new hold first, then the old one goes back. */
  async change(variant: CardVariant, quantity: number): Promise<void> {
    if (this.busy) return;
    const old = this.hold;
    this.variant = variant;
    this.quantity = quantity;
    this.priceBeforeMinor = null;
    await this.takeHold();
    if (old && this.hold?.id !== old.id) this.release(old);
  }

  async again(): Promise<void> {
    this.hold = null;
    await this.takeHold();
  }

  close(): void {
    this.attempt += 1;
    window.clearTimeout(this.expiryTimer);
    if (this.hold && (this.step === 'ready' || this.step === 'failed' || this.step === 'refused'))
      this.release(this.hold);
    this.hold = null;
    this.leave();
    this.set('closed');
  }

  /** Milliseconds until the price and the piece are no longer ours. */
  get leftMs(): number {
    return this.hold ? Date.parse(this.hold.expires_at) - (this.now() + this.offsetMs) : 0;
  }

  private release(hold: Hold): void {
    // Not told to the person: a hold that cannot be given back ends by itself.
    void this.api.sales.releaseHold(hold.id).catch(() => undefined);
  }

  private async takeHold(): Promise<void> {
    const { card, variant, context } = this;
    if (!card || !variant || !context) return;
    const attempt = ++this.attempt;
    this.problem = null;
    this.checkout = null;
    this.set('holding');
    const key = newIdempotencyKey();
    try {
      const hold = await this.repeating(() =>
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
    this.payKey = newIdempotencyKey();
    this.armExpiry(hold.id);
    this.set('ready');
    void this.refreshQuote(this.defaultAddress?.country ?? this.guestCountry);
  }

  /** Shipping and tax depend on where it goes. */
  async refreshQuote(country: string): Promise<void> {
    const { hold, variant } = this;
    if (!hold || !variant || !country) return;
    try {
      const quote = await this.api.sales.quote({ variant_id: variant.id, quantity: this.quantity, country });
      if (this.hold?.id !== hold.id) return;
      this.quote = quote;
      this.changed();
    } catch {
      // The hold's own totals stay; the checkout's are what counts.
    }
  }

  private armExpiry(holdId: string): void {
    window.clearTimeout(this.expiryTimer);
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
    const checkout = await this.api.sales.checkoutState(checkoutId);
    this.context = { showId, source: 'live', mediaAtMs: null };
    if (checkout.state === 'failed') {
      const own = await this.api.sales.holds();
      const hold = own.items.find((one) => one.show_id === showId && one.state === 'held');
      const card = hold?.item_id ? cardOf(hold.item_id) : undefined;
      if (hold && card) {
        this.card = card;
        this.variant = card.variants.find((one) => one.id === hold.variant_id) ?? null;
        this.quantity = hold.quantity;
        this.hold = hold;
        this.offsetMs = hold.server_ms - this.now();
        this.payKey = newIdempotencyKey();
        this.armExpiry(hold.id);
      }
    }
    this.follow(checkout);
  }

  private expire(holdId: string): void {
    if (this.hold?.id !== holdId || this.busy || this.step === 'paid') return;
    this.priceBeforeMinor = this.hold.price.amount_minor;
    this.hold = null;
    this.set('expired');
  }

  expiredByServer(): void {
    if (this.hold && this.leftMs < 2000) this.expire(this.hold.id);
  }

  /** Tap two. */
  async pay(method: PaymentChoice, buyer: Partial<Buyer> & { addressId?: string }): Promise<void> {
    const { hold } = this;
    if (!hold || this.busy) return;
    this.problem = null;
    this.set('paying');
    try {
      const checkout = await this.repeating(() => this.sendPayment(hold, method, buyer));
      this.follow(checkout);
    } catch (error) {
      this.payFailed(asProblem(error));
    }
  }

  private sendPayment(hold: Hold, method: PaymentChoice, buyer: Partial<Buyer> & { addressId?: string }) {
    if (this.checkout && this.checkout.state === 'failed') {
      return this.api.sales.retryCheckout(this.checkout.checkout_id, method, this.payKey);
    }
    return this.api.sales.checkout(
      {
        hold_ids: [hold.id],
        payment_method: method,
        return_path: ownPath(),
        ...(buyer.email ? { email: buyer.email } : {}),
        ...(buyer.addressId ? { address_id: buyer.addressId } : buyer.address ? { address: buyer.address } : {}),
      },
      this.payKey,
    );
  }

  private payFailed(problem: Problem): void {
    this.problem = problem;
    // The same key again when nobody knows what happened; a new one after a refusal.
    if (!problem.unanswered) this.payKey = newIdempotencyKey();
    const { hold, checkout } = this;
    if (hold && checkout?.state === 'failed') {
      // The server says how long the piece stays ours for another try; without an answer it is free again.
      this.hold = checkout.holds_until ? { ...hold, expires_at: checkout.holds_until } : null;
    }
    if (this.hold) this.armExpiry(this.hold.id);
    this.set('failed');
    if (this.hold && this.leftMs <= 0 && !problem.unanswered) this.expire(this.hold.id);
  }

  /** While a provider asks for more, the shopper is in another tab: its return is heard at once, not at the next poll. */
  private await(): void {
    this.stopAwaiting ??= awaitReturn(
      (id) => this.checkout?.checkout_id === id && this.busy,
      () => {
        window.clearTimeout(this.pollTimer);
        if (this.checkout) void this.poll(this.checkout.checkout_id, 0);
        window.focus();
      },
    );
  }

  private leave(): void {
    window.clearTimeout(this.pollTimer);
    this.stopAwaiting?.();
    this.stopAwaiting = null;
  }

  private follow(checkout: Checkout, polls = 0): void {
    this.checkout = checkout;
    if (checkout.state === 'paid') {
      window.clearTimeout(this.expiryTimer);
      this.leave();
      this.set('paid');
      this.emit('paid', checkout);
      return;
    }
    if (checkout.state === 'failed') {
      this.leave();
      const { failure } = checkout;
      this.payFailed(new Problem(failure?.code ?? 'failed', 402, failure?.message ?? ''));
      return;
    }
    if (checkout.state === 'needs_action') this.await();
    this.set(checkout.state);
    if (polls < MAX_POLLS)
      this.pollTimer = window.setTimeout(() => void this.poll(checkout.checkout_id, polls + 1), POLL_EVERY_MS);
  }

  private async poll(checkoutId: string, polls: number): Promise<void> {
    if (this.checkout?.checkout_id !== checkoutId || !this.busy) return;
    try {
      this.follow(await this.api.sales.checkoutState(checkoutId), polls);
    } catch {
      if (this.checkout) this.follow(this.checkout, polls);
    }
  }

  private async repeating<Result>(send: () => Promise<Result>): Promise<Result> {
    for (let repeat = 0; ; repeat += 1) {
      try {
        return await send();
      } catch (error) {
        if (!asProblem(error).unanswered || repeat >= MAX_REPEATS) throw error;
      }
    }
  }

  private set(step: BuyStep): void {
    this.step = step;
    this.changed();
  }

  private changed(): void {
    this.emit('change', undefined);
  }
}
