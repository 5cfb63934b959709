// Keeping the buyer of an order from buying for a while: what, how long, and why, in words they are told.
import { t } from '@shopcast/format';
import { html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Blocks } from '../../types.ts';
import { OrderPart } from './order_part.ts';

const BLOCKS: readonly Blocks[] = ['chat_order', 'hold', 'everything'];
const DAYS = [7, 30, 90, 365];

@customElement('restrict-form')
export class RestrictForm extends OrderPart {
  @state() private blocks: Blocks = 'hold';
  @state() private days = 30;
  @state() private words = '';
  @state() private problem = '';
  @state() private busy = false;

  override render() {
    return html`<form class="form" novalidate @submit=${this.#save}><p class="soft">${t('restrict.what')}</p>
      <fieldset class="plain stack tight"><legend class="label">${t('restrict.which')}</legend>${BLOCKS.map(
        (blocks) =>
          html`<label class="choice"><input type="radio" name="blocks" ?checked=${this.blocks === blocks} @change=${() => {
            this.blocks = blocks;
          }} />${t(`blocks.${blocks}`)}</label>`,
      )}</fieldset>
      <div class="stack tight"><span class="label">${t('restrict.how_long')}</span><div class="chips" role="group" aria-label=${t('restrict.how_long')}>${DAYS.map(
        (days) =>
          html`<button type="button" class="chip" aria-pressed=${this.days === days ? 'true' : 'false'} @click=${() => {
            this.days = days;
          }}>${t('subscriptions.for_days', { n: days })}</button>`,
      )}</div></div>
      <sc-field label=${t('restrict.why')} hint=${t('restrict.why_hint')} multiline required maxlength="500" .value=${this.words} .error=${this.problem} @input=${(
        event: Event,
      ) => {
        this.words = (event.target as HTMLTextAreaElement).value;
      }}></sc-field>
      <div class="form-foot"><sc-button type="submit" variant="danger" ?loading=${this.busy}>${t('restrict.do')}</sc-button></div></form>`;
  }

  readonly #save = async (event: SubmitEvent) => {
    event.preventDefault();
    this.problem = this.words.trim() === '' ? t('restrict.why_needed') : '';
    if (this.problem || this.busy) return;
    this.busy = true;
    const body = {
      order_id: this.order.id,
      blocks: this.blocks,
      words: this.words.trim(),
      expires_at: new Date(Date.now() + this.days * 86_400_000).toISOString(),
    };
    const done = await this.app.act(() => this.app.api.post<{ id: string }>(this.app.org('/restrictions'), body), {
      done: t('restrict.done'),
    });
    this.busy = false;
    if (done) this.dispatchEvent(new CustomEvent('sheet-done'));
  };
}
