// A place to drop or choose one file; refuses what is too large before anything is sent.
import { html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { LightElement } from './base.ts';

export interface FileChosen {
  readonly file: File;
}

@customElement('shopcast-file-drop')
export class ShopcastFileDrop extends LightElement {
  @property() label = '';
  @property() hint = '';
  @property() accept = '';
  @property({ attribute: false }) tooLarge = '';
  /** 20 MB unless told: the largest catalogue the server takes. */
  @property({ type: Number }) limit = 20 * 1024 * 1024;
  @property({ type: Boolean }) busy = false;
  @property({ type: Boolean }) compact = false;
  @state() private over = false;
  @state() private problem = '';

  override render() {
    return html`<label class="file-drop ${this.over ? 'over' : ''} ${this.compact ? 'compact' : ''}" @dragover=${this.#over} @dragleave=${this.#leave} @drop=${this.#drop}>
      <input type="file" class="hidden-text" accept=${this.accept || nothing} ?disabled=${this.busy} @change=${this.#pick} />
      <span class="file-drop-label">${this.label}</span>
      ${this.hint ? html`<span class="hint">${this.hint}</span>` : nothing}
      ${this.problem ? html`<span class="problem" role="alert">${this.problem}</span>` : nothing}
    </label>`;
  }

  #over(event: DragEvent): void {
    event.preventDefault();
    this.over = true;
  }

  #leave(): void {
    this.over = false;
  }

  #drop(event: DragEvent): void {
    event.preventDefault();
    this.over = false;
    this.#take(event.dataTransfer?.files[0]);
  }

  #pick(event: Event): void {
    const input = event.target as HTMLInputElement;
    this.#take(input.files?.[0]);
    input.value = '';
  }

  #take(file: File | undefined): void {
    if (!file || this.busy) return;
    this.problem = file.size > this.limit ? this.tooLarge : '';
    if (this.problem) return;
    this.dispatchEvent(new CustomEvent<FileChosen>('file-chosen', { detail: { file }, bubbles: true }));
  }
}
