// The lines themselves: they stand still while somebody reads back, and each can be acted on by touch or by one key.
import { t } from '@shopcast/format';
import type { ChatLine } from '@shopcast/room-client';
import { LocalisedElement } from '@shopcast/ui';
import '@shopcast/ui/controls/menu.ts';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { App } from '../../app/app.ts';
import { ChatWindow } from '../../lib/chat_window.ts';
import { RowWindow } from '../../lib/row_window.ts';
import type { LiveRoom } from './live_room.ts';

/** Long enough to cool down, short enough to be fair. */
const MUTE_S = 300;
/** Closer to the end than this counts as reading along. */
const NEAR_END_PX = 80;

@customElement('chat-lines')
export class ChatLines extends LocalisedElement {
  @property({ attribute: false }) app!: App;
  @property({ attribute: false }) room!: LiveRoom;
  @property() showId = '';
  @property({ attribute: false }) lines: readonly ChatLine[] = [];
  @state() private current: number | null = null;
  @state() private chosen: ReadonlySet<number> = new Set();
  @state() private readingPx = 0;
  readonly #window = new ChatWindow();
  readonly #rows = new RowWindow();
  #lastTop = 0;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('lines')) this.#window.accept(this.lines);
  }

  override updated(): void {
    const list = this.#list;
    if (!list) return;
    let learnt = false;
    for (const row of list.querySelectorAll<HTMLElement>('.chat-line'))
      learnt = this.#rows.learn(Number(row.dataset.seq), row.offsetHeight) || learnt;
    this.#rows.keep(new Set(this.#window.shown.map((line) => line.seq)));
    if (!this.#window.isFrozen) list.scrollTop = list.scrollHeight;
    // Rows that turned out higher than thought move what is left out; once more settles it.
    if (learnt) this.requestUpdate();
  }

  get #list(): HTMLElement | null {
    return this.querySelector('.chat-lines');
  }

  override render() {
    const { shown, newCount, isFrozen } = this.#window;
    const view = this.#list?.clientHeight ?? 600;
    const ids = shown.map((line) => line.seq);
    const top = isFrozen ? this.readingPx : Number.MAX_SAFE_INTEGER;
    const { from, to, beforePx, afterPx } = this.#rows.rows(ids, Math.min(top, this.#height(ids) - view), view);
    return html`<ol class="chat-lines" tabindex="0" aria-label=${t('chat.title')} aria-keyshortcuts="ArrowUp ArrowDown h m b p r x End" @scroll=${this.#scrolled} @keydown=${this.#key}>
        ${shown.length === 0 ? html`<li class="soft chat-empty">${t('chat.empty')}</li>` : nothing}
        <li class="chat-gap" aria-hidden="true" .style=${`block-size:${beforePx}px`}></li>
        ${repeat(
          shown.slice(from, to),
          (line) => line.seq,
          (line) => this.#line(line),
        )}
        <li class="chat-gap" aria-hidden="true" .style=${`block-size:${afterPx}px`}></li>
      </ol>
      ${isFrozen ? html`<button type="button" class="chip to-end" @click=${this.#toEnd}><sc-icon name="arrow-down"></sc-icon>${newCount > 0 ? t('chat.new', { n: newCount }) : t('chat.newest')}</button>` : nothing}
      ${
        this.chosen.size > 0
          ? html`<div class="chat-chosen" role="group" aria-label=${t('chat.chosen', { n: this.chosen.size })}><span class="grow">${t('chat.chosen', { n: this.chosen.size })}</span><sc-button size="s" variant="danger" icon="eye-off" @click=${() => void this.#hideChosen()}>${t('chat.hide_chosen')}</sc-button><sc-button size="s" variant="quiet" icon="x" label=${t('chat.choose_none')} @click=${this.#chooseNone}></sc-button></div>`
          : nothing
      }
      <p class="hidden-text">${t('chat.keys')}</p>`;
  }

  #height(ids: readonly number[]): number {
    return ids.reduce((sum, id) => sum + this.#rows.heightOf(id), 0);
  }

  #line(line: ChatLine): TemplateResult {
    const staff = line.role !== 'viewer';
    const entries = [
      { label: t('chat.reply'), run: () => this.#reply(line) },
      { label: t('chat.pin'), run: () => void this.#pin(line) },
      { label: t(this.chosen.has(line.seq) ? 'chat.unchoose' : 'chat.choose'), run: () => this.#choose(line) },
      { label: t('chat.hide'), run: () => void this.#hide(line), danger: true },
      ...(staff
        ? []
        : [
            { label: t('chat.mute', { name: line.name }), run: () => void this.#mute(line), danger: true },
            { label: t('chat.ban', { name: line.name }), run: () => void this.#ban(line), danger: true },
          ]),
    ];
    const marks = [line.seq === this.current ? 'current' : '', this.chosen.has(line.seq) ? 'chosen' : ''].join(' ');
    return html`<li class="chat-line ${marks}" data-seq=${line.seq} aria-current=${line.seq === this.current ? 'true' : nothing}><div class="grow">
        ${line.reply_to ? html`<span class="quoted clip-one">${line.reply_to.name}: ${line.reply_to.text}</span>` : nothing}
        ${staff ? html`<span class="badge plain">${t(`chat.role_${line.role}`)}</span> ` : nothing}<span class="chat-name ${staff ? 'staff' : ''}">${line.name}</span> <span class="chat-text" dir="auto">${line.text}</span></div>
      <shopcast-menu label=${t('chat.actions', { name: line.name })} .face=${html`<sc-icon name="ellipsis"></sc-icon>`} .entries=${entries}></shopcast-menu></li>`;
  }

  // New lines and a changing height move the end away from who reads along; only scrolling up means reading back.
  readonly #scrolled = (event: Event) => {
    const list = event.currentTarget as HTMLElement;
    const isNearEnd = list.scrollHeight - list.scrollTop - list.clientHeight <= NEAR_END_PX;
    if (this.#window.isFrozen && isNearEnd && this.#window.newCount === 0 && this.current === null) this.#window.thaw();
    else if (list.scrollTop < this.#lastTop - 2) this.#window.freeze();
    this.#lastTop = list.scrollTop;
    this.readingPx = list.scrollTop;
  };

  readonly #toEnd = () => {
    this.current = null;
    this.#window.thaw();
    this.requestUpdate();
  };

  readonly #key = (event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    if (step !== 0) this.#move(step);
    else if (event.key === 'End' || event.key === 'Escape') this.#toEnd();
    else if (!this.#actOn(event.key)) return;
    event.preventDefault();
    // The console's own letters must not hear it.
    event.stopPropagation();
  };

  #move(step: -1 | 1): void {
    this.#window.freeze();
    this.current = this.#window.beside(this.current, step)?.seq ?? null;
    void this.updateComplete.then(() => this.querySelector('.chat-line.current')?.scrollIntoView({ block: 'nearest' }));
  }

  /** By number, not by place: the list may have moved since the eye found it. */
  #actOn(key: string): boolean {
    const line = this.#window.shown.find((one) => one.seq === this.current);
    if (!line) return false;
    const staff = line.role !== 'viewer';
    if (key === 'h') void this.#hide(line);
    else if (key === 'p') void this.#pin(line);
    else if (key === 'r') this.#reply(line);
    else if (key === 'x') this.#choose(line);
    else if (key === 'm' && !staff) void this.#mute(line);
    else if (key === 'b' && !staff) void this.#ban(line);
    else return false;
    return true;
  }

  #reply(line: ChatLine): void {
    this.dispatchEvent(new CustomEvent('reply-to', { detail: line }));
  }

  #choose(line: ChatLine): void {
    this.#window.freeze();
    const chosen = new Set(this.chosen);
    if (!chosen.delete(line.seq)) chosen.add(line.seq);
    this.chosen = chosen;
  }

  readonly #chooseNone = () => {
    this.chosen = new Set();
  };

  #hide(line: ChatLine) {
    return this.app.act(() => this.room.ask(() => this.room.client.hide(line.seq)), {
      done: t('chat.hidden'),
      undo: () => this.room.ask(() => this.room.client.unhide(line.seq)),
    });
  }

  async #hideChosen(): Promise<void> {
    const seqs = [...this.chosen];
    const hidden = await this.app.act(() => this.room.hideMany(seqs), {
      done: t('chat.hidden_many', { n: seqs.length }),
      undo: async () => {
        for (const seq of seqs) await this.room.ask(() => this.room.client.unhide(seq));
      },
    });
    if (hidden) this.#chooseNone();
  }

  #pin(line: ChatLine) {
    const before = this.room.pinned?.seq ?? null;
    return this.app.act(() => this.room.pin(line.seq), {
      done: t('chat.pinned'),
      undo: () => this.room.pin(before),
    });
  }

  #mute(line: ChatLine) {
    return this.app.act(() => this.room.ask(() => this.room.client.mute(line.key, MUTE_S)), {
      done: t('chat.muted', { name: line.name }),
      undo: () => this.room.ask(() => this.room.client.mute(line.key, 0)),
    });
  }

  async #ban(line: ChatLine): Promise<void> {
    const bans = `/v1/shows/${this.showId}/bans`;
    let id = '';
    await this.app.act(
      async () => {
        id = (await this.app.api.post<{ id: string }>(bans, { key: line.key })).id;
      },
      { done: t('chat.banned', { name: line.name }), undo: () => this.app.api.delete(`${bans}/${id}`) },
    );
  }
}
