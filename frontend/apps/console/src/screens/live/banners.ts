// What stands in the way of the show right now, each with what to do; the gravest first.
import { countdown, t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import type { LiveView } from '../../lib/live_view.ts';
import { advice, concernsStream, mayTakeOver, type RawWarning } from '../../lib/stream_advice.ts';

export interface BannerState {
  readonly view: LiveView;
  readonly offline: boolean;
  readonly reconnecting: boolean;
  readonly cut: boolean;
  readonly warnings: readonly RawWarning[];
  readonly nowMs: number;
  readonly takeOver: () => void;
  readonly uncut: () => void;
}

export function banners(state: BannerState): TemplateResult {
  const shown = [offline(state), cut(state), interrupted(state), ...warnings(state)].filter((one) => one !== nothing);
  return html`<div class="banners">${shown}</div>`;
}

function offline({ offline: isOffline, reconnecting }: BannerState) {
  if (!isOffline) return nothing;
  return html`<div class="notice warn" role="status"><sc-icon name="wifi-off"></sc-icon><span class="grow"><strong>${t(reconnecting ? 'live.reconnecting' : 'live.offline')}</strong><span>${t('live.offline_text')}</span></span></div>`;
}

function cut({ cut: isCut, uncut }: BannerState) {
  if (!isCut) return nothing;
  return html`<div class="notice danger" role="alert"><sc-icon name="video-off"></sc-icon><span class="grow"><strong>${t('live.is_cut')}</strong><span>${t('live.is_cut_text')}</span></span><sc-button variant="primary" @click=${uncut}>${t('live.uncut')}</sc-button></div>`;
}

function interrupted({ view, takeOver }: BannerState) {
  if (view.state !== 'interrupted') return nothing;
  const left = view.graceLeftMs;
  return html`<div class="notice danger" role="alert"><sc-icon name="radio"></sc-icon><span class="grow"><strong>${t('live.interrupted')}${left === null ? nothing : html` <span class="number">${countdown(left)}</span>`}</strong><span>${t('live.interrupted_text')}</span></span><sc-button @click=${takeOver}>${t('live.take_over')}</sc-button></div>`;
}

function warnings({ warnings: all, view, nowMs, takeOver }: BannerState) {
  if (view.state === 'ended' || view.state === 'replay') return [];
  return all
    .filter((warning) => concernsStream(warning, nowMs))
    .slice(0, 2)
    .map((warning) => {
      const { key, params } = advice(warning);
      if (mayTakeOver(warning))
        return html`<div class="notice warn" role="status"><sc-icon name="triangle-alert"></sc-icon><span class="grow">${t(key, params)}</span><sc-button @click=${takeOver}>${t('live.take_over')}</sc-button></div>`;
      // One line until it is tapped: advice must not push what to say off a phone.
      return html`<details class="notice warn advice" role="status"><summary><sc-icon name="triangle-alert"></sc-icon><span class="advice-text">${t(key, params)}</span></summary></details>`;
    });
}
