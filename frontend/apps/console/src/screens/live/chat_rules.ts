// The rules of a room: how fast, who, which words; and who is banned.
import type { BanView, RoomMode, WordRule } from '@shopcast/api-client';
import { dateTime, t } from '@shopcast/format';
import { LocalisedElement } from '@shopcast/ui';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { App } from '../../app/app.ts';
import type { LiveRoom } from './live_room.ts';

const SLOW_MODES = [0, 5, 15, 60];
const ACTIONS = ['refuse', 'hold', 'hide', 'mute'] as const;
type Action = (typeof ACTIONS)[number];

@customElement('chat-rules')
export class ChatRules extends LocalisedElement {
  @property({ attribute: false }) app!: App;
  @property({ attribute: false }) room!: LiveRoom;
  @property() showId = '';
  @state() private mode: RoomMode | null = null;
  @state() private bans: readonly BanView[] = [];
  @state() private failed = false;
  @state() private word = '';
  @state() private action: Action = 'hold';
  @state() private inHouse = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }

  override render() {
    if (this.failed)
      return html`<sc-empty tone="problem" icon="wifi-off" heading=${t('rules.failed')} text=${t('problem.offline')}><sc-button icon="refresh-cw" @click=${() => void this.#load()}>${t('action.try_again')}</sc-button></sc-empty>`;
    if (!this.mode) return html`<sc-skeleton class="queue-skeleton"></sc-skeleton>`;
    return html`<div class="rules">
      ${this.#pace(this.mode)} ${this.#words(this.mode)} ${this.#banned()}
      <section><h3>${t('rules.export')}</h3><p class="soft small">${t('rules.export_text')}</p><sc-button icon="download" href=${`/v1/shows/${this.showId}/chat/export`}>${t('rules.export_do')}</sc-button></section>
    </div>`;
  }

  #pace(mode: RoomMode): TemplateResult {
    const slow = this.room.client.state.mode;
    return html`<section><h3>${t('rules.who')}</h3>
      <label class="field"><span>${t('chat.slow')}</span><select class="control" @change=${(event: Event) => this.#set({ slow_mode_s: Number((event.target as HTMLSelectElement).value) }, { slow_mode_s: mode.slow_mode_s })}>
        ${[...new Set([...SLOW_MODES, slow.slow_mode_s])].sort((a, b) => a - b).map((seconds) => html`<option value=${seconds} ?selected=${seconds === slow.slow_mode_s}>${seconds === 0 ? t('chat.slow_off') : t('chat.slow_s', { n: seconds })}</option>`)}
      </select></label>
      <label class="check"><input type="checkbox" .checked=${slow.followers_only} @change=${(event: Event) => this.#set({ followers_only: (event.target as HTMLInputElement).checked }, { followers_only: slow.followers_only })} />${t('rules.followers_only')}</label>
      <p class="soft small">${t('rules.followers_only_text')}</p></section>`;
  }

  #words(mode: RoomMode): TemplateResult {
    return html`<section><h3>${t('rules.words')}</h3><p class="soft small">${t('rules.words_text')}</p>
      <ul class="rule-list">${mode.muted_words.map((rule) => this.#rule(rule, false))}${mode.house_words.map((rule) => this.#rule(rule, true))}</ul>
      <form class="rule-form" @submit=${this.#add}>
        <input class="control" aria-label=${t('rules.word')} placeholder=${t('rules.word')} maxlength="60" .value=${this.word} @input=${(
          event: Event,
        ) => {
          this.word = (event.target as HTMLInputElement).value;
        }} />
        <select class="control" aria-label=${t('rules.action')} @change=${(event: Event) => {
          this.action = (event.target as HTMLSelectElement).value as Action;
        }}>${ACTIONS.map((one) => html`<option value=${one} ?selected=${one === this.action}>${t(`rules.action_${one}`)}</option>`)}</select>
        <sc-button type="submit" icon="plus" ?disabled=${this.word.trim() === ''}>${t('rules.add')}</sc-button>
        <label class="check"><input type="checkbox" .checked=${this.inHouse} @change=${(event: Event) => {
          this.inHouse = (event.target as HTMLInputElement).checked;
        }} />${t('rules.in_house')}</label>
      </form></section>`;
  }

  #rule(rule: WordRule, house: boolean): TemplateResult {
    return html`<li><span class="grow"><strong dir="auto">${rule.word}</strong> <span class="soft small">${t(`rules.action_${rule.action ?? 'refuse'}`)}${house ? ` · ${t('rules.house')}` : ''}</span></span>
      <sc-button size="s" variant="quiet" icon="x" label=${t('rules.remove', { word: rule.word })} @click=${() => void this.#change(rule, house, false)}></sc-button></li>`;
  }

  #banned(): TemplateResult {
    return html`<section><h3>${t('rules.bans')}</h3>${
      this.bans.length === 0
        ? html`<p class="soft small">${t('rules.no_bans')}</p>`
        : html`<ul class="rule-list">${this.bans.map(
            (ban) =>
              html`<li><span class="grow"><strong>${ban.name}</strong> <span class="soft small">${dateTime(ban.banned_at)}${ban.is_guest ? ` · ${t('rules.guest')}` : ''}${ban.reason ? ` · ${ban.reason}` : ''}</span></span><sc-button size="s" @click=${() => void this.#lift(ban)}>${t('rules.lift')}</sc-button></li>`,
          )}</ul>`
    }${this.bans.some((ban) => ban.is_guest) ? html`<p class="soft small">${t('rules.guest_text')}</p>` : nothing}</section>`;
  }

  async #load(): Promise<void> {
    try {
      const [mode, bans] = await Promise.all([
        this.room.mode(),
        this.app.api.get<{ items: BanView[] }>(`/v1/shows/${this.showId}/bans`),
      ]);
      this.mode = mode;
      this.bans = bans.items;
      this.failed = false;
    } catch {
      this.failed = this.mode === null;
    }
  }

  #set(changes: Partial<RoomMode>, before: Partial<RoomMode>): void {
    void this.app
      .act(() => this.room.setMode(changes), { done: t('rules.saved'), undo: () => this.room.setMode(before) })
      .then(() => this.#load());
  }

  readonly #add = (event: SubmitEvent) => {
    event.preventDefault();
    const word = this.word.trim();
    if (word === '') return;
    void this.#change({ word, action: this.action }, this.inHouse, true).then((changed) => {
      if (changed) this.word = '';
    });
  };

  /** Adds or removes one word; the undo is the other. */
  async #change(rule: WordRule, house: boolean, add: boolean): Promise<boolean> {
    const write = async (adds: boolean) => {
      await this.#load();
      const list = (house ? this.mode?.house_words : this.mode?.muted_words) ?? [];
      const others = list.filter((one) => one.word !== rule.word);
      const words = adds ? [...others, rule] : others;
      if (house) await this.app.api.put(this.app.org('/muted-words'), { words });
      else await this.room.setMode({ muted_words: words });
      await this.#load();
    };
    const said = t(add ? 'rules.added' : 'rules.removed', { word: rule.word });
    return (await this.app.act(() => write(add), { done: said, undo: () => write(!add) })) !== null;
  }

  async #lift(ban: BanView): Promise<void> {
    await this.app.act(() => this.app.api.delete(`/v1/shows/${this.showId}/bans/${ban.id}`), {
      done: t('rules.lifted', { name: ban.name }),
    });
    await this.#load();
  }
}
