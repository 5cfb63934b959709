// One promotion: written new, or read, changed, paused and ended; a change counts for carts to come, never for orders.
import { dateTime, formatNumber, t } from '@shopcast/format';
import '@shopcast/ui/controls/date_time.ts';
import type { WallTimeChanged } from '@shopcast/ui/controls/index.ts';
import { stats } from '@shopcast/ui/controls/stat.ts';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { ask } from '../../app/confirm.ts';
import { Loader } from '../../app/loader.ts';
import { href } from '../../app/router.ts';
import { Screen } from '../../app/screen.ts';
import {
  draftOfPromotion,
  LANES,
  newPromotion,
  type PromotionDraft,
  type PromotionField,
  promotionBody,
  promotionChanges,
  promotionProblems,
} from '../../lib/promotion_draft.ts';
import { timeZones } from '../../lib/zoned_time.ts';
import type { Lane, Page, Product, Promotion, Show } from '../../types.ts';
import { benefitForm } from './benefit_form.ts';
import './codes.ts';
import type { ProductPicked } from './product_picker.ts';
import { couponWorth, promotionState } from './promotion_words.ts';
import { stacking } from './stacking.ts';

const ZONES = timeZones();

@customElement('screen-promotion')
export class ScreenPromotion extends Screen {
  @state() private draft: PromotionDraft | null = null;
  @state() private problems: Partial<Record<PromotionField, string>> = {};
  @state() private busy = false;
  @state() private shows: readonly Show[] = [];
  /** Names of what it is for, as far as they could be read. */
  #titles: Record<string, string> = {};
  readonly #promotion = new Loader<Promotion | null>(this, async (signal) => {
    if (this.#isNew) return null;
    const promotion = await this.app.api.get<Promotion>(this.#path(), undefined, signal);
    await this.#readTitles(promotion);
    return promotion;
  });

  get #isNew(): boolean {
    return this.param('id') === '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const lane = this.app.router.route.query.get('lane') as Lane | null;
    if (this.#isNew) this.draft = newPromotion(lane && LANES.includes(lane) ? lane : 'coupon');
    void this.#loadShows();
  }

