/** Where to, how to pay, and the button: the second tap. The same form in the sheet over the picture and in the cart. */
import type { AddressInput, PaymentChoice, Problem } from '@shopcast/api-client';
import { formatMoney, language, type Money, t } from '@shopcast/format';
import { checkForm, formStyles, LocalisedElement, sharedStyles } from '@shopcast/ui';
import { html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { addressFields, EMPTY_ADDRESS, readAddress } from './address-fields.ts';
import type { Buyer } from './buyer.ts';
import { countryName, likelyCountry } from './countries.ts';
import { guestDetails, rememberGuest } from './guest.ts';
import './messages.ts';
import { payFormStyles } from './pay-form.styles.ts';
import type { PayTo } from './payment.ts';

export interface PayDetail {
  method: PaymentChoice;
  to: PayTo;
}

export interface CountryDetail {
  country: string;
}

@customElement('sc-pay-form')
export class ScPayForm extends LocalisedElement {
  @property({ attribute: false }) buyer!: Buyer;
  @property({ attribute: false }) problem: Problem | null = null;
  @property({ attribute: false }) total: Money | null = null;
  @property({ type: Boolean }) busy = false;
  @property({ type: Boolean }) blocked = false;
  /** Words for how long there is to try again; empty when nothing is held. */
  @property() retryHint = '';
  @state() private addressId = '';
  @state() private method = '';
  @state() private save = false;
  @state() private guest = guestDetails();
  @query('form') private readonly form!: HTMLFormElement | null;
  private stop: (() => void) | undefined;

  static override styles = [sharedStyles, formStyles, payFormStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.buyer.guestCountry = this.guest.address.country || likelyCountry(navigator.languages);
    this.stop = this.buyer.on('change', () => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop?.();
  }

  /** When everything is chosen already, the second tap of a keyboard is Enter. */
  focusPay(): void {
    if (this.knownAddress) this.renderRoot.querySelector<HTMLElement>('.pay sc-button')?.focus();
  }

  private get chosenMethod(): string {
    const { methods } = this.buyer;
    if (this.method) return this.method;
    const saved = methods?.saved[0];
    return saved ? `saved:${saved.id}` : `new:${methods?.offered[0]?.token ?? ''}`;
  }

  private paymentChoice(): PaymentChoice {
    const [kind, ...rest] = this.chosenMethod.split(':');
    const value = rest.join(':');
    return kind === 'saved' ? { saved_id: value } : { token: value, save: this.canSave && this.save };
  }

  private get offered() {
    const token = this.chosenMethod.startsWith('new:') ? this.chosenMethod.slice(4) : null;
    return this.buyer.methods?.offered.find((one) => one.token === token) ?? null;
  }

  private get canSave(): boolean {
    return this.buyer.signedIn && this.offered?.kind === 'card';
  }

  private get knownAddress() {
    if (this.addressId === 'new') return null;
    return this.buyer.addresses?.find((one) => one.id === this.addressId) ?? this.buyer.defaultAddress;
  }

  private say<Detail>(name: string, detail: Detail): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  private readonly onPay = (event: Event): void => {
    event.preventDefault();
    const method = this.paymentChoice();
    const known = this.knownAddress;
    if (known) {
      this.say<PayDetail>('sc-pay', { method, to: { addressId: known.id } });
      return;
    }
    const form = this.form;
    if (!form || !checkForm(form)) return;
    this.keepTyped();
    const { email, address } = this.guest;
    this.say<PayDetail>('sc-pay', { method, to: { address, ...(this.buyer.signedIn ? {} : { email }) } });
  };

  private where() {
    const { addresses, signedIn } = this.buyer;
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
            const country = this.knownAddress?.country ?? this.buyer.guestCountry;
            this.say<CountryDetail>('sc-country', { country });
          }}
        >
          ${addresses?.map((one) => html`<option value=${one.id} ?selected=${one.id === known.id}>${one.name}, ${one.city}</option>`)}
          <option value="new">${t('buy.new_address')}</option>
        </select>
      </div>`;
    }
    const start: AddressInput = { ...EMPTY_ADDRESS, ...this.guest.address, country: this.buyer.guestCountry };
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
      ${addressFields(start, this.fieldErrors, true)}
    </div>`;
  }

  private readonly onFormChange = (event: Event): void => {
    this.keepTyped();
    const field = event.target as HTMLSelectElement;
    if (field.name !== 'country') return;
    this.buyer.guestCountry = field.value;
    this.say<CountryDetail>('sc-country', { country: field.value });
  };

  /** A sheet swiped away by a slip opens again with what was typed. */
  private keepTyped(): void {
    const form = this.form;
    if (!form) return;
    const email = String(new FormData(form).get('email') ?? '').trim();
    this.guest = { email, address: readAddress(form) };
    if (!this.buyer.signedIn) rememberGuest(this.guest);
  }

  get guestEmail(): string {
    return this.guest.email;
  }

  private get fieldErrors(): Record<string, string> {
    const { problem } = this;
    const field =
      String(problem?.params.field ?? '')
        .split('.')
        .at(-1) ?? '';
    return problem?.code === 'invalid_input' && field ? { [field]: problem.message } : {};
  }

  private how() {
    const { methods } = this.buyer;
    if (!methods) return html`<sc-skeleton class="line"></sc-skeleton>`;
    const label = (one: { label_en: string; label_zh: string }) => (language() === 'zh' ? one.label_zh : one.label_en);
    const kind = this.offered?.kind;
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
      ${kind === 'redirect' ? html`<p class="small soft">${t('buy.redirect')}</p>` : nothing}
      ${kind === 'later' ? html`<p class="small soft">${t('buy.later')}</p>` : nothing}
      ${
        this.canSave
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

  private failure() {
    const { problem } = this;
    if (!problem || Object.keys(this.fieldErrors).length > 0) return nothing;
    const text = problem.unanswered ? t('buy.unanswered') : problem.message || t('buy.failed');
    const next = problem.unanswered
      ? t('buy.unanswered.next')
      : problem.code === 'sales.total_changed'
        ? t('buy.total_changed.next')
        : this.retryHint || t('buy.failed.next');
    return html`<div class="form-error" role="alert"><strong>${text}</strong><br />${next}</div>`;
  }

  override render() {
    return html`<form class="form" novalidate @submit=${this.onPay}>
      ${this.where()} ${this.how()}
      <hr />
      <slot></slot>
      ${this.failure()}
      <p class="small soft">${t('buy.withdrawal')}</p>
      <div class="pay">
        <sc-button variant="primary" size="l" type="submit" ?loading=${this.busy} ?disabled=${this.blocked}
          >${this.total ? t('buy.pay_total', { total: formatMoney(this.total) }) : t('buy.pay')}</sc-button
        >
        <slot name="beside"></slot>
      </div>
    </form>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'sc-pay-form': ScPayForm;
  }
}
