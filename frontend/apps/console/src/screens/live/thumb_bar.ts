// Four large keys under one thumb: next item, the one asked for, off air, next cue.
import { t } from '@shopcast/format';
import { html, type TemplateResult } from 'lit';
import type { LiveView } from '../../lib/live_view.ts';

export interface ThumbActions {
  readonly pin: (itemId: string) => void;
  readonly unpin: () => void;
  readonly nextCue: () => void;
  /** The key whose answer is awaited. */
  readonly busy: string | null;
  readonly disabled: boolean;
}

export function thumbBar(view: LiveView, actions: ThumbActions): TemplateResult {
  const { next, wanted } = view;
  const off = (needed: unknown) => actions.disabled || !needed || actions.busy !== null;
  return html`<div class="thumb-bar" role="group" aria-label=${t('live.keys')}>
    <button type="button" class="thumb primary" aria-keyshortcuts="n" ?disabled=${off(next)} aria-busy=${actions.busy === 'next' ? 'true' : 'false'} @click=${() => next && actions.pin(next.id)}>
      <sc-icon name="pin"></sc-icon><span><strong>${t('live.pin_next')}</strong><small>${next ? `#${next.number} ${next.title}` : t('live.shelf_end')}</small></span></button>
    <button type="button" class="thumb asked" aria-keyshortcuts="r" ?disabled=${off(wanted)} @click=${() => wanted && actions.pin(wanted.item_id)}>
      <sc-icon name="hand"></sc-icon><span><strong>${t('live.pin_asked')}</strong><small>${wanted ? t('live.pin_asked_note', { number: wanted.number, n: wanted.count }) : t('live.nobody_asks_short')}</small></span></button>
    <button type="button" class="thumb" aria-keyshortcuts="u" ?disabled=${off(view.onAir)} @click=${actions.unpin}>
      <sc-icon name="pin-off"></sc-icon><span><strong>${t('live.unpin')}</strong></span></button>
    <button type="button" class="thumb" aria-keyshortcuts="c" ?disabled=${off(view.cueAfter)} @click=${actions.nextCue}>
      <sc-icon name="skip-forward"></sc-icon><span><strong>${t('live.next_cue')}</strong></span></button>
  </div>`;
}
