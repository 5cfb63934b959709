// What waits for a moderator: held, hidden and reported lines, decided by touch or key, many at once, and taken back.
import type { CaseView } from '@shopcast/api-client';
import { t, timeOfDay } from '@shopcast/format';
import { LocalisedElement } from '@shopcast/ui';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { App } from '../../app/app.ts';
import { Problem } from '../../app/problem.ts';
import type { LiveRoom } from './live_room.ts';

type Decision = 'let' | 'remove' | 'reopen';

@customElement('chat-queue')
export class ChatQueue extends LocalisedElement {
  @property({ attribute: false }) app!: App;
  @property({ attribute: false }) room!: LiveRoom;
  /** How many wait, as the room says: a change means that there is something to read. */
  @property({ type: Number }) open = 0;
  @state() private cases: readonly CaseView[] | null = null;
  @state() private problem: Problem | null = null;
  @state() private decided = false;
  @state() private current = 0;
  #loading = false;
  #again = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('open') && !this.decided) void this.#load();
  }

  override render() {
    return html`<div class="queue-head"><label class="check"><input type="checkbox" .checked=${this.decided} @change=${this.#toggle} />${t('queue.decided')}</label>
        ${this.open > 1 && !this.decided && this.cases ? html`<sc-button size="s" class="push" @click=${() => void this.#decide(this.cases ?? [], 'remove')}>${t('queue.remove_all', { n: this.cases.length })}</sc-button>` : nothing}</div>
      ${this.#list()}`;
  }

  #list() {
    if (this.problem && this.cases === null)
      return html`<sc-empty tone="problem" icon="wifi-off" heading=${t('queue.failed')} text=${this.problem.message}><sc-button icon="refresh-cw" @click=${() => void this.#load()}>${t('action.try_again')}</sc-button></sc-empty>`;
    if (this.cases === null) return html`<sc-skeleton class="queue-skeleton"></sc-skeleton>`;
    if (this.cases.length === 0)
      return html`<sc-empty icon="check" heading=${t(this.decided ? 'queue.none_decided' : 'queue.empty')} text=${t('queue.empty_text')}></sc-empty>`;
    return html`<ol class="queue-list" tabindex="0" aria-label=${t('queue.title')} aria-keyshortcuts="ArrowUp ArrowDown a d c u" @keydown=${this.#key}>
        ${repeat(
          this.cases,
          (one) => one.id,
          (one, index) => this.#case(one, index),
        )}
      </ol><p class="hidden-text">${t('queue.keys')}</p>`;
  }

  #case(one: CaseView, index: number): TemplateResult {
    const copies = this.#copiesOf(one).length;
    const why = one.reason === 'word' ? t('queue.why_word', { word: one.word ?? '' }) : t(`queue.why_${one.reason}`);
    return html`<li class="queue-case ${index === this.current ? 'current' : ''}" aria-current=${index === this.current ? 'true' : nothing}>
      <div class="line wrap"><span class="badge ${one.kind === 'reported' ? 'warn' : 'plain'}">${t(`queue.kind_${one.kind}`)}</span><span class="small soft">${why}${one.reports > 0 ? ` · ${t('queue.reports', { n: one.reports })}` : ''} · <time>${timeOfDay(Date.parse(one.said_at))}</time></span></div>
      <p class="queue-text"><strong>${one.name}</strong> <span dir="auto">${one.text}</span></p>
      <div class="line wrap">${
        one.state === 'open'
          ? html`<sc-button size="s" icon="check" @click=${() => void this.#decide([one], 'let')}>${t('queue.let')}</sc-button><sc-button size="s" variant="danger" icon="eye-off" @click=${() => void this.#decide([one], 'remove')}>${t('queue.remove')}</sc-button>${copies > 1 ? html`<sc-button size="s" @click=${() => void this.#decide(this.#copiesOf(one), 'remove')}>${t('queue.remove_copies', { n: copies })}</sc-button>` : nothing}`
          : html`<span class="badge ${one.state === 'let' ? 'good' : 'danger'}">${t(`queue.state_${one.state}`)}</span><sc-button size="s" icon="undo-2" @click=${() => void this.#decide([one], 'reopen')}>${t('queue.reopen')}</sc-button>`
      }</div></li>`;
  }

  #copiesOf(one: CaseView): CaseView[] {
    return one.copies === '' ? [one] : (this.cases ?? []).filter((other) => other.copies === one.copies);
  }

  readonly #toggle = (event: Event) => {
    this.decided = (event.target as HTMLInputElement).checked;
    this.cases = null;
    this.current = 0;
    void this.#load();
  };

  readonly #key = (event: KeyboardEvent) => {
    const cases = this.cases ?? [];
    const one = cases[this.current];
    if (!one || event.metaKey || event.ctrlKey || event.altKey) return;
    const step =
      event.key === 'ArrowDown' || event.key === 'j' ? 1 : event.key === 'ArrowUp' || event.key === 'k' ? -1 : 0;
    if (step !== 0) {
      this.current = Math.min(cases.length - 1, Math.max(0, this.current + step));
      void this.updateComplete.then(() =>
        this.querySelector('.queue-case.current')?.scrollIntoView({ block: 'nearest' }),
      );
    } else if (event.key === 'a' && one.state === 'open') void this.#decide([one], 'let');
    else if (event.key === 'd' && one.state === 'open') void this.#decide([one], 'remove');
    else if (event.key === 'c' && one.state === 'open') void this.#decide(this.#copiesOf(one), 'remove');
    else if (event.key === 'u' && one.state !== 'open') void this.#decide([one], 'reopen');
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** What was decided leaves the list at once; the next one comes under the finger. */
  async #decide(cases: readonly CaseView[], decision: Decision): Promise<void> {
    const ids = cases.slice(0, 100).map((one) => one.id);
    const undo = decision === 'reopen' ? undefined : () => this.room.decide(ids, 'reopen').then(() => this.#load());
    const said = t(`queue.done_${decision}`, { n: ids.length });
    const done = await this.app.act(() => this.room.decide(ids, decision), { done: said, ...(undo ? { undo } : {}) });
    if (done) {
      const gone = new Set(ids);
      this.cases = (this.cases ?? []).filter((one) => !gone.has(one.id));
      this.current = Math.min(this.current, Math.max(0, (this.cases?.length ?? 1) - 1));
    }
    await this.#load();
  }

  /** One read at a time; what changes meanwhile is read right after. The case under the eye stays under it. */
  async #load(): Promise<void> {
    if (this.#loading) {
      this.#again = true;
      return;
    }
    this.#loading = true;
    const looking = this.cases?.[this.current]?.id;
    try {
      const { items } = await this.room.queue(this.decided);
      this.problem = null;
      this.cases = items;
      const at = items.findIndex((one) => one.id === looking);
      if (at >= 0) this.current = at;
    } catch (error) {
      this.problem = error instanceof Problem ? error : new Problem('offline', 0, t('problem.offline'));
    } finally {
      this.#loading = false;
    }
    if (!this.#again) return;
    this.#again = false;
    await this.#load();
  }
}
