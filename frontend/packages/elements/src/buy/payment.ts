/**
 * Tap two: one payment for one or several holds. Owns the idempotency key, the second step, the waiting, a declined card and
 * the way back from another tab; draws nothing and knows no hold.
 */
import {
  type AddressInput,
  type ApiClient,
  asProblem,
  type Checkout,
  newIdempotencyKey,
  type PaymentChoice,
  Problem,
} from '@shopcast/api-client';
import { Emitter } from '@shopcast/room-client';
import { awaitReturn } from './checkout-return.ts';

export type PayStep = 'idle' | 'paying' | 'needs_action' | 'processing' | 'failed' | 'paid';

export interface PayTo {
  email?: string;
  address?: AddressInput;
  addressId?: string;
  /** Typed by somebody with an account, who wants it there next time. */
  keepAddress?: boolean;
}

export interface Bill {
  holdIds: readonly string[];
  codes?: readonly string[];
  currency?: string;
  /** What the button said: another total is told instead of charged. */
  totalMinor?: number;
}

interface PaymentEvents {
  change: undefined;
  paid: Checkout;
  /** Refused; `until` is how long the pieces stay ours for another try, null when they are gone. */
  failed: { problem: Problem; until: string | null | undefined };
}

/** A provider's second step or a slow capture is asked after this often, for this long; then the order page takes over. */
const POLL_EVERY_MS = 1500;
const MAX_POLLS = 120;
/** An answer that did not come may be asked for again under the same key, this often. */
const MAX_REPEATS = 2;

/** Sends until somebody answers: the key makes a repetition harmless. */
export async function repeating<Result>(send: () => Promise<Result>): Promise<Result> {
  for (let repeat = 0; ; repeat += 1) {
    try {
      return await send();
    } catch (error) {
      if (!asProblem(error).unanswered || repeat >= MAX_REPEATS) throw error;
    }
  }
}

export class Payment extends Emitter<PaymentEvents> {
  step: PayStep = 'idle';
  checkout: Checkout | null = null;
  problem: Problem | null = null;
  /** Where the last attempt was to go. */
  to: PayTo = {};
  private key = newIdempotencyKey();
  private paidFor = '';
  private pollTimer = 0;
  private stopAwaiting: (() => void) | null = null;

  constructor(private readonly api: ApiClient) {
    super();
  }

  /** The server refused nothing and took our money, or may have: closing must not lose sight of it. */
  get busy(): boolean {
    return this.step === 'paying' || this.step === 'processing' || this.step === 'needs_action';
  }

  /** Another intention: other pieces, another key. */
  reset(): void {
    this.leave();
    this.checkout = null;
    this.problem = null;
    this.key = newIdempotencyKey();
    this.set('idle');
  }

  async pay(bill: Bill, method: PaymentChoice, to: PayTo): Promise<void> {
    if (this.busy) return;
    this.problem = null;
    const ids = [...bill.holdIds].sort().join();
    // Other pieces than those that were refused: another checkout.
    if (ids !== this.paidFor) this.checkout = null;
    this.paidFor = ids;
    this.to = to;
    this.set('paying');
    try {
      this.follow(await repeating(() => this.send(bill, method, to)));
    } catch (error) {
      this.fail(asProblem(error), undefined);
    }
  }

  private send(bill: Bill, method: PaymentChoice, to: PayTo): Promise<Checkout> {
    if (this.checkout?.state === 'failed') {
      return this.api.sales.retryCheckout(this.checkout.checkout_id, method, this.key);
    }
    return this.api.sales.checkout(
      {
        hold_ids: [...bill.holdIds],
        payment_method: method,
        // A checkout that this page begins comes back to this page.
        return_path: location.pathname,
        ...(bill.codes?.length ? { codes: [...bill.codes] } : {}),
        ...(bill.currency ? { currency: bill.currency } : {}),
        ...(bill.totalMinor === undefined ? {} : { expected_total_minor: bill.totalMinor }),
        ...(to.email ? { email: to.email } : {}),
        ...(to.addressId ? { address_id: to.addressId } : to.address ? { address: to.address } : {}),
      },
      this.key,
    );
  }

  /** Follows a checkout that began in a tab that is gone, or before this page was loaded again. */
  async resume(checkoutId: string): Promise<Checkout> {
    const checkout = await this.api.sales.checkoutState(checkoutId);
    this.follow(checkout);
    return checkout;
  }

  private fail(problem: Problem, until: string | null | undefined): void {
    this.problem = problem;
    // The same key again when nobody knows what happened; a new one after a refusal.
    if (!problem.unanswered) this.key = newIdempotencyKey();
    this.set('failed');
    this.emit('failed', { problem, until });
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

  leave(): void {
    window.clearTimeout(this.pollTimer);
    this.stopAwaiting?.();
    this.stopAwaiting = null;
  }

  private follow(checkout: Checkout, polls = 0): void {
    this.checkout = checkout;
    // Placed: the orders stand and the money is on its way; nothing more is asked of the shopper.
    if (checkout.state === 'paid' || checkout.state === 'placed') {
      this.leave();
      this.set('paid');
      this.emit('paid', checkout);
      return;
    }
    if (checkout.state === 'failed') {
      this.leave();
      const { failure } = checkout;
      this.fail(new Problem(failure?.code ?? 'failed', 402, failure?.message ?? ''), checkout.holds_until);
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

  private set(step: PayStep): void {
    this.step = step;
    this.emit('change', undefined);
  }
}
