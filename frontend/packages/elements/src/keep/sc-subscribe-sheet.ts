/** A subscription: how often, to where, with which card; then exactly what is agreed to, and what is paid at once. */
import {
  type ApiClient,
  asProblem,
  newIdempotencyKey,
  type Problem,
  type SubscriptionPlan,
  type SubscriptionView,
  type SubscriptionWish,
} from '@shopcast/api-client';
import { day, formatMoney, t } from '@shopcast/format';
import { checkForm, formStyles, LocalisedElement, sharedStyles } from '@shopcast/ui';
import { html, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Buyer } from '../buy/buyer.ts';
import { ending, endingStyles } from '../buy/endings.ts';
import { repeating } from '../buy/payment.ts';
import { cardPartStyles, picture, price } from '../show/card-parts.ts';
import type { KeepDetail } from '../show/events.ts';
import { problemWords } from '../show/say-problem.ts';
import { every } from './every.ts';
import { methodId } from './keep-card.ts';
import {
  addressChoice,
  addressField,
  agreement,
  capText,
  confirmLink,
  keepStyles,
  methodField,
  signInFirst,
} from './keep-parts.ts';
import './messages.ts';

const MAX_QUANTITY = 20;
const BASIS_PER_PERCENT = 100;

@customElement('sc-subscribe-sheet')
export class ScSubscribeSheet extends LocalisedElement {
  @property({ attribute: false }) api!: ApiClient;
  @property({ attribute: false }) buyer!: Buyer;
  @property({ attribute: false }) subject: KeepDetail | null = null;
  @state() private busy = false;
  @state() private problem: Problem | null = null;
  @state() private found: { plan: SubscriptionPlan; wish: SubscriptionWish } | null = null;
  @state() private started: SubscriptionView | null = null;
  @state() private agreed = false;
  @state() private confirmUrl = '';
  @query('form') private readonly form!: HTMLFormElement | null;
  private method = '';
  private key = newIdempotencyKey();

