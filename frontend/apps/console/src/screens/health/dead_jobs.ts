// Work that is waiting, is late, or was given up on; what is dead can be made due again.
import { relative, t } from '@shopcast/format';
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { Pager } from '../../app/pager.ts';
import type { JobRow, Page } from '../../types.ts';
import { searchToolbar } from '../search_toolbar.ts';
import { SettingPart } from '../settings/setting_part.ts';
import { trafficRow } from './traffic.ts';

const STATES = ['dead', 'pending', 'running'];

@customElement('health-jobs')
export class HealthJobs extends SettingPart {
  @state() private filter = 'dead';
  @state() private busy: string | null = null;
  readonly #jobs = new Pager<JobRow>(this, (cursor, signal) =>
    this.app.api.get<Page<JobRow>>('/v1/operator/jobs', { state: this.filter || null, cursor, limit: 50 }, signal),
  );

  override render() {
    return html`<div class="stack"><div class="stack tight"><h2>${t('health.jobs')}</h2><p class="soft">${t('jobs.what')}</p></div>
      ${searchToolbar({
        placeholder: '',
        words: '',
        search: null,
        filterLabel: t('orders.filter'),
        choices: STATES.map((value) => ({ value, label: t(`job_state.${value}`) })),
        chosen: this.filter,
        choose: (value) => {
          this.filter = value;
          void this.#jobs.restart();
        },
      })}
      ${this.#jobs.view(
        (jobs) => html`<ul class="plain-list">${jobs.map((job) => this.#row(job))}</ul>`,
        () =>
          html`<sc-empty icon="circle-check" heading=${t(this.filter === 'dead' ? 'jobs.none_dead' : 'jobs.none')}></sc-empty>`,
      )}</div>`;
  }

  #row(job: JobRow) {
    const isDead = job.state === 'dead';
    return trafficRow({
      tone: isDead ? 'danger' : 'plain',
      state: t(`job_state.${job.state}`),
      heading: job.name,
      facts: [job.key, t('health.tries', { n: job.attempts })].filter(Boolean).join(' · '),
      at: job.created_at,
      meaning: isDead
        ? t('jobs.dead_means', { when: relative(job.run_at, Date.now()) })
        : t('jobs.waits', { when: relative(job.run_at, Date.now()) }),
      body: [job.last_error, job.payload].filter(Boolean).join('\n\n'),
      act: isDead
        ? html`<sc-button size="s" icon="refresh-cw" ?loading=${this.busy === job.id} @click=${() => this.#retry(job)}>${t('outbox.retry')}</sc-button>`
        : nothing,
    });
  }

  async #retry(job: JobRow): Promise<void> {
    this.busy = job.id;
    const done = await this.app.act(() => this.app.api.post(`/v1/operator/jobs/${job.id}/retry`), {
      done: t('jobs.retried'),
    });
    this.busy = null;
    if (done) void this.#jobs.restart();
  }
}
