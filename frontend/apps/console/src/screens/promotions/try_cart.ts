// "What does this cart pay, and why": any cart put together here, priced by the server as at the counter, step by step.
import { formatMoney, t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { asProblem, type Problem, problemText } from '../../app/problem.ts';
import { href } from '../../app/router.ts';
import { Screen } from '../../app/screen.ts';
import { debounce } from '../../lib/debounce.ts';
import { wholeNumber } from '../../lib/whole_number.ts';
import type { Lane, Page, PreviewAnswer, Show, StepAnswer } from '../../types.ts';
import { countryChoices } from '../settings/choices.ts';
import { money } from '../words.ts';
import type { ProductPicked } from './product_picker.ts';
import './product_picker.ts';
import { stacking } from './stacking.ts';

interface TriedLine {
  readonly variantId: string;
  readonly title: string;
  readonly price: string;
  readonly quantity: string;
}

@customElement('screen-try-cart')
export class ScreenTryCart extends Screen {
  @state() private lines: readonly TriedLine[] = [];
  @state() private codes = '';
  @state() private country = '';
  @state() private showId = '';
  @state() private isNew = false;
  @state() private shows: readonly Show[] = [];
  @state() private answer: PreviewAnswer | null = null;
  @state() private problem: Problem | null = null;
  #asked = 0;
  readonly #ask = debounce<undefined>(() => void this.#price());

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#loadShows();
  }

  async #loadShows(): Promise<void> {
    const page = await this.app.api.get<Page<Show>>(this.app.org('/shows'), { limit: 50 }).catch(() => null);
    this.shows = page?.items ?? [];
  }

  #changed(): void {
    this.#ask(undefined);
  }

  async #price(): Promise<void> {
    const lines = this.lines.flatMap((line) => {
      const quantity = wholeNumber(line.quantity, 1, 1000);
      return quantity === null ? [] : [{ variant_id: line.variantId, quantity }];
    });
    this.#asked += 1;
    const turn = this.#asked;
    if (lines.length === 0) {
      this.answer = null;
      return;
    }
    const body = {
      lines,
      codes: this.codes.split(/[\s,，、]+/).filter(Boolean),
      show_id: this.showId || null,
      country: this.country || null,
      buyer_is_new: this.isNew,
    };
    try {
      const answer = await this.app.api.post<PreviewAnswer>(this.app.org('/promotions/preview'), body);
      if (turn !== this.#asked) return;
      this.answer = answer;
      this.problem = null;
    } catch (error) {
      if (turn === this.#asked) this.problem = asProblem(error);
    }
  }

  override render() {
    const { answer } = this;
    const lit = new Set(
      (answer?.steps ?? []).flatMap((step) =>
        (step.kind === 'applied' || step.kind === 'given') && step.lane ? [step.lane as Lane] : [],
      ),
    );
    return html`<div class="page"><a class="back" href=${href('/promotions')}><sc-icon name="arrow-left"></sc-icon>${t('nav.promotions')}</a>
      <div class="stack tight"><h1>${t('try_cart.title')}</h1><p class="soft">${t('try_cart.what')}</p></div>
      <div class="sides wide-side"><section class="panel">${this.#cart()}</section>
        <section class="panel" aria-live="polite">${this.problem ? html`<div class="notice danger" role="alert">${problemText(this.problem)}</div>` : nothing}${answer ? this.#why(answer) : html`<p class="soft">${t('try_cart.put_first')}</p>`}</section></div>
      <section class="panel"><h2>${t('lanes.title')}</h2>${stacking(null, lit)}</section></div>`;
  }

  #cart(): TemplateResult {
    const set = (index: number, quantity: string) => {
      this.lines = this.lines.map((line, place) => (place === index ? { ...line, quantity } : line));
      this.#changed();
    };
    return html`<h2>${t('try_cart.cart')}</h2>
      <ul class="plain-list">${this.lines.map(
        (line, index) =>
          html`<li><span class="grow stack tight"><span class="clip-one">${line.title}</span><span class="small soft number">${line.price}</span></span><sc-field class="count-field" label=${t('order.units')} inputmode="numeric" .value=${line.quantity} @input=${(event: Event) => set(index, (event.target as HTMLInputElement).value)}></sc-field><sc-button icon="trash-2" label=${t('promo.remove_part', { title: line.title })} @click=${() => {
            this.lines = this.lines.filter((_one, place) => place !== index);
            this.#changed();
          }}></sc-button></li>`,
      )}</ul>
      <product-picker .app=${this.app} variants label=${t('try_cart.add')} @product-picked=${this.#add}></product-picker>
      <sc-field label=${t('try_cart.codes')} optional hint=${t('try_cart.codes_hint')} .value=${this.codes} @input=${(
        event: Event,
      ) => {
        this.codes = (event.target as HTMLInputElement).value;
        this.#changed();
      }}></sc-field>
      <div class="form"><div class="row"><sc-field label=${t('try_cart.country')} .value=${this.country} .choices=${[{ value: '', label: t('try_cart.own_country') }, ...countryChoices('')]} @change=${(
        event: Event,
      ) => {
        this.country = (event.target as HTMLSelectElement).value;
        this.#changed();
      }}></sc-field><sc-field label=${t('try_cart.show')} .value=${this.showId} .choices=${[{ value: '', label: t('try_cart.no_show') }, ...this.shows.map((one) => ({ value: one.id, label: one.title }))]} @change=${(
        event: Event,
      ) => {
        this.showId = (event.target as HTMLSelectElement).value;
        this.#changed();
      }}></sc-field></div></div>
      <label class="checkbox"><input type="checkbox" ?checked=${this.isNew} @change=${(event: Event) => {
        this.isNew = (event.target as HTMLInputElement).checked;
        this.#changed();
      }} />${t('try_cart.is_new')}</label>`;
  }

  readonly #add = (event: CustomEvent<ProductPicked>) => {
    const { product, variant } = event.detail;
    if (!variant || this.lines.some((line) => line.variantId === variant.id)) return;
    const line = {
      variantId: variant.id,
      title: `${product.title} ${variant.title}`.trim(),
      price: formatMoney({ amount_minor: variant.price_minor, currency: variant.currency }),
      quantity: '1',
    };
    this.lines = [...this.lines, line];
    this.#changed();
  };

  #why(answer: PreviewAnswer): TemplateResult {
    return html`<h2>${t('try_cart.why')}</h2>
      <ol class="why">${answer.steps.map((step) => this.#step(step))}</ol>
      ${answer.rejected_codes.map((one) => html`<div class="notice warn"><span class="grow"><strong>${one.code}</strong><span>${one.text}</span></span></div>`)}
      <dl class="sum number"><dt>${t('sum.items')}</dt><dd>${money(answer.items)}</dd>
        ${answer.discount.amount_minor > 0 ? html`<dt>${t('sum.discount')}</dt><dd class="gain">− ${money(answer.discount)}</dd>` : nothing}
        <dt>${t('sum.shipping')}</dt><dd>${answer.shipping ? money(answer.shipping) : t('try_cart.no_shipping')}</dd>
        ${answer.shipping_discount.amount_minor > 0 ? html`<dt>${t('sum.shipping_discount')}</dt><dd class="gain">− ${money(answer.shipping_discount)}</dd>` : nothing}
        <dt class="total">${t('lanes.end')}</dt><dd class="total">${money(answer.total)}</dd></dl>
      ${answer.gifts.map((gift) => html`<p class="line"><sc-icon name="sparkles"></sc-icon>${gift.quantity} × ${gift.title} <span class="soft">${gift.label}</span></p>`)}
      <details><summary>${t('try_cart.by_line')}</summary><ul class="plain-list">${answer.lines.map((line) => html`<li><span class="grow stack tight"><span>${line.quantity} × ${line.title} <span class="soft">${line.variant_title}</span></span>${line.adjustments.map((one) => html`<span class="small gain number">− ${money(one.amount)} ${one.label} · ${t(`funded_by.${one.funded_by}`)}</span>`)}</span><span class="number">${line.discount.amount_minor > 0 ? html`<s class="soft">${money(line.amount)}</s> ` : nothing}<strong>${money(line.net)}</strong></span></li>`)}</ul></details>`;
  }

  #step(step: StepAnswer): TemplateResult {
    const isTaken = step.kind === 'applied';
    return html`<li class=${`why-${step.kind}`}><span class="grow stack tight"><span>${step.text}</span></span>
      <span class="number why-sum">${isTaken ? html`<span class="gain">− ${money(step.amount)}</span>` : nothing}<strong>${step.kind === 'passed' ? nothing : money(step.after)}</strong></span></li>`;
  }
}
