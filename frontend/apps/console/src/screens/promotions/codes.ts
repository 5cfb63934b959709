// The codes of a promotion: one that many type, or many that work once each, made in bulk and taken along as CSV.
import { newIdempotencyKey } from '@shopcast/api-client';
import { formatNumber, t } from '@shopcast/format';
import { LocalisedElement } from '@shopcast/ui';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { App } from '../../app/app.ts';
import { copy } from '../../app/copy.ts';
import { Pager } from '../../app/pager.ts';
import { csv, download } from '../../lib/csv.ts';
import { wholeNumber } from '../../lib/whole_number.ts';
import type { CodesAnswer, Page, Promotion, PromotionCode } from '../../types.ts';

/** As many as the server makes in one go; more are more goes. */
const AT_ONCE = 1000;
const ALTOGETHER = 10_000;

@customElement('promotion-codes')
export class PromotionCodes extends LocalisedElement {
  @property({ attribute: false }) app!: App;
  @property({ attribute: false }) promotion!: Promotion;
  @state() private code = '';
  @state() private count = '';
  @state() private beginning = '';
  @state() private problem = '';
  @state() private made = 0;
  @state() private busy: 'one' | 'many' | 'csv' | null = null;
  readonly #codes = new Pager<PromotionCode>(this, (cursor, signal) =>
    this.app.api.get<Page<PromotionCode>>(this.#path, { cursor, limit: 50 }, signal),
  );

  get #path(): string {
    return this.app.org(`/promotions/${this.promotion.id}/codes`);
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override render() {
    return html`<div class="stack"><div class="panel-head"><h2>${t('codes.title')} <span class="soft number">${formatNumber(this.promotion.codes)}</span></h2><sc-button size="s" icon="download" ?disabled=${!this.#codes.items?.length} ?loading=${this.busy === 'csv'} @click=${this.#export}>${t('codes.csv')}</sc-button></div>
      ${this.app.canManage() ? this.#forms() : nothing}
      ${this.#codes.view(
        (codes) => html`<ul class="plain-list code-list">${codes.map((one) => this.#row(one))}</ul>`,
        () => html`<p class="soft">${t('codes.none')}</p>`,
      )}</div>`;
  }

  #forms(): TemplateResult {
    const total = wholeNumber(this.count, 1, ALTOGETHER);
    return html`<div class="columns"><form class="form" novalidate @submit=${this.#one}><div class="step-row"><sc-field label=${t('codes.one')} hint=${t('codes.one_hint')} maxlength="32" placeholder="KNIT10" .value=${this.code} @input=${(
      event: Event,
    ) => {
      this.code = (event.target as HTMLInputElement).value;
    }}></sc-field><sc-button type="submit" ?disabled=${this.code.trim().length < 3} ?loading=${this.busy === 'one'}>${t('codes.add')}</sc-button></div></form>
      <form class="form" novalidate @submit=${this.#many}><div class="step-row"><sc-field label=${t('codes.many')} hint=${t('codes.many_hint', { n: ALTOGETHER })} inputmode="numeric" .value=${this.count} .error=${this.problem} @input=${(
        event: Event,
      ) => {
        this.count = (event.target as HTMLInputElement).value;
        this.problem = '';
      }}></sc-field><sc-field label=${t('codes.prefix')} optional maxlength="12" placeholder="NOV-" .value=${this.beginning} @input=${(
        event: Event,
      ) => {
        this.beginning = (event.target as HTMLInputElement).value;
      }}></sc-field><sc-button type="submit" ?disabled=${this.count.trim() === ''} ?loading=${this.busy === 'many'}>${t('codes.make')}</sc-button></div>
      ${this.busy === 'many' && total ? html`<progress class="progress" max=${total} value=${this.made} aria-label=${t('codes.many')}></progress>` : nothing}</form></div>`;
  }

  #row(one: PromotionCode): TemplateResult {
    const uses =
      one.usage_limit === null
        ? t('codes.used', { n: one.used })
        : t('promotion.used_of', { n: one.used, of: one.usage_limit });
    return html`<li><code class="grow number">${one.code}</code><span class="small soft number">${one.disabled ? t('codes.disabled') : uses}</span><sc-button size="s" variant="quiet" icon="copy" label=${t('codes.copy', { code: one.code })} @click=${() => copy(one.code)}></sc-button></li>`;
  }

  readonly #one = async (event: SubmitEvent) => {
    event.preventDefault();
    if (this.busy) return;
    this.busy = 'one';
    const done = await this.app.act(() => this.app.api.post(this.#path, { code: this.code.trim() }), {
      done: t('codes.added'),
    });
    this.busy = null;
    if (!done) return;
    this.code = '';
    void this.#codes.restart();
  };

  readonly #many = async (event: SubmitEvent) => {
    event.preventDefault();
    const total = wholeNumber(this.count, 1, ALTOGETHER);
    if (this.busy) return;
    if (total === null) {
      this.problem = t('codes.count_wrong', { n: ALTOGETHER });
      return;
    }
    this.busy = 'many';
    this.made = 0;
    const codes: string[] = [];
    while (codes.length < total) {
      const count = Math.min(AT_ONCE, total - codes.length);
      const body = { count, prefix: this.beginning.trim() };
      const key = newIdempotencyKey();
      const done = await this.app.act(() => this.app.api.post<CodesAnswer>(this.#path, body, key));
      if (!done || done.value.codes.length === 0) break;
      codes.push(...done.value.codes);
      this.made = codes.length;
    }
    this.busy = null;
    if (codes.length === 0) return;
    // Straight into a file: nobody reads a thousand codes on a page, and they are wanted elsewhere.
    download(`${this.promotion.name}-codes.csv`, csv([[t('codes.code')], ...codes.map((code) => [code])]));
    this.count = '';
    await this.app.act(async () => undefined, { done: t('codes.made', { n: codes.length }) });
    void this.#codes.restart();
  };

  readonly #export = async () => {
    this.busy = 'csv';
    const rows: PromotionCode[] = [];
    const done = await this.app.act(async () => {
      let cursor: string | null = null;
      do {
        const page: Page<PromotionCode> = await this.app.api.get<Page<PromotionCode>>(this.#path, {
          cursor,
          limit: 100,
        });
        rows.push(...page.items);
        cursor = page.next_cursor;
      } while (cursor !== null && rows.length < 10 * ALTOGETHER);
    });
    this.busy = null;
    if (!done) return;
    const head = [t('codes.code'), t('promotion.used'), t('promotion.usage_limit')];
    download(
      `${this.promotion.name}-codes.csv`,
      csv([head, ...rows.map((one) => [one.code, one.used, one.usage_limit])]),
    );
  };
}
