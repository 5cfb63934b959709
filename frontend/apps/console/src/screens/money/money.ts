// The organisation's balance by account, and the journal entries behind it.
import { dateTime, t } from '@shopcast/format';
import { stats } from '@shopcast/ui/controls/stat.ts';
import { dataTable } from '@shopcast/ui/controls/table.ts';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { Pager } from '../../app/pager.ts';
import { href } from '../../app/router.ts';
import { Screen } from '../../app/screen.ts';
import { accountWord, byJournal, type Journal, shownAmount } from '../../lib/journals.ts';
import type { Balance, JournalEntry } from '../../types.ts';
import { money } from '../words.ts';

@customElement('screen-money')
export class ScreenMoney extends Screen {
  #accounts: Balance['accounts'] = [];
  readonly #entries = new Pager<JournalEntry>(this, async (cursor, signal) => {
    const { query } = this.app.router.route;
    const answer = await this.app.api.get<Balance>(
      this.app.org('/balance'),
      { cursor, order_id: query.get('order'), limit: 50 },
      signal,
    );
    this.#accounts = answer.accounts;
    return Array.isArray(answer.entries) ? { items: answer.entries, next_cursor: null } : answer.entries;
  });

  override render() {
    const { query } = this.app.router.route;
    const filtered = query.has('order');
    return html`<div class="page"><div class="page-head"><div class="titles stack tight"><h1>${t('nav.money')}</h1><p class="soft">${t('money.text')}</p></div></div>
      ${this.#accounts.length === 0 ? nothing : html`<section class="panel">${stats(this.#accounts.map(({ account, balance }) => ({ label: accountLabel(account), value: money(shownAmount(account, balance)), definition: accountWord(account) ? t(`money.${accountWord(account)}_definition`) : t('money.account_definition'), ...(accountWord(account) === 'goods' ? { tone: 'gain' as const } : {}) })))}</section>`}
      <section class="panel"><div class="panel-head"><h2>${t('money.entries')}</h2>${filtered ? html`<sc-button size="s" icon="x" @click=${this.#all}>${t('action.clear_filters')}</sc-button>` : nothing}</div>
        ${this.#entries.view(
          (entries) =>
            html`<div class="journals">${repeat(
              byJournal(entries),
              (journal) => journal.id,
              (journal) => this.#journal(journal),
            )}</div>`,
          () => html`<sc-empty icon="wallet" heading=${t('money.empty')} text=${t('money.empty_text')}></sc-empty>`,
        )}</section></div>`;
  }

  readonly #all = () => {
    this.app.router.setQuery({ order: null });
    void this.#entries.restart();
  };

  #journal(journal: Journal): TemplateResult {
    return html`<details class="journal" ?open=${this.app.router.route.query.has('order')}><summary><span class="grow stack tight"><strong>${t(`journal.${journal.kind}`) === `journal.${journal.kind}` ? journal.kind : t(`journal.${journal.kind}`)}</strong><span class="small soft number">${dateTime(journal.at)}${journal.orderNumber ? html` · ${journal.orderNumber}` : nothing}</span></span><strong class="number ${journal.kept.amount_minor > 0 ? 'gain' : ''}">${money(journal.kept)}</strong></summary>
      ${dataTable<JournalEntry>({
        caption: t('money.entries'),
        rows: journal.entries,
        columns: [
          { label: t('money.account'), cell: (entry) => accountLabel(entry.account) },
          { label: t('money.amount'), cell: (entry) => money(shownAmount(entry.account, entry.amount)), align: 'end' },
        ],
      })}
      ${journal.orderId ? html`<div><a href=${href(`/orders/${journal.orderId}`)}>${t('money.open_order')}</a></div>` : nothing}</details>`;
  }
}

function accountLabel(account: string): string {
  const word = accountWord(account);
  return word ? t(`money.${word}`) : account;
}
