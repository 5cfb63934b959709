// Importing a catalogue file: drop it, watch it, see what could not be used and why.
import { formatNumber, relative, t } from '@shopcast/format';
import { badge, type Tone } from '@shopcast/ui/controls/badge.ts';
import '@shopcast/ui/controls/file_drop.ts';
import type { FileChosen } from '@shopcast/ui/controls/index.ts';
import { stats } from '@shopcast/ui/controls/stat.ts';
import { dataTable } from '@shopcast/ui/controls/table.ts';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { itemsOf } from '../../app/api.ts';
import { Loader } from '../../app/loader.ts';
import { href } from '../../app/router.ts';
import { Screen } from '../../app/screen.ts';
import { csv, download } from '../../lib/csv.ts';
import type { ImportProblem, ImportRun } from '../../types.ts';

const POLL_MS = 800;
/** More rows than a person mends by reading here; the file has them all. */
const PROBLEMS_SHOWN = 200;
const TONES: Record<ImportRun['state'], Tone> = { running: 'warn', done: 'good', failed: 'danger' };

@customElement('screen-import')
export class ScreenImport extends Screen {
  @state() private run: ImportRun | null = null;
  @state() private problems: ImportProblem[] | null = null;
  @state() private sending = false;
  #timer: number | undefined;
  readonly #past = new Loader<ImportRun[]>(this, async (signal) =>
    itemsOf(await this.app.api.get<ImportRun[] | { items: ImportRun[] }>(this.app.org('/imports'), undefined, signal)),
  );

  override connectedCallback(): void {
    super.connectedCallback();
    const id = this.route.params.id;
    if (id) void this.#follow(id);
  }

  override disconnectedCallback(): void {
    window.clearTimeout(this.#timer);
    super.disconnectedCallback();
  }

  override render() {
    return html`<div class="page narrow-wide"><a class="back" href=${href('/catalogue')}><sc-icon name="arrow-left"></sc-icon>${t('nav.catalogue')}</a>
      <div class="stack tight"><h1>${t('catalogue.import')}</h1><p class="soft">${t('import.text')}</p></div>
      <shopcast-file-drop accept=".csv,text/csv" label=${this.sending ? t('import.sending') : t('import.drop')} hint=${t('import.hint')} .tooLarge=${t('state.file_too_large', { size: '20 MB' })} ?busy=${this.sending || this.run?.state === 'running'} @file-chosen=${this.#send}></shopcast-file-drop>
      ${this.run ? this.#result(this.run) : nothing}
      ${this.#past.view((runs) => (runs.length === 0 ? html`` : html`<section class="panel"><h2>${t('import.past')}</h2><ul class="plain-list">${runs.map((run) => html`<li><a class="grow" href=${href(`/catalogue/import/${run.id}`)} @click=${() => this.#follow(run.id)}>${run.file_name ?? run.id}</a><span class="small soft wide-only">${run.started_at ? relative(run.started_at, Date.now()) : ''}</span>${badge(TONES[run.state], t(`import.${run.state}`))}</li>`)}</ul></section>`), 2)}
    </div>`;
  }

  #result(run: ImportRun): TemplateResult {
    return html`<section class="panel" aria-live="polite"><div class="panel-head"><h2>${t(`import.${run.state}`)}</h2>${run.state === 'done' ? html`<sc-button size="s" href=${href('/catalogue')}>${t('import.see')}</sc-button>` : nothing}</div>
      ${run.state === 'running' ? html`<progress class="progress" max=${run.rows_total || 1} .value=${run.rows_done} aria-label=${t('import.running')}></progress><p class="small soft number">${t('import.rows', { done: run.rows_done, total: run.rows_total })}</p>` : nothing}
      ${run.state === 'failed' ? html`<p class="notice danger">${run.failure?.message || t('import.failed_text')}</p>` : nothing}
      ${stats([
        { label: t('import.created'), value: formatNumber(run.products_created) },
        { label: t('import.updated'), value: formatNumber(run.products_updated) },
        { label: t('import.unchanged'), value: formatNumber(run.products_unchanged) },
        { label: t('import.problems'), value: formatNumber(run.problems_count) },
      ])}
      ${run.problems_count > 0 ? this.#problems(run) : run.state === 'done' ? html`<p class="notice good"><sc-icon name="circle-check"></sc-icon>${t('import.no_problems')}</p>` : nothing}</section>`;
  }

  #problems(run: ImportRun): TemplateResult {
    const rows = this.problems ?? [];
    return html`<div class="panel-head"><h3>${t('import.problems_title')}</h3><sc-button size="s" icon="download" ?disabled=${rows.length === 0} @click=${() => this.#download(run, rows)}>${t('import.problems_download')}</sc-button></div>
      ${dataTable<ImportProblem>({
        caption: t('import.problems_title'),
        rows: rows.slice(0, PROBLEMS_SHOWN),
        columns: [
          { label: t('import.line'), cell: (row) => t('import.line_n', { n: row.line }) },
          { label: t('import.column'), cell: (row) => row.column },
          { label: t('import.value'), cell: (row) => html`<code>${row.value}</code>` },
          { label: t('import.reason'), cell: (row) => row.reason },
        ],
      })}
      ${rows.length > PROBLEMS_SHOWN ? html`<p class="hint">${t('import.problems_more', { n: rows.length - PROBLEMS_SHOWN })}</p>` : nothing}`;
  }

  #download(run: ImportRun, rows: ImportProblem[]): void {
    download(
      `problems-${run.id}.csv`,
      csv([
        [t('import.line'), t('import.column'), t('import.value'), t('import.reason')],
        ...rows.map((row) => [row.line, row.column, row.value, row.reason]),
      ]),
    );
  }

  readonly #send = async (event: CustomEvent<FileChosen>) => {
    this.sending = true;
    const sent = await this.app.act(() => this.app.api.upload<ImportRun>(this.app.org('/imports'), event.detail.file));
    this.sending = false;
    if (!sent) return;
    this.app.router.go(`/catalogue/import/${sent.value.id}`, { replace: true });
    if (this.isConnected) await this.#follow(sent.value.id);
  };

  async #follow(id: string): Promise<void> {
    window.clearTimeout(this.#timer);
    this.problems = null;
    const got = await this.app.act(() => this.app.api.get<ImportRun>(`/v1/imports/${id}`));
    if (!this.isConnected) return;
    // A poll that was not answered is asked again; only a refusal ends it.
    if (got) this.run = got.value;
    if (this.run?.state === 'running') this.#timer = window.setTimeout(() => void this.#follow(id), POLL_MS);
    else if (this.run && this.run.problems_count > 0) {
      const problems = await this.app.act(() =>
        this.app.api.get<ImportProblem[] | { items: ImportProblem[] }>(`/v1/imports/${id}/problems`),
      );
      if (problems) this.problems = itemsOf(problems.value);
      void this.#past.load();
    } else if (this.run) void this.#past.load();
  }
}
