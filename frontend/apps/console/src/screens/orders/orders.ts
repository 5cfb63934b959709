// The list of an organisation's orders: search, filter, page, export what is shown.
import { dateTime, t } from '@shopcast/format';
import { dataTable } from '@shopcast/ui/controls/table.ts';
import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { Pager } from '../../app/pager.ts';
import { href } from '../../app/router.ts';
import { Screen } from '../../app/screen.ts';
import { csv, download } from '../../lib/csv.ts';
import { debounce } from '../../lib/debounce.ts';
import { amountText } from '../../lib/money_input.ts';
import type { OrderRow, Page } from '../../types.ts';
import { money, orderState } from '../words.ts';

const STATES = ['all', 'placed', 'paid', 'refunded', 'cancelled'];

@customElement('screen-orders')
export class ScreenOrders extends Screen {
  readonly #orders = new Pager<OrderRow>(this, async (cursor, signal) => {
    const { query } = this.app.router.route;
    const page = await this.app.api.get<Page<OrderRow>>(
      this.app.org('/orders'),
      { query: query.get('query'), state: query.get('state'), cursor, limit: 50 },
      signal,
    );
    return { items: page.items, next_cursor: page.next_cursor };
  });
  readonly #search = debounce((query: string) => this.#filter({ query }));

  #filter(changes: Record<string, string | null>): void {
    this.app.router.setQuery(changes);
    void this.#orders.restart();
  }

  override render() {
    const now = this.app.router.route.query;
    const current = now.get('state') ?? 'all';
    return html`<div class="page">
      <div class="page-head"><div class="titles"><h1>${t('nav.orders')}</h1></div><div class="actions"><sc-button icon="download" ?disabled=${!this.#orders.items?.length} @click=${this.#export}>${t('orders.export')}</sc-button></div></div>
      <div class="toolbar"><label class="search-field"><sc-icon name="search"></sc-icon><span class="hidden-text">${t('orders.search')}</span>
          <input class="control" type="search" placeholder=${t('orders.search')} .value=${now.get('query') ?? ''} @input=${(event: Event) => this.#search((event.target as HTMLInputElement).value)} /></label>
        <div class="chips" role="group" aria-label=${t('orders.filter')}>${STATES.map((name) => html`<button type="button" class="chip" aria-pressed=${name === current ? 'true' : 'false'} @click=${() => this.#filter({ state: name === 'all' ? null : name })}>${name === 'all' ? t('orders.all') : t(`order_state.${name}`)}</button>`)}</div></div>
      ${this.#orders.view(
        (rows) => this.#table(rows),
        () => this.#empty(now.size > 0),
      )}</div>`;
  }

  #table(rows: OrderRow[]): TemplateResult {
    return html`<div class="panel flush">${dataTable<OrderRow>({
      caption: t('nav.orders'),
      rows,
      href: (row) => href(`/orders/${row.id}`),
      columns: [
        { label: t('order.number'), cell: (row) => html`<span class="number nowrap">${row.number}</span>` },
        {
          label: t('order.what'),
          cell: (row) =>
            html`<span class="clip-one">${row.titles.join(', ')}${row.units > 1 ? ` × ${row.units}` : ''}</span>`,
          phone: 'under',
        },
        { label: t('order.buyer'), cell: (row) => row.email, phone: 'hidden' },
        { label: t('order.placed'), cell: (row) => dateTime(row.placed_at), phone: 'under' },
        { label: t('order.state'), cell: (row) => orderState(row.state), phone: 'under' },
        {
          label: t('order.total'),
          cell: (row) => html`<strong>${money(row.total)}</strong>`,
          align: 'end',
          phone: 'corner',
        },
      ],
    })}</div>`;
  }

  #empty(filtered: boolean): TemplateResult {
    if (filtered)
      return html`<sc-empty icon="search" heading=${t('orders.none_match')} text=${t('orders.none_match_text')}><sc-button @click=${() => this.#filter({ query: null, state: null })}>${t('action.clear_filters')}</sc-button></sc-empty>`;
    return html`<sc-empty icon="receipt" heading=${t('orders.empty')} text=${t('orders.empty_text')}><sc-button href=${href('/shows')}>${t('nav.shows')}</sc-button></sc-empty>`;
  }

  readonly #export = () => {
    const head = [
      'order.number',
      'order.state',
      'order.placed',
      'order.buyer',
      'order.what',
      'order.units',
      'order.total',
      'order.currency',
    ].map((key) => t(key));
    const rows = (this.#orders.items ?? []).map((row) => [
      row.number,
      t(`order_state.${row.state}`),
      row.placed_at,
      row.email,
      row.titles.join(', '),
      row.units,
      amountText(row.total.amount_minor, row.total.currency),
      row.total.currency,
    ]);
    download('orders.csv', csv([head, ...rows]));
  };
}
