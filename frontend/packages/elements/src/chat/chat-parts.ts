/** What stands around the lines of a chat. */
import { t } from '@shopcast/format';
import type { PinnedLine } from '@shopcast/room-client';
import { html, nothing } from 'lit';

export function pinnedLine(pinned: PinnedLine | null, canModerate: boolean, unpin: () => void) {
  if (!pinned) return nothing;
  const { line } = pinned;
  return html`<div class="pinned" role="note" aria-label=${t('chat.pinned')}>
    <sc-icon name="pin"></sc-icon>
    <span class="pinned-text"><strong>${line.name}</strong> <span dir="auto">${line.text}</span></span>
    ${canModerate ? html`<sc-button variant="quiet" icon="x" label=${t('chat.unpin')} @click=${unpin}></sc-button>` : nothing}
  </div>`;
}

/** What was done about one's own line or voice stays until it has been read. */
export function roomNotice(text: string, read: () => void) {
  if (!text) return nothing;
  return html`<div class="notice" role="status">
    <sc-icon name="info"></sc-icon><span>${text}</span>
    <sc-button variant="quiet" icon="x" label=${t('chat.notice.close')} @click=${read}></sc-button>
  </div>`;
}
