// Who gets what regularly; the offers themselves are made on the product's page.
import { dateTime, t } from '@shopcast/format';
import { badge, type Tone } from '@shopcast/ui/controls/badge.ts';
import { dataTable } from '@shopcast/ui/controls/table.ts';
import { html, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { Pager } from '../../app/pager.ts';
import { href } from '../../app/router.ts';
import type { Page, SoldSubscription } from '../../types.ts';
import { searchToolbar } from '../search_toolbar.ts';
import { SettingPart } from '../settings/setting_part.ts';
import { money } from '../words.ts';

const STATES = ['active', 'paused', 'stopped'];
const TONES: Record<string, Tone> = { active: 'good', paused: 'warn', stopped: 'plain' };

@customElement('customers-subscriptions')
export class CustomersSubscriptions extends SettingPart {
  @state() private filter = '';
  readonly #rows = new Pager<SoldSubscription>(this, (cursor, signal) =>
    this.app.api.get<Page<SoldSubscription>>(
      this.app.org('/subscriptions'),
      { state: this.filter || null, cursor, limit: 50 },
      signal,
    ),
  );

  override render() {
    return html`<div class="stack"><p class="soft">${t('subscriptions.what')}</p>
      ${searchToolbar({
        placeholder: '',
        words: '',
        search: null,
        filterLabel: t('orders.filter'),
        choices: [
          { value: '', label: t('orders.all') },
          ...STATES.map((value) => ({ value, label: t(`subscription_state.${value}`) })),
        ],
        chosen: this.filter,
        choose: (value) => {
          this.filter = value;
          void this.#rows.restart();
        },
      })}
      ${this.#rows.view(
        (rows) => this.#table(rows),
        () =>
          html`<sc-empty icon="refresh-cw" heading=${t('subscriptions.empty')} text=${t('subscriptions.empty_text')}><sc-button href=${href('/catalogue')}>${t('nav.catalogue')}</sc-button></sc-empty>`,
      )}</div>`;
  }

  #table(rows: SoldSubscription[]): TemplateResult {
    return html`<div class="panel flush">${dataTable<SoldSubscription>({
      caption: t('customers.subscriptions'),
      rows,
      columns: [
        {
          label: t('order.what'),
          cell: (row) => html`${row.quantity} × ${row.title} <span class="soft">${row.variant_title}</span>`,
        },
        { label: t('order.buyer'), cell: (row) => row.buyer_name || row.email, phone: 'under' },
        {
          label: t('subscriptions.every'),
          cell: (row) => t('subscriptions.days', { n: row.interval_days }),
          phone: 'under',
        },
        {
          label: t('subscriptions.next'),
          cell: (row) => (row.next_at ? dateTime(row.next_at) : '–'),
          phone: 'under',
        },
        {
          label: t('subscriptions.paid'),
          cell: (row) => t('subscriptions.deliveries', { n: row.deliveries_paid }),
          align: 'end',
          phone: 'hidden',
        },
        { label: t('subscriptions.last'), cell: (row) => money(row.last_total), align: 'end', phone: 'hidden' },
        {
          label: t('order.state'),
          cell: (row) => badge(TONES[row.state] ?? 'plain', t(`subscription_state.${row.state}`)),
          align: 'end',
          phone: 'corner',
        },
      ],
    })}</div>`;
  }
}
