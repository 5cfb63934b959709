// May it come back: yes with one tap, no only with a reason the buyer is told; and the label it comes back with.
import { t } from '@shopcast/format';
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { ReturnPart } from './return_part.ts';

@customElement('return-decide')
export class ReturnDecide extends ReturnPart {
  @state() private isRefusing = false;
  @state() private words = '';
  @state() private problem = '';
  @state() private busy = false;

  override render() {
    return html`<section class="panel next-step"><h2>${t('returns.decide')}</h2><p class="soft">${t('returns.decide_text')}</p>
      ${
        this.isRefusing
          ? html`<sc-field label=${t('returns.reject_why')} hint=${t('returns.reject_hint')} multiline required maxlength="2000" .value=${this.words} .error=${this.problem} @input=${(
              event: Event,
            ) => {
              this.words = (event.target as HTMLTextAreaElement).value;
            }}></sc-field>`
          : nothing
      }
      <div class="line wrap">${
        this.isRefusing
          ? html`<sc-button variant="danger" ?loading=${this.busy} @click=${this.#reject}>${t('returns.reject')}</sc-button><sc-button variant="quiet" @click=${() => {
              this.isRefusing = false;
            }}>${t('action.cancel')}</sc-button>`
          : html`<sc-button variant="primary" icon="check" ?loading=${this.busy} @click=${this.#approve}>${t('returns.approve')}</sc-button><sc-button icon="x" @click=${() => {
              this.isRefusing = true;
            }}>${t('returns.reject_open')}</sc-button>`
      }</div></section>`;
  }

  readonly #approve = async () => {
    this.busy = true;
    await this.send('approve', { answer: '' }, { done: t('returns.approved') });
    this.busy = false;
  };

  readonly #reject = async () => {
    this.problem = this.words.trim() === '' ? t('returns.reject_needed') : '';
    if (this.problem) return;
    this.busy = true;
    await this.send('reject', { answer: this.words.trim() }, { done: t('returns.rejected') });
    this.busy = false;
  };
}

@customElement('return-label')
export class ReturnLabel extends ReturnPart {
  @state() private draft = { carrier: '', number: '' };
  @state() private busy = false;

  override render() {
    const set = (name: 'carrier' | 'number') => (event: Event) => {
      this.draft = { ...this.draft, [name]: (event.target as HTMLInputElement).value };
    };
    return html`<details><summary>${t('returns.make_label')}</summary><form class="form" novalidate @submit=${this.#save}>
      <p class="hint">${t('returns.label_hint')}</p>
      <div class="row"><sc-field label=${t('ship.carrier')} optional maxlength="40" .value=${this.draft.carrier} @input=${set('carrier')}></sc-field>
        <sc-field label=${t('ship.number')} optional maxlength="60" .value=${this.draft.number} @input=${set('number')}></sc-field></div>
      <div><sc-button type="submit" icon="file-text" ?loading=${this.busy}>${t('returns.make_label')}</sc-button></div></form></details>`;
  }

  readonly #save = async (event: SubmitEvent) => {
    event.preventDefault();
    this.busy = true;
    const body = { carrier: this.draft.carrier.trim(), tracking_number: this.draft.number.trim() };
    await this.send('label', body, { done: t('returns.label_made') });
    this.busy = false;
  };
}
