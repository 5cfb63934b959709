// One shipping zone: which countries, what a parcel costs, from which sum on it is free, how long it takes.
import { language, t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import type { WeightDraft, ZoneDraft, ZoneProblem } from '../../lib/selling_draft.ts';
import { countryChoices } from './choices.ts';

export function zoneForm(
  zone: ZoneDraft,
  index: number,
  currency: string,
  problem: ZoneProblem | null,
  change: (next: Partial<ZoneDraft>) => void,
  remove: (() => void) | null,
): TemplateResult {
  const set = (name: 'first' | 'additional' | 'freeFrom' | 'daysMin' | 'daysMax') => (event: Event) =>
    change({ [name]: (event.target as HTMLInputElement).value });
  const wrong = (name: ZoneProblem) => (problem === name ? t(`zone_wrong.${name}`) : '');
  return html`<fieldset class="zone stack"><legend class="hidden-text">${t('zone.title', { n: index + 1 })}</legend>
    <div class="panel-head"><strong>${t('zone.title', { n: index + 1 })}</strong>${remove ? html`<sc-button size="s" variant="quiet" icon="trash-2" @click=${remove}>${t('zone.remove')}</sc-button>` : nothing}</div>
    ${countries(zone, change)}
    ${wrong('countries') ? html`<p class="problem" role="alert">${wrong('countries')}</p>` : nothing}
    <div class="chips" role="group" aria-label=${t('zone.by')}>${[false, true].map((byWeight) => html`<button type="button" class="chip" aria-pressed=${zone.byWeight === byWeight ? 'true' : 'false'} @click=${() => change({ byWeight })}>${t(byWeight ? 'zone.by_weight' : 'zone.flat')}</button>`)}</div>
    ${
      zone.byWeight
        ? weights(zone, currency, wrong('weights'), change)
        : html`<div class="form"><div class="row"><sc-field label=${`${t('zone.first')} (${currency})`} inputmode="decimal" .value=${zone.first} .error=${wrong('price')} @input=${set('first')}></sc-field>
      <sc-field label=${`${t('zone.additional')} (${currency})`} inputmode="decimal" .value=${zone.additional} @input=${set('additional')}></sc-field></div></div>`
    }
    <div class="form"><div class="row"><sc-field label=${`${t('zone.free_from')} (${currency})`} optional inputmode="decimal" .value=${zone.freeFrom} .error=${wrong('free_from')} @input=${set('freeFrom')}></sc-field>
      <sc-field label=${t('zone.days_min')} inputmode="numeric" .value=${zone.daysMin} .error=${wrong('days')} @input=${set('daysMin')}></sc-field>
      <sc-field label=${t('zone.days_max')} inputmode="numeric" .value=${zone.daysMax} @input=${set('daysMax')}></sc-field></div></div></fieldset>`;
}

function countries(zone: ZoneDraft, change: (next: Partial<ZoneDraft>) => void): TemplateResult {
  const names = new Intl.DisplayNames(language(), { type: 'region' });
  const add = (event: Event) => {
    const select = event.target as HTMLSelectElement;
    if (select.value && !zone.countries.includes(select.value))
      change({ countries: [...zone.countries, select.value] });
    select.value = '';
  };
  const rest = countryChoices('').filter((choice) => !zone.countries.includes(choice.value));
  return html`<div class="stack tight"><div class="chips wrap">${zone.countries.map(
    (code) =>
      html`<button type="button" class="chip" aria-label=${t('zone.remove_country', { name: code === '*' ? t('zone.everywhere') : (names.of(code) ?? code) })} @click=${() => change({ countries: zone.countries.filter((one) => one !== code) })}>${code === '*' ? t('zone.everywhere') : (names.of(code) ?? code)} <sc-icon name="x"></sc-icon></button>`,
  )}</div>
    <label class="stack tight"><span class="label">${t('zone.add_country')}</span><select class="control" @change=${add}><option value="">${t('zone.choose')}</option>${zone.countries.includes('*') ? nothing : html`<option value="*">${t('zone.everywhere')}</option>`}${rest.map((choice) => html`<option value=${choice.value}>${choice.label}</option>`)}</select></label></div>`;
}

function weights(
  zone: ZoneDraft,
  currency: string,
  problem: string,
  change: (next: Partial<ZoneDraft>) => void,
): TemplateResult {
  const set = (index: number, next: Partial<WeightDraft>) =>
    change({ weights: zone.weights.map((one, place) => (place === index ? { ...one, ...next } : one)) });
  return html`<div class="stack tight">${zone.weights.map(
    (
      step,
      index,
    ) => html`<div class="step-row"><sc-field label=${t('zone.up_to')} inputmode="numeric" .value=${step.grams} @input=${(event: Event) => set(index, { grams: (event.target as HTMLInputElement).value })}></sc-field>
    <sc-field label=${`${t('zone.price')} (${currency})`} inputmode="decimal" .value=${step.price} @input=${(event: Event) => set(index, { price: (event.target as HTMLInputElement).value })}></sc-field>
    <sc-button icon="trash-2" label=${t('promo.remove_step', { n: index + 1 })} ?disabled=${zone.weights.length === 1} @click=${() => change({ weights: zone.weights.filter((_one, place) => place !== index) })}></sc-button></div>`,
  )}
    ${problem ? html`<p class="problem" role="alert">${problem}</p>` : nothing}
    <div><sc-button size="s" icon="plus" ?disabled=${zone.weights.length >= 10} @click=${() => change({ weights: [...zone.weights, { grams: '', price: '' }] })}>${t('zone.add_weight')}</sc-button></div></div>`;
}
