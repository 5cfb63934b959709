// What a promotion takes off: the fields of its kind, and no others.
import { t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import type { App } from '../../app/app.ts';
import { OFFS, type Off, type PromotionDraft, type PromotionField, type StepDraft } from '../../lib/promotion_draft.ts';
import './product_picker.ts';
import type { ProductPicked } from './product_picker.ts';

export interface BenefitForm {
  readonly app: App;
  readonly draft: PromotionDraft;
  readonly currency: string;
  readonly wrong: (field: PromotionField) => string;
  readonly change: (next: Partial<PromotionDraft>) => void;
}

export function benefitForm(form: BenefitForm): TemplateResult {
  const { draft } = form;
  if (draft.lane === 'bundle') return bundle(form);
  if (draft.lane === 'gift') return gift(form);
  const offs = OFFS[draft.lane];
  return html`
    <div class="chips" role="group" aria-label=${t('promo.how')}>${offs.map(
      (off: Off) =>
        html`<button type="button" class="chip" aria-pressed=${draft.off === off ? 'true' : 'false'} @click=${() => form.change({ off })}>${t(`promo_off.${draft.lane === 'tier' && off === 'steps' ? 'tiers' : off}`)}</button>`,
    )}</div>
    ${draft.off === 'steps' ? steps(form) : draft.off === 'buy_x_get_y' ? buyGet(form) : draft.off === 'percent' ? percent(form) : amount(form)}`;
}

function field(
  form: BenefitForm,
  name: 'percent' | 'cap' | 'amount' | 'buy' | 'get' | 'price',
  label: string,
  wrong: string,
  hint = '',
): TemplateResult {
  return html`<sc-field label=${label} inputmode="decimal" hint=${hint} .value=${form.draft[name]} .error=${wrong} @input=${(event: Event) => form.change({ [name]: (event.target as HTMLInputElement).value })}></sc-field>`;
}

function percent(form: BenefitForm): TemplateResult {
  const isShipping = form.draft.lane === 'shipping';
  return html`<div class="row">${field(form, 'percent', t('promo.percent'), form.wrong('percent'), isShipping ? t('promo.free_shipping_hint') : '')}
    ${field(form, 'cap', `${t('promo.cap')} (${form.currency})`, form.wrong('cap'), t('promo.cap_hint'))}</div>`;
}

function amount(form: BenefitForm): TemplateResult {
  return html`<div class="row">${field(form, 'amount', `${t('promo.amount')} (${form.currency})`, form.wrong('amount'))}</div>`;
}

function buyGet(form: BenefitForm): TemplateResult {
  return html`<div class="row">${field(form, 'buy', t('promo.buy'), form.wrong('buy'))}${field(form, 'get', t('promo.get'), '')}${field(form, 'percent', t('promo.get_percent'), '', t('promo.get_percent_hint'))}</div>`;
}

function steps(form: BenefitForm): TemplateResult {
  const { draft } = form;
  const isTier = draft.lane === 'tier';
  const set = (index: number, next: Partial<StepDraft>) =>
    form.change({ steps: draft.steps.map((one, place) => (place === index ? { ...one, ...next } : one)) });
  return html`<div class="stack tight">
    <div class="chips" role="group" aria-label=${t('promo.steps_in')}>${(['percent', 'amount'] as const).map((kind) => html`<button type="button" class="chip" aria-pressed=${draft.stepsIn === kind ? 'true' : 'false'} @click=${() => form.change({ stepsIn: kind })}>${t(`promo_steps_in.${kind}`)}</button>`)}</div>
    ${draft.steps.map(
      (
        step,
        index,
      ) => html`<div class="step-row"><sc-field label=${isTier ? t('promo.from_pieces') : `${t('promo.from_sum')} (${form.currency})`} inputmode="decimal" .value=${step.from} @input=${(event: Event) => set(index, { from: (event.target as HTMLInputElement).value })}></sc-field>
      <sc-field label=${draft.stepsIn === 'percent' ? t('promo.percent') : `${t(isTier ? 'promo.each_less' : 'promo.amount')} (${form.currency})`} inputmode="decimal" .value=${step.off} @input=${(event: Event) => set(index, { off: (event.target as HTMLInputElement).value })}></sc-field>
      <sc-button icon="trash-2" label=${t('promo.remove_step', { n: index + 1 })} ?disabled=${draft.steps.length === 1} @click=${() => form.change({ steps: draft.steps.filter((_one, place) => place !== index) })}></sc-button></div>`,
    )}
    ${form.wrong('steps') ? html`<p class="problem" role="alert">${form.wrong('steps')}</p>` : nothing}
    <div><sc-button size="s" icon="plus" ?disabled=${draft.steps.length >= 10} @click=${() => form.change({ steps: [...draft.steps, { from: '', off: '' }] })}>${t('promo.add_step')}</sc-button></div></div>`;
}

function bundle(form: BenefitForm): TemplateResult {
  const { draft } = form;
  const add = (event: CustomEvent<ProductPicked>) => {
    const { product } = event.detail;
    if (draft.parts.some((part) => part.productId === product.id)) return;
    const part = { productId: product.id, variantId: null, title: product.title, quantity: '1' };
    form.change({ parts: [...draft.parts, part] });
  };
  return html`<div class="stack">
    ${
      draft.parts.length === 0
        ? nothing
        : html`<ul class="plain-list">${draft.parts.map(
            (part, index) =>
              html`<li><span class="grow">${part.title}</span><sc-field class="count-field" label=${t('order.units')} inputmode="numeric" .value=${part.quantity} @input=${(event: Event) => form.change({ parts: draft.parts.map((one, place) => (place === index ? { ...one, quantity: (event.target as HTMLInputElement).value } : one)) })}></sc-field><sc-button icon="trash-2" label=${t('promo.remove_part', { title: part.title })} @click=${() => form.change({ parts: draft.parts.filter((_one, place) => place !== index) })}></sc-button></li>`,
          )}</ul>`
    }
    ${draft.parts.length < 10 ? html`<product-picker .app=${form.app} label=${t('promo.add_part')} @product-picked=${add}></product-picker>` : nothing}
    ${form.wrong('parts') ? html`<p class="problem" role="alert">${form.wrong('parts')}</p>` : nothing}
    <div class="row">${field(form, 'price', `${t('promo.bundle_price')} (${form.currency})`, form.wrong('price'), t('promo.bundle_price_hint'))}</div></div>`;
}

function gift(form: BenefitForm): TemplateResult {
  const { gift: chosen } = form.draft;
  return html`<div class="stack">
    ${chosen ? html`<ul class="plain-list"><li><sc-icon name="sparkles"></sc-icon><strong class="grow">${chosen.title}</strong><sc-button icon="trash-2" label=${t('promo.remove_part', { title: chosen.title })} @click=${() => form.change({ gift: null })}></sc-button></li></ul>` : html`<product-picker .app=${form.app} variants label=${t('promo.gift')} @product-picked=${(event: CustomEvent<ProductPicked>) => form.change({ gift: { id: event.detail.variant?.id ?? '', title: `${event.detail.product.title} ${event.detail.variant?.title ?? ''}`.trim() } })}></product-picker>`}
    ${form.wrong('gift') ? html`<p class="problem" role="alert">${form.wrong('gift')}</p>` : nothing}
    <p class="hint">${t('promo.gift_hint')}</p></div>`;
}
