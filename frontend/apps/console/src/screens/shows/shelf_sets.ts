// Saved sets: a shelf kept under a name, and put on another show's shelf.
import { t } from '@shopcast/format';
import { html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { itemsOf } from '../../app/api.ts';
import { Loader } from '../../app/loader.ts';
import type { ShelfSet } from '../../types.ts';
import { ShowPart } from './part.ts';

@customElement('shelf-sets')
export class ShelfSets extends ShowPart {
  @state() private name = '';
  readonly #sets = new Loader<ShelfSet[]>(this, async (signal) =>
    itemsOf(await this.app.api.get<ShelfSet[] | { items: ShelfSet[] }>(this.app.org('/shelf-sets'), undefined, signal)),
  );

  override render() {
    return html`<div class="stack loose">
      ${this.#sets.view((sets) =>
        sets.length === 0
          ? html`<p class="soft">${t('shelf.sets_empty')}</p>`
          : html`<ul class="plain-list">${sets.map((set) => html`<li><span class="grow">${set.name}</span><sc-button size="s" @click=${() => this.#use(set)}>${t('shelf.set_use')}</sc-button></li>`)}</ul>`,
      )}
      ${
        this.manage.items.length === 0
          ? ''
          : html`<form class="stack" @submit=${this.#save}>
        <sc-field label=${t('shelf.set_name')} hint=${t('shelf.set_hint', { n: this.manage.items.length })} maxlength="80" .value=${this.name} @input=${(
          event: Event,
        ) => {
          this.name = (event.target as HTMLInputElement).value;
        }}></sc-field>
        <sc-button type="submit" ?disabled=${this.name.trim() === ''}>${t('shelf.set_save')}</sc-button></form>`
      }
    </div>`;
  }

  #use(set: ShelfSet): void {
    void this.change(() => this.app.api.post(this.path('/items/from-set'), { set_id: set.id }), {
      done: t('shelf.set_used', { name: set.name }),
    });
  }

  readonly #save = async (event: SubmitEvent) => {
    event.preventDefault();
    const body = { name: this.name.trim(), show_id: this.manage.show.id };
    const saved = await this.app.act(() => this.app.api.post(this.app.org('/shelf-sets'), body), {
      done: t('state.saved'),
    });
    if (!saved) return;
    this.name = '';
    void this.#sets.load();
  };
}
