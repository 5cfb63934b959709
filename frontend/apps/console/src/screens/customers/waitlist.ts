// How many wait for which variant, what they would pay, and what a restock would serve at once.
import { formatNumber, relative, t } from '@shopcast/format';
import { dataTable } from '@shopcast/ui/controls/table.ts';
import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { Pager } from '../../app/pager.ts';
import { href } from '../../app/router.ts';
import type { Page, WaitlistRow } from '../../types.ts';
import { SettingPart } from '../settings/setting_part.ts';
import { leftOf, money } from '../words.ts';

@customElement('customers-waitlist')
export class CustomersWaitlist extends SettingPart {
  readonly #rows = new Pager<WaitlistRow>(this, (cursor, signal) =>
    this.app.api.get<Page<WaitlistRow>>(this.app.org('/waitlist'), { cursor, limit: 50 }, signal),
  );

  override render() {
    return html`<div class="stack"><p class="soft">${t('waitlist.what')}</p>${this.#rows.view(
      (rows) => this.#table(rows),
      () =>
        html`<sc-empty icon="hourglass" heading=${t('waitlist.empty')} text=${t('waitlist.empty_text')}></sc-empty>`,
    )}</div>`;
  }

  #table(rows: WaitlistRow[]): TemplateResult {
    return html`<div class="panel flush">${dataTable<WaitlistRow>({
      caption: t('customers.waitlist'),
      rows,
      href: (row) => href(`/catalogue/${row.product_id}`),
      columns: [
        {
          label: t('order.what'),
          cell: (row) =>
            html`${row.title}${row.variant_title ? html` <span class="soft">${row.variant_title}</span>` : ''}`,
        },
        { label: t('waitlist.kind'), cell: (row) => t(`standing_kind.${row.kind}`), phone: 'under' },
        {
          label: t('waitlist.people'),
          cell: (row) => t('waitlist.people_n', { n: row.people }),
          align: 'end',
          phone: 'under',
        },
        {
          label: t('waitlist.units'),
          cell: (row) => html`<strong class="number">${formatNumber(row.units)}</strong>`,
          align: 'end',
          phone: 'corner',
        },
        {
          label: t('waitlist.sure'),
          cell: (row) => t('waitlist.sure_n', { n: row.units_with_mandate }),
          align: 'end',
          phone: 'under',
        },
        {
          label: t('waitlist.limit'),
          cell: (row) => (row.highest_limit ? t('waitlist.up_to', { amount: money(row.highest_limit) }) : '–'),
          align: 'end',
          phone: 'hidden',
        },
        { label: t('waitlist.left'), cell: (row) => leftOf(row.left), align: 'end', phone: 'under' },
        {
          label: t('waitlist.since'),
          cell: (row) => relative(row.first_at, Date.now()),
          align: 'end',
          phone: 'hidden',
        },
      ],
    })}</div>`;
  }
}
