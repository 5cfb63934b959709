/**
 * A place on the waitlist or a standing order: first what is wanted, then exactly what it means (the most that
 * can be charged, the words to agree to), then yes.
 */
import {
  type ApiClient,
  asProblem,
  newIdempotencyKey,
  type Problem,
  type StandingPlan,
  type StandingView,
  type StandingWish,
} from '@shopcast/api-client';
import { dateTime, formatMoney, forPicker, minorDigits, parseMoney, t, withOffset } from '@shopcast/format';
import { checkForm, formStyles, LocalisedElement, sharedStyles } from '@shopcast/ui';
import { html, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Buyer } from '../buy/buyer.ts';
import { ending, endingStyles } from '../buy/endings.ts';
import { repeating } from '../buy/payment.ts';
import { cardPartStyles, picture, price } from '../show/card-parts.ts';
import type { KeepDetail } from '../show/events.ts';
import { problemWords } from '../show/say-problem.ts';
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
import { eveningOf, inDays } from './until.ts';

const MAX_QUANTITY = 20;
const WAIT_DAYS = 30;

interface Plan {
  plan: StandingPlan;
  wish: StandingWish;
  email: string | null;
}

@customElement('sc-keep-sheet')
export class ScKeepSheet extends LocalisedElement {
  @property({ attribute: false }) api!: ApiClient;
  @property({ attribute: false }) buyer!: Buyer;
  @property() showId = '';
  @property({ attribute: false }) subject: KeepDetail | null = null;
  @state() private busy = false;
  @state() private problem: Problem | null = null;
  @state() private found: Plan | null = null;
  @state() private placed: StandingView | null = null;
  @state() private charge = false;
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
    this.placed = null;
    this.agreed = false;
    this.charge = this.subject.kind === 'standing';
    this.key = newIdempotencyKey();
    void this.buyer.prepare().then(() => this.requestUpdate());
  }

  private close(): void {
    this.dispatchEvent(new CustomEvent('sc-close'));
  }

  private get waits(): boolean {
    return this.subject?.kind === 'waitlist';
  }

  // What is wanted

  private wish(form: HTMLFormElement): { wish: StandingWish; email: string | null } {
    const data = new FormData(form);
    const text = (name: string) => String(data.get(name) ?? '').trim();
    const { card } = this.subject as KeepDetail;
    const most = parseMoney(text('max_price'), card.currency);
    this.method = text('method');
    return {
      wish: {
        kind: this.waits ? 'restock' : 'price',
        show_id: this.showId || null,
        item_id: this.showId ? card.id : null,
        variant_id: text('variant_id') || (card.variants[0]?.id ?? ''),
        quantity: Number(text('quantity')) || 1,
        max_price_minor: this.charge ? (most?.amount_minor ?? null) : null,
        currency: card.currency,
        until: withOffset(new Date(text('until'))),
        with_mandate: this.charge,
        ...(this.charge ? addressChoice(form) : {}),
      },
      email: this.buyer.signedIn ? null : text('email') || null,
    };
  }

  private readonly onCheck = async (event: Event): Promise<void> => {
    event.preventDefault();
    const { form, subject } = this;
    if (!form || !subject || this.busy || !checkForm(form)) return;
    const field = form.querySelector('sc-field[name="max_price"]');
    if (this.charge && field && !parseMoney(String(new FormData(form).get('max_price')), subject.card.currency)) {
      field.setAttribute('error', t('keep.price.wrong'));
      return;
    }
    await this.run(async () => {
      const { wish, email } = this.wish(form);
      const plan = await this.api.standing.preview(wish);
      this.found = { plan, wish, email };
      // Nothing can be charged, so there is nothing to agree to: one press was enough.
      if (!this.charge) await this.place(this.found);
    });
  };

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

  /** Price, shipping or tax changed meanwhile: the new words are shown, and agreed to anew. */
  private async readAgain(): Promise<void> {
    const { found } = this;
    if (!found) return;
    this.agreed = false;
    const plan = await this.api.standing.preview(found.wish).catch(() => null);
    if (plan && this.found === found) this.found = { ...found, plan };
  }

  private async place({ plan, wish, email }: Plan): Promise<void> {
    const body = {
      wish,
      payment_method_id: this.charge
        ? await methodId(this.api, this.method, (url) => {
            this.confirmUrl = url;
          })
        : null,
      email,
      consent_text: this.charge ? plan.consent_text : '',
    };
    this.placed = await repeating(() => this.api.standing.place(body, this.key));
  }

  private modes() {
    if (!this.waits) return nothing;
    const mode = (charge: boolean, words: string, hint: string) => html`<label class="choice">
      <input
        type="radio"
        name="mode"
        .checked=${this.charge === charge}
        @change=${() => {
          this.charge = charge;
        }}
      />
      <span><strong>${words}</strong><br /><span class="small soft">${hint}</span></span>
    </label>`;
    return html`<fieldset>
      <legend>${t('keep.mode')}</legend>
      ${mode(false, t('keep.mode.tell'), t('keep.mode.tell.hint'))}
      ${mode(true, t('keep.mode.buy'), t('keep.mode.buy.hint'))}
    </fieldset>`;
  }

  private wanted() {
    const { card, variant } = this.subject as KeepDetail;
    const variants = card.variants.map((one) => ({
      value: one.id,
      label: `${one.title} · ${one.left > 0 ? t('card.left', { n: one.left }) : t('card.sold_out')}`,
    }));
    const chosen = variant ?? card.variants.find((one) => (this.waits ? one.left <= 0 : true)) ?? card.variants[0];
    const now = new Date();
    const until = this.waits ? inDays(now, WAIT_DAYS) : eveningOf(now);
    const needsAccount = this.charge && !this.buyer.signedIn;
    return html`<form class="form" novalidate @submit=${this.onCheck}>
      ${this.waits ? nothing : html`<p class="soft">${t('keep.standing.what')}</p>`} ${this.modes()}
      ${
        needsAccount
          ? signInFirst()
          : html`${
              variants.length > 1
                ? html`<sc-field name="variant_id" label=${t('buy.variant')} .choices=${variants} value=${chosen?.id ?? ''}></sc-field>`
                : nothing
            }
            <div class="row">
              <sc-field name="quantity" type="number" inputmode="numeric" label=${t('buy.quantity')} min="1" max=${MAX_QUANTITY} step="1" required value="1"></sc-field>
              ${
                this.charge
                  ? html`<sc-field
                      name="max_price"
                      label=${t('keep.price', { currency: card.currency })}
                      inputmode="decimal"
                      required
                      value=${this.waits ? (card.price_minor / 10 ** minorDigits(card.currency)).toFixed(minorDigits(card.currency)) : ''}
                    ></sc-field>`
                  : nothing
              }
            </div>
            <sc-field name="until" type="datetime-local" label=${t('keep.until')} hint=${t('keep.until.hint', { zone: zone() })} required min=${forPicker(now)} value=${forPicker(until)}></sc-field>
            ${this.buyer.signedIn ? nothing : html`<sc-field name="email" type="email" label=${t('field.email')} hint=${t('keep.email.hint')} autocomplete="email" required maxlength="254"></sc-field>`}
            ${this.charge ? html`${methodField(this.buyer, t('keep.card.hint'))} ${addressField(this.buyer)}` : nothing} ${this.failure()}
            <sc-button variant="primary" size="l" type="submit" ?loading=${this.busy}
              >${this.charge ? t('keep.check') : t('keep.join')}</sc-button
            >`
      }
    </form>`;
  }

  private failure() {
    if (!this.problem) return nothing;
    return html`<p class="form-error" role="alert">${problemWords(this.problem)}</p>`;
  }

  // What it means

  private meaning({ plan }: Plan) {
    return html`<div class="form">
      ${
        plan.cap
          ? capText(
              t('keep.cap'),
              plan.cap,
              [
                plan.items ? t('keep.cap.items', { amount: formatMoney(plan.items) }) : '',
                plan.shipping ? t('keep.cap.shipping', { amount: formatMoney(plan.shipping) }) : '',
                plan.tax && plan.tax_included === false ? t('keep.cap.tax', { amount: formatMoney(plan.tax) }) : '',
              ].filter(Boolean),
            )
          : nothing
      }
      <p class="fact"><sc-icon name="clock"></sc-icon>${t('keep.ends', { time: dateTime(plan.until) })}</p>
      ${plan.people_before > 0 ? html`<p class="fact"><sc-icon name="users"></sc-icon>${t('keep.before', { n: plan.people_before })}</p>` : nothing}
      ${this.confirmUrl ? confirmLink(this.confirmUrl) : nothing} ${this.failure()}
      ${agreement({
        text: plan.consent_text,
        agreed: this.agreed,
        busy: this.busy,
        yes: t('keep.place'),
        agree: (agreed) => {
          this.agreed = agreed;
        },
        place: () => {
          const { found } = this;
          if (found) void this.run(() => this.place(found));
        },
        back: () => {
          this.found = null;
        },
      })}
    </div>`;
  }

  private done(one: StandingView) {
    const text = one.place ? t('keep.done.place', { n: one.place }) : t('keep.done.next');
    return ending(
      'check',
      'gain',
      this.waits ? t('keep.done.waitlist') : t('keep.done.standing'),
      text,
      html`<sc-button href="/standing">${t('keep.see_all')}</sc-button>
        <sc-button variant="primary" @click=${() => this.close()}>${t('buy.keep_watching')}</sc-button>`,
    );
  }

  override render() {
    const { subject } = this;
    const heading = !subject ? '' : this.waits ? t('keep.heading.waitlist') : t('keep.heading.standing');
    return html`<sc-sheet placement="side" heading=${heading} ?open=${subject !== null} @sc-close=${() => this.close()}>
      ${
        subject
          ? html`<div class="head">${picture(subject.card)}<div><strong>${subject.card.title}</strong><br />${price(subject.card)}</div></div>
              ${this.placed ? this.done(this.placed) : html`<div ?hidden=${this.found !== null && this.charge}>${this.wanted()}</div>${this.found && this.charge ? this.meaning(this.found) : nothing}`}`
          : nothing
      }
    </sc-sheet>`;
  }
}

function zone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

declare global {
  interface HTMLElementTagNameMap {
    'sc-keep-sheet': ScKeepSheet;
  }
}
