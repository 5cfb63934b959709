// Tab "shelf": the numbered items of a show; their order, claim and whether they are shown.
import { t } from '@shopcast/format';
import '@shopcast/ui/controls/menu.ts';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { dropIndex, moved, targetForKey } from '../../lib/reorder.ts';
import type { Card } from '../../types.ts';
import { leftOf, picture, priceOf } from '../words.ts';
import { ShowPart } from './part.ts';
import './shelf_add.ts';
import './shelf_sets.ts';

@customElement('show-shelf')
export class ShowShelf extends ShowPart {
  @state() private adding = false;
  @state() private sets = false;
  /** What the person sees while the server is being told. */
  @state() private order: string[] | null = null;
  @state() private dragging: string | null = null;
  @state() private spoken = '';

  #items(): Card[] {
    const { items } = this.manage;
    if (!this.order) return items;
    const byId = new Map(items.map((item) => [item.id, item]));
    return [
      ...this.order.flatMap((id) => byId.get(id) ?? []),
      ...items.filter((item) => !this.order?.includes(item.id)),
    ];
  }

  override render() {
    const items = this.#items();
    return html`<div class="stack">
      <div class="toolbar">
        <sc-button variant="primary" icon="plus" @click=${() => {
          this.adding = true;
        }}>${t('shelf.add')}</sc-button>
        <sc-button icon="archive" @click=${() => {
          this.sets = true;
        }}>${t('shelf.sets')}</sc-button>
        <span class="small soft push">${items.length > 1 ? t('shelf.reorder_hint') : nothing}</span>
      </div>
      <p class="hidden-text" role="status" aria-live="polite">${this.spoken}</p>
      ${
        items.length === 0
          ? this.#empty()
          : html`<ol class="shelf">${repeat(
              items,
              (item) => item.id,
              (item, index) => this.#row(item, index, items.length),
            )}</ol>`
      }
      <sc-sheet placement="side" heading=${t('shelf.add')} .open=${this.adding} @sc-close=${() => {
        this.adding = false;
      }}>
        ${
          this.adding
            ? html`<shelf-add .app=${this.app} .manage=${this.manage} @shelf-added=${() => {
                this.adding = false;
              }}></shelf-add>`
            : nothing
        }</sc-sheet>
      <sc-sheet placement="side" heading=${t('shelf.sets')} .open=${this.sets} @sc-close=${() => {
        this.sets = false;
      }}>
        ${this.sets ? html`<shelf-sets .app=${this.app} .manage=${this.manage}></shelf-sets>` : nothing}</sc-sheet>
    </div>`;
  }

  #row(item: Card, index: number, length: number): TemplateResult {
    return html`<li class="shelf-row ${item.hidden ? 'hidden-item' : ''} ${this.dragging === item.id ? 'dragging' : ''}" data-id=${item.id}>
      <button type="button" class="grip" aria-label=${t('shelf.move', { number: item.number, place: index + 1, of: length })}
        @pointerdown=${(event: PointerEvent) => this.#grab(event, item.id)} @keydown=${(event: KeyboardEvent) => this.#key(event, index)}><sc-icon name="grip-vertical"></sc-icon></button>
      <span class="shelf-number">${item.number}</span>
      ${picture(item.image_url, 'medium')}
      <div class="stack tight grow">
        <strong class="clip-one">${item.title}</strong>
        <span class="small soft number">${priceOf(item)} · ${leftOf(item.left)}${item.hidden ? html` · ${t('shelf.hidden')}` : nothing}</span>
      </div>
      <input class="control claim" aria-label=${t('shelf.claim_of', { number: item.number })} placeholder=${t('shelf.claim_placeholder')} maxlength="120" .value=${item.claim}
        @change=${(event: Event) => this.#patch(item, { claim: (event.target as HTMLInputElement).value.trim() })} />
      <shopcast-menu class="shelf-actions" label=${t('shelf.actions', { number: item.number })} .face=${html`<sc-icon name="ellipsis"></sc-icon>`}
        .entries=${[
          {
            label: t(item.hidden ? 'shelf.show' : 'shelf.hide'),
            run: () => this.#patch(item, { hidden: !item.hidden }),
          },
          { label: t('shelf.remove'), run: () => this.#remove(item), danger: true },
        ]}></shopcast-menu>
    </li>`;
  }

  #empty(): TemplateResult {
    return html`<sc-empty icon="list-ordered" heading=${t('shelf.empty')} text=${t('shelf.empty_text')}>
      <sc-button variant="primary" icon="plus" @click=${() => {
        this.adding = true;
      }}>${t('shelf.add')}</sc-button></sc-empty>`;
  }

  #patch(item: Card, change: Partial<Pick<Card, 'claim' | 'hidden'>>): void {
    const before = change.hidden === undefined ? { claim: item.claim } : { hidden: item.hidden };
    void this.change(() => this.app.api.patch(this.path(`/items/${item.id}`), change), {
      done: t('state.saved'),
      undo: () => this.app.api.patch(this.path(`/items/${item.id}`), before),
    });
  }

  #remove(item: Card): void {
    // The number is spent for good, so what is offered is putting the product back under a new one.
    void this.change(() => this.app.api.delete(this.path(`/items/${item.id}`)), {
      done: t('shelf.removed', { number: item.number }),
      undo: () => this.app.api.post(this.path('/items'), { product_ids: [item.product_id] }),
    });
  }

  #key(event: KeyboardEvent, index: number): void {
    const items = this.#items();
    const target = targetForKey(event.key, index, items.length);
    const item = items[index];
    if (target === null || !item) return;
    event.preventDefault();
    this.#place(item.id, index, target);
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(`[data-id="${item.id}"] .grip`)?.focus());
  }

  #grab(event: PointerEvent, id: string): void {
    if (event.button !== 0) return;
    const grip = event.currentTarget as HTMLElement;
    grip.setPointerCapture(event.pointerId);
    this.dragging = id;
    const before = this.#items().map((item) => item.id);
    const move = (moveEvent: PointerEvent) => {
      const rows = [...this.querySelectorAll<HTMLElement>('.shelf-row')].filter((row) => row.dataset.id !== id);
      const middles = rows.map((row) => row.getBoundingClientRect().top + row.offsetHeight / 2);
      const rest = (this.order ?? before).filter((one) => one !== id);
      const target = dropIndex(middles, moveEvent.clientY);
      const next = [...rest.slice(0, target), id, ...rest.slice(target)];
      if (next.join() !== (this.order ?? before).join()) this.order = next;
    };
    const end = () => {
      grip.removeEventListener('pointermove', move);
      this.dragging = null;
      if (this.order && this.order.join() !== before.join()) this.#send(this.order, before);
    };
    grip.addEventListener('pointermove', move);
    grip.addEventListener('lostpointercapture', end, { once: true });
  }

  #place(id: string, from: number, to: number): void {
    const before = this.#items().map((item) => item.id);
    const next = moved(before, from, to);
    const number = this.manage.items.find((item) => item.id === id)?.number ?? 0;
    this.order = next;
    this.spoken = t('shelf.moved', { number, place: to + 1, of: next.length });
    this.#send(next, before);
  }

  async #send(ids: string[], before: string[]): Promise<void> {
    const path = this.path('/items/order');
    const sent = await this.app.act(() => this.app.api.post(path, { ids }));
    if (!sent) this.order = before;
    else this.changed();
  }
}
