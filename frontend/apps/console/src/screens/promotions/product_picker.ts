// Finding a product or one of its variants by words; tells what was chosen, keeps nothing.
import { formatMoney, t } from '@shopcast/format';
import { LocalisedElement } from '@shopcast/ui';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { App } from '../../app/app.ts';
import { asProblem, problemText } from '../../app/problem.ts';
import { debounce } from '../../lib/debounce.ts';
import type { Page, Product, Variant } from '../../types.ts';
import { leftOf, picture } from '../words.ts';

export interface ProductPicked {
  readonly product: Product;
  readonly variant: Variant | null;
}

@customElement('product-picker')
export class ProductPicker extends LocalisedElement {
  @property({ attribute: false }) app!: App;
  @property() label = '';
  /** Offers each variant by itself instead of the product. */
  @property({ type: Boolean }) variants = false;
  @state() private words = '';
  @state() private found: readonly Product[] | null = null;
  @state() private problem = '';
  readonly #search = debounce((words: string) => void this.#find(words));

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override render() {
    return html`<div class="stack tight"><sc-field label=${this.label} type="search" placeholder=${t('picker.search')} .value=${this.words} .error=${this.problem} @input=${(
      event: Event,
    ) => {
      this.words = (event.target as HTMLInputElement).value;
      this.#search(this.words);
    }}></sc-field>
      ${this.found === null ? nothing : this.found.length === 0 ? html`<p class="soft small" role="status">${t('picker.none')}</p>` : html`<ul class="plain-list picker-list">${this.found.flatMap((product) => this.#rows(product))}</ul>`}</div>`;
  }

  #rows(product: Product): TemplateResult[] {
    if (!this.variants) return [this.#row(product, null)];
    return product.variants.map((variant) => this.#row(product, variant));
  }

  #row(product: Product, variant: Variant | null): TemplateResult {
    const first = variant ?? product.variants[0];
    const price = first ? formatMoney({ amount_minor: first.price_minor, currency: first.currency }) : '';
    const left = variant?.left ?? product.variants.reduce((sum, one) => sum + one.left, 0);
    return html`<li>${picture(product.image_url)}<span class="grow stack tight"><span class="clip-one">${product.title}${variant?.title ? html` <span class="soft">${variant.title}</span>` : nothing}</span><span class="small soft number">${price} · ${leftOf(left)}</span></span>
      <sc-button size="s" icon="plus" label=${t('picker.add', { title: `${product.title} ${variant?.title ?? ''}`.trim() })} @click=${() => this.#choose(product, variant)}></sc-button></li>`;
  }

  #choose(product: Product, variant: Variant | null): void {
    this.words = '';
    this.found = null;
    this.dispatchEvent(new CustomEvent<ProductPicked>('product-picked', { detail: { product, variant } }));
  }

  async #find(words: string): Promise<void> {
    if (words.trim() === '') {
      this.found = null;
      return;
    }
    try {
      const page = await this.app.api.get<Page<Product>>(this.app.org('/products'), { query: words, limit: 8 });
      this.found = page.items;
      this.problem = '';
    } catch (error) {
      this.problem = problemText(asProblem(error));
    }
  }
}
