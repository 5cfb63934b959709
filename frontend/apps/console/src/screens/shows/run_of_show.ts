// Tab "run of show": ordered cues, each with minutes, item, script, claims and the price the host will say.
import { duration, t } from '@shopcast/format';
import '@shopcast/ui/controls/menu.ts';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { type CueDraft, cueBody, draftCues, newCue, priceNote } from '../../lib/cue_draft.ts';
import { amountText } from '../../lib/money_input.ts';
import { moved, targetForKey } from '../../lib/reorder.ts';
import type { Card } from '../../types.ts';
import { priceOf } from '../words.ts';
import { ShowPart } from './part.ts';

@customElement('show-run')
export class ShowRun extends ShowPart {
  @state() private drafts: CueDraft[] | null = null;
  @state() private open: ReadonlySet<string> = new Set();
  @state() private busy = false;

  override render() {
    const cues = this.drafts ?? draftCues(this.manage.cues);
    const minutes = cues.reduce((sum, cue) => sum + (Number(cue.minutes) || 0), 0);
    return html`<div class="stack">
      <div class="toolbar"><sc-button icon="plus" @click=${() => this.#append(cues)}>${t('run.add')}</sc-button>
        ${this.manage.items.length > 0 ? html`<sc-button variant="quiet" icon="list-ordered" @click=${() => this.#fill(cues)}>${t('run.from_shelf')}</sc-button>` : nothing}
        <span class="push small soft number">${cues.length > 0 ? t('run.total', { n: cues.length, length: duration(minutes * 60_000) }) : nothing}</span></div>
      ${
        cues.length === 0
          ? html`<sc-empty icon="list-video" heading=${t('run.empty')} text=${t('run.empty_text')}></sc-empty>`
          : html`<ol class="cues">${repeat(
              cues,
              (cue) => cue.key,
              (cue, index) => this.#row(cue, index, cues),
            )}</ol>`
      }
      ${this.drafts ? html`<div class="save-bar"><span class="grow small">${t('state.unsaved_short')}</span><sc-button variant="quiet" @click=${() => this.#set(null)}>${t('action.discard')}</sc-button><sc-button variant="primary" ?loading=${this.busy} @click=${this.#save}>${t('action.save')}</sc-button></div>` : nothing}
    </div>`;
  }

  #row(cue: CueDraft, index: number, cues: CueDraft[]): TemplateResult {
    const set = (change: Partial<CueDraft>) =>
      this.#set(cues.map((one) => (one.key === cue.key ? { ...one, ...change } : one)));
    const value = (event: Event) => (event.target as HTMLInputElement).value;
    const item = this.manage.items.find((one) => one.id === cue.itemId) ?? null;
    const note = priceNote(cue.price, item);
    const items = [
      { value: '', label: t('run.no_item') },
      ...this.manage.items.map((one) => ({ value: one.id, label: `${one.number} · ${one.title}` })),
    ];
    const isOpen = this.open.has(cue.key) || note !== 'none';
    return html`<li class="cue ${cue.done ? 'done' : ''}" data-key=${cue.key}>
      ${this.#head(cue, index, cues, item, isOpen, note === 'differs')}
      ${
        isOpen
          ? html`<div class="cue-fields">
        <sc-field class="cue-minutes" label=${t('run.minutes')} type="number" min="1" max="240" inputmode="numeric" .value=${cue.minutes} @input=${(event: Event) => set({ minutes: value(event) })}></sc-field>
        <sc-field class="cue-item" label=${t('run.item')} .value=${cue.itemId ?? ''} .choices=${items} @change=${(event: Event) => set({ itemId: value(event) || null })}></sc-field>
        <sc-field class="cue-price" label=${t('run.price_said')} inputmode="decimal" optional .value=${cue.price} ?disabled=${item === null} .error=${note === 'wrong' ? t('run.price_not_amount') : ''} @input=${(event: Event) => set({ price: value(event) })}></sc-field>
        <sc-field class="cue-script" label=${t('run.script')} hint=${t('run.script_hint')} multiline rows="3" maxlength="4000" .value=${cue.script} @input=${(event: Event) => set({ script: value(event) })}></sc-field>
        <sc-field class="cue-claims" label=${t('run.claims')} hint=${t('run.claims_hint')} multiline optional rows="3" maxlength="1000" .value=${cue.claims} @input=${(event: Event) => set({ claims: value(event) })}></sc-field>
      </div>`
          : nothing
      }
      ${
        note === 'differs' && item
          ? html`<div class="notice warn" role="status"><sc-icon name="triangle-alert"></sc-icon><span class="grow">${t('run.price_differs', { said: cue.price, price: priceOf(item) })}</span>
        <sc-button size="s" @click=${() => set({ price: amountText(item.price_minor, item.currency) })}>${t('run.use_price')}</sc-button></div>`
          : nothing
      }
    </li>`;
  }

  #head(
    cue: CueDraft,
    index: number,
    cues: CueDraft[],
    item: Card | null,
    isOpen: boolean,
    differs: boolean,
  ): TemplateResult {
    const excerpt = cue.script.split('\n', 1).join('');
    const entries = [
      ...(index > 0 ? [{ label: t('run.up'), run: () => this.#set(moved(cues, index, index - 1)) }] : []),
      ...(index < cues.length - 1
        ? [{ label: t('run.down'), run: () => this.#set(moved(cues, index, index + 1)) }]
        : []),
      { label: t('run.remove'), run: () => this.#set(cues.filter((one) => one.key !== cue.key)), danger: true },
    ];
    return html`<div class="cue-head">
      <button type="button" class="grip" aria-label=${t('run.move', { place: index + 1, of: cues.length })} @keydown=${(event: KeyboardEvent) => this.#key(event, index, cues)}><sc-icon name="grip-vertical"></sc-icon></button>
      <button type="button" class="cue-toggle" aria-expanded=${isOpen ? 'true' : 'false'} @click=${() => this.#toggle(cue.key)}>
        <span class="cue-minutes-short">${cue.minutes || '–'}<small>${t('run.min')}</small></span>
        <span class="stack tight grow"><strong class="clip-one">${item ? `${item.number} · ${item.title}` : t('run.no_item')}</strong>${isOpen || !excerpt ? nothing : html`<span class="soft small clip-one">${excerpt}</span>`}</span>
        ${cue.done ? html`<span class="badge good">${t('run.done')}</span>` : nothing}${differs ? html`<sc-icon name="triangle-alert" label=${t('run.check_price')}></sc-icon>` : nothing}
      </button>
      <shopcast-menu label=${t('run.actions', { place: index + 1 })} .face=${html`<sc-icon name="ellipsis"></sc-icon>`} .entries=${entries}></shopcast-menu>
    </div>`;
  }

  #toggle(key: string): void {
    const next = new Set(this.open);
    if (!next.delete(key)) next.add(key);
    this.open = next;
  }

  #append(cues: CueDraft[]): void {
    const cue = newCue();
    this.open = new Set(this.open).add(cue.key);
    this.#set([...cues, cue]);
  }

  #set(drafts: CueDraft[] | null): void {
    this.drafts = drafts;
    this.app.router.guard(drafts === null ? null : () => confirm(t('state.unsaved')));
  }

  #key(event: KeyboardEvent, index: number, cues: CueDraft[]): void {
    const target = targetForKey(event.key, index, cues.length);
    const key = cues[index]?.key;
    if (target === null) return;
    event.preventDefault();
    this.#set(moved(cues, index, target));
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(`[data-key="${key}"] .grip`)?.focus());
  }

  /** One cue of five minutes for each visible item that has none. */
  #fill(cues: CueDraft[]): void {
    const used = new Set(cues.map((cue) => cue.itemId));
    const added = this.manage.items.filter((item) => !item.hidden && !used.has(item.id)).map((item) => newCue(item));
    if (added.length > 0) this.#set([...cues, ...added]);
  }

  readonly #save = async () => {
    const bodies = (this.drafts ?? []).map((cue) => cueBody(cue, this.manage.items));
    if (bodies.some((body) => body === null)) return;
    this.busy = true;
    const saved = await this.change(() => this.app.api.put(this.path('/cues'), bodies), { done: t('state.saved') });
    this.busy = false;
    if (saved) this.#set(null);
  };
}
