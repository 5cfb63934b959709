// Notices from payment providers as they arrived; each may be applied again, which does nothing twice.
import { t } from '@shopcast/format';
import type { Tone } from '@shopcast/ui/controls/badge.ts';
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { Pager } from '../../app/pager.ts';
import type { InboxRow, Page } from '../../types.ts';
import { searchToolbar } from '../search_toolbar.ts';
import { SettingPart } from '../settings/setting_part.ts';
import { trafficRow } from './traffic.ts';

const STATES = ['waiting', 'applied', 'ignored'];
const TONES: Record<InboxRow['state'], Tone> = { waiting: 'warn', applied: 'good', ignored: 'plain' };

@customElement('health-inbox')
export class HealthInbox extends SettingPart {
  @state() private filter = '';
  @state() private busy: string | null = null;
  readonly #rows = new Pager<InboxRow>(this, (cursor, signal) =>
    this.app.api.get<Page<InboxRow>>('/v1/operator/inbox', { state: this.filter || null, cursor, limit: 50 }, signal),
  );

  override render() {
    return html`<div class="stack"><div class="stack tight"><h2>${t('health.inbox')}</h2><p class="soft">${t('inbox.what')}</p></div>
      ${searchToolbar({
        placeholder: '',
        words: '',
        search: null,
        filterLabel: t('orders.filter'),
        choices: [
          { value: '', label: t('orders.all') },
          ...STATES.map((value) => ({ value, label: t(`inbox_state.${value}`) })),
        ],
        chosen: this.filter,
        choose: (value) => {
          this.filter = value;
          void this.#rows.restart();
        },
      })}
      ${this.#rows.view(
        (rows) => html`<ul class="plain-list">${rows.map((row) => this.#row(row))}</ul>`,
        () => html`<sc-empty icon="mail" heading=${t('inbox.empty')} text=${t('inbox.empty_text')}></sc-empty>`,
      )}</div>`;
  }

  #row(row: InboxRow) {
    const id = `${row.provider}/${row.delivery_id}`;
    return trafficRow({
      tone: TONES[row.state],
      state: t(`inbox_state.${row.state}`),
      heading: row.kind,
      facts: `${row.provider} · ${row.subject_id}`,
      at: row.received_at,
      meaning: `${t(`inbox_means.${row.state}`)}${row.note ? ` (${row.note})` : ''}`,
      body: row.body,
      act: html`<sc-button size="s" icon="refresh-cw" ?loading=${this.busy === id} @click=${() => this.#replay(row, id)}>${t('inbox.replay')}</sc-button>${nothing}`,
    });
  }

  async #replay(row: InboxRow, id: string): Promise<void> {
    this.busy = id;
    const path = `/v1/operator/webhooks/${encodeURIComponent(row.provider)}/${encodeURIComponent(row.delivery_id)}/replay`;
    const done = await this.app.act(() => this.app.api.post(path), { done: t('inbox.replayed') });
    this.busy = null;
    if (done) void this.#rows.restart();
  }
}
