// The picture as viewers get it, small and silent; the player's code comes only when there is a picture.
import { t } from '@shopcast/format';
import { html, type TemplateResult } from 'lit';
import type { App } from '../../app/app.ts';
import type { Manage } from '../../types.ts';
import './preview_player.ts';

export function preview(_app: App, manage: Manage): TemplateResult {
  const url = manage.stream.state === 'ready' ? (manage.playback?.live_url ?? '') : '';
  if (!url) return html`<div class="preview"><span>${t('live.no_picture')}</span></div>`;
  return html`<console-preview class="preview" .url=${url}></console-preview>`;
}
