// The room's chat for the people who run it: reading, answering, hiding, muting, slowing down.
import { t } from '@shopcast/format';
import type { ChatLine } from '@shopcast/room-client';
import { LocalisedElement } from '@shopcast/ui';
import '@shopcast/ui/controls/menu.ts';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { App } from '../../app/app.ts';
import type { LiveRoom } from './live_room.ts';

/** Long enough to cool down, short enough to be fair. */
const MUTE_S = 300;
const SLOW_MODES = [0, 5, 15, 60];
/** Closer to the end than this counts as reading along. */
const NEAR_END_PX = 80;

@customElement('live-chat')
export class LiveChat extends LocalisedElement {
  @property({ attribute: false }) app!: App;
  @property({ attribute: false }) room!: LiveRoom;
  /** Only to redraw when the parent hears of new lines. */
  @property({ attribute: false }) lines: readonly ChatLine[] = [];
  @state() private replyTo: ChatLine | null = null;
  @state() private text = '';
  @state() private behind = false;
  #scrollTop = 0;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override updated(): void {
    const list = this.querySelector('.chat-lines');
    if (list && !this.behind) list.scrollTop = list.scrollHeight;
  }

  override render() {
    const slow = this.room.client.state.mode.slow_mode_s;
    const slowEntries = SLOW_MODES.map((seconds) => ({
      label: seconds === 0 ? t('chat.slow_off') : t('chat.slow_s', { n: seconds }),
      run: () => this.#slow(seconds, slow),
    }));
    return html`<div class="chat-head"><h2>${t('chat.title')}</h2>${slow > 0 ? html`<span class="badge warn">${t('chat.slow_s', { n: slow })}</span>` : nothing}
        <shopcast-menu class="push" label=${t('chat.slow')} .face=${html`<sc-icon name="timer"></sc-icon>`} .entries=${slowEntries}></shopcast-menu></div>
      <ol class="chat-lines" tabindex="0" aria-label=${t('chat.title')} @scroll=${this.#scrolled}>
        ${
          this.lines.length === 0
            ? html`<li class="soft chat-empty">${t('chat.empty')}</li>`
            : repeat(
                this.lines,
                (line) => line.seq,
                (line) => this.#line(line),
              )
        }
      </ol>
      ${this.behind ? html`<button type="button" class="chip to-end" @click=${this.#toEnd}><sc-icon name="arrow-down"></sc-icon>${t('chat.newest')}</button>` : nothing}
      <form class="chat-form" @submit=${this.#say}>
        ${
          this.replyTo
            ? html`<div class="replying"><sc-icon name="reply"></sc-icon><span class="grow clip-one">${t('chat.replying', { name: this.replyTo.name })} ${this.replyTo.text}</span><sc-button variant="quiet" icon="x" label=${t('chat.reply_stop')} @click=${() => {
                this.replyTo = null;
              }}></sc-button></div>`
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

  #line(line: ChatLine): TemplateResult {
    const staff = line.role !== 'viewer';
    const entries = [
      { label: t('chat.reply'), run: () => this.#reply(line) },
      { label: t('chat.hide'), run: () => void this.#hide(line), danger: true },
      ...(staff
        ? []
        : [{ label: t('chat.mute', { name: line.name }), run: () => void this.#mute(line), danger: true }]),
    ];
    return html`<li class="chat-line"><div class="grow">
        ${line.reply_to ? html`<span class="quoted clip-one">${line.reply_to.name}: ${line.reply_to.text}</span>` : nothing}
        <span class="chat-name ${staff ? 'staff' : ''}">${line.name}</span> <span class="chat-text" dir="auto">${line.text}</span></div>
      <shopcast-menu label=${t('chat.actions', { name: line.name })} .face=${html`<sc-icon name="ellipsis"></sc-icon>`} .entries=${entries}></shopcast-menu></li>`;
  }

  // New lines and a changing height move the end away from who reads along; only scrolling up means reading back.
  readonly #scrolled = (event: Event) => {
    const list = event.currentTarget as HTMLElement;
    const isNearEnd = list.scrollHeight - list.scrollTop - list.clientHeight <= NEAR_END_PX;
    if (isNearEnd) this.behind = false;
    else if (list.scrollTop < this.#scrollTop) this.behind = true;
    this.#scrollTop = list.scrollTop;
  };

  readonly #toEnd = () => {
    this.behind = false;
    this.requestUpdate();
  };

  #reply(line: ChatLine): void {
    this.replyTo = line;
    void this.updateComplete.then(() => this.querySelector<HTMLInputElement>('.chat-form .control')?.focus());
  }

  #hide(line: ChatLine) {
    return this.app.act(() => this.room.ask(() => this.room.client.hide(line.seq)), {
      done: t('chat.hidden'),
      undo: () => this.room.ask(() => this.room.client.unhide(line.seq)),
    });
  }

  #mute(line: ChatLine) {
    return this.app.act(() => this.room.ask(() => this.room.client.mute(line.key, MUTE_S)), {
      done: t('chat.muted', { name: line.name }),
      undo: () => this.room.ask(() => this.room.client.mute(line.key, 0)),
    });
  }

  #slow(seconds: number, before: number): void {
    void this.app.act(() => this.room.ask(() => this.room.client.slowMode(seconds)), {
      done: seconds === 0 ? t('chat.slow_off') : t('chat.slow_set', { n: seconds }),
      undo: () => this.room.ask(() => this.room.client.slowMode(before)),
    });
  }

  readonly #say = async (event: SubmitEvent) => {
    event.preventDefault();
    const text = this.text.trim();
    if (text === '') return;
    if (await this.#send(text)) this.text = '';
  };

  async #send(text: string): Promise<boolean> {
    const about = this.replyTo ? { replyTo: this.replyTo.seq } : {};
    const said = await this.app.act(() => this.room.ask(() => this.room.client.say(text, about)));
    if (said) {
      this.replyTo = null;
      this.behind = false;
    }
    return said !== null;
  }
}
