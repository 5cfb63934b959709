// The fields of a drop, for planning one and for changing one that has not begun; knows nothing of how they are sent.
import { formatMoney, t } from '@shopcast/format';
import '@shopcast/ui/controls/date_time.ts';
import type { WallTimeChanged } from '@shopcast/ui/controls/index.ts';
import { html, nothing, type TemplateResult } from 'lit';
import { COUNTDOWN_S, type DropDraft, type DropField, DURATION_MIN, priceNow } from '../../lib/drop_draft.ts';
import { timeZones } from '../../lib/zoned_time.ts';
import type { Card } from '../../types.ts';

const ZONES = timeZones();

export function dropForm(
  draft: DropDraft,
  items: readonly Card[],
  problems: Partial<Record<DropField, string>>,
  change: (draft: DropDraft) => void,
  isNew: boolean,
): TemplateResult {
  const set = (name: keyof DropDraft) => (event: Event) =>
    change({ ...draft, [name]: (event.target as HTMLInputElement).value });
  const wrong = (field: DropField, params = {}) => (problems[field] ? t(problems[field] ?? '', params) : '');
  const card = items.find((one) => one.id === draft.itemId);
  const now = priceNow(card, draft.variantId);
  const left = card ? (card.variants.find((one) => one.id === draft.variantId)?.left ?? card.left) : 0;
  return html`
    <sc-field label=${t('drop_form.item')} ?disabled=${!isNew} .value=${draft.itemId} .error=${wrong('item')}
      .choices=${items.map((one) => ({ value: one.id, label: `#${one.number} ${one.title}` }))}
      @change=${(event: Event) => change({ ...draft, itemId: (event.target as HTMLSelectElement).value, variantId: '' })}></sc-field>
    ${
      card && card.variants.length > 1
        ? html`<sc-field label=${t('drop_form.variant')} ?disabled=${!isNew} .value=${draft.variantId}
      .choices=${[{ value: '', label: t('drop_form.all_variants') }, ...card.variants.map((one) => ({ value: one.id, label: one.title }))]} @change=${set('variantId')}></sc-field>`
        : nothing
    }
    <div class="row">
      <sc-field label=${`${t('drop_form.price')} (${card?.currency ?? ''})`} inputmode="decimal" hint=${card && now !== null ? t('drop_form.price_now', { price: formatMoney({ amount_minor: now, currency: card.currency }) }) : ''} .value=${draft.price} .error=${wrong('price')} @input=${set('price')}></sc-field>
      <sc-field label=${t('drop_form.quantity')} inputmode="numeric" hint=${t('drop_form.in_stock', { n: left })} .value=${draft.quantity} .error=${wrong('quantity')} @input=${set('quantity')}></sc-field>
      <sc-field label=${t('drop_form.per_customer')} inputmode="numeric" optional hint=${t('drop_form.per_customer_hint')} .value=${draft.perCustomer} .error=${wrong('per_customer')} @input=${set('perCustomer')}></sc-field>
    </div>
    <div class="row">
      <sc-field label=${t('drop_form.countdown')} inputmode="numeric" hint=${t('drop_form.between', { least: COUNTDOWN_S.least, most: COUNTDOWN_S.most })} .value=${draft.countdown} .error=${wrong('countdown', COUNTDOWN_S)} @input=${set('countdown')}></sc-field>
      <sc-field label=${t('drop_form.duration')} inputmode="numeric" hint=${t('drop_form.between', { least: DURATION_MIN.least, most: DURATION_MIN.most })} .value=${draft.minutes} .error=${wrong('duration', DURATION_MIN)} @input=${set('minutes')}></sc-field>
    </div>
    <fieldset class="plain stack"><legend class="label">${t('drop_form.start')}</legend>
      <label class="choice"><input type="radio" name="start" ?checked=${!draft.isScheduled} @change=${() => change({ ...draft, isScheduled: false })} /><span class="stack tight"><strong>${t('drop_form.by_host')}</strong><span class="small soft">${t('drop_form.by_host_hint')}</span></span></label>
      <label class="choice"><input type="radio" name="start" ?checked=${draft.isScheduled} @change=${() => change({ ...draft, isScheduled: true })} /><span class="stack tight"><strong>${t('drop_form.scheduled')}</strong><span class="small soft">${t('drop_form.scheduled_hint')}</span></span></label>
    </fieldset>
    ${
      draft.isScheduled
        ? html`<shopcast-date-time label=${t('drop_form.starts_at')} zoneLabel=${t('show.time_zone')} .wall=${draft.wall} .timeZone=${draft.timeZone} .zones=${ZONES} @wall-time-changed=${(
            event: CustomEvent<WallTimeChanged>,
          ) => change({ ...draft, wall: event.detail.wall, timeZone: event.detail.timeZone })}></shopcast-date-time>
      ${problems.starts_at ? html`<p class="problem" role="alert">${wrong('starts_at')}</p>` : nothing}`
        : nothing
    }`;
}
