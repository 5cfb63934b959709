/** Chat: read, say, reply; hide and mute for moderators. Over the picture on a phone, a column on a desktop. */
import { t, timeOfDay } from '@shopcast/format';
import type { ChatLine, PinnedLine } from '@shopcast/room-client';
import { LocalisedElement, sharedStyles } from '@shopcast/ui';
import { html, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import '../show/messages.ts';
import { ask } from '../show/events.ts';
import { chatStyles } from './chat.styles.ts';
import { pinnedLine, roomNotice } from './chat-parts.ts';

/** The server's limit for a line. */
const MAX_TEXT = 300;
/** Over the picture only so many are in the tree; older ones have faded. */
const OVERLAY_LINES = 24;
/** A reader who scrolled up further than this is reading: new lines do not move the page. */
const NEAR_END_PX = 48;

/** Offered to moderators; 0 is off. */
const SLOW_CHOICES_S = [0, 5, 15, 60];

const ROLE_MARKS = new Set(['host', 'moderator', 'operator', 'seller']);

export interface SayDetail {
  text: string;
  replyTo: number | null;
  /** Call with a message when it was refused; the text stays in the input. */
  done: (refusal: string) => void;
}

@customElement('sc-chat')
export class ScChat extends LocalisedElement {
  @property({ attribute: false }) lines: readonly ChatLine[] = [];
  @property({ attribute: false }) quick: readonly string[] = [];
  @property() ownKey = '';
  @property({ type: Boolean }) canModerate = false;
  @property({ attribute: false }) slowUntilMs = 0;
  @property({ type: Boolean, reflect: true }) overlay = false;
  /** Replay: the chat can be read, not joined. */
  @property({ type: Boolean }) readonly = false;
  @property({ type: Boolean }) offline = false;
  /** Shown out: it can be read, not joined. */
  @property({ type: Boolean }) closed = false;
  @property({ type: Number }) slowModeS = 0;
  @property({ type: Boolean }) followersOnly = false;
  /** Only followers write here, and this person is none yet. */
  @property({ type: Boolean }) mustFollow = false;
  @property({ attribute: false }) pinned: PinnedLine | null = null;
  /** Why this person may not write, or what was done about a line of theirs. */
  @property() notice = '';

  @state() private text = '';
  @state() private replyTo: ChatLine | null = null;
  @state() private refusal = '';
  @state() private sending = false;
  @state() private menuFor: number | null = null;
  @state() private unseen = 0;
  @query('.lines') private readonly list!: HTMLElement | null;
  @query('input') private readonly input!: HTMLInputElement | null;

  private atEnd = true;
  private timer = 0;

  static override styles = [sharedStyles, chatStyles];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearTimeout(this.timer);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('lines')) return;
    const before = changed.get('lines') as readonly ChatLine[] | undefined;
    const last = before?.at(-1)?.seq ?? 0;
    if (!this.atEnd) this.unseen += this.lines.filter((line) => line.seq > last).length;
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('lines') && this.atEnd) this.scrollToEnd();
    if (changed.has('slowUntilMs')) this.tickSlow();
  }

  focusInput(): void {
    this.input?.focus();
  }

  private scrollToEnd(): void {
    const list = this.list;
    if (list) list.scrollTop = list.scrollHeight;
    this.atEnd = true;
    this.unseen = 0;
  }

  private readonly onScroll = (): void => {
    const list = this.list;
    if (!list) return;
    this.atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END_PX;
    if (this.atEnd) this.unseen = 0;
  };

  private get slowLeftS(): number {
    return Math.max(0, Math.ceil((this.slowUntilMs - Date.now()) / 1000));
  }

  private tickSlow(): void {
    window.clearTimeout(this.timer);
    this.requestUpdate();
    if (this.slowLeftS > 0) this.timer = window.setTimeout(() => this.tickSlow(), 250);
  }

  private send(text: string): void {
    const trimmed = text.trim();
    if (!trimmed || this.sending || this.slowLeftS > 0) return;
    this.sending = true;
    this.refusal = '';
    const done = (refusal: string) => {
      this.sending = false;
      this.refusal = refusal;
      if (refusal) return;
      if (this.text.trim() === trimmed) this.text = '';
      this.replyTo = null;
      this.scrollToEnd();
    };
    ask<SayDetail>(this, 'sc-say', { text: trimmed, replyTo: this.replyTo?.seq ?? null, done });
  }

  private readonly onSubmit = (event: Event): void => {
    event.preventDefault();
    this.send(this.text);
  };

  /** Escape leaves the input, so that the keyboard is the show's again. */
  private readonly onInputKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    if (this.replyTo) this.replyTo = null;
    else this.input?.blur();
  };

  private reply(line: ChatLine): void {
    this.replyTo = line;
    this.menuFor = null;
    this.focusInput();
  }

  private moderate(name: string, line: ChatLine): void {
    this.menuFor = null;
    ask(this, name, { line });
  }

  private menu(line: ChatLine) {
    if (this.menuFor !== line.seq) return nothing;
    return html`<div class="menu" role="group" aria-label=${t('chat.menu', { name: line.name })}>
      <sc-button size="s" icon="reply" @click=${() => this.reply(line)}>${t('chat.reply')}</sc-button>
      ${
        this.canModerate
          ? html`<sc-button size="s" icon="eye-off" @click=${() => this.moderate('sc-hide', line)}
                >${t('chat.hide')}</sc-button
              ><sc-button size="s" variant="danger" icon="ban" @click=${() => this.moderate('sc-mute', line)}
                >${t('chat.mute')}</sc-button
              ><sc-button size="s" icon="pin" @click=${() => this.moderate('sc-pin-line', line)}
                >${t('chat.pin')}</sc-button
              ><sc-button size="s" variant="danger" icon="x" @click=${() => this.moderate('sc-ban', line)}
                >${t('chat.ban')}</sc-button
              >`
          : line.key === this.ownKey
            ? nothing
            : html`<sc-button size="s" icon="flag" @click=${() => this.moderate('sc-report', line)}
                >${t('chat.report')}</sc-button
              >`
      }
    </div>`;
  }

  private line(line: ChatLine) {
    const mark = ROLE_MARKS.has(line.role);
    return html`<li class=${line.key === this.ownKey ? 'own' : ''}>
      <button
        class="line"
        ?disabled=${this.readonly && !this.canModerate}
        aria-expanded=${this.menuFor === line.seq ? 'true' : 'false'}
        @click=${() => {
          this.menuFor = this.menuFor === line.seq ? null : line.seq;
        }}
      >
        ${
          line.reply_to
            ? html`<span class="quoted"><sc-icon name="reply"></sc-icon>${line.reply_to.name}: ${line.reply_to.text}</span>`
            : nothing
        }
        <span class="name">${line.name}</span>
        ${mark ? html`<span class="mark ${line.role}">${t(`chat.role.${line.role}`)}</span>` : nothing}
        <span class="text">${line.text}</span>
        <time class="time figures">${timeOfDay(line.at_ms)}</time>
      </button>
      ${this.menu(line)}
    </li>`;
  }

  private composer() {
    if (this.readonly) return html`<div class="composer"><slot name="tools"></slot></div>`;
    const slow = this.slowLeftS;
    if (this.closed)
      return html`<div class="composer"><div class="must-follow"><span>${t('chat.closed')}</span><slot name="tools"></slot></div></div>`;
    if (this.mustFollow) {
      return html`<div class="composer">
        <div class="must-follow">
          <span>${t('chat.must_follow')}</span>
          <sc-button size="s" variant="primary" icon="plus" @click=${() => ask(this, 'sc-follow', {})}>${t('follow.do')}</sc-button>
          <slot name="tools"></slot>
        </div>
      </div>`;
    }
    return html`<div class="composer">
      ${
        this.replyTo
          ? html`<div class="replying">
              <span>${t('chat.replying', { name: this.replyTo.name })}</span>
              <sc-button
                variant="quiet"
                icon="x"
                label=${t('chat.reply.cancel')}
                @click=${() => {
                  this.replyTo = null;
                }}
              ></sc-button>
            </div>`
          : nothing
      }
      ${this.refusal ? html`<div class="refusal" role="alert">${this.refusal}</div>` : nothing}
      ${
        this.quick.length > 0 && !this.text
          ? html`<div class="quick" role="group" aria-label=${t('chat.quick')}>
              ${this.quick.map(
                (text) =>
                  html`<button class="chip" ?disabled=${slow > 0 || this.offline} @click=${() => this.send(text)}>
                    ${text}
                  </button>`,
              )}
            </div>`
          : nothing
      }
      <form @submit=${this.onSubmit}>
        <input
          type="text"
          maxlength=${MAX_TEXT}
          enterkeyhint="send"
          autocomplete="off"
          aria-label=${t('chat.input')}
          placeholder=${this.offline ? t('chat.offline') : slow > 0 ? t('chat.slow', { n: slow }) : t('chat.input')}
          ?disabled=${this.offline}
          .value=${this.text}
          @keydown=${this.onInputKey}
          @input=${(event: Event) => {
            this.text = (event.target as HTMLInputElement).value;
            this.refusal = '';
          }}
        />
        ${
          this.text
            ? html`<button class="send" ?disabled=${slow > 0 || this.sending} aria-label=${t('chat.send')}>
                ${slow > 0 ? html`<span class="figures">${slow}</span>` : html`<sc-icon name="send"></sc-icon>`}
              </button>`
            : nothing
        }
        <slot name="tools"></slot>
      </form>
    </div>`;
  }

  private mode() {
    if (this.readonly) return nothing;
    if (!this.canModerate) {
      const said = [
        this.slowModeS > 0 ? t('chat.slow_mode', { n: this.slowModeS }) : '',
        this.followersOnly && !this.mustFollow ? t('chat.followers_only') : '',
      ].filter(Boolean);
      return said.length > 0 ? html`<div class="mode">${said.join(' ')}</div>` : nothing;
    }
    const choices = [...new Set([...SLOW_CHOICES_S, this.slowModeS])].sort((one, other) => one - other);
    return html`<div class="mode"
      ><label for="slow-mode">${t('chat.slow_mode.choose')}</label>
      <select
        id="slow-mode"
        ?disabled=${this.offline}
        @change=${(event: Event) =>
          ask(this, 'sc-slow-mode', { seconds: Number((event.target as HTMLSelectElement).value) })}
      >
        ${choices.map(
          (seconds) =>
            html`<option value=${seconds} ?selected=${seconds === this.slowModeS}>
              ${seconds === 0 ? t('chat.slow_mode.off') : t('chat.slow_mode.each', { n: seconds })}
            </option>`,
        )}
      </select>
      <span class="grow"></span
      ><input
        type="checkbox"
        id="followers-only"
        .checked=${this.followersOnly}
        ?disabled=${this.offline}
        @change=${(event: Event) => ask(this, 'sc-followers-only', { on: (event.target as HTMLInputElement).checked })}
      /><label for="followers-only">${t('chat.followers_only.choose')}</label></div
    >`;
  }

  override render() {
    const lines = this.overlay ? this.lines.slice(-OVERLAY_LINES) : this.lines;
    return html`${pinnedLine(this.pinned, this.canModerate, () => ask(this, 'sc-unpin-line', {}))}
      <div class="frame">
        <div
          class="lines"
          role="log"
          aria-live="polite"
          aria-relevant="additions"
          aria-label=${t('chat.label')}
          tabindex="0"
          @scroll=${this.onScroll}
        >
          ${
            lines.length === 0 && !this.overlay
              ? html`<p class="empty">${this.readonly ? t('chat.empty.replay') : t('chat.empty')}</p>`
              : nothing
          }
          ${
            lines.length === 0
              ? nothing
              : html`<ol>
                  ${repeat(
                    lines,
                    (line) => line.seq,
                    (line) => this.line(line),
                  )}
                </ol>`
          }
        </div>
        ${
          this.unseen > 0
            ? html`<button class="newer" @click=${() => this.scrollToEnd()}>
                ${t('chat.unseen', { n: this.unseen })}<sc-icon name="chevron-down"></sc-icon>
              </button>`
            : nothing
        }
      </div>
      <slot name="between"></slot>
      ${roomNotice(this.notice, () => ask(this, 'sc-notice-read', {}))} ${this.mode()}
      ${this.composer()}`;
  }
}
