// Choosing products for the shelf: search, tick several, add them in one go.
import { t } from '@shopcast/format';
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { Pager } from '../../app/pager.ts';
import { href } from '../../app/router.ts';
import { debounce } from '../../lib/debounce.ts';
import type { Page, Product } from '../../types.ts';
import { fromPrice } from '../catalogue/product_words.ts';
import { picture } from '../words.ts';
import { ShowPart } from './part.ts';

@customElement('shelf-add')
export class ShelfAdd extends ShowPart {
  @state() private query = '';
  @state() private chosen: ReadonlySet<string> = new Set();
  @state() private busy = false;

  readonly #products = new Pager<Product>(this, (cursor, signal) =>
    this.app.api.get<Page<Product>>(this.app.org('/products'), { query: this.query, cursor, limit: 50 }, signal),
  );
  readonly #search = debounce((text: string) => {
    this.query = text;
    void this.#products.restart();
  });

  override render() {
    const taken = new Set(this.manage.items.map((item) => item.product_id));
    return html`<div class="stack">
      <label class="search-field"><sc-icon name="search"></sc-icon><span class="hidden-text">${t('catalogue.search')}</span>
        <input class="control" type="search" placeholder=${t('catalogue.search')} @input=${(event: Event) => this.#search((event.target as HTMLInputElement).value)} /></label>
      ${this.#products.view(
        (
          items,
        ) => html`<div class="line between"><sc-button size="s" variant="quiet" @click=${() => this.#all(items, taken)}>${t('action.select_all')}</sc-button><span class="small soft number">${t('shelf.chosen', { n: this.chosen.size })}</span></div>
          <ul class="pick-list">${items.map((product) => this.#row(product, taken.has(product.id)))}</ul>`,
        () =>
          html`<sc-empty icon="package" heading=${t(this.query ? 'catalogue.none_match' : 'catalogue.empty')} text=${t(this.query ? 'catalogue.none_match_text' : 'catalogue.empty_text')}><sc-button href=${href('/catalogue/import')}>${t('catalogue.import')}</sc-button></sc-empty>`,
      )}
      <div class="sheet-foot"><sc-button variant="primary" ?disabled=${this.chosen.size === 0} ?loading=${this.busy} @click=${this.#add}>${this.chosen.size === 0 ? t('shelf.add') : t('shelf.add_n', { n: this.chosen.size })}</sc-button></div>
    </div>`;
  }

  #row(product: Product, taken: boolean) {
    const why = taken ? t('shelf.on_it') : isForSale(product) ? '' : t('shelf.is_draft');
    return html`<li><label class="pick">
      <input type="checkbox" .checked=${this.chosen.has(product.id)} ?disabled=${why !== ''} @change=${() => this.#toggle(product.id)} />
      ${picture(product.image_url)}
      <span class="stack tight grow"><span class="clip-one">${product.title}</span><span class="small soft number">${fromPrice(product)}${why === '' ? nothing : html` · ${why}`}</span></span>
    </label></li>`;
  }

  #toggle(id: string): void {
    const next = new Set(this.chosen);
    if (!next.delete(id)) next.add(id);
    this.chosen = next;
  }

  #all(items: Product[], taken: ReadonlySet<string>): void {
    const free = items.filter((item) => isForSale(item) && !taken.has(item.id));
    this.chosen = new Set([...this.chosen, ...free.map((item) => item.id)]);
  }

  readonly #add = async () => {
    this.busy = true;
    const added = await this.change(() => this.app.api.post(this.path('/items'), { product_ids: [...this.chosen] }), {
      done: t('shelf.added', { n: this.chosen.size }),
    });
    this.busy = false;
    if (added) this.dispatchEvent(new CustomEvent('shelf-added', { bubbles: true }));
  };
}

/** The server refuses the whole list for one draft, so none can be ticked. */
function isForSale(product: Product): boolean {
  return product.status === 'active';
}
