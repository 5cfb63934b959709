// Taking pieces out of a running drop: down only, said before it is done.
import { t } from '@shopcast/format';
import { LocalisedElement } from '@shopcast/ui';
import { html, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { type Drop, lowerSteps } from '../../lib/drops.ts';

export interface DropLowered {
  readonly leave: number;
}

@customElement('lower-drop')
export class LowerDrop extends LocalisedElement {
  @property({ attribute: false }) drop!: Drop;
  @state() private typed = '';

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override render(): TemplateResult {
    const { left } = this.drop;
    const leave = /^\d{1,9}$/.test(this.typed.trim()) ? Number(this.typed.trim()) : null;
    const problem =
      this.typed.trim() === ''
        ? ''
        : leave === null
          ? t('product.stock_wrong')
          : leave >= left
            ? t('drop.lower_only', { n: left })
            : '';
    const ready = leave !== null && problem === '';
    return html`<form class="form" novalidate @submit=${(event: SubmitEvent) => {
      event.preventDefault();
      if (ready && leave !== null)
        this.dispatchEvent(new CustomEvent<DropLowered>('drop-lowered', { detail: { leave } }));
    }}>
      <p class="number">${t('drop.lower_text', { n: left })}</p>
      <div class="chips" role="group" aria-label=${t('drop.lower_to')}>${lowerSteps(left).map(
        (step) =>
          html`<button type="button" class="chip number" aria-pressed=${leave === step ? 'true' : 'false'} @click=${() => {
            this.typed = String(step);
          }}>${t('drop.leave', { n: step })}</button>`,
      )}</div>
      <sc-field label=${t('drop.lower_to')} inputmode="numeric" .value=${this.typed} .error=${problem} @input=${(
        event: Event,
      ) => {
        this.typed = (event.target as HTMLInputElement).value;
      }}></sc-field>
      <p class="hint">${t('drop.never_raise')}</p>
      <div class="dialog-foot"><sc-button @click=${() => this.dispatchEvent(new CustomEvent('drop-kept'))}>${t('action.keep')}</sc-button><sc-button type="submit" variant="primary" ?disabled=${!ready}>${leave === null ? t('drop.lower') : t('drop.lower_do', { n: leave })}</sc-button></div>
    </form>`;
  }
}