  #path(rest = ''): string {
    return this.app.org(`/promotions/${this.param('id')}${rest}`);
  }

  async #loadShows(): Promise<void> {
    const page = await this.app.api.get<Page<Show>>(this.app.org('/shows'), { limit: 50 }).catch(() => null);
    this.shows = page?.items ?? [];
  }

  /** Products are few here; one that was taken out of the catalogue keeps its id for a name. */
  async #readTitles({ scope, benefit }: Promotion): Promise<void> {
    const parts = benefit.type === 'bundle' ? benefit.parts.flatMap((part) => part.product_id ?? []) : [];
    for (const id of new Set([...(scope.product_ids ?? []), ...parts].slice(0, 20))) {
      const product = await this.app.api.get<Product>(`/v1/products/${id}`).catch(() => null);
      if (product) this.#titles[id] = product.title;
    }
    for (const show of this.shows) this.#titles[show.id] = show.title;
  }

  override render() {
    return html`<div class="page"><a class="back" href=${href('/promotions')}><sc-icon name="arrow-left"></sc-icon>${t('nav.promotions')}</a>
      ${this.#isNew ? html`<h1>${t('promotions.new')}</h1>${this.#editor(null)}` : this.#promotion.view((promotion) => (promotion ? this.#detail(promotion) : nothing))}</div>`;
  }

  #detail(promotion: Promotion): TemplateResult {
    return html`<div class="page-head"><div class="titles stack tight"><div class="line wrap"><h1>${promotion.name}</h1>${promotionState(promotion.state)}</div>
        <span class="small soft">${couponWorth(promotion)} · ${t(`lane.${promotion.lane}`)} · ${t(`funded_by.${promotion.funded_by}`)}</span></div><div class="actions">${this.#states(promotion)}</div></div>
      <section class="panel">${stats([
        { label: t('promotion.used'), value: formatNumber(promotion.used), definition: t('promotion.used_definition') },
        {
          label: t('promotion.left_label'),
          value: promotion.left === null ? t('promotion.unlimited') : formatNumber(promotion.left),
          definition: t('promotion.left_definition'),
        },
        { label: t('promotion.until'), value: promotion.ends_at ? dateTime(promotion.ends_at) : t('promotion.no_end') },
      ])}</section>
      ${promotion.needs === 'code' ? html`<section class="panel"><promotion-codes .app=${this.app} .promotion=${promotion}></promotion-codes></section>` : nothing}
      ${promotion.state === 'ended' ? nothing : this.#editor(promotion)}`;
  }

  #states(promotion: Promotion): TemplateResult | typeof nothing {
    if (!this.app.canManage() || promotion.state === 'ended' || promotion.state === 'expired') return nothing;
    const set = (verb: string, done: string, back: string | null) => async () => {
      const undo = back === null ? {} : { undo: () => this.app.api.post(this.#path(back)).then(this.#reload) };
      if (await this.app.act(() => this.app.api.post(this.#path(verb)), { done, ...undo })) this.#reload();
    };
    return html`${
      promotion.state === 'paused'
        ? html`<sc-button icon="play" variant="primary" @click=${set('/resume', t('promotion.resumed'), '/pause')}>${t('promotion.resume')}</sc-button>`
        : html`<sc-button icon="pause" @click=${set('/pause', t('promotion.paused'), '/resume')}>${t('promotion.pause')}</sc-button>`
    }
      <sc-button icon="square" variant="danger" @click=${this.#end}>${t('promotion.end')}</sc-button>`;
  }

  readonly #reload = () => void this.#promotion.load();

  readonly #end = async () => {
    const sure = await ask({
      heading: t('promotion.end_sure'),
      text: t('promotion.end_text'),
      confirm: t('promotion.end'),
      danger: true,
    });
    if (!sure) return;
    if (await this.app.act(() => this.app.api.post(this.#path('/end')), { done: t('promotion.ended') })) this.#reload();
  };

  #editor(promotion: Promotion | null): TemplateResult {
    const draft = this.draft ?? (promotion ? draftOfPromotion(promotion, this.#titles) : newPromotion('coupon'));
    const currency = promotion?.currency ?? this.app.organisation?.currency ?? 'EUR';
    const change = (next: Partial<PromotionDraft>) => {
      this.draft = { ...draft, ...next };
      this.problems = {};
      this.app.router.guard(() => confirm(t('state.unsaved')));
    };
    const wrong = (field: PromotionField) => (this.problems[field] ? t(this.problems[field] ?? '') : '');
    return html`<div class="sides"><form class="form panel" novalidate @submit=${(event: SubmitEvent) => this.#save(event, draft, currency, promotion)}>
        ${promotion ? nothing : this.#kinds(draft)}
        <sc-field label=${t('promotion.name')} hint=${t('promotion.name_hint')} required maxlength="80" .value=${draft.name} .error=${wrong('name')} @input=${(event: Event) => change({ name: (event.target as HTMLInputElement).value })}></sc-field>
        <fieldset class="plain stack"><legend class="label">${t(`lane_text.${draft.lane}`)}</legend>${benefitForm({ app: this.app, draft, currency, wrong, change })}</fieldset>
        ${promotion ? nothing : this.#ways(draft, change)}
        ${this.#conditions(draft, currency, wrong, change)}
        ${this.#when(draft, wrong, change)}
        <div class="form-foot"><sc-button type="submit" variant="primary" ?loading=${this.busy} ?disabled=${promotion !== null && this.draft === null}>${t(promotion ? 'action.save' : 'promotions.create')}</sc-button>${promotion ? html`<span class="small soft">${t('promotion.change_text')}</span>` : nothing}</div></form>
      <section class="panel lanes-side"><h2>${t('lanes.title')}</h2>${stacking(null, new Set([draft.lane]))}</section></div>`;
  }

  #kinds(draft: PromotionDraft): TemplateResult {
    return html`<fieldset class="plain stack tight"><legend class="label">${t('promotion.kind')}</legend><div class="kind-grid">${LANES.map(
      (lane) =>
        html`<label class="choice"><input type="radio" name="lane" ?checked=${draft.lane === lane} @change=${() => {
          this.draft = { ...newPromotion(lane), name: draft.name };
          this.problems = {};
        }} /><span class="stack tight"><strong>${t(`lane.${lane}`)}</strong><span class="small soft">${t(`lane_text.${lane}`)}</span></span></label>`,
    )}</div></fieldset>`;
  }

  /** A coupon is taken on screen or typed; anything else may also apply by itself. */
  #ways(draft: PromotionDraft, change: (next: Partial<PromotionDraft>) => void): TemplateResult {
    const ways = draft.lane === 'coupon' ? (['claim', 'code'] as const) : (['nothing', 'code', 'claim'] as const);
    return html`<fieldset class="plain stack tight"><legend class="label">${t('promotion.needs')}</legend>${ways.map(
      (way) =>
        html`<label class="choice"><input type="radio" name="needs" ?checked=${draft.needs === way} @change=${() => change({ needs: way })} /><span class="stack tight"><strong>${t(`needs.${way}`)}</strong><span class="small soft">${t(`needs_text.${way}`)}</span></span></label>`,
    )}</fieldset>`;
  }

  #conditions(
    draft: PromotionDraft,
    currency: string,
    wrong: (field: PromotionField) => string,
    change: (next: Partial<PromotionDraft>) => void,
  ): TemplateResult {
    const set = (name: 'minimum' | 'minimumQuantity' | 'usageLimit' | 'perCustomer') => (event: Event) =>
      change({ [name]: (event.target as HTMLInputElement).value });
    const addProduct = (event: CustomEvent<ProductPicked>) => {
      const { id, title } = event.detail.product;
      if (!draft.products.some((one) => one.id === id)) change({ products: [...draft.products, { id, title }] });
    };
    return html`<fieldset class="plain stack"><legend class="label">${t('promotion.conditions')}</legend>
      <div class="row"><sc-field label=${`${t('promotion.minimum')} (${currency})`} optional inputmode="decimal" .value=${draft.minimum} .error=${wrong('minimum')} @input=${set('minimum')}></sc-field>
        <sc-field label=${t('promotion.minimum_quantity')} optional inputmode="numeric" .value=${draft.minimumQuantity} .error=${wrong('minimum_quantity')} @input=${set('minimumQuantity')}></sc-field></div>
      <div class="row"><sc-field label=${t('promotion.usage_limit')} optional inputmode="numeric" .value=${draft.usageLimit} .error=${wrong('usage_limit')} @input=${set('usageLimit')}></sc-field>
        <sc-field label=${t('promotion.per_customer')} optional inputmode="numeric" hint=${t('promotion.per_customer_hint')} .value=${draft.perCustomer} .error=${wrong('per_customer_limit')} @input=${set('perCustomer')}></sc-field></div>
      <label class="checkbox"><input type="checkbox" ?checked=${draft.newOnly} @change=${(event: Event) => change({ newOnly: (event.target as HTMLInputElement).checked })} />${t('promotion.new_only')}</label>
      <label class="checkbox"><input type="checkbox" ?checked=${draft.includesDrops} @change=${(event: Event) => change({ includesDrops: (event.target as HTMLInputElement).checked })} />${t('promotion.includes_drops')}</label>
      ${
        draft.lane === 'bundle'
          ? nothing
          : html`<details ?open=${draft.products.length + draft.shows.length > 0}><summary>${t('promotion.scope')} <span class="soft">${draft.products.length + draft.shows.length === 0 ? t('promotion.scope_all') : t('promotion.scope_n', { n: draft.products.length + draft.shows.length })}</span></summary>
        <div class="stack">${this.#named(draft.products, (products) => change({ products }))}
          <product-picker .app=${this.app} label=${t('promotion.only_products')} @product-picked=${addProduct}></product-picker>
          <sc-field label=${t('promotion.only_show')} .value=${draft.shows[0]?.id ?? ''} .choices=${[{ value: '', label: t('pick.all_shows') }, ...this.shows.map((one) => ({ value: one.id, label: one.title }))]} @change=${(
            event: Event,
          ) => {
            const { value } = event.target as HTMLSelectElement;
            const title = this.shows.find((one) => one.id === value)?.title ?? value;
            change({ shows: value ? [{ id: value, title }] : [] });
          }}></sc-field></div></details>`
      }</fieldset>`;
  }

  #named(
    named: PromotionDraft['products'],
    change: (next: PromotionDraft['products']) => void,
  ): TemplateResult | typeof nothing {
    if (named.length === 0) return nothing;
    return html`<ul class="plain-list">${named.map((one) => html`<li><span class="grow">${one.title}</span><sc-button icon="x" label=${t('promo.remove_part', { title: one.title })} @click=${() => change(named.filter((other) => other.id !== one.id))}></sc-button></li>`)}</ul>`;
  }

  #when(
    draft: PromotionDraft,
    wrong: (field: PromotionField) => string,
    change: (next: Partial<PromotionDraft>) => void,
  ): TemplateResult {
    const set = (name: 'startWall' | 'endWall') => (event: CustomEvent<WallTimeChanged>) =>
      change({ [name]: event.detail.wall, timeZone: event.detail.timeZone });
    return html`<fieldset class="plain stack"><legend class="label">${t('promotion.when')}</legend>
      <shopcast-date-time label=${t('promotion.starts')} zoneLabel=${t('show.time_zone')} .wall=${draft.startWall} .timeZone=${draft.timeZone} .zones=${ZONES} @wall-time-changed=${set('startWall')}></shopcast-date-time>
      ${wrong('starts_at') ? html`<p class="problem" role="alert">${wrong('starts_at')}</p>` : html`<p class="hint">${t('promotion.starts_hint')}</p>`}
      <shopcast-date-time label=${t('promotion.ends')} zoneLabel=${t('show.time_zone')} .wall=${draft.endWall} .timeZone=${draft.timeZone} .zones=${ZONES} @wall-time-changed=${set('endWall')}></shopcast-date-time>
      ${wrong('ends_at') ? html`<p class="problem" role="alert">${wrong('ends_at')}</p>` : html`<p class="hint">${t('promotion.ends_hint')}</p>`}</fieldset>`;
  }

  async #save(event: SubmitEvent, draft: PromotionDraft, currency: string, promotion: Promotion | null): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    this.problems = promotionProblems(draft, currency);
    if (Object.keys(this.problems).length > 0) {
      await this.updateComplete;
      this.querySelector<HTMLElement>('[aria-invalid="true"], .problem')?.scrollIntoView({ block: 'center' });
      return;
    }
    this.busy = true;
    const saved = await this.app.act(
      () =>
        promotion
          ? this.app.api.patch<Promotion>(this.#path(), {
              ...promotionChanges(draft, promotion, currency),
              version: promotion.version,
            })
          : this.app.api.post<Promotion>(this.app.org('/promotions'), promotionBody(draft, currency)),
      { done: t(promotion ? 'state.saved' : 'promotions.created') },
    );
    this.busy = false;
    if (!saved) return;
    this.app.router.guard(null);
    this.draft = null;
    if (promotion) this.#reload();
    else this.app.router.go(`/promotions/${(saved.value as Promotion).id}`);
  }
}
