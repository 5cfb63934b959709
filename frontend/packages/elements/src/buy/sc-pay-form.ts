/** Where to, how to pay, and the button: the second tap. The same form in the sheet over the picture and in the cart. */
import { type AddressInput, asProblem, type PaymentChoice, Problem } from '@shopcast/api-client';
import { formatMoney, language, type Money, t } from '@shopcast/format';
import { checkForm, formStyles, LocalisedElement, sharedStyles } from '@shopcast/ui';
import { html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { addressFields, EMPTY_ADDRESS, readAddress } from './address-fields.ts';
import type { Buyer } from './buyer.ts';
import { countryName } from './countries.ts';
import { guestDetails, rememberGuest } from './guest.ts';
import './messages.ts';
import { payFormStyles } from './pay-form.styles.ts';
import type { PayTo } from './payment.ts';
import type { CardFields } from './stripe-fields.ts';

export interface PayDetail {
  method: PaymentChoice;
  to: PayTo;
}

export interface CountryDetail {
  country: string;
}

/** The choice that opens the provider's own fields; no saved method and no token looks like it. */
const OWN_FIELDS = 'fields';

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
  private keepAddress = true;
  /** What the provider's own fields said before anything was sent. */
  @state() private fieldProblem: Problem | null = null;
  @state() private asking = false;
  private fields: CardFields | null = null;
  private mounting = false;
  @state() private guest = guestDetails();
  @query('form') private readonly form!: HTMLFormElement | null;
  private stop: (() => void) | undefined;

  static override styles = [sharedStyles, formStyles, payFormStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.stop = this.buyer.on('change', () => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop?.();
    this.fields?.leave();
    this.fields = null;
  }

  /** When everything is chosen already, the second tap of a keyboard is Enter. */
  focusPay(): void {
    if (this.knownAddress) this.renderRoot.querySelector<HTMLElement>('.pay sc-button')?.focus();
  }

  private get chosenMethod(): string {
    const { methods } = this.buyer;
    if (this.method) return this.method;
    const saved = methods?.saved[0];
    if (saved) return `saved:${saved.id}`;
    return methods?.sheet === 'elements' ? OWN_FIELDS : `new:${methods?.offered[0]?.token ?? ''}`;
  }

  /** The provider's fields are fetched when they are chosen, and know the sum that is charged. */
  override updated(): void {
    const { methods } = this.buyer;
    const wanted = methods?.sheet === 'elements' && this.chosenMethod === OWN_FIELDS;
    if (!wanted || !this.total) {
      this.fields?.leave();
      this.fields = null;
    } else if (this.fields) this.fields.charge(this.total);
    else if (!this.mounting && methods.publishable_key) void this.mount(methods.publishable_key, this.total);
  }

  private async mount(key: string, total: Money): Promise<void> {
    this.mounting = true;
    try {
      const { mountStripe } = await import('./stripe-fields.ts');
      this.fields = await mountStripe(this, key, total);
    } catch (error) {
      this.fieldProblem = asProblem(error);
    } finally {
      this.mounting = false;
    }
  }

  private async paymentChoice(): Promise<PaymentChoice> {
    if (this.chosenMethod === OWN_FIELDS) {
      if (!this.fields) throw new Problem('offline', 0, '');
      return { token: await this.fields.token(), save: this.buyer.signedIn && this.save };
    }
    return this.knownChoice();
  }

  private knownChoice(): PaymentChoice {
    const [kind, ...rest] = this.chosenMethod.split(':');
    const value = rest.join(':');
    return kind === 'saved' ? { saved_id: value } : { token: value, save: this.canSave && this.save };
  }

  private get offered() {
    const token = this.chosenMethod.startsWith('new:') ? this.chosenMethod.slice(4) : null;
    return this.buyer.methods?.offered.find((one) => one.token === token) ?? null;
  }

  private get canSave(): boolean {
    if (!this.buyer.signedIn) return false;
    return this.chosenMethod === OWN_FIELDS || (this.offered?.can_be_saved ?? false);
  }

  private get knownAddress() {
    if (this.addressId === 'new') return null;
    return this.buyer.addresses?.find((one) => one.id === this.addressId) ?? this.buyer.defaultAddress;
  }

  private say<Detail>(name: string, detail: Detail): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  private readonly onPay = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (this.asking || this.busy || this.blocked) return;
    const to = this.payTo();
    if (!to) return;
    this.asking = true;
    this.fieldProblem = null;
    try {
      this.say<PayDetail>('sc-pay', { method: await this.paymentChoice(), to });
    } catch (error) {
      this.fieldProblem = asProblem(error);
    } finally {
      this.asking = false;
    }
  };

  /** Null when something is missing, which the form says. */
  private payTo(): PayTo | null {
    const known = this.knownAddress;
    if (known) return { addressId: known.id };
    const form = this.form;
    if (!form || !checkForm(form)) return null;
    this.keepTyped();
    const { email, address } = this.guest;
    return this.buyer.signedIn ? { address, keepAddress: this.keepAddress } : { address, email };
  }

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
      ${
        signedIn
          ? html`<label class="checkbox"
              ><input
                type="checkbox"
                checked
                @change=${(event: Event) => {
                  this.keepAddress = (event.target as HTMLInputElement).checked;
                }}
              />${t('buy.keep_address')}</label
            >`
          : nothing
      }
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
          ${methods.sheet === 'elements' ? html`<option value=${OWN_FIELDS} ?selected=${this.chosenMethod === OWN_FIELDS}>${t('buy.new_card')}</option>` : nothing}
          ${methods.offered.map(
            (one) =>
              html`<option value=${`new:${one.token}`} ?selected=${this.chosenMethod === `new:${one.token}`}>${label(one)}</option>`,
          )}
        </select>
      </div>
      ${this.chosenMethod === OWN_FIELDS ? html`<slot name="card-fields"><sc-skeleton class="line"></sc-skeleton></slot>` : nothing}
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
    const problem = this.fieldProblem ?? this.problem;
    if (!problem || Object.keys(this.fieldErrors).length > 0) return nothing;
    const text = problem.unanswered ? t('buy.unanswered') : problem.message || t('buy.failed');
    const next = problem.unanswered
      ? t('buy.unanswered.next')
      : problem.code === 'sales.total_changed'
        ? t('buy.total_changed.next')
        : this.retryHint || t('buy.failed.next');
    if (problem.code === 'sales.restricted') {
      return html`<div class="form-error" role="alert">
        <strong>${text}</strong><br /><a href="/restrictions">${t('buy.restricted.why')}</a>
      </div>`;
    }
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
        <sc-button variant="primary" size="l" type="submit" ?loading=${this.busy || this.asking} ?disabled=${this.blocked}
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
