// Making one product by hand: a title, a price, a stock; more variants come by import.
import { t } from '@shopcast/format';
import { html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { Loader } from '../../app/loader.ts';
import { problemText, refusedField } from '../../app/problem.ts';
import { href } from '../../app/router.ts';
import { Screen } from '../../app/screen.ts';
import { parseAmount } from '../../lib/money_input.ts';
import { type OptionDraft, variantRows } from '../../lib/variant_rows.ts';
import type { Organisation, Product } from '../../types.ts';

@customElement('screen-product-new')
export class ScreenProductNew extends Screen {
  @state() private draft = { title: '', description: '', price: '', stock: '', option: '', values: '' };
  @state() private problems: Readonly<Record<string, string>> = {};
  @state() private busy = false;
  readonly #organisation = new Loader<Organisation>(this, (signal) =>
    this.app.api.get<Organisation>(this.app.org(''), undefined, signal),
  );

  override render() {
    const set = (name: keyof typeof this.draft) => (event: Event) => {
      this.draft = { ...this.draft, [name]: (event.target as HTMLInputElement).value };
    };
    return html`<div class="page narrow"><a class="back" href=${href('/catalogue')}><sc-icon name="arrow-left"></sc-icon>${t('nav.catalogue')}</a><h1>${t('catalogue.new')}</h1>
      ${this.#organisation.view(
        (
          organisation,
        ) => html`<form class="form" novalidate @submit=${(event: SubmitEvent) => this.#save(event, organisation.currency)}>
        <sc-field label=${t('product.title')} required maxlength="255" .value=${this.draft.title} .error=${this.problems.title ?? ''} @input=${set('title')}></sc-field>
        <sc-field label=${t('product.description')} multiline optional .value=${this.draft.description} @input=${set('description')}></sc-field>
        <div class="row"><sc-field label=${`${t('product.price')} (${organisation.currency})`} required inputmode="decimal" .value=${this.draft.price} .error=${this.problems.price_minor ?? ''} @input=${set('price')}></sc-field>
          <sc-field label=${t('product.stock_each')} required inputmode="numeric" .value=${this.draft.stock} .error=${this.problems.on_hand ?? ''} @input=${set('stock')}></sc-field></div>
        <div class="row"><sc-field label=${t('product.option')} placeholder=${t('product.option_example')} optional .value=${this.draft.option} .error=${this.problems.options ?? ''} @input=${set('option')}></sc-field>
          <sc-field label=${t('product.values')} placeholder="S, M, L, XL" hint=${t('product.values_hint')} optional .value=${this.draft.values} @input=${set('values')}></sc-field></div>
        <div class="form-foot"><sc-button type="submit" variant="primary" ?loading=${this.busy}>${t('catalogue.create')}</sc-button><sc-button variant="quiet" href=${href('/catalogue')}>${t('action.cancel')}</sc-button></div></form>`,
      )}</div>`;
  }

  async #save(event: SubmitEvent, currency: string): Promise<void> {
    event.preventDefault();
    const price = parseAmount(this.draft.price, currency);
    const option: OptionDraft = { name: this.draft.option, values: this.draft.values };
    const problems: Record<string, string> = {};
    if (this.draft.title.trim() === '') problems.title = t('product.title_needed');
    if ('problem' in price) problems.price_minor = t(`amount.${price.problem}`);
    if (!/^\d{1,9}$/.test(this.draft.stock.trim())) problems.on_hand = t('product.stock_wrong');
    this.problems = problems;
    if ('problem' in price || Object.keys(problems).length > 0) return;
    this.busy = true;
    const rows = variantRows(option, { price_minor: price.minor, on_hand: Number(this.draft.stock) });
    const body = {
      title: this.draft.title.trim(),
      description: this.draft.description.trim(),
      options: rows.options,
      variants: rows.variants,
    };
    const made = await this.app.act(() => this.app.api.post<Product>(this.app.org('/products'), body), {
      refused: (problem) => {
        const field = refusedField(problem, ['title', 'price_minor', 'on_hand', 'options']);
        if (field) this.problems = { [field]: problemText(problem) };
        return field !== null;
      },
    });
    this.busy = false;
    if (made) this.app.router.go(`/catalogue/${made.value.id}`);
  }
}
