// The list of an organisation's orders: search, filter, page, export what is shown.
import { dateTime, t } from '@shopcast/format';
import { toast } from '@shopcast/ui';
import { badge } from '@shopcast/ui/controls/badge.ts';
import { dataTable } from '@shopcast/ui/controls/table.ts';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { Pager } from '../../app/pager.ts';
import { asProblem, problemText } from '../../app/problem.ts';
import { href } from '../../app/router.ts';
import { Screen } from '../../app/screen.ts';
import { csv, download } from '../../lib/csv.ts';
import { debounce } from '../../lib/debounce.ts';
import { amountText } from '../../lib/money_input.ts';
import type { OrderRow, Page } from '../../types.ts';
import { searchToolbar } from '../search_toolbar.ts';
import { money, orderState } from '../words.ts';

/** What a person comes here to do, before the states in which an order can be. */
const VIEWS = ['to_pack', 'to_ship', 'sent', 'returns', 'dispute'];
const STATES = ['placed', 'refunded', 'cancelled'];
/** As many as one request packs: a tray, not a warehouse. */
const BULK_LIMIT = 100;

@customElement('screen-orders')
export class ScreenOrders extends Screen {
  @state() private picked: ReadonlySet<string> = new Set();
  @state() private packing: { readonly done: number; readonly of: number } | null = null;
  readonly #orders = new Pager<OrderRow>(this, async (cursor, signal) => {
    const { query } = this.app.router.route;
    const page = await this.app.api.get<Page<OrderRow>>(
      this.app.org('/orders'),
      {
        query: query.get('query'),
        state: query.get('state'),
        view: query.get('view'),
        cursor,
        limit: 50,
      },
      signal,
    );
    return { items: page.items, next_cursor: page.next_cursor };
  });
  readonly #search = debounce((query: string) => this.#filter({ query }));

  #filter(changes: Record<string, string | null>): void {
    this.picked = new Set();
    this.app.router.setQuery(changes);
    void this.#orders.restart();
  }

  override render() {
    const now = this.app.router.route.query;
    const chosen = now.get('view') ?? now.get('state') ?? '';
    return html`<div class="page">
      <div class="page-head"><div class="titles"><h1>${t('nav.orders')}</h1></div><div class="actions"><sc-button icon="list" href=${href('/orders/pick-list')}>${t('pick.title')}</sc-button><sc-button icon="download" ?disabled=${!this.#orders.items?.length} @click=${this.#export}>${t('orders.export')}</sc-button></div></div>
      ${searchToolbar({
        placeholder: t('orders.search'),
        words: now.get('query') ?? '',
        search: this.#search,
        filterLabel: t('orders.filter'),
        choices: [
          { value: '', label: t('orders.all') },
          ...VIEWS.map((value) => ({ value, label: t(`orders_view.${value}`) })),
          ...STATES.map((value) => ({ value, label: t(`order_state.${value}`) })),
        ],
        chosen,
        choose: (value) =>
          this.#filter({
            view: VIEWS.includes(value) ? value : null,
            state: STATES.includes(value) ? value : null,
          }),
      })}
      ${this.#orders.view(
        (rows) => this.#table(rows),
        () => this.#empty(['query', 'state', 'view'].some((name) => now.has(name))),
      )}
      ${this.#bulk()}</div>`;
  }

  #table(rows: OrderRow[]): TemplateResult {
    return html`<div class="panel flush">${dataTable<OrderRow>({
      caption: t('nav.orders'),
      rows,
      href: (row) => href(`/orders/${row.id}`),
      columns: [
        {
          label: t('orders.pick_rows'),
          hideLabel: true,
          cell: (row) =>
            canPack(row)
              ? html`<label class="tick-box"><input type="checkbox" .checked=${this.picked.has(row.id)} @change=${() => this.#toggle(row.id)} /><span class="hidden-text">${t('orders.pick_row', { number: row.number })}</span></label>`
              : nothing,
          lead: true,
        },
        { label: t('order.number'), cell: (row) => html`<span class="number nowrap">${row.number}</span>` },
        {
          label: t('order.what'),
          cell: (row) =>
            html`<span class="clip-one">${row.titles.join(', ')}${row.units > 1 ? ` × ${row.units}` : ''}</span>`,
          phone: 'under',
        },
        { label: t('order.buyer'), cell: (row) => row.name || row.email, phone: 'hidden' },
        { label: t('order.placed'), cell: (row) => dateTime(row.placed_at), phone: 'under' },
        {
          label: t('order.state'),
          cell: (row) =>
            html`${orderState(row.state)}${row.packed ? html` ${badge('plain', t('orders.packed'))}` : nothing}`,
          phone: 'under',
        },
        {
          label: t('order.total'),
          cell: (row) => html`<strong>${money(row.total)}</strong>`,
          align: 'end',
          phone: 'corner',
        },
      ],
    })}</div>`;
  }

  #toggle(id: string): void {
    const next = new Set(this.picked);
    if (!next.delete(id) && next.size < BULK_LIMIT) next.add(id);
    this.picked = next;
  }

  /** Stands at the foot while something is chosen, where a thumb finds it. */
  #bulk(): TemplateResult | typeof nothing {
    const packable = (this.#orders.items ?? []).filter(canPack);
    if (this.picked.size === 0) return nothing;
    const all = packable.slice(0, BULK_LIMIT).map((row) => row.id);
    return html`<div class="save-bar" role="region" aria-label=${t('orders.chosen', { n: this.picked.size })}>
      <span class="number grow" role="status">${this.packing ? t('orders.packing', { n: this.packing.done, of: this.packing.of }) : t('orders.chosen', { n: this.picked.size })}</span>
      ${
        this.picked.size < all.length
          ? html`<sc-button variant="quiet" @click=${() => {
              this.picked = new Set(all);
            }}>${t('action.select_all')}</sc-button>`
          : nothing
      }
      <sc-button variant="quiet" ?disabled=${this.packing !== null} @click=${() => {
        this.picked = new Set();
      }}>${t('action.cancel')}</sc-button>
      <sc-button variant="primary" icon="package" ?loading=${this.packing !== null} @click=${this.#packAll}>${t('order.pack')}</sc-button></div>`;
  }

  /** One by one, so that one refusal stops nothing: those that could not be packed stay chosen. */
  readonly #packAll = async () => {
    const ids = [...this.picked];
    const failed = new Set<string>();
    let words = '';
    for (const [index, id] of ids.entries()) {
      this.packing = { done: index, of: ids.length };
      try {
        await this.app.api.post(this.app.org(`/orders/${id}/pack`));
      } catch (error) {
        failed.add(id);
        words = problemText(asProblem(error));
      }
    }
    this.packing = null;
    this.picked = failed;
    const done = ids.length - failed.size;
    if (failed.size > 0)
      toast(`${t('orders.packed_some', { n: done, of: ids.length })} ${words}`, {
        tone: 'danger',
        icon: 'circle-alert',
      });
    else toast(t('orders.packed_all', { n: done }), { icon: 'check' });
    void this.#orders.restart();
  };

  #empty(filtered: boolean): TemplateResult {
    const view = this.app.router.route.query.get('view');
    if (view === 'to_pack' || view === 'to_ship')
      return html`<sc-empty icon="circle-check" heading=${t(`orders_empty.${view}`)}><sc-button @click=${() => this.#filter({ query: null, state: null, view: null })}>${t('action.clear_filters')}</sc-button></sc-empty>`;
    if (filtered)
      return html`<sc-empty icon="search" heading=${t('orders.none_match')} text=${t('orders.none_match_text')}><sc-button @click=${() => this.#filter({ query: null, state: null, view: null })}>${t('action.clear_filters')}</sc-button></sc-empty>`;
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

/** Paid, nothing done with it yet. */
function canPack(row: OrderRow): boolean {
  return row.state === 'paid' && !row.packed;
}
