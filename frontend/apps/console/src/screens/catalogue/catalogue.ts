// The list of an organisation's products.
import { t } from '@shopcast/format';
import { badge } from '@shopcast/ui/controls/badge.ts';
import { dataTable } from '@shopcast/ui/controls/table.ts';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { Pager } from '../../app/pager.ts';
import { href } from '../../app/router.ts';
import { Screen } from '../../app/screen.ts';
import { debounce } from '../../lib/debounce.ts';
import type { Page, Product } from '../../types.ts';
import { leftOf, picture } from '../words.ts';
import { free, fromPrice } from './product_words.ts';

@customElement('screen-catalogue')
export class ScreenCatalogue extends Screen {
  readonly #products = new Pager<Product>(this, (cursor, signal) =>
    this.app.api.get<Page<Product>>(this.app.org('/products'), { query: this.#query(), cursor, limit: 50 }, signal),
  );
  readonly #search = debounce((query: string) => {
    this.app.router.setQuery({ query });
    void this.#products.restart();
  });

  #query(): string {
    return this.app.router.route.query.get('query') ?? '';
  }

  override render() {
    return html`<div class="page">
      <div class="page-head"><div class="titles"><h1>${t('nav.catalogue')}</h1></div>
        <div class="actions"><sc-button icon="upload" href=${href('/catalogue/import')}>${t('catalogue.import')}</sc-button><sc-button variant="primary" icon="plus" href=${href('/catalogue/new')}>${t('catalogue.new')}</sc-button></div></div>
      <div class="toolbar"><label class="search-field"><sc-icon name="search"></sc-icon><span class="hidden-text">${t('catalogue.search')}</span>
        <input class="control" type="search" placeholder=${t('catalogue.search')} .value=${this.#query()} @input=${(event: Event) => this.#search((event.target as HTMLInputElement).value)} /></label></div>
      ${this.#products.view(
        (items) => this.#table(items),
        () => this.#empty(),
      )}
    </div>`;
  }

  #table(rows: Product[]): TemplateResult {
    return html`<div class="panel flush">${dataTable<Product>({
      caption: t('nav.catalogue'),
      rows,
      href: (product) => href(`/catalogue/${product.id}`),
      columns: [
        {
          label: t('product.title'),
          cell: (product) =>
            html`<span class="line">${picture(product.image_url)}<span class="clip-one">${product.title}</span></span>`,
        },
        {
          label: t('product.variants'),
          cell: (product) => product.variants?.length ?? 0,
          align: 'end',
          phone: 'hidden',
        },
        { label: t('product.type'), cell: (product) => product.product_type || '–', phone: 'hidden' },
        { label: t('product.price'), cell: (product) => fromPrice(product), align: 'end', phone: 'corner' },
        { label: t('product.free'), cell: (product) => leftOf(free(product)), align: 'end', phone: 'under' },
        {
          label: t('product.status'),
          cell: (product) =>
            product.status === 'draft' ? badge('warn', t('product.draft')) : badge('good', t('product.active')),
          hideLabel: true,
          phone: 'under',
        },
      ],
    })}</div>`;
  }

  #empty(): TemplateResult {
    if (this.#query())
      return html`<sc-empty icon="search" heading=${t('catalogue.none_match')} text=${t('catalogue.none_match_text')}></sc-empty>`;
    return html`<sc-empty icon="package" heading=${t('catalogue.empty')} text=${t('catalogue.empty_text')}><sc-button variant="primary" icon="upload" href=${href('/catalogue/import')}>${t('catalogue.import')}</sc-button><sc-button icon="plus" href=${href('/catalogue/new')}>${t('catalogue.new')}</sc-button>${nothing}</sc-empty>`;
  }
}
