// Who changed what, newest first.
import { dateTime, t } from '@shopcast/format';
import { dataTable } from '@shopcast/ui/controls/table.ts';
import { html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Pager } from '../../app/pager.ts';
import type { AuditRow, Page } from '../../types.ts';
import { SettingPart } from './setting_part.ts';

@customElement('audit-list')
export class AuditList extends SettingPart {
  @property({ attribute: false }) organisation: string | null = null;
  readonly #rows = new Pager<AuditRow>(this, (cursor, signal) =>
    this.app.api.get<Page<AuditRow>>('/v1/audit', { organisation_id: this.organisation, cursor, limit: 50 }, signal),
  );

  override render() {
    return html`<h2>${t('settings.audit')}</h2>${this.#rows.view(
      (rows) =>
        dataTable<AuditRow>({
          caption: t('settings.audit'),
          rows,
          columns: [
            { label: t('audit.action'), cell: (row) => row.action },
            { label: t('audit.who'), cell: (row) => row.by, phone: 'under' },
            { label: t('audit.subject'), cell: (row) => html`<code>${row.subject_id}</code>`, phone: 'hidden' },
            { label: t('audit.at'), cell: (row) => dateTime(row.at), align: 'end', phone: 'corner' },
          ],
        }),
      () => html`<p class="soft">${t('audit.empty')}</p>`,
    )}`;
  }
}
