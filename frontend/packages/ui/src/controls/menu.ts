// A button that opens a short list of actions, by touch and by keyboard.
import { html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { LightElement } from './base.ts';

export interface MenuEntry {
  readonly label: string;
  readonly run: () => void;
  readonly danger?: boolean;
  readonly disabled?: boolean;
}

@customElement('shopcast-menu')
export class ShopcastMenu extends LightElement {
  @property() label = '';
  /** What stands on the button; the label is then read aloud only. */
  @property({ attribute: false }) face: unknown = nothing;
  @property({ attribute: false }) entries: readonly MenuEntry[] = [];
  @state() private open = false;

  readonly #closeOutside = (event: Event) => {
    if (!event.composedPath().includes(this)) this.#close(false);
  };

  override disconnectedCallback(): void {
    document.removeEventListener('pointerdown', this.#closeOutside);
    super.disconnectedCallback();
  }

  override render() {
    return html`<div class="menu" @keydown=${this.#onKey}>
      <button type="button" class="menu-button" aria-haspopup="menu" aria-expanded=${this.open ? 'true' : 'false'} aria-label=${this.label} @click=${this.#toggle}>${this.face}</button>
      ${
        this.open
          ? html`<div class="menu-list" role="menu" aria-label=${this.label}>
        ${this.entries.map((entry) => html`<button type="button" role="menuitem" class=${entry.danger ? 'danger' : ''} ?disabled=${entry.disabled ?? false} @click=${() => this.#choose(entry)}>${entry.label}</button>`)}
      </div>`
          : nothing
      }
    </div>`;
  }

  async #toggle(): Promise<void> {
    if (this.open) return this.#close(true);
    this.open = true;
    document.addEventListener('pointerdown', this.#closeOutside);
    await this.updateComplete;
    this.#items()[0]?.focus();
  }

  #close(refocus: boolean): void {
    this.open = false;
    document.removeEventListener('pointerdown', this.#closeOutside);
    if (refocus) this.querySelector<HTMLElement>('.menu-button')?.focus();
  }

  #choose(entry: MenuEntry): void {
    this.#close(true);
    entry.run();
  }

  #items(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('[role=menuitem]:not([disabled])')];
  }

  #onKey(event: KeyboardEvent): void {
    if (!this.open) return;
    const items = this.#items();
    const at = items.indexOf(document.activeElement as HTMLElement);
    const target =
      event.key === 'ArrowDown'
        ? at + 1
        : event.key === 'ArrowUp'
          ? at - 1
          : event.key === 'Home'
            ? 0
            : event.key === 'End'
              ? -1
              : null;
    if (event.key === 'Escape') {
      event.stopPropagation();
      this.#close(true);
    } else if (event.key === 'Tab') this.#close(false);
    else if (target !== null) {
      event.preventDefault();
      items.at(target % items.length)?.focus();
    }
  }
}
