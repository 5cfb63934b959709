// Who changed what, newest first.
import { dateTime, t } from '@shopcast/format';
import { dataTable } from '@shopcast/ui/controls/table.ts';
import { html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { itemsOf } from '../../app/api.ts';
import { Loader } from '../../app/loader.ts';
import { Pager } from '../../app/pager.ts';
import type { AuditRow, Member, Page } from '../../types.ts';
import { SettingPart } from './setting_part.ts';

@customElement('audit-list')
export class AuditList extends SettingPart {
  @property({ attribute: false }) organisation: string | null = null;
  readonly #rows = new Pager<AuditRow>(this, (cursor, signal) =>
    this.app.api.get<Page<AuditRow>>('/v1/audit', { organisation_id: this.organisation, cursor, limit: 50 }, signal),
  );

  readonly #people = new Loader<ReadonlyMap<string, string>>(this, async (signal) => {
    if (this.organisation === null) return new Map();
    const path = `/v1/organisations/${this.organisation}/members`;
    const members = itemsOf(await this.app.api.get<Member[] | { items: Member[] }>(path, undefined, signal));
    return new Map(members.map((member) => [member.person_id, member.display_name || member.email]));
  });

  /** People who have left, and the system, keep their id. */
  #name(id: string): string {
    return this.#people.value?.get(id) ?? id;
  }

  override render() {
    return html`<h2>${t('settings.audit')}</h2>${this.#rows.view(
      (rows) =>
        dataTable<AuditRow>({
          caption: t('settings.audit'),
          rows,
          columns: [
            { label: t('audit.action'), cell: (row) => actionWord(row.action) },
            { label: t('audit.who'), cell: (row) => this.#name(row.by), phone: 'under' },
            { label: t('audit.subject'), cell: (row) => html`<code>${row.subject_id}</code>`, phone: 'hidden' },
            { label: t('audit.at'), cell: (row) => dateTime(row.at), align: 'end', phone: 'corner' },
          ],
        }),
      () => html`<p class="soft">${t('audit.empty')}</p>`,
    )}`;
  }
}

/** An action this console has no words for yet keeps its name. */
function actionWord(action: string): string {
  const word = t(`audited.${action}`);
  return word === `audited.${action}` ? action : word;
}
