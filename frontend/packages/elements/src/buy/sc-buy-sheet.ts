/** The sheet over the running picture: variant, quantity, where to, how to pay, total, pay; then what became of it. */
import type { AddressInput, CardVariant, PaymentChoice } from '@shopcast/api-client';
import { countdown, day, formatMoney, language, type Money, t } from '@shopcast/format';
import { checkForm, formStyles, LocalisedElement, sharedStyles } from '@shopcast/ui';
import { html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import './messages.ts';
import { cardPartStyles, picture } from '../show/card-parts.ts';
import { addressFields, EMPTY_ADDRESS, readAddress } from './address-fields.ts';
import { buyStyles } from './buy.styles.ts';
import type { BuyFlow } from './buy-flow.ts';
import { countryName, likelyCountry } from './countries.ts';
import { guestDetails, rememberGuest } from './guest.ts';
import { variantByOptions } from './variants.ts';

/** A single sale in a show; more is a matter for the seller. */
const MAX_QUANTITY = 20;

// The link in the mail names the shop's public address; here the visitor stays where their session is.
function ownPath(url: string | null | undefined): string | undefined {
  if (!url) return undefined;
  const { pathname, search } = new URL(url, location.href);
  return pathname + search;
}

@customElement('sc-buy-sheet')
export class ScBuySheet extends LocalisedElement {
  @property({ attribute: false }) flow!: BuyFlow;
  @state() private addressId = '';
  @state() private method = '';
  @state() private save = false;
  @state() private guest = guestDetails();
  @query('form') private readonly form!: HTMLFormElement | null;
  private timer = 0;
  private stop: (() => void) | undefined;
  private stepBefore = '';

  static override styles = [sharedStyles, formStyles, cardPartStyles, buyStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.flow.guestCountry = this.guest.address.country || likelyCountry(navigator.languages);
    this.stop = this.flow?.on('change', () => this.requestUpdate());
    this.timer = window.setInterval(() => {
      if (this.flow?.hold) this.requestUpdate();
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
    if (!opened || !this.knownAddress) return;
    const inside = this.shadowRoot?.activeElement;
    if (inside && inside.localName !== 'sc-sheet') return;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('.pay sc-button')?.focus());
  }

  private get chosenMethod(): string {
    const { methods } = this.flow;
    if (this.method) return this.method;
    const saved = methods?.saved[0];
    return saved ? `saved:${saved.id}` : `new:${methods?.offered[0]?.token ?? ''}`;
  }

  private paymentChoice(): PaymentChoice {
    const [kind, ...rest] = this.chosenMethod.split(':');
    const value = rest.join(':');
    return kind === 'saved' ? { saved_id: value } : { token: value, save: this.flow.signedIn && this.save };
  }

  private get knownAddress() {
    const { addresses } = this.flow;
    if (this.addressId === 'new') return null;
    return addresses?.find((one) => one.id === this.addressId) ?? this.flow.defaultAddress;
  }

  private readonly onPay = (event: Event): void => {
    event.preventDefault();
    const known = this.knownAddress;
    if (known) {
      void this.flow.pay(this.paymentChoice(), { addressId: known.id });
      return;
    }
    const form = this.form;
    if (!form || !checkForm(form)) return;
    const address = readAddress(form);
    const email = this.flow.signedIn ? undefined : String(new FormData(form).get('email') ?? '').trim();
    this.guest = { email: email ?? '', address };
    if (!this.flow.signedIn) rememberGuest(this.guest);
    void this.flow.pay(this.paymentChoice(), { address, ...(email ? { email } : {}) });
  };

  private choose(variant: CardVariant | null, quantity: number): void {
    if (variant)
      void this.flow.change(
        variant,
        Math.min(Math.max(1, quantity), Math.min(MAX_QUANTITY, Math.max(1, variant.left))),
      );
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

  private where() {
    const { addresses, signedIn } = this.flow;
    const known = this.knownAddress;
    if (known) {
      return html`<div class="fact">
        <sc-icon name="map-pin"></sc-icon>
        <div class="grow">
          <span class="hidden-text">${t('buy.deliver_to')}</span>
          <strong>${known.name}</strong><br /><span class="soft"
            >${known.line1}, ${known.postal_code} ${known.city}, ${countryName(known.country)}</span
          >
        </div>
        <select
          aria-label=${t('buy.other_address')}
          @change=${(event: Event) => {
            this.addressId = (event.target as HTMLSelectElement).value;
            void this.flow.refreshQuote(this.knownAddress?.country ?? '');
          }}
        >
          ${addresses?.map((one) => html`<option value=${one.id} ?selected=${one.id === known.id}>${one.name}, ${one.city}</option>`)}
          <option value="new">${t('buy.new_address')}</option>
        </select>
      </div>`;
    }
    const start: AddressInput = {
      ...EMPTY_ADDRESS,
      ...this.guest.address,
      country: this.flow.guestCountry,
    };
    return html`<div class="form" @change=${this.onFormChange}>
      ${
        signedIn
          ? nothing
          : html`<sc-field
              name="email"
              type="email"
              label=${t('field.email')}
              hint=${t('buy.email.hint')}
              autocomplete="email"
              inputmode="email"
              required
              maxlength="254"
              value=${this.guest.email}
            ></sc-field>`
      }
      ${addressFields(start, this.fieldErrors(), true)}
    </div>`;
  }

  private readonly onFormChange = (event: Event): void => {
    this.keepTyped();
    const field = event.target as HTMLSelectElement;
    if (field.name !== 'country') return;
    this.flow.guestCountry = field.value;
    void this.flow.refreshQuote(field.value);
  };

  /** A sheet swiped away by a slip opens again with what was typed. */
  private keepTyped(): void {
    const form = this.form;
    if (!form) return;
    const email = String(new FormData(form).get('email') ?? '').trim();
    this.guest = { email, address: readAddress(form) };
    if (!this.flow.signedIn) rememberGuest(this.guest);
  }

  private fieldErrors(): Record<string, string> {
    const { problem } = this.flow;
    const field =
      String(problem?.params.field ?? '')
        .split('.')
        .at(-1) ?? '';
    return problem?.code === 'invalid_input' && field ? { [field]: problem.message } : {};
  }

  private how() {
    const { methods, signedIn } = this.flow;
    if (!methods) return html`<sc-skeleton class="line"></sc-skeleton>`;
    const label = (one: { label_en: string; label_zh: string }) => (language() === 'zh' ? one.label_zh : one.label_en);
    return html`<div class="fact">
        <sc-icon name="credit-card"></sc-icon>
        <label class="grow" for="method"
          ><strong>${t('buy.pay_with')}</strong>${
            methods.provider === 'test'
              ? html`<br /><span class="soft small">${t('buy.test_provider')}</span>`
              : nothing
          }</label
        >
        <select
          id="method"
          @change=${(event: Event) => {
            this.method = (event.target as HTMLSelectElement).value;
          }}
        >
          ${methods.saved.map(
            (one) =>
              html`<option value=${`saved:${one.id}`} ?selected=${this.chosenMethod === `saved:${one.id}`}>${one.label}</option>`,
          )}
          ${methods.offered.map(
            (one) =>
              html`<option value=${`new:${one.token}`} ?selected=${this.chosenMethod === `new:${one.token}`}>${label(one)}</option>`,
          )}
        </select>
      </div>
      ${
        signedIn && this.chosenMethod.startsWith('new:')
          ? html`<label class="checkbox"
              ><input
                type="checkbox"
                .checked=${this.save}
                @change=${(event: Event) => {
                  this.save = (event.target as HTMLInputElement).checked;
                }}
              />${t('buy.save_card')}</label
            >`
          : nothing
      }`;
  }

  private sums() {
    const { quote, hold, checkout } = this.flow;
    const totals = checkout?.state === 'failed' ? checkout.totals : (quote ?? hold?.totals ?? null);
    if (!totals) return hold ? nothing : html`<sc-skeleton class="sums"></sc-skeleton>`;
    const row = (label: string, money: Money | null, strong = false) =>
      money === null
        ? nothing
        : html`<div class=${strong ? 'total' : ''}>
            <dt>${label}</dt>
            <dd><sc-money plain minor=${money.amount_minor} currency=${money.currency}></sc-money></dd>
          </div>`;
    const known = 'ships' in totals ? totals : null;
    const added = totals.tax_included === false;
    return html`<dl class="sums figures">
        ${row(t('buy.items'), totals.items)} ${row(t('buy.shipping'), totals.shipping)}
        ${added ? row(t('buy.tax_row'), totals.tax) : nothing} ${row(t('buy.total'), totals.total, true)}
      </dl>
      <p class="small soft">
        ${totals.tax && !added ? t('buy.tax', { tax: formatMoney(totals.tax) }) : nothing}
        ${
          known?.delivery_from && known.delivery_to
            ? t('buy.delivery', { from: day(known.delivery_from), to: day(known.delivery_to) })
            : nothing
        }
      </p>
      ${this.shipsNot ? html`<p class="form-error" role="alert">${t('buy.no_shipping')}</p>` : nothing}`;
  }

  private get shipsNot(): boolean {
    const { quote } = this.flow;
    return quote !== null && !quote.ships;
  }

  private get total(): Money | null {
    return this.flow.quote?.total ?? this.flow.hold?.totals?.total ?? null;
  }

  private timeLeft() {
    const { hold } = this.flow;
    if (!hold) return html`<div class="held soft">${t('buy.holding')}</div>`;
    const left = this.flow.leftMs;
    return html`<div class="held">
      <sc-icon name="timer"></sc-icon>
      <span>${t('buy.held')}</span>
      <strong class="figures" role="timer" aria-label=${t('buy.time_left')}>${countdown(left)}</strong>
    </div>`;
  }

  private payForm() {
    const { step, problem, hold } = this.flow;
    const total = this.total;
    const paying = step === 'paying' || step === 'processing';
    return html`<form class="form" novalidate @submit=${this.onPay}>
      ${this.timeLeft()} ${this.options()} ${this.quantity()}
      <hr />
      ${this.where()} ${this.how()}
      <hr />
      ${this.sums()}
      ${problem && step === 'failed' ? this.failure() : nothing}
      <p class="small soft">${t('buy.withdrawal')}</p>
      <div class="pay">
        <sc-button
          variant="primary"
          size="l"
          type="submit"
          ?loading=${paying || step === 'holding'}
          ?disabled=${!hold || this.shipsNot}
          >${total ? t('buy.pay_total', { total: formatMoney(total) }) : t('buy.pay')}</sc-button
        >
      </div>
    </form>`;
  }

  private failure() {
    const { problem } = this.flow;
    if (!problem || Object.keys(this.fieldErrors()).length > 0) return nothing;
    const text = problem.unanswered ? t('buy.unanswered') : problem.message || t('buy.failed');
    return html`<div class="form-error" role="alert">
      <strong>${text}</strong><br />${problem.unanswered ? t('buy.unanswered.next') : t('buy.failed.next')}
    </div>`;
  }

  private ending(icon: string, tone: string, heading: string, text: string, actions: unknown) {
    return html`<div class="ending ${tone}" role="status">
      <span class="seal"><sc-icon name=${icon}></sc-icon></span>
      <h3>${heading}</h3>
      <p>${text}</p>
      <div class="actions">${actions}</div>
    </div>`;
  }

  private paid() {
    const { checkout, email, signedIn } = this.flow;
    const to = signedIn ? email : this.guest.email;
    return this.ending(
      'check',
      'gain',
      t('buy.paid'),
      to ? t('buy.paid.mail', { email: to }) : '',
      html`<sc-button variant="secondary" href=${ownPath(checkout?.order_url) ?? '/orders'}>${t('buy.see_order')}</sc-button>
        <sc-button variant="primary" @click=${() => this.flow.close()}>${t('buy.keep_watching')}</sc-button>`,
    );
  }

  private second() {
    const url = this.flow.checkout?.next_action_url ?? '';
    return this.ending(
      'credit-card',
      '',
      t('buy.second_step'),
      t('buy.second_step.next'),
      html`<a class="second" href=${url} target="_blank" rel="opener">${t('buy.second_step.open')}</a>`,
    );
  }

  private refused() {
    const { problem, card } = this.flow;
    const soldOut = problem?.code === 'sales.sold_out';
    const priceChanged = problem?.code === 'sales.price_changed';
    const others = card?.variants.filter((one) => one.left > 0 && one.id !== this.flow.variant?.id) ?? [];
    const text = problem?.unanswered ? t('buy.offline') : problem?.message || t('buy.hold_failed');
    return html`${soldOut && others.length > 0 ? this.options() : nothing}
    ${this.ending(
      soldOut ? 'shopping-bag' : problem?.unanswered ? 'wifi-off' : 'info',
      'problem',
      soldOut ? t('buy.sold_out') : priceChanged ? t('buy.new_price') : t('buy.not_held'),
      text,
      soldOut
        ? html`<sc-button @click=${() => this.flow.close()}>${t('buy.keep_watching')}</sc-button>`
        : priceChanged
          ? this.holdAgain()
          : html`<sc-button variant="primary" icon="refresh-cw" @click=${() => this.flow.again()}>${t('action.retry')}</sc-button>`,
    )}`;
  }

  /** Not paid, and the piece is on the shelf again. */
  private failedForGood() {
    const { problem, card } = this.flow;
    return this.ending(
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
    return this.ending('hourglass', '', t('buy.expired'), t('buy.expired.next'), this.holdAgain());
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
        return this.second();
      case 'refused':
        return this.refused();
      case 'expired':
        return this.expired();
      case 'processing':
        return this.ending('hourglass', '', t('buy.processing'), t('buy.processing.next'), nothing);
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
