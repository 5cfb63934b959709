// One product: its words, its picture, and its variants with price and stock changed in place.
import { t } from '@shopcast/format';
import '@shopcast/ui/controls/file_drop.ts';
import type { FileChosen } from '@shopcast/ui/controls/index.ts';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { Loader } from '../../app/loader.ts';
import { href } from '../../app/router.ts';
import { Screen } from '../../app/screen.ts';
import { amountText, parseAmount } from '../../lib/money_input.ts';
import type { Product, Variant } from '../../types.ts';
import { picture } from '../words.ts';
import './subscription_offer.ts';

const PICTURE_LIMIT = 10 * 1024 * 1024;

@customElement('screen-product')
export class ScreenProduct extends Screen {
  @state() private problems: ReadonlyMap<string, string> = new Map();
  @state() private draft: Partial<Product> | null = null;
  readonly #product = new Loader<Product>(this, (signal) =>
    this.app.api.get<Product>(`/v1/products/${this.param('id')}`, undefined, signal),
  );

  override render() {
    return html`<div class="page"><a class="back" href=${href('/catalogue')}><sc-icon name="arrow-left"></sc-icon>${t('nav.catalogue')}</a>${this.#product.view((product) => this.#detail(product))}</div>`;
  }

  #detail(product: Product): TemplateResult {
    return html`<div class="page-head"><div class="titles line">${picture(product.image_url, 'medium')}<h1>${product.title}</h1></div></div>
      <section class="panel"><h2>${t('product.variants')}</h2>${this.#variants(product)}
        <p class="hint"><sc-icon name="history"></sc-icon> ${t('product.price_history')}</p></section>
      <div class="sides">${this.#words(product)}
        <section class="panel"><h2>${t('product.picture')}</h2>${product.image_url ? html`<img class="cover square" src=${product.image_url} alt=${product.title} />` : nothing}
          <shopcast-file-drop accept="image/*" .limit=${PICTURE_LIMIT} label=${t('product.picture_drop')} .tooLarge=${t('state.file_too_large', { size: '10 MB' })} @file-chosen=${this.#upload}></shopcast-file-drop></section></div>
      ${this.app.canManage() ? html`<subscription-offer .app=${this.app} productId=${product.id}></subscription-offer>` : nothing}`;
  }

  #variants(product: Product): TemplateResult {
    return html`<table class="table edit-table"><caption class="hidden-text">${t('product.variants')}</caption>
      <thead><tr><th scope="col">${product.options?.join(' / ') || t('product.variant')}</th><th scope="col">SKU</th><th scope="col">${t('product.price')}</th><th scope="col">${t('product.before')}</th><th scope="col">${t('product.free')}</th><th scope="col" class="end">${t('product.held')}</th><th scope="col" class="end">${t('product.sold')}</th></tr></thead>
      <tbody>${product.variants.map((variant) => this.#variant(variant))}</tbody></table>`;
  }

  #variant(variant: Variant): TemplateResult {
    return html`<tr><th scope="row">${variant.title}</th><td data-label="SKU" class="soft">${variant.sku ?? '–'}</td>
        <td data-label=${t('product.price')}>${this.#amount(variant, 'price_minor', t('product.price'))}</td>
        <td data-label=${t('product.before')}>${this.#amount(variant, 'compare_at_minor', t('product.before'))}</td>
        <td data-label=${t('product.free')}>${this.#cell(variant, 'left', t('product.free'), String(variant.left), 'numeric')}</td>
        <td class="end" data-label=${t('product.held')}>${variant.held}</td><td class="end" data-label=${t('product.sold')}>${variant.sold}</td></tr>`;
  }

  #amount(variant: Variant, field: 'price_minor' | 'compare_at_minor', label: string): TemplateResult {
    const minor = variant[field];
    return this.#cell(
      variant,
      field,
      label,
      minor === null ? '' : amountText(minor, variant.currency),
      'decimal',
      variant.currency,
    );
  }

  #cell(
    variant: Variant,
    field: string,
    label: string,
    text: string,
    mode: 'numeric' | 'decimal',
    unit = '',
  ): TemplateResult {
    const problem = this.problems.get(`${variant.id}|${field}`);
    return html`<span class="cell-edit"><input class="control number" inputmode=${mode} aria-label=${`${label}, ${variant.title}`} aria-invalid=${problem ? 'true' : nothing} .value=${text} @change=${(event: Event) => this.#change(variant, field, event.target as HTMLInputElement, text)} />${unit ? html`<span class="small soft">${unit}</span>` : nothing}${problem ? html`<span class="problem" role="alert">${problem}</span>` : nothing}</span>`;
  }

  async #change(variant: Variant, field: string, input: HTMLInputElement, before: string): Promise<void> {
    const value = read(field, input.value, variant);
    const key = `${variant.id}|${field}`;
    const problems = new Map(this.problems);
    problems.delete(key);
    if (typeof value === 'string') problems.set(key, value);
    this.problems = problems;
    if (typeof value === 'string') return;
    const patch = (change: number | null) => this.app.api.patch(`/v1/variants/${variant.id}`, { [field]: change });
    const old = variant[field as 'price_minor' | 'compare_at_minor' | 'left'];
    const saved = await this.app.act(() => patch(value), {
      done: t('state.saved'),
      undo: () => patch(old).then(() => this.#product.load()),
    });
    if (!saved) input.value = before;
    void this.#product.load();
  }

  #words(product: Product): TemplateResult {
    const now = { ...product, ...this.draft };
    const set = (name: 'title' | 'description' | 'vendor' | 'product_type' | 'status') => (event: Event) => {
      this.draft = { ...this.draft, [name]: (event.target as HTMLInputElement).value };
    };
    return html`<form class="form panel" @submit=${this.#save}><h2>${t('product.words')}</h2>
      <sc-field label=${t('product.title')} required maxlength="255" .value=${now.title} @input=${set('title')}></sc-field>
      <sc-field label=${t('product.description')} multiline optional rows="5" .value=${now.description} @input=${set('description')}></sc-field>
      <div class="row"><sc-field label=${t('product.vendor')} optional .value=${now.vendor} @input=${set('vendor')}></sc-field><sc-field label=${t('product.type')} optional .value=${now.product_type} @input=${set('product_type')}></sc-field>
        <sc-field label=${t('product.status')} .value=${now.status} .choices=${[{ value: 'active', label: t('product.active') }, { value: 'draft', label: t('product.draft') }]} @change=${set('status')}></sc-field></div>
      <div class="form-foot"><sc-button type="submit" variant="primary" ?disabled=${this.draft === null}>${t('action.save')}</sc-button></div></form>`;
  }

  readonly #save = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!this.draft) return;
    if (
      await this.app.act(() => this.app.api.patch(`/v1/products/${this.param('id')}`, this.draft), {
        done: t('state.saved'),
      })
    ) {
      this.draft = null;
      void this.#product.load();
    }
  };

  readonly #upload = async (event: CustomEvent<FileChosen>) => {
    if (
      await this.app.act(() => this.app.api.upload(`/v1/products/${this.param('id')}/image`, event.detail.file), {
        done: t('state.saved'),
      })
    )
      void this.#product.load();
  };
}

/** The number to send, null for "no before price", or words about why not. */
function read(field: string, text: string, variant: Variant): number | null | string {
  if (field === 'left') return /^\d{1,9}$/.test(text.trim()) ? Number(text) : t('product.stock_wrong');
  const parsed = parseAmount(text, variant.currency);
  if ('minor' in parsed) return parsed.minor;
  if (parsed.problem === 'empty' && field === 'compare_at_minor') return null;
  return t(`amount.${parsed.problem}`);
}
