// Calls to payment providers: what was asked, what they said, when it is asked again.
import { dateTime, t } from '@shopcast/format';
import type { Tone } from '@shopcast/ui/controls/badge.ts';
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { Pager } from '../../app/pager.ts';
import type { OutboxRow, Page } from '../../types.ts';
import { searchToolbar } from '../search_toolbar.ts';
import { SettingPart } from '../settings/setting_part.ts';
import { money } from '../words.ts';
import { trafficRow } from './traffic.ts';

const STATES = ['waiting', 'unanswered', 'refused', 'answered'];
const TONES: Record<OutboxRow['state'], Tone> = {
  waiting: 'warn',
  unanswered: 'danger',
  refused: 'danger',
  answered: 'good',
};

@customElement('health-outbox')
export class HealthOutbox extends SettingPart {
  @state() private filter = '';
  @state() private busy: string | null = null;
  readonly #rows = new Pager<OutboxRow>(this, (cursor, signal) =>
    this.app.api.get<Page<OutboxRow>>('/v1/operator/outbox', { state: this.filter || null, cursor, limit: 50 }, signal),
  );

  override render() {
    return html`<div class="stack"><div class="stack tight"><h2>${t('health.outbox')}</h2><p class="soft">${t('outbox.what')}</p></div>
      ${searchToolbar({
        placeholder: '',
        words: '',
        search: null,
        filterLabel: t('orders.filter'),
        choices: [
          { value: '', label: t('orders.all') },
          ...STATES.map((value) => ({ value, label: t(`outbox_state.${value}`) })),
        ],
        chosen: this.filter,
        choose: (value) => {
          this.filter = value;
          void this.#rows.restart();
        },
      })}
      ${this.#rows.view(
        (rows) => html`<ul class="plain-list">${rows.map((row) => this.#row(row))}</ul>`,
        () => html`<sc-empty icon="send" heading=${t('outbox.empty')} text=${t('outbox.empty_text')}></sc-empty>`,
      )}</div>`;
  }

  #row(row: OutboxRow) {
    const again = row.next_try_at ? ` ${t('outbox.again_at', { when: dateTime(row.next_try_at) })}` : '';
    return trafficRow({
      tone: TONES[row.state],
      state: t(`outbox_state.${row.state}`),
      heading: html`${t(`outbox_kind.${row.kind}`)}${row.amount ? ` ${money(row.amount)}` : ''}`,
      facts: `${row.provider} · ${t('health.tries', { n: row.attempts })}`,
      at: row.created_at,
      meaning: `${t(`outbox_means.${row.state}`)}${again}`,
      body: [`${t('outbox.key')}: ${row.key}`, row.payment_id, row.last_answer].filter(Boolean).join('\n'),
      act:
        row.state === 'answered'
          ? nothing
          : html`<sc-button size="s" icon="refresh-cw" ?loading=${this.busy === row.id} @click=${() => this.#retry(row)}>${t('outbox.retry')}</sc-button>`,
    });
  }

  async #retry(row: OutboxRow): Promise<void> {
    this.busy = row.id;
    const done = await this.app.act(() => this.app.api.post(`/v1/operator/outbox/${row.id}/retry`), {
      done: t('outbox.retried'),
    });
    this.busy = null;
    if (done) void this.#rows.restart();
  }
}
