// A bar of the recording with two ends to drag; also by keyboard and by typing the times.
import { t } from '@shopcast/format';
import { LocalisedElement } from '@shopcast/ui';
import { html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { clock, parseClock, type Stretch, withEnd } from '../../lib/stretch.ts';

interface Marked extends Stretch {
  readonly number: number;
}

@customElement('stretch-bar')
export class StretchBar extends LocalisedElement {
  @property({ type: Number }) length = 60_000;
  @property({ attribute: false }) stretch: Stretch = { from: 0, to: 30_000 };
  @property({ attribute: false }) cuts: readonly Stretch[] = [];
  @property({ attribute: false }) moments: readonly Marked[] = [];

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override render() {
    return html`<div class="stretch">
      <div class="stretch-track">
        ${this.moments.map((moment) => html`<span class="stretch-moment" data-from=${moment.from} data-to=${moment.to} aria-hidden="true">${moment.number}</span>`)}
        ${this.cuts.map((cut) => html`<span class="stretch-cut" data-from=${cut.from} data-to=${cut.to} aria-hidden="true"></span>`)}
        <span class="stretch-chosen" data-from=${this.stretch.from} data-to=${this.stretch.to} aria-hidden="true"></span>
        ${this.#end('from')}${this.#end('to')}
      </div>
      <div class="line wrap">${this.#typed('from')}${this.#typed('to')}</div>
    </div>`;
  }

  /** Through the style object: a style attribute would be refused by the page's content security policy. */
  override updated(): void {
    for (const part of this.querySelectorAll<HTMLElement>('[data-from]')) {
      const from = Number(part.dataset.from) / this.length;
      const to = Number(part.dataset.to) / this.length;
      part.style.setProperty('inset-inline-start', `${from * 100}%`);
      part.style.setProperty('inline-size', `${(to - from) * 100}%`);
    }
  }

  #end(end: 'from' | 'to'): TemplateResult {
    return html`<input class="stretch-end ${end}" type="range" min="0" max=${this.length} step="1000" .value=${String(this.stretch[end])} aria-label=${t(`replay.${end}`)} aria-valuetext=${clock(this.stretch[end])}
      @input=${(event: Event) => this.#set(end, Number((event.target as HTMLInputElement).value))} />`;
  }

  #typed(end: 'from' | 'to'): TemplateResult {
    const read = (event: Event) => {
      const ms = parseClock((event.target as HTMLInputElement).value);
      if (ms !== null) this.#set(end, ms);
      this.requestUpdate();
    };
    return html`<sc-field label=${t(`replay.${end}`)} .value=${clock(this.stretch[end])} inputmode="numeric" @change=${read}></sc-field>`;
  }

  #set(end: 'from' | 'to', ms: number): void {
    this.stretch = withEnd(this.stretch, end, ms, this.length);
    this.dispatchEvent(new CustomEvent<Stretch>('stretch-changed', { detail: this.stretch }));
    // A range input keeps what was dragged even where the stretch did not follow.
    for (const input of this.querySelectorAll<HTMLInputElement>('.stretch-end'))
      input.value = String(this.stretch[input.classList.contains('from') ? 'from' : 'to']);
  }
}
