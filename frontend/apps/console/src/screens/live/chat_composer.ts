// Writing to the room: a line, an answer to one, or one of the things hosts say all the time.
import { t } from '@shopcast/format';
import type { ChatLine } from '@shopcast/room-client';
import { LocalisedElement } from '@shopcast/ui';
import { html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { App } from '../../app/app.ts';
import type { LiveRoom } from './live_room.ts';

@customElement('chat-composer')
export class ChatComposer extends LocalisedElement {
  @property({ attribute: false }) app!: App;
  @property({ attribute: false }) room!: LiveRoom;
  @property({ attribute: false }) replyTo: ChatLine | null = null;
  @state() private text = '';

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override render() {
    return html`<form class="chat-form" @submit=${this.#say}>
        ${
          this.replyTo
            ? html`<div class="replying"><sc-icon name="reply"></sc-icon><span class="grow clip-one">${t('chat.replying', { name: this.replyTo.name })} ${this.replyTo.text}</span><sc-button variant="quiet" icon="x" label=${t('chat.reply_stop')} @click=${this.#stopReply}></sc-button></div>`
            : nothing
        }
        <div class="chips">${['chat.quick_thanks', 'chat.quick_yes', 'chat.quick_moment'].map((key) => html`<button type="button" class="chip" @click=${() => this.#send(t(key))}>${t(key)}</button>`)}</div>
        <div class="line"><input class="control" aria-label=${t('chat.say')} placeholder=${t('chat.say')} maxlength="300" autocomplete="off" .value=${this.text} @input=${(
          event: Event,
        ) => {
          this.text = (event.target as HTMLInputElement).value;
        }} />
          <sc-button type="submit" variant="primary" icon="send" label=${t('chat.send')} ?disabled=${this.text.trim() === ''}></sc-button></div>
      </form>`;
  }

  readonly #stopReply = () => this.dispatchEvent(new CustomEvent('reply-stopped'));

  readonly #say = async (event: SubmitEvent) => {
    event.preventDefault();
    const text = this.text.trim();
    if (text === '') return;
    if (await this.#send(text)) this.text = '';
  };

  async #send(text: string): Promise<boolean> {
    const about = this.replyTo ? { replyTo: this.replyTo.seq } : {};
    const said = await this.app.act(() => this.room.ask(() => this.room.client.say(text, about)));
    if (said) this.#stopReply();
    return said !== null;
  }
}
