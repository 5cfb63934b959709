// Tab "replay": the moments with their clips and files, and taking a stretch out of the recording.
import { duration, t } from '@shopcast/format';
import { toast } from '@shopcast/ui';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { ask } from '../../app/confirm.ts';
import { recordingLength, type Stretch, showOffset } from '../../lib/stretch.ts';
import type { Cut, Moment } from '../../types.ts';
import { picture } from '../words.ts';
import { ShowPart } from './part.ts';
import './stretch_bar.ts';

type ExportState = { state: 'queued' | 'running' | 'done' | 'failed'; url: string | null };
/** An export of a long moment takes a minute; after ten we stop asking, the file is still made. */
const POLLS = 300;
const POLL_MS = 2000;

@customElement('show-replay')
export class ShowReplay extends ShowPart {
  @state() private stretch: Stretch = { from: 0, to: 30_000 };
  @state() private exports: ReadonlyMap<string, ExportState> = new Map();

  override render() {
    const { show, moments, cuts } = this.manage;
    const start = show.started_at ? Date.parse(show.started_at) : null;
    if (start === null)
      return html`<sc-empty icon="film" heading=${t('replay.empty')} text=${t('replay.empty_text')}></sc-empty>`;
    const length = recordingLength(start, show.ended_at, moments, Date.now());
    const offset = (ms: number) => showOffset(ms, start);
    return html`<div class="stack loose">
      <section class="panel"><div class="panel-head"><h2>${t('replay.moments')}</h2><span class="small soft">${t('replay.moments_hint')}</span></div>
        ${moments.length === 0 ? html`<p class="soft">${t('replay.no_moments')}</p>` : html`<ul class="plain-list">${moments.map((moment) => this.#moment(moment, offset))}</ul>`}</section>
      <section class="panel"><h2>${t('replay.take_out')}</h2><p class="soft">${t('replay.take_out_text')}</p>
        <stretch-bar .length=${length} .stretch=${this.stretch} .cuts=${cuts.map((cut) => ({ from: offset(cut.from_ms), to: offset(cut.to_ms) }))} .moments=${moments.map((moment) => ({ number: moment.number, from: offset(moment.from_ms), to: moment.to_ms === null ? length : offset(moment.to_ms) }))}
          @stretch-changed=${(event: CustomEvent<Stretch>) => {
            this.stretch = event.detail;
          }}></stretch-bar>
        <div><sc-button icon="scissors" variant="danger" @click=${() => this.#cut(start)}>${t('replay.take_out_n', { length: duration(this.stretch.to - this.stretch.from) })}</sc-button></div>
        ${cuts.length === 0 ? nothing : html`<h3>${t('replay.taken_out')}</h3><ul class="plain-list">${cuts.map((cut) => this.#taken(cut, offset))}</ul>`}</section>
    </div>`;
  }

  #moment(moment: Moment, offset: (ms: number) => number): TemplateResult {
    const length = moment.to_ms === null ? t('replay.running') : duration(moment.to_ms - moment.from_ms);
    return html`<li class="moment-row"><span class="shelf-number">${moment.number}</span>${picture(moment.image_url ?? this.manage.items.find((item) => item.id === moment.item_id)?.image_url)}
      <span class="grow stack tight"><span class="clip-one">${moment.title}</span><span class="small soft number">${duration(offset(moment.from_ms))} · ${length}</span></span>
      <span class="line wrap moment-actions"><sc-button size="s" icon="play" href=${`/shows/${this.manage.show.id}?item=${moment.number}`}>${t('replay.watch')}</sc-button>
        ${moment.to_ms === null ? nothing : (['mp4', 'vertical'] as const).map((format) => this.#export(moment, format))}</span></li>`;
  }

  #export(moment: Moment, format: 'mp4' | 'vertical'): TemplateResult {
    const made = this.exports.get(`${moment.id}|${format}`);
    const label = t(format === 'mp4' ? 'replay.mp4' : 'replay.vertical');
    if (made?.state === 'done' && made.url)
      return html`<sc-button size="s" variant="primary" icon="download" href=${made.url}>${label}</sc-button>`;
    const busy = made?.state === 'queued' || made?.state === 'running';
    return html`<sc-button size="s" icon=${made?.state === 'failed' ? 'refresh-cw' : 'download'} ?loading=${busy} @click=${() => this.#make(moment, format)}>${label}</sc-button>`;
  }

  #taken(cut: Cut, offset: (ms: number) => number): TemplateResult {
    return html`<li><span class="grow number">${duration(offset(cut.from_ms))} – ${duration(offset(cut.to_ms))}</span><sc-button size="s" icon="undo-2" @click=${() => this.change(() => this.app.api.delete(this.path(`/redactions/${cut.id}`)), { done: t('replay.put_back') })}>${t('replay.put_back_do')}</sc-button></li>`;
  }

  async #cut(startMs: number): Promise<void> {
    const { from, to } = this.stretch;
    if (
      !(await ask({
        heading: t('replay.take_out'),
        text: t('replay.take_out_sure', { from: duration(from), to: duration(to) }),
        confirm: t('replay.take_out_do'),
        danger: true,
      }))
    )
      return;
    await this.change(
      () => this.app.api.post(this.path('/redactions'), { from_ms: startMs + from, to_ms: startMs + to }),
      { done: t('replay.taken_out_done') },
    );
  }

  async #make(moment: Moment, format: 'mp4' | 'vertical'): Promise<void> {
    const key = `${moment.id}|${format}`;
    const remember = (made: ExportState) => {
      this.exports = new Map(this.exports).set(key, made);
    };
    remember({ state: 'queued', url: null });
    const made = await this.app.act(async () => {
      const job = await this.app.api.post<{ id: string }>(this.path(`/moments/${moment.id}/export`), { format });
      for (let turn = 0; turn < POLLS && this.isConnected; turn += 1) {
        const now = await this.app.api.get<ExportState>(`/v1/exports/${job.id}`);
        if (now.state === 'done' || now.state === 'failed') return now;
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
      return null;
    }, {});
    const answer = made?.value ?? { state: 'failed', url: null };
    remember(answer);
    if (answer.state === 'done' && answer.url) {
      download(answer.url);
      toast(t('replay.export_done'));
    } else if (made?.value)
      toast(t('replay.export_failed'), { tone: 'danger', icon: 'circle-alert', durationMs: 8000 });
  }
}

/** The answer is an attachment: the page stays. */
function download(url: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = '';
  link.click();
}