  static override styles = [sharedStyles, formStyles, cardPartStyles, endingStyles, keepStyles];

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('subject') || !this.subject) return;
    this.problem = null;
    this.found = null;
    this.started = null;
    this.agreed = false;
    this.confirmUrl = '';
    this.key = newIdempotencyKey();
    void this.buyer.prepare().then(() => this.requestUpdate());
  }

  private close(): void {
    this.dispatchEvent(new CustomEvent('sc-close'));
  }

  private async run(act: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.problem = null;
    try {
      await act();
    } catch (error) {
      this.problem = asProblem(error);
      if (this.problem.code === 'sales.consent_changed') void this.readAgain();
      if (!this.problem.unanswered) this.key = newIdempotencyKey();
    } finally {
      this.busy = false;
      this.confirmUrl = '';
    }
  }

  private readonly onCheck = (event: Event): void => {
    event.preventDefault();
    const { form, subject } = this;
    if (!form || !subject || this.busy || !checkForm(form)) return;
    const data = new FormData(form);
    const text = (name: string) => String(data.get(name) ?? '').trim();
    this.method = text('method');
    const wish: SubscriptionWish = {
      variant_id: text('variant_id') || (subject.variant?.id ?? subject.card.variants[0]?.id ?? ''),
      quantity: Number(text('quantity')) || 1,
      interval_days: Number(text('interval')),
      ...addressChoice(form),
    };
    void this.run(async () => {
      this.found = { plan: await this.api.subscriptions.preview(wish), wish };
    });
  };

  private async start(): Promise<void> {
    if (!this.found) return;
    const { plan, wish } = this.found;
    const payment_method_id = await methodId(this.api, this.method, (url) => {
      this.confirmUrl = url;
    });
    const body = { wish, payment_method_id, consent_text: plan.consent_text };
    this.started = await repeating(() => this.api.subscriptions.start(body, this.key));
  }

  /** The price of the day changed meanwhile: the new words are shown, and agreed to anew. */
  private async readAgain(): Promise<void> {
    const { found } = this;
    if (!found) return;
    this.agreed = false;
    const plan = await this.api.subscriptions.preview(found.wish).catch(() => null);
    if (plan && this.found === found) this.found = { ...found, plan };
  }

  private failure() {
    if (!this.problem) return nothing;
    return html`<p class="form-error" role="alert">${problemWords(this.problem)}</p>`;
  }

  private wanted() {
    const { card, variant, offer } = this.subject as KeepDetail;
    if (!this.buyer.signedIn) return html`<div class="form">${signInFirst()}</div>`;
    const variants = card.variants.map((one) => ({ value: one.id, label: one.title }));
    const intervals = (offer?.interval_days ?? []).map((days) => ({ value: String(days), label: every(days) }));
    const percent = (offer?.discount_basis_points ?? 0) / BASIS_PER_PERCENT;
    return html`<form class="form" novalidate @submit=${this.onCheck}>
      <p class="soft">${percent > 0 ? t('subscribe.what.off', { percent }) : t('subscribe.what')}</p>
      ${
        variants.length > 1
          ? html`<sc-field name="variant_id" label=${t('buy.variant')} .choices=${variants} value=${variant?.id ?? variants[0]?.value ?? ''}></sc-field>`
          : nothing
      }
      <div class="row">
        <sc-field name="interval" label=${t('subscribe.how_often')} .choices=${intervals} value=${intervals[0]?.value ?? ''}></sc-field>
        <sc-field name="quantity" type="number" inputmode="numeric" label=${t('buy.quantity')} min="1" max=${MAX_QUANTITY} step="1" required value="1"></sc-field>
      </div>
      ${methodField(this.buyer, t('subscribe.card.hint'))} ${addressField(this.buyer)} ${this.failure()}
      <sc-button variant="primary" size="l" type="submit" ?loading=${this.busy}>${t('keep.check')}</sc-button>
    </form>`;
  }

  private meaning(plan: SubscriptionPlan) {
    const parts = [
      t('keep.cap.items', { amount: formatMoney(plan.items) }),
      t('keep.cap.shipping', { amount: formatMoney(plan.shipping) }),
      ...(plan.tax_included ? [] : [t('keep.cap.tax', { amount: formatMoney(plan.tax) })]),
    ];
    return html`<div class="form">
      ${capText(t('subscribe.now'), plan.total, parts)}
      <p class="fact"><sc-icon name="repeat"></sc-icon>${t('subscribe.then', { every: every(plan.interval_days), days: plan.notice_days })}</p>
      <p class="fact"><sc-icon name="info"></sc-icon>${t('subscribe.cap', { cap: formatMoney(plan.cap) })}</p>
      ${this.confirmUrl ? confirmLink(this.confirmUrl) : nothing} ${this.failure()}
      ${agreement({
        text: plan.consent_text,
        agreed: this.agreed,
        busy: this.busy,
        yes: t('subscribe.start', { total: formatMoney(plan.total) }),
        agree: (agreed) => {
          this.agreed = agreed;
        },
        place: () => void this.run(() => this.start()),
        back: () => {
          this.found = null;
        },
      })}
    </div>`;
  }

  private done(one: SubscriptionView) {
    return ending(
      'repeat',
      'gain',
      t('subscribe.done'),
      one.next_at ? t('subscribe.done.next', { day: day(one.next_at) }) : '',
      html`<sc-button href="/subscriptions">${t('subscribe.see_all')}</sc-button>
        <sc-button variant="primary" @click=${() => this.close()}>${t('buy.keep_watching')}</sc-button>`,
    );
  }

  override render() {
    const { subject } = this;
    return html`<sc-sheet placement="side" heading=${t('subscribe.heading')} ?open=${subject !== null} @sc-close=${() => this.close()}>
      ${
        subject
          ? html`<div class="head">${picture(subject.card)}<div><strong>${subject.card.title}</strong><br />${price(subject.card)}</div></div>
              ${this.started ? this.done(this.started) : html`<div ?hidden=${this.found !== null}>${this.wanted()}</div>${this.found ? this.meaning(this.found.plan) : nothing}`}`
          : nothing
      }
    </sc-sheet>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'sc-subscribe-sheet': ScSubscribeSheet;
  }
}
