// A mistyped price, in three steps: stop the item at once, see whom it touched, then honour or pay back all of them.
import { newIdempotencyKey } from '@shopcast/api-client';
import { countdown, dateTime, formatMoney, t } from '@shopcast/format';
import { LocalisedElement } from '@shopcast/ui';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { App } from '../../app/app.ts';
import { ask } from '../../app/confirm.ts';
import { asProblem, problemText } from '../../app/problem.ts';
import { href } from '../../app/router.ts';
import { debounce } from '../../lib/debounce.ts';
import { progressOf, type Touched, touched, variantsOf } from '../../lib/mistake.ts';
import { amountText, parseAmount } from '../../lib/money_input.ts';
import type { AffectedOrders, Card, MistakeView, Remedy, Show } from '../../types.ts';
import { picture } from '../words.ts';

/** Far enough back for a slip noticed late, near enough not to sweep in the price of yesterday. */
const MINUTES_BACK = [10, 30, 60, 240];
const POLL_MS = 2000;

@customElement('price-mistake')
export class PriceMistake extends LocalisedElement {
  @property({ attribute: false }) app!: App;
  @property({ attribute: false }) show!: Show;
  @property({ attribute: false }) items: Readonly<Record<string, Card>> = {};
  @property() itemId = '';
  @state() private variantId = '';
  @state() private price: string | null = null;
  @state() private minutes = 30;
  /** What was pressed here; the room says it a moment later. */
  @state() private stopped: boolean | null = null;
  @state() private found: Touched | null = null;
  @state() private list: readonly AffectedOrders[] = [];
  @state() private problem = '';
  @state() private busy: string | null = null;
  @state() private runs: readonly MistakeView[] = [];
  /** The stretch that was looked at is the stretch that is settled: it does not move while one reads. */
  #span: { from: string; to: string } | null = null;
  #asked = 0;
  #timer: number | undefined;
  readonly #look = debounce<undefined>(() => void this.#load());

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }

  override disconnectedCallback(): void {
    window.clearTimeout(this.#timer);
    super.disconnectedCallback();
  }

  get #card(): Card | undefined {
    return this.items[this.itemId];
  }

  get #wrong(): number | null {
    const card = this.#card;
    if (!card) return null;
    const parsed = parseAmount(this.price ?? amountText(card.price_minor, card.currency), card.currency);
    return 'minor' in parsed ? parsed.minor : null;
  }

  override render(): TemplateResult {
    if (this.runs.length > 0) return this.#progress();
    const card = this.#card;
    return html`<div class="stack loose">${this.#stop(card)}${card ? this.#whom(card) : nothing}${this.found && this.found.orders > 0 ? this.#remedies(this.found) : nothing}</div>`;
  }

  #stop(card: Card | undefined): TemplateResult {
    const choices = Object.values(this.items)
      .sort((a, b) => a.number - b.number)
      .map((one) => ({ value: one.id, label: `#${one.number} ${one.title}` }));
    const isHidden = this.stopped ?? card?.hidden === true;
    return html`<section class="stack"><h3>1 · ${t('mistake.stop_heading')}</h3>
      <sc-field label=${t('drop_form.item')} .value=${this.itemId} .choices=${[{ value: '', label: t('mistake.choose_item') }, ...choices]} @change=${(event: Event) => this.#choose((event.target as HTMLSelectElement).value)}></sc-field>
      ${
        card
          ? html`<div class="line">${picture(card.image_url, 'medium')}<span class="grow stack tight"><strong>#${card.number} ${card.title}</strong><span class="number">${formatMoney({ amount_minor: card.price_minor, currency: card.currency })}</span></span></div>
        ${isHidden ? html`<div class="notice good" role="status"><sc-icon name="check"></sc-icon><span class="grow">${t('mistake.stopped')}</span><sc-button size="s" href=${href(`/catalogue/${card.product_id}`)}>${t('mistake.correct')}</sc-button><sc-button size="s" icon="undo-2" ?loading=${this.busy === 'stop'} @click=${() => this.#setHidden(card, false)}>${t('mistake.show_again')}</sc-button></div>` : html`<sc-button variant="danger" size="l" icon="square" ?loading=${this.busy === 'stop'} @click=${() => this.#setHidden(card, true)}>${t('mistake.stop', { number: card.number })}</sc-button>`}`
          : nothing
      }</section>`;
  }

  #whom(card: Card): TemplateResult {
    const changed = () => {
      this.found = null;
      this.#look(undefined);
    };
    return html`<section class="stack"><h3>2 · ${t('mistake.whom')}</h3>
      <div class="form"><div class="row"><sc-field label=${`${t('mistake.wrong_price')} (${card.currency})`} inputmode="decimal" .value=${this.price ?? amountText(card.price_minor, card.currency)} .error=${this.#wrong === null ? t('amount.not_a_number') : ''} @input=${(
        event: Event,
      ) => {
        this.price = (event.target as HTMLInputElement).value;
        changed();
      }}></sc-field>
      ${
        card.variants.length > 1
          ? html`<sc-field label=${t('drop_form.variant')} .value=${this.variantId} .choices=${[{ value: '', label: t('drop_form.all_variants') }, ...card.variants.map((one) => ({ value: one.id, label: one.title }))]} @change=${(
              event: Event,
            ) => {
              this.variantId = (event.target as HTMLSelectElement).value;
              changed();
            }}></sc-field>`
          : nothing
      }</div></div>
      <div class="chips" role="group" aria-label=${t('mistake.since')}>${MINUTES_BACK.map(
        (minutes) =>
          html`<button type="button" class="chip" aria-pressed=${this.minutes === minutes ? 'true' : 'false'} @click=${() => {
            this.minutes = minutes;
            changed();
          }}>${t('mistake.last', { n: minutes })}</button>`,
      )}</div>
      ${this.problem ? html`<div class="notice danger" role="alert"><span class="grow">${this.problem}</span><sc-button size="s" @click=${() => void this.#load()}>${t('action.try_again')}</sc-button></div>` : this.#sum()}</section>`;
  }

  #sum(): TemplateResult {
    const { found } = this;
    if (!found)
      return html`<div class="skeleton" role="status" aria-label=${t('state.loading')}><sc-skeleton></sc-skeleton></div>`;
    if (found.orders === 0)
      return html`<div class="notice good" role="status"><sc-icon name="circle-check"></sc-icon><span class="grow">${t('mistake.nobody')}</span></div>`;
    const rows = this.list.flatMap((one) => one.items).slice(0, 20);
    return html`<div class="notice warn" role="status"><span class="grow"><strong class="number big">${t('mistake.orders', { n: found.orders })}</strong><span class="number">${t('mistake.sum', { units: found.units, amount: formatMoney(found.paid) })}</span>${found.sent > 0 ? html`<span>${t('mistake.sent', { n: found.sent })}</span>` : nothing}</span></div>
      <details><summary>${t('mistake.which')}</summary><ul class="plain-list">${rows.map((order) => html`<li><a class="number grow" href=${href(`/orders/${order.order_id}`)}>${order.order_number}</a><span class="small soft">${order.name} · ${dateTime(order.placed_at)}</span><span class="number">${formatMoney(order.paid)}</span></li>`)}</ul></details>`;
  }

  #remedies(found: Touched): TemplateResult {
    return html`<section class="stack"><h3>3 · ${t('mistake.decide')}</h3>
      <sc-button size="l" icon="heart" ?loading=${this.busy === 'honour'} @click=${() => this.#settle('honour', found)}>${t('mistake.honour')}</sc-button><p class="small soft">${t('mistake.honour_text')}</p>
      <sc-button size="l" variant="danger" icon="undo-2" ?loading=${this.busy === 'refund'} @click=${() => this.#settle('refund', found)}>${t('mistake.refund', { amount: formatMoney(found.paid) })}</sc-button><p class="small soft">${t('mistake.refund_text')}</p></section>`;
  }

  #progress(): TemplateResult {
    const now = progressOf(this.runs);
    const left = now.undoUntilMs === null ? 0 : now.undoUntilMs - Date.now();
    return html`<section class="stack loose" aria-live="polite"><h3>${t(`mistake_progress.${now.state}`)}</h3>
      <progress class="progress" max=${Math.max(1, now.orders)} value=${now.settled} aria-label=${t('mistake.progress')}></progress>
      <p class="number">${t('mistake.settled', { n: now.settled, of: now.orders })}</p>
      ${now.state === 'waiting' && left > 0 ? html`<div class="notice warn"><span class="grow">${t('mistake.starts_in', { time: countdown(left) })}</span><sc-button icon="undo-2" ?loading=${this.busy === 'undo'} @click=${this.#undo}>${t('action.undo')}</sc-button></div>` : nothing}
      ${now.state === 'done' || now.state === 'undone' ? html`<sc-button variant="primary" @click=${() => this.dispatchEvent(new CustomEvent('mistake-closed'))}>${t('mistake.close')}</sc-button>` : html`<p class="small soft">${t('mistake.leave')}</p>`}</section>`;
  }

  #choose(id: string): void {
    this.itemId = id;
    this.variantId = '';
    this.price = null;
    this.stopped = null;
    this.found = null;
    void this.#load();
  }

  /** At once and without a question: every second sells another one. The way back stands in the sheet itself. */
  async #setHidden(card: Card, hidden: boolean): Promise<void> {
    this.busy = 'stop';
    const path = `/v1/shows/${this.show.id}/items/${card.id}`;
    const done = await this.app.act(() => this.app.api.patch(path, { hidden }));
    this.busy = null;
    if (!done) return;
    this.stopped = hidden;
    void this.#load();
  }

  async #load(): Promise<void> {
    const card = this.#card;
    const wrong = this.#wrong;
    if (!card || wrong === null) return;
    this.#asked += 1;
    const turn = this.#asked;
    const now = Date.now();
    const span = { from: new Date(now - this.minutes * 60_000).toISOString(), to: new Date(now).toISOString() };
    try {
      const found = await Promise.all(
        variantsOf(card, this.variantId).map((variant_id) =>
          this.app.api.get<AffectedOrders>(this.app.org('/price-mistakes/affected'), {
            show_id: this.show.id,
            variant_id,
            wrong_price_minor: wrong,
            from_at: span.from,
            to_at: span.to,
            limit: 50,
          }),
        ),
      );
      if (turn !== this.#asked) return;
      this.#span = span;
      this.list = found;
      this.found = touched(found, card.currency);
      this.problem = '';
    } catch (error) {
      if (turn === this.#asked) this.problem = problemText(asProblem(error));
    }
  }

  async #settle(remedy: Remedy, found: Touched): Promise<void> {
    const card = this.#card;
    const wrong = this.#wrong;
    const span = this.#span;
    if (!card || wrong === null || !span || this.busy) return;
    const sure = await ask({
      heading: t(`mistake_sure.${remedy}`, { n: found.orders }),
      text: t(`mistake_sure_text.${remedy}`, { amount: formatMoney(found.paid) }),
      confirm: t(remedy === 'honour' ? 'mistake.honour' : 'mistake.refund', { amount: formatMoney(found.paid) }),
      danger: remedy === 'refund',
    });
    if (!sure) return;
    this.busy = remedy;
    const body = {
      show_id: this.show.id,
      item_id: card.id,
      wrong_price_minor: wrong,
      from_at: span.from,
      to_at: span.to,
      remedy,
      stop_item: true,
    };
    const variants = variantsOf(card, this.variantId).filter((_id, index) => (this.list[index]?.orders ?? 0) > 0);
    const runs: MistakeView[] = [];
    for (const variant_id of variants) {
      const done = await this.app.act(() =>
        this.app.api.post<MistakeView>(this.app.org('/price-mistakes'), { ...body, variant_id }, newIdempotencyKey()),
      );
      if (!done) break;
      runs.push(done.value);
    }
    this.busy = null;
    this.runs = runs;
    this.#poll();
  }

  #poll(): void {
    window.clearTimeout(this.#timer);
    if (this.runs.length === 0 || ['done', 'undone'].includes(progressOf(this.runs).state)) return;
    this.#timer = window.setTimeout(async () => {
      const read = (run: MistakeView) => this.app.api.get<MistakeView>(this.app.org(`/price-mistakes/${run.id}`));
      // A question that was not answered is asked again; the work goes on without this page.
      this.runs = await Promise.all(this.runs.map(read)).catch(() => this.runs);
      this.#poll();
    }, POLL_MS);
  }

  readonly #undo = async () => {
    this.busy = 'undo';
    for (const run of this.runs)
      await this.app.act(() => this.app.api.post(this.app.org(`/price-mistakes/${run.id}/undo`)));
    this.busy = null;
    this.#poll();
  };
}
