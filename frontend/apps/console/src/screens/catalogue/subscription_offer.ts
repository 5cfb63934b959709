// A product as something people get regularly: how often, and how much less than bought once.
import { t } from '@shopcast/format';
import { LocalisedElement } from '@shopcast/ui';
import { html, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { App } from '../../app/app.ts';
import { Loader } from '../../app/loader.ts';
import { basisPoints, percentText } from '../../lib/whole_number.ts';
import type { SubscriptionOffer } from '../../types.ts';

/** A week to half a year: what people mean by "regularly". */
const INTERVALS = [7, 14, 30, 60, 90, 180];

@customElement('subscription-offer')
export class SubscriptionOfferForm extends LocalisedElement {
  @property({ attribute: false }) app!: App;
  @property() productId = '';
  @state() private days: readonly number[] | null = null;
  @state() private discount: string | null = null;
  @state() private problem = '';
  @state() private busy = false;
  readonly #offer = new Loader<{ offer: SubscriptionOffer | null }>(this, async (signal) => ({
    offer: (await this.app.api.get<SubscriptionOffer | null>(this.#path, undefined, signal)) ?? null,
  }));

  get #path(): string {
    return this.app.org(`/products/${this.productId}/subscription-offer`);
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override render() {
    return html`<section class="panel"><h2>${t('offer.title')}</h2><p class="soft">${t('offer.what')}</p>${this.#offer.view(({ offer }) => this.#form(offer), 2)}</section>`;
  }

  #form(offer: SubscriptionOffer | null): TemplateResult {
    const days = this.days ?? (offer?.active ? offer.interval_days : []);
    const discount =
      this.discount ?? (offer && offer.discount_basis_points > 0 ? percentText(offer.discount_basis_points) : '');
    const toggle = (one: number) => () => {
      this.days = days.includes(one) ? days.filter((other) => other !== one) : [...days, one].sort((a, b) => a - b);
    };
    return html`<form class="form" novalidate @submit=${(event: SubmitEvent) => this.#save(event, days, discount)}>
      <div class="stack tight"><span class="label">${t('subscriptions.every')}</span><div class="chips wrap" role="group" aria-label=${t('subscriptions.every')}>${INTERVALS.map((one) => html`<button type="button" class="chip" aria-pressed=${days.includes(one) ? 'true' : 'false'} @click=${toggle(one)}>${t('subscriptions.days', { n: one })}</button>`)}</div>
      <p class="hint">${t(days.length === 0 ? 'offer.none' : 'offer.some')}</p></div>
      <sc-field class="count-field wide" label=${t('offer.discount')} optional inputmode="decimal" .value=${discount} .error=${this.problem} @input=${(
        event: Event,
      ) => {
        this.discount = (event.target as HTMLInputElement).value;
        this.problem = '';
      }}></sc-field>
      <div class="form-foot"><sc-button type="submit" variant="primary" ?disabled=${this.days === null && this.discount === null} ?loading=${this.busy}>${t('action.save')}</sc-button><span class="small soft">${t('offer.kept')}</span></div></form>`;
  }

  async #save(event: SubmitEvent, days: readonly number[], discount: string): Promise<void> {
    event.preventDefault();
    const points = discount.trim() === '' ? 0 : basisPoints(discount, 90);
    if (points === null) {
      this.problem = t('promo_wrong.percent');
      return;
    }
    this.busy = true;
    const known = this.#offer.value?.offer;
    const body = {
      interval_days: days.length > 0 ? days : (known?.interval_days ?? [30]),
      discount_basis_points: points,
      active: days.length > 0,
    };
    const done = await this.app.act(() => this.app.api.put(this.#path, body), { done: t('state.saved') });
    this.busy = false;
    if (!done) return;
    this.days = null;
    this.discount = null;
    await this.#offer.load();
  }
}
