// The room's chat for the people who run it: reading and moderating, the queue, and the rules; one of them at a time.
import { t } from '@shopcast/format';
import type { ChatLine } from '@shopcast/room-client';
import { LocalisedElement } from '@shopcast/ui';
import { panelTabs } from '@shopcast/ui/controls/tabs.ts';
import { html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { App } from '../../app/app.ts';
import './chat_composer.ts';
import './chat_lines.ts';
import './chat_queue.ts';
import './chat_rules.ts';
import type { LiveRoom } from './live_room.ts';

type Part = 'lines' | 'queue' | 'rules';

@customElement('live-chat')
export class LiveChat extends LocalisedElement {
  @property({ attribute: false }) app!: App;
  @property({ attribute: false }) room!: LiveRoom;
  @property() showId = '';
  /** Only to redraw when the parent hears of new lines. */
  @property({ attribute: false }) lines: readonly ChatLine[] = [];
  @property({ type: Number }) waiting = 0;
  @state() private shownPart: Part = 'lines';
  @state() private replyTo: ChatLine | null = null;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override render() {
    const open = this.room.queueOpen;
    const tabs = [
      { id: 'lines', label: t('chat.title') },
      { id: 'queue', label: t('queue.title'), mark: open > 0 ? open : null },
      { id: 'rules', label: t('rules.title') },
    ];
    return html`<div class="chat-head"><h2 class="hidden-text">${t('chat.title')}</h2>${panelTabs(
      t('chat.parts'),
      tabs,
      this.shownPart,
      (id) => {
        this.shownPart = id as Part;
      },
    )}</div>
      ${this.room.pinned ? html`<div class="chat-pinned"><sc-icon name="pin"></sc-icon><span class="grow clip-one"><strong>${this.room.pinned.line.name}</strong> ${this.room.pinned.line.text}</span><sc-button variant="quiet" icon="x" label=${t('chat.unpin')} @click=${() => void this.#unpin()}></sc-button></div>` : nothing}
      <div class="chat-part" id=${`panel-${this.shownPart}`} role="tabpanel">${this.#part()}</div>
      ${
        this.shownPart === 'lines'
          ? html`<chat-composer .app=${this.app} .room=${this.room} .replyTo=${this.replyTo} @reply-stopped=${() => {
              this.replyTo = null;
            }}></chat-composer>`
          : nothing
      }`;
  }

  #part() {
    if (this.shownPart === 'queue')
      return html`<chat-queue .app=${this.app} .room=${this.room} .open=${this.room.queueOpen}></chat-queue>`;
    if (this.shownPart === 'rules')
      return html`<chat-rules .app=${this.app} .room=${this.room} .showId=${this.showId}></chat-rules>`;
    return html`<chat-lines .app=${this.app} .room=${this.room} .showId=${this.showId} .lines=${this.lines} @reply-to=${(
      event: CustomEvent<ChatLine>,
    ) => {
      this.replyTo = event.detail;
      void this.updateComplete.then(() => this.querySelector<HTMLInputElement>('.chat-form .control')?.focus());
    }}></chat-lines>`;
  }

  #unpin() {
    const seq = this.room.pinned?.seq ?? null;
    return this.app.act(() => this.room.pin(null), { done: t('chat.unpinned'), undo: () => this.room.pin(seq) });
  }
}
