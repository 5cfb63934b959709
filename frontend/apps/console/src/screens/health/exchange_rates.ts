// Exchange rates in force: what one unit of a currency is in another; each order keeps the one of its moment.
import { dateTime, t } from '@shopcast/format';
import { html, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { Loader } from '../../app/loader.ts';
import { rateText } from '../../lib/rate.ts';
import type { Page, Rate } from '../../types.ts';
import { currencyChoices } from '../settings/choices.ts';
import { SettingPart } from '../settings/setting_part.ts';

@customElement('exchange-rates')
export class ExchangeRates extends SettingPart {
  @state() private draft = { base: 'EUR', quote: 'USD', rate: '', source: '' };
  @state() private tried = false;
  @state() private busy = false;
  readonly #rates = new Loader<Rate[]>(
    this,
    async (signal) => (await this.app.api.get<Page<Rate>>('/v1/operator/exchange-rates', undefined, signal)).items,
  );

  override render() {
    return html`<div class="stack loose"><div class="stack tight"><h2>${t('health.rates')}</h2><p class="soft">${t('rates.what')}</p></div>
      ${this.#rates.view((rates) => this.#table(rates))}${this.#form()}</div>`;
  }

  #table(rates: Rate[]): TemplateResult {
    if (rates.length === 0)
      return html`<sc-empty icon="globe" heading=${t('rates.empty')} text=${t('rates.empty_text')}></sc-empty>`;
    return html`<table class="table"><caption class="hidden-text">${t('health.rates')}</caption><thead><tr><th scope="col">${t('rates.pair')}</th><th scope="col" class="end">${t('rates.rate')}</th><th scope="col">${t('rates.source')}</th><th scope="col">${t('rates.at')}</th><th scope="col"><span class="hidden-text">${t('rates.change')}</span></th></tr></thead>
      <tbody>${rates.map(
        (
          rate,
        ) => html`<tr><th scope="row">1 ${rate.base} → ${rate.quote}</th><td class="end number" data-label=${t('rates.rate')}>${shortRate(rate.text)}</td><td data-label=${t('rates.source')}>${rate.source ?? '–'}</td><td data-label=${t('rates.at')}>${rate.at ? dateTime(rate.at) : '–'}</td>
        <td class="end"><sc-button size="s" icon="pencil" label=${t('rates.change_of', { pair: `${rate.base} ${rate.quote}` })} @click=${() => {
          this.draft = { base: rate.base, quote: rate.quote, rate: shortRate(rate.text), source: rate.source ?? '' };
        }}></sc-button></td></tr>`,
      )}</tbody></table>`;
  }

  #form(): TemplateResult {
    const set = (name: keyof typeof this.draft) => (event: Event) => {
      this.draft = { ...this.draft, [name]: (event.target as HTMLInputElement).value };
    };
    const { base, quote } = this.draft;
    const wrong = this.tried && rateText(this.draft.rate) === null ? t('rates.wrong') : '';
    return html`<form class="form" novalidate @submit=${this.#save}><h3>${t('rates.set')}</h3>
      <div class="row"><sc-field label=${t('rates.base')} .value=${base} .choices=${currencyChoices(base)} @change=${set('base')}></sc-field>
      <sc-field label=${t('rates.quote')} .value=${quote} .error=${base === quote ? t('rates.same') : ''} .choices=${currencyChoices(quote)} @change=${set('quote')}></sc-field></div>
      <div class="row"><sc-field label=${t('rates.one_is', { base, quote })} inputmode="decimal" .value=${this.draft.rate} .error=${wrong} @input=${set('rate')}></sc-field>
      <sc-field label=${t('rates.source')} hint=${t('rates.source_hint')} maxlength="60" .value=${this.draft.source} @input=${set('source')}></sc-field></div>
      <div class="form-foot"><sc-button type="submit" variant="primary" ?disabled=${base === quote} ?loading=${this.busy}>${t('rates.do')}</sc-button></div></form>`;
  }

  readonly #save = async (event: SubmitEvent) => {
    event.preventDefault();
    this.tried = true;
    const rate = rateText(this.draft.rate);
    const { base, quote, source } = this.draft;
    if (rate === null || base === quote || this.busy) return;
    this.busy = true;
    const body = { source: source.trim() || t('rates.by_hand'), rates: [{ base, quote, rate }] };
    const done = await this.app.act(() => this.app.api.put('/v1/operator/exchange-rates', body), {
      done: t('rates.saved', { base, quote }),
    });
    this.busy = false;
    if (!done) return;
    this.tried = false;
    this.draft = { ...this.draft, rate: '' };
    await this.#rates.load();
  };
}

/** Twelve places are kept; those that say nothing are not shown. */
function shortRate(text: string): string {
  return text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text;
}
