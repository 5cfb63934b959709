// The returns desk: what waits for a decision, for its parcel, for inspection; the oldest promise first to be kept.
import { dateTime, relative, t } from '@shopcast/format';
import { dataTable } from '@shopcast/ui/controls/table.ts';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { Pager } from '../../app/pager.ts';
import { href } from '../../app/router.ts';
import { Screen } from '../../app/screen.ts';
import { debounce } from '../../lib/debounce.ts';
import type { Page, ReturnRow } from '../../types.ts';
import { searchToolbar } from '../search_toolbar.ts';
import { causeWord, returnState } from './return_words.ts';

const STATES = ['requested', 'approved', 'closed', 'rejected', 'cancelled'];

@customElement('screen-returns')
export class ScreenReturns extends Screen {
  readonly #returns = new Pager<ReturnRow>(this, (cursor, signal) => {
    const { query } = this.app.router.route;
    return this.app.api.get<Page<ReturnRow>>(
      this.app.org('/returns'),
      { query: query.get('query'), state: query.get('state'), cursor, limit: 50 },
      signal,
    );
  });
  readonly #search = debounce((query: string) => this.#filter({ query }));

  #filter(changes: Record<string, string | null>): void {
    this.app.router.setQuery(changes);
    void this.#returns.restart();
  }

  override render() {
    const now = this.app.router.route.query;
    return html`<div class="page"><div class="page-head"><div class="titles stack tight"><h1>${t('nav.returns')}</h1><p class="soft">${t('returns.what')}</p></div></div>
      ${searchToolbar({
        placeholder: t('returns.search'),
        words: now.get('query') ?? '',
        search: this.#search,
        filterLabel: t('orders.filter'),
        choices: [
          { value: '', label: t('orders.all') },
          ...STATES.map((value) => ({ value, label: t(`return_state.${value}`) })),
        ],
        chosen: now.get('state') ?? '',
        choose: (state) => this.#filter({ state: state || null }),
      })}
      ${this.#returns.view(
        (rows) => this.#table(rows),
        () => this.#empty(['query', 'state', 'view'].some((name) => now.has(name))),
      )}</div>`;
  }

  #table(rows: ReturnRow[]): TemplateResult {
    return html`<div class="panel flush">${dataTable<ReturnRow>({
      caption: t('nav.returns'),
      rows,
      href: (row) => href(`/returns/${row.id}`),
      columns: [
        { label: t('order.number'), cell: (row) => html`<span class="number nowrap">${row.order_number}</span>` },
        {
          label: t('order.what'),
          cell: (row) => html`<span class="clip-one">${row.titles.join(', ')}</span>`,
          phone: 'under',
        },
        {
          label: t('returns.cause'),
          cell: (row) =>
            row.kind === 'withdrawal' ? t('cause.withdrawal') : [...new Set(row.causes)].map(causeWord).join(', '),
          phone: 'under',
        },
        { label: t('order.buyer'), cell: (row) => row.name, phone: 'hidden' },
        {
          label: t('returns.asked'),
          cell: (row) =>
            html`<span title=${dateTime(row.requested_at)}>${relative(row.requested_at, Date.now())}</span>`,
          phone: 'under',
        },
        {
          label: t('returns.where'),
          cell: (row) =>
            html`<span class="number">${t('returns.came', { n: row.received, of: row.units })}</span>${nothing}`,
          phone: 'under',
        },
        { label: t('order.state'), cell: (row) => returnState(row.state), align: 'end', phone: 'corner' },
      ],
    })}</div>`;
  }

  #empty(filtered: boolean): TemplateResult {
    if (filtered)
      return html`<sc-empty icon="search" heading=${t('returns.none_match')} text=${t('returns.none_match_text')}><sc-button @click=${() => this.#filter({ query: null, state: null })}>${t('action.clear_filters')}</sc-button></sc-empty>`;
    return html`<sc-empty icon="undo-2" heading=${t('returns.empty')} text=${t('returns.empty_text')}><sc-button href=${href('/settings/selling')}>${t('returns.empty_rules')}</sc-button></sc-empty>`;
  }
}
