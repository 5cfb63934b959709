// Disputes: payments a bank asks back, the nearest date first in mind; each opens to the pack that answers it.
import { dateTime, t } from '@shopcast/format';
import { dataTable } from '@shopcast/ui/controls/table.ts';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { Pager } from '../../app/pager.ts';
import { href } from '../../app/router.ts';
import { Screen } from '../../app/screen.ts';
import type { DisputeRow, Page } from '../../types.ts';
import { searchToolbar } from '../search_toolbar.ts';
import { money } from '../words.ts';
import { disputeState, dueWords, reasonWord } from './dispute_words.ts';

const STATES = ['open', 'submitted', 'won', 'lost', 'accepted'];

@customElement('screen-disputes')
export class ScreenDisputes extends Screen {
  readonly #disputes = new Pager<DisputeRow>(this, (cursor, signal) =>
    this.app.api.get<Page<DisputeRow>>(
      this.app.org('/disputes'),
      { state: this.app.router.route.query.get('state'), cursor, limit: 50 },
      signal,
    ),
  );

  #filter(state: string | null): void {
    this.app.router.setQuery({ state });
    void this.#disputes.restart();
  }

  override render() {
    const chosen = this.app.router.route.query.get('state') ?? '';
    return html`<div class="page"><div class="page-head"><div class="titles stack tight"><h1>${t('nav.disputes')}</h1><p class="soft">${t('disputes.what')}</p></div></div>
      ${searchToolbar({
        placeholder: '',
        words: '',
        search: null,
        filterLabel: t('orders.filter'),
        choices: [
          { value: '', label: t('orders.all') },
          ...STATES.map((value) => ({ value, label: t(`dispute_state.${value}`) })),
        ],
        chosen,
        choose: (state) => this.#filter(state || null),
      })}
      ${this.#disputes.view(
        (rows) => this.#table(rows),
        () =>
          chosen
            ? html`<sc-empty icon="search" heading=${t('disputes.none_match')}><sc-button @click=${() => this.#filter(null)}>${t('action.clear_filters')}</sc-button></sc-empty>`
            : html`<sc-empty icon="circle-check" heading=${t('disputes.empty')} text=${t('disputes.empty_text')}></sc-empty>`,
      )}</div>`;
  }

  #table(rows: DisputeRow[]): TemplateResult {
    return html`<div class="panel flush">${dataTable<DisputeRow>({
      caption: t('nav.disputes'),
      rows,
      href: (row) => href(`/disputes/${row.id}`),
      columns: [
        {
          label: t('order.number'),
          cell: (row) => html`<span class="number nowrap">${row.order_number ?? t('disputes.no_order')}</span>`,
        },
        { label: t('disputes.reason'), cell: (row) => reasonWord(row.reason), phone: 'under' },
        {
          label: t('disputes.opened'),
          cell: (row) => html`<span class="nowrap">${dateTime(row.opened_at)}</span>`,
          phone: 'hidden',
        },
        {
          label: t('disputes.answer_by'),
          cell: (row) =>
            row.state === 'open' ? html`${t('disputes.due')} ${dueWords(row.due_at, row.state)}` : nothing,
          phone: 'under',
        },
        { label: t('order.state'), cell: (row) => disputeState(row.state), phone: 'under' },
        {
          label: t('disputes.amount'),
          cell: (row) => html`<strong>${money(row.amount)}</strong>`,
          align: 'end',
          phone: 'corner',
        },
      ],
    })}</div>`;
  }
}
