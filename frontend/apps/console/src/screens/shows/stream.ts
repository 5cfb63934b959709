// Tab "stream": where to send it, with which key, how it is doing, and how to set up the encoder.
import { t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { ask } from '../../app/confirm.ts';
import { copy } from '../../app/copy.ts';
import { advice, concernsStream } from '../../lib/stream_advice.ts';
import { preview } from '../live/preview.ts';
import { ShowPart } from './part.ts';

@customElement('show-stream')
export class ShowStream extends ShowPart {
  /** Held only while this page is open; the server keeps a digest and cannot say it again. */
  @state() private key: string | null = null;
  @state() private busy = false;
  #timer: number | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    // Health moves while the host turns knobs in the encoder; three seconds is a segment and a half.
    this.#timer = window.setInterval(() => document.visibilityState === 'visible' && this.changed(), 3000);
  }

  override disconnectedCallback(): void {
    window.clearInterval(this.#timer);
    super.disconnectedCallback();
  }

  override render() {
    const { stream } = this.manage;
    const address = stream.rtmp_url;
    const key = this.key ?? stream.key_hint;
    return html`<div class="sides">
      <div class="stack loose">
        <section class="panel"><h2>${t('stream.where')}</h2>
          ${this.#copyable(t('stream.server'), address)}
          ${this.key ? html`<div class="notice good" role="status"><sc-icon name="key-round"></sc-icon><span class="grow">${t('stream.key_once')}</span></div>${this.#copyable(t('stream.key'), this.key)}` : html`<div class="stack tight"><span class="label">${t('stream.key')}</span><span class="soft">${key ? t('stream.key_ends', { hint: key }) : t('stream.key_none')}</span></div>`}
          <div><sc-button icon="refresh-cw" ?loading=${this.busy} variant=${key ? 'secondary' : 'primary'} @click=${this.#rotate}>${t(key ? 'stream.key_new' : 'stream.key_make')}</sc-button></div>
        </section>
        <section class="panel"><h2>${t('stream.how')}</h2>
          <details open><summary>OBS Studio</summary><ol class="steps"><li>${t('stream.obs_1')}</li><li>${t('stream.obs_2')}</li><li>${t('stream.obs_3')}</li><li>${t('stream.obs_4')}</li></ol></details>
          <details><summary>ffmpeg</summary><p class="hint">${t('stream.ffmpeg')}</p><code class="code">ffmpeg -re -i show.mp4 -c:v libx264 -preset veryfast -tune zerolatency -bf 0 -g 60 -b:v 3000k -pix_fmt yuv420p -c:a aac -ar 44100 -b:a 128k -f flv ${address}/${this.key ?? t('stream.your_key')}</code></details>
        </section>
      </div>
      <section class="panel"><div class="panel-head"><h2>${t('stream.health')}</h2>${this.#stateBadge()}</div>
        ${stream.state === 'ready' ? preview(this.app, this.manage) : html`<p class="soft">${t(`stream.${stream.state}_text`)}</p>`}
        ${stream.warnings
          .filter((warning) => concernsStream(warning, Date.now()))
          .map((warning) => {
            const { key: text, params } = advice(warning);
            return html`<div class="notice warn" role="status"><sc-icon name="triangle-alert"></sc-icon><span class="grow">${t(text, params)}</span></div>`;
          })}
        ${this.#health()}
      </section>
    </div>`;
  }

  #stateBadge(): TemplateResult {
    const { state: now } = this.manage.stream;
    return html`<span class="badge ${now === 'ready' ? 'good' : now === 'lost' ? 'danger' : 'plain'}">${t(`stream.${now}`)}</span>`;
  }

  #health(): TemplateResult | typeof nothing {
    const { health } = this.manage.stream;
    if (!health) return nothing;
    const facts: [string, string][] = [];
    if (health.width && health.height)
      facts.push([
        t('stream.picture'),
        `${health.width} × ${health.height}${health.frames_per_s ? ` · ${health.frames_per_s} fps` : ''}`,
      ]);
    if (health.video_kbit_s)
      facts.push([t('stream.video'), `${health.video_codec ?? ''} ${(health.video_kbit_s / 1000).toFixed(1)} Mbit/s`]);
    if (health.audio_kbit_s)
      facts.push([t('stream.audio'), `${health.audio_codec ?? ''} ${health.audio_kbit_s} kbit/s`]);
    if (health.key_frame_s) facts.push([t('stream.key_frames'), t('stream.every_s', { n: health.key_frame_s })]);
    return facts.length === 0
      ? nothing
      : html`<dl class="facts number">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
  }

  #copyable(label: string, value: string): TemplateResult {
    return html`<div class="stack tight"><span class="label">${label}</span>
      <div class="line"><code class="code grow">${value}</code><sc-button icon="copy" label=${t('stream.copy', { what: label })} @click=${() => copy(value)}></sc-button></div></div>`;
  }

  readonly #rotate = async () => {
    const replaces = this.manage.stream.key_hint !== null || this.key !== null;
    const live = this.manage.show.state === 'live';
    if (
      replaces &&
      !(await ask({
        heading: t('stream.rotate'),
        text: t(live ? 'stream.rotate_live' : 'stream.rotate_text'),
        confirm: t('stream.key_new'),
        danger: live,
      }))
    )
      return;
    this.busy = true;
    const made = await this.change(() =>
      this.app.api.post<{ rtmp_url: string; key: string }>(this.path('/stream-key')),
    );
    this.busy = false;
    if (made) this.key = made.value.key;
  };
}
