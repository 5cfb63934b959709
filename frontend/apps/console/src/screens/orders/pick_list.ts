// One walk through the storeroom: everything paid and not sent, summed by variant, then by order; printed or as CSV.
import { dateTime, t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { Loader } from '../../app/loader.ts';
import { asProblem, type Problem, problemText } from '../../app/problem.ts';
import { href } from '../../app/router.ts';
import { Screen } from '../../app/screen.ts';
import type { Page, PickLine, PickList, Show } from '../../types.ts';
import { searchToolbar } from '../search_toolbar.ts';

/** More pages than this is more than one walk; the seller filters by show instead. */
const PAGES_LIMIT = 40;

@customElement('screen-pick-list')
export class ScreenPickList extends Screen {
  @state() private shows: readonly Show[] = [];
  @state() private problem: Problem | null = null;
  @state() private more = false;
  readonly #list = new Loader<PickList>(this, (signal) =>
    this.app.api.get<PickList>(
      this.app.org('/pick-list'),
      {
        show_id: this.app.router.route.query.get('show'),
        day: this.app.router.route.query.get('day'),
        limit: 100,
      },
      signal,
    ),
  );

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#loadShows();
  }

  /** Only names for the filter: without them the list is whole anyway. */
  async #loadShows(): Promise<void> {
    const page = await this.app.api.get<Page<Show>>(this.app.org('/shows'), { limit: 20 }).catch(() => null);
    this.shows = page?.items.filter((show) => show.state !== 'draft' && show.state !== 'scheduled') ?? [];
  }

  override render() {
    const show = this.app.router.route.query.get('show') ?? '';
    return html`<div class="page paper"><div class="screen-only stack"><a class="back" href=${href('/orders')}><sc-icon name="arrow-left"></sc-icon>${t('nav.orders')}</a>
      <div class="page-head"><div class="titles stack tight"><h1>${t('pick.title')}</h1><p class="soft">${t('pick.what')}</p></div>
        <div class="actions"><sc-button icon="download" ?disabled=${!this.#list.value?.items.length} href=${this.#csv()}>${t('pick.csv')}</sc-button><sc-button variant="primary" icon="file-text" ?disabled=${!this.#list.value?.items.length} ?loading=${this.more} @click=${this.#print}>${t('pick.print')}</sc-button></div></div>
      ${searchToolbar({
        placeholder: '',
        words: '',
        search: null,
        filterLabel: t('pick.by_show'),
        choices: [
          { value: '', label: t('pick.all_shows') },
          ...this.shows.map((one) => ({ value: one.id, label: one.title })),
        ],
        chosen: show,
        choose: (id) => {
          this.app.router.setQuery({ show: id || null });
          void this.#list.load();
        },
      })}
      <sc-field class="count-field wide" type="date" label=${t('pick.day')} hint=${t('pick.day_hint')} .value=${this.app.router.route.query.get('day') ?? ''} @change=${(
        event: Event,
      ) => {
        this.app.router.setQuery({ day: (event.target as HTMLInputElement).value || null });
        void this.#list.load();
      }}></sc-field></div>
      ${this.problem ? html`<div class="notice danger" role="alert">${problemText(this.problem)}</div>` : nothing}
      ${this.#list.view((list) => this.#sheet(list))}</div>`;
  }

  #sheet(list: PickList): TemplateResult {
    if (list.items.length === 0)
      return html`<sc-empty icon="circle-check" heading=${t('pick.empty')} text=${t('pick.empty_text')}><sc-button href=${href('/orders')}>${t('nav.orders')}</sc-button></sc-empty>`;
    const orders = list.by_order.map((sum) => list.items.filter((line) => line.order_id === sum.order_id));
    return html`<section class="panel"><div class="panel-head"><h2>${t('pick.walk')}</h2><strong class="number">${t('order.pieces', { n: list.units })}</strong></div>
        <table class="slip-table"><thead><tr><th scope="col">${t('order.units')}</th><th scope="col">${t('order.what')}</th><th scope="col">SKU</th></tr></thead>
        <tbody>${list.by_variant.map((one) => html`<tr><td class="number big">${one.quantity}</td><td>${one.title}${one.variant_title ? html` <span class="soft">${one.variant_title}</span>` : nothing}</td><td class="number sku">${one.sku}</td></tr>`)}</tbody></table></section>
      <section class="panel"><h2>${t('pick.orders')}</h2><ul class="pick-orders">${orders.map((lines) => order(lines))}</ul>
        ${list.next_cursor ? html`<div class="more screen-only"><sc-button ?loading=${this.more} @click=${() => void this.#loadAll()}>${t('action.more')}</sc-button></div>` : nothing}</section>`;
  }

  #csv(): string {
    const { query } = this.app.router.route;
    const asked = new URLSearchParams();
    const show = query.get('show');
    const day = query.get('day');
    if (show) asked.set('show_id', show);
    if (day) asked.set('day', day);
    return this.app.org(`/pick-list.csv?${asked}`);
  }

  /** Printing half a list would send half the parcels. */
  async #loadAll(): Promise<PickList | null> {
    let list = this.#list.value;
    this.more = true;
    try {
      for (let page = 0; list?.next_cursor && page < PAGES_LIMIT; page += 1) {
        const next: PickList = await this.app.api.get<PickList>(this.app.org('/pick-list'), {
          show_id: this.app.router.route.query.get('show'),
          day: this.app.router.route.query.get('day'),
          cursor: list.next_cursor,
          limit: 100,
        });
        list = {
          ...list,
          items: [...list.items, ...next.items],
          by_order: [...list.by_order, ...next.by_order],
          next_cursor: next.next_cursor,
        };
      }
      if (list) this.#list.set(list);
      this.problem = null;
      return list;
    } catch (error) {
      this.problem = asProblem(error);
      return null;
    } finally {
      this.more = false;
    }
  }

  readonly #print = async () => {
    if (!(await this.#loadAll())) return;
    await this.updateComplete;
    print();
  };
}

function order(lines: PickLine[]): TemplateResult | typeof nothing {
  const [first] = lines;
  if (!first) return nothing;
  return html`<li><span class="tick" aria-hidden="true"></span><div class="stack tight grow"><span class="line between"><a class="number" href=${href(`/orders/${first.order_id}`)}><strong>${first.order_number}</strong></a><span class="small soft">${dateTime(first.placed_at)}</span></span>
    <span class="small">${first.name}, ${first.postal_code} ${first.city}, ${first.country}${first.packed ? html` · ${t('orders.packed')}` : nothing}</span>
    ${lines.map((line) => html`<span class="number">${line.quantity} × ${line.title} <span class="soft">${line.variant_title}</span>${line.gift ? html` · ${t('order.gift')}` : nothing}${line.replacement ? html` · ${t('pick.replacement')}` : nothing}</span>`)}</div></li>`;
}
