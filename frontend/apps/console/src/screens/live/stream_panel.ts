// The picture as viewers get it, what the encoder sends, and the switches used once per show.
import { t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import type { App } from '../../app/app.ts';
import { href } from '../../app/router.ts';
import type { LiveView } from '../../lib/live_view.ts';
import type { Manage } from '../../types.ts';
import type { LiveKeys } from './live_keys.ts';
import { preview } from './preview.ts';

export function streamPanel(app: App, manage: Manage, view: LiveView, keys: LiveKeys): TemplateResult {
  const { stream, show } = manage;
  const { health } = stream;
  const words = health
    ? [
        health.width && `${health.width} × ${health.height}`,
        health.frames_per_s && `${health.frames_per_s} fps`,
        health.video_kbit_s && `${(health.video_kbit_s / 1000).toFixed(1)} Mbit/s`,
      ]
        .filter(Boolean)
        .join(' · ')
    : '';
  return html`<section class="panel" id="panel-stream">
    ${preview(app, manage)}
    <div class="line wrap">${manage.is_cut ? html`<span class="badge danger">${t('live.cut_state')}</span>` : html`<span class="badge ${stream.state === 'ready' ? 'good' : stream.state === 'lost' ? 'danger' : 'plain'}">${t(`stream.${stream.state}`)}</span>`}<span class="small soft number">${words}</span></div>
    ${stream.state === 'waiting' ? html`<p class="soft">${t('stream.waiting_text')} <a href=${href(`/shows/${show.id}/stream`)}>${t('live.open_stream')}</a></p>` : nothing}
    <div class="line wrap">
      ${view.state === 'scheduled' || view.state === 'draft' ? html`<sc-button @click=${keys.rehearse}>${t('live.rehearse')}</sc-button>` : nothing}
      <sc-button variant="quiet" icon="external-link" href=${`/shows/${show.id}`}>${t('show.see_as_viewer')}</sc-button>
    </div>
  </section>`;
}
