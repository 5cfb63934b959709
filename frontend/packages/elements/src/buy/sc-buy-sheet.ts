/** The sheet over the running picture: variant, quantity, where to, how to pay, total, pay; then what became of it. */
import type { CardVariant } from '@shopcast/api-client';
import { countdown, formatMoney, type Money, t } from '@shopcast/format';
import { formStyles, LocalisedElement, sharedStyles } from '@shopcast/ui';
import { html, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { cardPartStyles, picture } from '../show/card-parts.ts';
import { ask, type KeepDetail } from '../show/events.ts';
import { buyStyles } from './buy.styles.ts';
import type { BuyFlow } from './buy-flow.ts';
import './messages.ts';
import './sc-codes.ts';
import type { CodesDetail } from './sc-codes.ts';
import './sc-pay-form.ts';
import { ending, endingStyles, ordersEnding, secondStep } from './endings.ts';
import { giftWords } from './gifts.ts';
import type { CountryDetail, PayDetail, ScPayForm } from './sc-pay-form.ts';
import { sumNotes, sumRows, sumStyles } from './sums.ts';
import { variantByOptions } from './variants.ts';

/** A single sale in a show; more is a matter for the seller. */
const MAX_QUANTITY = 20;

@customElement('sc-buy-sheet')
export class ScBuySheet extends LocalisedElement {
  @property({ attribute: false }) flow!: BuyFlow;
  @query('sc-pay-form') private readonly payForm_!: ScPayForm | null;
  private timer = 0;
  private stop: (() => void) | undefined;
  private stepBefore = '';

  static override styles = [sharedStyles, formStyles, cardPartStyles, sumStyles, endingStyles, buyStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.stop = this.flow.on('change', () => this.requestUpdate());
    this.timer = window.setInterval(() => {
      if (this.flow.hold && !this.flow.wanted) this.requestUpdate();
    }, 500);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop?.();
    window.clearInterval(this.timer);
  }

  /** When everything is chosen already, the second tap of a keyboard is Enter. */
  override updated(): void {
    const { step } = this.flow;
    if (step === this.stepBefore) return;
    const opened = this.stepBefore === 'holding' && step === 'ready';
    this.stepBefore = step;
    if (!opened) return;
    const inside = this.shadowRoot?.activeElement;
    if (inside && inside.localName !== 'sc-sheet') return;
    void this.updateComplete.then(() => this.payForm_?.focusPay());
  }

  private choose(variant: CardVariant | null, quantity: number): void {
    if (variant)
      void this.flow.change(
        variant,
        Math.min(Math.max(1, quantity), Math.min(MAX_QUANTITY, Math.max(1, variant.left))),
      );
  }

  private askFor(kind: KeepDetail['kind']): void {
    const { card, variant } = this.flow;
    if (!card) return;
    this.flow.close();
    ask<KeepDetail>(this, 'sc-keep', { kind, card, variant, offer: this.flow.offer });
  }

  private head() {
    const { card, variant, hold } = this.flow;
    if (!card) return nothing;
    const now = hold?.price ?? { amount_minor: variant?.price_minor ?? card.price_minor, currency: card.currency };
    const before = this.flow.priceBeforeMinor;
    return html`<div class="head">
      ${picture(card)}
      <div class="text">
        <strong>${card.title}</strong>
        <span class="price"><sc-money minor=${now.amount_minor} currency=${now.currency}></sc-money></span>
        ${
          before !== null && now.amount_minor !== before
            ? html`<span class="note">${t('buy.price_changed', { from: formatMoney({ ...now, amount_minor: before }) })}</span>`
            : nothing
        }
        ${card.claim ? html`<span class="small soft">${card.claim}</span>` : nothing}
      </div>
    </div>`;
  }

  private options() {
    const { card, variant } = this.flow;
    if (!card || card.variants.length < 2) return nothing;
    const names = card.options.length > 0 ? card.options : [t('buy.variant')];
    return names.map((name, index) => {
      const values = [...new Set(card.variants.map((one) => one.options[index] ?? one.title))];
      if (values.length < 2) return nothing;
      return html`<fieldset class="options" ?disabled=${this.flow.busy}>
        <legend>${name}</legend>
        <div class="chips">${values.map((value) => this.option(index, value, variant))}</div>
      </fieldset>`;
    });
  }

  private option(index: number, value: string, chosen: CardVariant | null) {
    const { card } = this.flow;
    const target = card ? variantByOptions(card.variants, chosen, index, value) : null;
    const active = (chosen?.options[index] ?? chosen?.title) === value;
    const gone = !target || target.left <= 0;
    return html`<button
      type="button"
      class="chip"
      aria-pressed=${active ? 'true' : 'false'}
      ?disabled=${gone && !active}
      @click=${() => {
        if (!active) this.choose(target, this.flow.quantity);
      }}
    >
      ${value}${gone ? html`<span class="hidden-text">, ${t('card.sold_out')}</span>` : nothing}
    </button>`;
  }

  private quantity() {
    const { quantity, variant } = this.flow;
    // What we hold ourselves is not in "left" any more.
    const most = Math.min(MAX_QUANTITY, (variant?.left ?? 0) + (this.flow.hold?.quantity ?? 0));
    return html`<div class="quantity" role="group" aria-label=${t('buy.quantity')}>
      <span>${t('buy.quantity')}</span>
      <sc-button
        icon="minus"
        label=${t('buy.less')}
        ?disabled=${quantity <= 1 || this.flow.busy}
        @click=${() => this.choose(variant, quantity - 1)}
      ></sc-button>
      <output class="figures" aria-live="polite">${quantity}</output>
      <sc-button
        icon="plus"
        label=${t('buy.more')}
        ?disabled=${quantity >= most || this.flow.busy}
        @click=${() => this.choose(variant, quantity + 1)}
      ></sc-button>
    </div>`;
  }

  private get country(): string {
    return this.flow.buyer.country;
  }

  private sums() {
    const { bill, hold } = this.flow;
    const part = bill?.sellers[0];
    const totals = part?.totals ?? bill?.totals ?? hold?.totals ?? null;
    if (!totals) return hold ? nothing : html`<sc-skeleton class="sums"></sc-skeleton>`;
    return html`${sumRows(totals, bill?.adjustments)}
      ${
        bill?.presentment && bill.presentment.currency !== totals.items.currency
          ? html`<p class="small soft">${t('sums.charged', { amount: formatMoney(bill.presentment) })}</p>`
          : nothing
      }
      ${this.gifts()} ${sumNotes(totals, { from: part?.delivery_from ?? null, to: part?.delivery_to ?? null })}
      ${this.shipsNot ? html`<p class="form-error" role="alert">${t('buy.no_shipping')}</p>` : nothing}
      <sc-codes
        .codes=${bill?.codes ?? []}
        .best=${bill?.best_coupon ?? null}
        @sc-codes=${(event: CustomEvent<CodesDetail>) => void this.flow.useCodes(event.detail.codes, this.country)}
      ></sc-codes>`;
  }

  private gifts() {
    const gifts = this.flow.bill?.gifts ?? [];
    return gifts.map((one) => html`<p class="gift small"><sc-icon name="gift"></sc-icon>${giftWords(one)}</p>`);
  }

  private get shipsNot(): boolean {
    const part = this.flow.bill?.sellers[0];
    return part !== undefined && !part.ships;
  }

  private get total(): Money | null {
    const { bill, hold } = this.flow;
    return bill?.presentment ?? hold?.totals?.total ?? null;
  }

  private timeLeft() {
    const { hold, wanted } = this.flow;
    if (!hold) return html`<div class="held soft">${t('buy.holding')}</div>`;
    if (wanted)
      return html`<div class="held soft"><sc-icon name="info"></sc-icon><span>${t('buy.wanted')}</span></div>`;
    return html`<div class="held">
      <sc-icon name="timer"></sc-icon>
      <span>${t('buy.held')}</span>
      <strong class="figures" role="timer" aria-label=${t('buy.time_left')}>${countdown(this.flow.leftMs)}</strong>
    </div>`;
  }

  private payForm() {
    const { step, problem, hold, wanted } = this.flow;
    return html`<div class="form">
        ${this.timeLeft()} ${this.options()} ${this.quantity()}
        <hr />
      </div>
      <sc-pay-form
        .buyer=${this.flow.buyer}
        .problem=${step === 'failed' ? problem : null}
        .total=${this.total}
        ?busy=${this.flow.busy || step === 'holding'}
        ?blocked=${!hold || this.shipsNot}
        retryHint=${hold && !wanted && step === 'failed' ? t('buy.failed.held', { time: countdown(this.flow.leftMs) }) : ''}
        @sc-pay=${(event: CustomEvent<PayDetail>) => void this.flow.pay(event.detail.method, event.detail.to)}
        @sc-country=${(event: CustomEvent<CountryDetail>) => void this.flow.refreshBill(event.detail.country)}
      >
        <div class="form">${this.sums()}</div>
        <sc-button slot="beside" variant="quiet" icon="shopping-cart" ?disabled=${!hold || step !== 'ready'} @click=${() => this.flow.keep()}
          >${t('buy.keep')}</sc-button
        >
      </sc-pay-form>
      ${this.offers()}`;
  }

  /** Other ways to get it: at a price of one's own, or regularly. */
  private offers() {
    const { card } = this.flow;
    if (!card) return nothing;
    return html`<div class="offers">
      <sc-button variant="quiet" size="s" icon="bell" @click=${() => this.askFor('standing')}>${t('buy.standing')}</sc-button>
      ${
        this.flow.offer
          ? html`<sc-button variant="quiet" size="s" icon="repeat" @click=${() => this.askFor('subscription')}>${t('buy.subscribe')}</sc-button>`
          : nothing
      }
    </div>`;
  }

  private paid() {
    const { checkout, buyer } = this.flow;
    const to = buyer.signedIn ? buyer.email : (this.payForm_?.guestEmail ?? '');
    return ordersEnding(checkout, to, () => this.flow.close());
  }

  private refused() {
    const { problem, card } = this.flow;
    const soldOut = problem?.code === 'sales.sold_out';
    const priceChanged = problem?.code === 'sales.price_changed';
    const others = card?.variants.filter((one) => one.left > 0 && one.id !== this.flow.variant?.id) ?? [];
    const text = problem?.unanswered ? t('buy.offline') : problem?.message || t('buy.hold_failed');
    return html`${soldOut && others.length > 0 ? this.options() : nothing}
    ${ending(
      soldOut ? 'shopping-bag' : problem?.unanswered ? 'wifi-off' : 'info',
      'problem',
      soldOut ? t('buy.sold_out') : priceChanged ? t('buy.new_price') : t('buy.not_held'),
      text,
      soldOut
        ? html`<sc-button @click=${() => this.flow.close()}>${t('buy.keep_watching')}</sc-button>`
        : problem?.code === 'sales.restricted'
          ? html`<sc-button variant="primary" href="/restrictions">${t('buy.restricted.why')}</sc-button>`
          : priceChanged
            ? this.holdAgain()
            : html`<sc-button variant="primary" icon="refresh-cw" @click=${() => this.flow.again()}>${t('action.retry')}</sc-button>`,
    )}`;
  }

  /** Not paid, and the piece is on the shelf again. */
  private failedForGood() {
    const { problem, card } = this.flow;
    return ending(
      'credit-card',
      'problem',
      t('buy.not_paid'),
      `${problem?.message || t('buy.failed')} ${t('buy.not_paid.next')}`,
      card
        ? this.holdAgain()
        : html`<sc-button variant="primary" @click=${() => this.flow.close()}>${t('buy.keep_watching')}</sc-button>`,
    );
  }

  private expired() {
    return ending('hourglass', '', t('buy.expired'), t('buy.expired.next'), this.holdAgain());
  }

  /** Says yes to the price on the button, which is today's. */
  private holdAgain() {
    const { card, variant } = this.flow;
    if (!card || !variant) return nothing;
    const price = formatMoney({ amount_minor: variant.price_minor, currency: card.currency });
    return html`<sc-button variant="primary" @click=${() => this.flow.again()}>${t('buy.hold_at', { price })}</sc-button>`;
  }

  private body() {
    switch (this.flow.step) {
      case 'paid':
        return this.paid();
      case 'needs_action':
        return secondStep(this.flow.checkout?.next_action_url ?? '');
      case 'refused':
        return this.refused();
      case 'expired':
        return this.expired();
      case 'processing':
        return ending('hourglass', '', t('buy.processing'), t('buy.processing.next'), nothing);
      case 'failed':
        return this.flow.hold ? this.payForm() : this.failedForGood();
      default:
        return this.payForm();
    }
  }

  override render() {
    const { step } = this.flow;
    return html`<sc-sheet
      placement="side"
      heading=${step === 'paid' ? t('buy.thanks') : t('buy.heading')}
      ?open=${step !== 'closed'}
      @sc-close=${() => this.flow.close()}
      >${step === 'closed' ? nothing : html`${this.head()} ${this.body()}`}</sc-sheet
    >`;
  }
}
