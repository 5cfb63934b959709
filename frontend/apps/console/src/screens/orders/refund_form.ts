// Money back in part or whole: for pieces, as an amount, or all that is left; the exact sum before anything is pressed.
import { newIdempotencyKey } from '@shopcast/api-client';
import { t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { asProblem, problemText } from '../../app/problem.ts';
import { debounce } from '../../lib/debounce.ts';
import { type Countable, type Counts, chosen, noneOf } from '../../lib/line_counts.ts';
import { parseAmount } from '../../lib/money_input.ts';
import type { Cause, RefundPreview } from '../../types.ts';
import { money } from '../words.ts';
import { countLines } from './count_lines.ts';
import { OrderPart } from './order_part.ts';

type Way = 'rest' | 'pieces' | 'amount';
const WAYS: readonly Way[] = ['rest', 'pieces', 'amount'];
const CAUSES: readonly Cause[] = ['changed_mind', 'size', 'damage', 'late', 'host_claim', 'wrong_item'];

@customElement('refund-form')
export class RefundForm extends OrderPart {
  @state() private way: Way = 'rest';
  @state() private counts: Counts = {};
  @state() private amount = '';
  @state() private shipping: '' | 'yes' | 'no' = '';
  @state() private cause: Cause | '' = '';
  @state() private preview: RefundPreview | null = null;
  @state() private problem = '';
  @state() private isSure = false;
  @state() private busy = false;
  #key = newIdempotencyKey();
  #asked = 0;
  readonly #ask = debounce<undefined>(() => void this.#load());

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }

  get #lines(): Countable[] {
    return this.progress.lines
      .filter((line) => line.refundable.amount_minor > 0 && line.quantity > line.refunded_units)
      .map((line) => ({
        lineId: line.line_id,
        title: line.title,
        variant: line.variant_title,
        most: line.quantity - line.refunded_units,
      }));
  }

  /** Null while what is typed is no refund. */
  #body(): Record<string, unknown> | null {
    const rest = {
      refund_shipping: this.shipping === '' ? null : this.shipping === 'yes',
      cause: this.cause || null,
    };
    if (this.way === 'rest') return rest;
    if (this.way === 'pieces') {
      const picked = chosen(this.#lines, this.counts);
      return picked ? { ...rest, lines: picked.lines } : null;
    }
    const parsed = parseAmount(this.amount, this.order.totals.total.currency);
    return 'minor' in parsed && parsed.minor > 0 ? { cause: rest.cause, amount_minor: parsed.minor } : null;
  }

  async #load(): Promise<void> {
    const body = this.#body();
    this.#asked += 1;
    const turn = this.#asked;
    if (body === null) {
      this.preview = null;
      return;
    }
    try {
      const preview = await this.app.api.post<RefundPreview>(this.path('/refund/preview'), body);
      if (turn !== this.#asked) return;
      this.preview = preview;
      this.problem = '';
    } catch (error) {
      if (turn !== this.#asked) return;
      this.preview = null;
      this.problem = problemText(asProblem(error));
    }
  }

  /** Another refund than the one looked at needs another look, and is another key. */
  #changed(): void {
    this.isSure = false;
    this.problem = '';
    this.#key = newIdempotencyKey();
    this.#ask(undefined);
  }

  override render() {
    return html`<form class="form" novalidate @submit=${this.#save}>
      <p class="number">${t('refund.left', { amount: money(this.progress.refundable) })}</p>
      <fieldset class="plain stack tight"><legend class="label">${t('refund.way')}</legend>${WAYS.map(
        (way) =>
          html`<label class="choice"><input type="radio" name="way" ?checked=${this.way === way} @change=${() => {
            this.way = way;
            if (way === 'pieces') this.counts = noneOf(this.#lines);
            this.#changed();
          }} />${t(`refund_way.${way}`)}</label>`,
      )}</fieldset>
      ${this.#details()}
      <sc-field label=${t('refund.cause')} optional .value=${this.cause} .choices=${[{ value: '', label: t('refund.no_cause') }, ...CAUSES.map((value) => ({ value, label: t(`cause.${value}`) }))]} @change=${(
        event: Event,
      ) => {
        this.cause = (event.target as HTMLSelectElement).value as Cause | '';
        this.#changed();
      }}></sc-field>
      ${this.#sum()}
      ${this.problem ? html`<div class="notice danger" role="alert">${this.problem}</div>` : nothing}
      ${this.#foot()}</form>`;
  }

  #details(): TemplateResult | typeof nothing {
    if (this.way === 'pieces')
      return html`${countLines(this.#lines, this.counts, (next) => {
        this.counts = next;
        this.#changed();
      })}${this.#shippingChoice()}`;
    if (this.way === 'amount')
      return html`<sc-field label=${`${t('refund.amount')} (${this.order.totals.total.currency})`} inputmode="decimal" hint=${t('refund.amount_hint')} .value=${this.amount} @input=${(
        event: Event,
      ) => {
        this.amount = (event.target as HTMLInputElement).value;
        this.#changed();
      }}></sc-field>`;
    return nothing;
  }

  #shippingChoice(): TemplateResult {
    return html`<sc-field label=${t('refund.shipping')} .value=${this.shipping} .choices=${['', 'yes', 'no'].map((value) => ({ value, label: t(`refund_shipping.${value || 'rules'}`) }))} @change=${(
      event: Event,
    ) => {
      this.shipping = (event.target as HTMLSelectElement).value as typeof this.shipping;
      this.#changed();
    }}></sc-field>`;
  }

  #sum(): TemplateResult | typeof nothing {
    const { preview } = this;
    if (!preview) return nothing;
    const rows: [string, string][] = [
      [t('refund.of_goods'), money(preview.goods)],
      [t('refund.of_shipping'), money(preview.shipping)],
      [t('refund.of_tax'), money(preview.tax)],
    ];
    const other =
      preview.presentment && preview.presentment.currency !== preview.amount.currency ? preview.presentment : null;
    return html`<dl class="sum number" aria-live="polite">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}<dt class="total">${t('refund.gives')}</dt><dd class="total">${money(preview.amount)}</dd>${other ? html`<dt>${t('refund.on_card')}</dt><dd>${money(other)}</dd>` : nothing}</dl>`;
  }

  #foot(): TemplateResult {
    const { preview } = this;
    if (!this.isSure)
      return html`<div class="form-foot"><sc-button type="submit" variant="danger" icon="undo-2" ?disabled=${!preview || preview.amount.amount_minor === 0}>${preview ? t('order.refund_do', { amount: money(preview.amount) }) : t('order.refund')}</sc-button></div>`;
    return html`<div class="notice danger" role="alert"><span class="grow"><strong>${t('refund.sure', { amount: money(preview?.amount) })}</strong><span>${t('refund.sure_text', { email: this.order.email })}</span></span>
      <sc-button type="submit" variant="danger" ?loading=${this.busy}>${t('order.refund_do', { amount: money(preview?.amount) })}</sc-button></div>`;
  }

  readonly #save = async (event: SubmitEvent) => {
    event.preventDefault();
    const body = this.#body();
    if (!body || !this.preview || this.busy) return;
    if (!this.isSure) {
      this.isSure = true;
      return;
    }
    this.busy = true;
    const sent = await this.app.act(() => this.app.api.post(this.path('/refund'), body, this.#key), {
      done: t('order.refunded'),
    });
    this.busy = false;
    this.isSure = false;
    if (!sent) return;
    this.dispatchEvent(new CustomEvent('sheet-done'));
    this.changed();
  };
}
