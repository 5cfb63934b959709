// Another size instead of the money: accepted units of an item for another variant of the same seller.
import { formatMoney, t } from '@shopcast/format';
import { html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { asProblem, problemText } from '../../app/problem.ts';
import { wholeNumber } from '../../lib/whole_number.ts';
import type { ExchangeAnswer, Page, Product, ReturnItemView } from '../../types.ts';
import { leftOf } from '../words.ts';
import { ReturnPart } from './return_part.ts';

@customElement('return-exchange')
export class ReturnExchange extends ReturnPart {
  @state() private itemId = '';
  @state() private products: readonly Product[] | null = null;
  @state() private variantId = '';
  @state() private quantity = '1';
  @state() private problem = '';
  @state() private busy = false;

  get #items(): ReturnItemView[] {
    return this.view.items.filter((item) => item.accepted > item.units_refunded + item.exchanged);
  }

  override render() {
    return html`<section class="panel"><details @toggle=${this.#opened}><summary><strong>${t('returns.exchange')}</strong></summary>
      <form class="form" novalidate @submit=${this.#save}><p class="hint">${t('returns.exchange_text')}</p>
        <sc-field label=${t('returns.exchange_item')} .value=${this.itemId} .choices=${this.#items.map((item) => ({ value: item.id, label: `${item.title} ${item.variant_title}` }))} @change=${(event: Event) => this.#chooseItem((event.target as HTMLSelectElement).value)}></sc-field>
        <div class="row"><sc-field label=${t('returns.exchange_for')} .value=${this.variantId} .error=${this.problem} .choices=${this.#choices()} @change=${(
          event: Event,
        ) => {
          this.variantId = (event.target as HTMLSelectElement).value;
        }}></sc-field>
        <sc-field label=${t('order.units')} inputmode="numeric" .value=${this.quantity} @input=${(event: Event) => {
          this.quantity = (event.target as HTMLInputElement).value;
        }}></sc-field></div>
        <div><sc-button type="submit" icon="refresh-cw" ?disabled=${this.variantId === ''} ?loading=${this.busy}>${t('returns.exchange_do')}</sc-button></div></form></details></section>`;
  }

  #choices() {
    const variants = (this.products ?? []).flatMap((product) =>
      product.variants.map((variant) => ({
        value: variant.id,
        label: `${product.title} ${variant.title} · ${formatMoney({ amount_minor: variant.price_minor, currency: variant.currency })} · ${leftOf(variant.left)}`,
      })),
    );
    return [{ value: '', label: t('returns.exchange_choose') }, ...variants];
  }

  readonly #opened = (event: Event) => {
    if ((event.target as HTMLDetailsElement).open && this.itemId === '') this.#chooseItem(this.#items[0]?.id ?? '');
  };

  #chooseItem(id: string): void {
    this.itemId = id;
    this.variantId = '';
    void this.#find(this.#items.find((item) => item.id === id)?.title ?? '');
  }

  /** The same product first: what an exchange is nearly always for. */
  async #find(title: string): Promise<void> {
    try {
      const found = await this.app.api.get<Page<Product>>(this.app.org('/products'), { query: title, limit: 20 });
      this.products = found.items;
      this.problem = '';
    } catch (error) {
      this.problem = problemText(asProblem(error));
    }
  }

  readonly #save = async (event: SubmitEvent) => {
    event.preventDefault();
    const item = this.#items.find((one) => one.id === this.itemId);
    const quantity = wholeNumber(this.quantity, 1, item ? item.accepted - item.units_refunded - item.exchanged : 0);
    if (!item || quantity === null || this.variantId === '') {
      this.problem = t('returns.exchange_wrong');
      return;
    }
    this.busy = true;
    const path = this.app.org(`/returns/${this.view.id}/exchange`);
    const body = { item_id: item.id, variant_id: this.variantId, quantity };
    const done = await this.app.act(() => this.app.api.post<ExchangeAnswer>(path, body));
    this.busy = false;
    if (!done) return;
    const { refund_minor, to_pay_minor, currency } = done.value;
    const words =
      to_pay_minor > 0
        ? t('returns.exchanged_pay', { amount: formatMoney({ amount_minor: to_pay_minor, currency }) })
        : refund_minor > 0
          ? t('returns.exchanged_back', { amount: formatMoney({ amount_minor: refund_minor, currency }) })
          : t('returns.exchanged');
    await this.app.act(async () => undefined, { done: words });
    this.dispatchEvent(new CustomEvent('return-changed', { bubbles: true }));
  };
}
