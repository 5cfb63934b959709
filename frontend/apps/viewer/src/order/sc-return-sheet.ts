/** Asking to send something back: which pieces, why, photos, and whether another one would be better than the money. */
import {
  asProblem,
  newIdempotencyKey,
  type Problem,
  type Returnable,
  type ReturnableLine,
  type ReturnView,
} from '@shopcast/api-client';
import { day, formatMoney, t } from '@shopcast/format';
import { LocalisedElement } from '@shopcast/ui';
import { html, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import '../messages/returns.ts';
import { api, words } from '../pages/page.ts';

type Cause = Returnable['causes'][number]['cause'];

/** The server takes no more per return, and no larger ones. */
const MAX_PHOTOS = 10;
const MAX_PHOTO_BYTES = 8 * 1024 * 1024;

@customElement('sc-return-sheet')
export class ScReturnSheet extends LocalisedElement {
  @property() orderId = '';
  @property() token = '';
  @property({ type: Boolean }) open = false;
  @state() private choices: Returnable | null = null;
  @state() private problem: Problem | null = null;
  @state() private counts: ReadonlyMap<string, number> = new Map();
  @state() private photos: readonly File[] = [];
  @state() private busy = false;
  @state() private missing = '';
  @query('form') private readonly form!: HTMLFormElement | null;
  private key = newIdempotencyKey();

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('open') && this.open) void this.load();
  }

  private async load(): Promise<void> {
    this.problem = null;
    this.choices = null;
    this.counts = new Map();
    this.photos = [];
    this.missing = '';
    this.key = newIdempotencyKey();
    try {
      this.choices = await api.aftercare.returnable(this.orderId, this.token);
    } catch (error) {
      this.problem = asProblem(error);
    }
  }

  private close(): void {
    this.dispatchEvent(new CustomEvent('sc-close'));
  }

  private readonly onSend = async (event: Event): Promise<void> => {
    event.preventDefault();
    const { form } = this;
    if (!form || this.busy) return;
    const data = new FormData(form);
    const text = (name: string) => String(data.get(name) ?? '').trim();
    const wish = text('wish') === 'exchange' ? t('return.wish.note', { what: text('wish_what') }) : '';
    const lines = [...this.counts].flatMap(([line_id, quantity]) =>
      quantity > 0 ? [{ line_id, quantity, cause: text(`cause-${line_id}`) as Cause, note: '' }] : [],
    );
    this.missing = lines.length === 0 ? t('return.choose_something') : '';
    if (this.missing) return;
    this.busy = true;
    this.problem = null;
    try {
      const note = [wish, text('note')].filter(Boolean).join('\n');
      const asked = await api.aftercare.askReturn(this.orderId, this.token, { lines, note }, this.key);
      const lost = await this.sendPhotos(asked);
      this.dispatchEvent(new CustomEvent('sc-asked', { detail: { lost } }));
    } catch (error) {
      this.problem = asProblem(error);
      if (!this.problem.unanswered) this.key = newIdempotencyKey();
    } finally {
      this.busy = false;
    }
  };

  /** The request stands already; a photo that did not arrive can be added again at the order. */
  private async sendPhotos(asked: ReturnView): Promise<number> {
    let lost = 0;
    for (const file of this.photos) {
      await api.aftercare.addPhoto(asked.id, this.token, file).catch(() => {
        lost += 1;
      });
    }
    return lost;
  }

  private count(line: ReturnableLine, by: number): void {
    const next = Math.min(line.returnable, Math.max(0, (this.counts.get(line.line_id) ?? 0) + by));
    this.counts = new Map([...this.counts, [line.line_id, next]]);
    this.missing = '';
  }

  private line(line: ReturnableLine, causes: Returnable['causes']) {
    const chosen = this.counts.get(line.line_id) ?? 0;
    const title = line.variant_title ? `${line.title}, ${line.variant_title}` : line.title;
    return html`<li class="return-line">
      <div class="box-row">
        <span>${title}<br /><span class="small soft figures">${t('return.of', { n: line.returnable })}</span></span>
        <span class="stepper" role="group" aria-label=${t('return.how_many', { title })}>
          <sc-button icon="minus" label=${t('buy.less')} ?disabled=${chosen === 0} @click=${() => this.count(line, -1)}></sc-button>
          <output class="figures" aria-live="polite">${chosen}</output>
          <sc-button icon="plus" label=${t('buy.more')} ?disabled=${chosen >= line.returnable} @click=${() => this.count(line, 1)}></sc-button>
        </span>
      </div>
      ${
        chosen > 0
          ? html`<sc-field
              name=${`cause-${line.line_id}`}
              label=${t('return.why')}
              .choices=${causes.map((one) => ({ value: one.cause, label: one.label }))}
              value=${causes[0]?.cause ?? ''}
            ></sc-field>`
          : nothing
      }
    </li>`;
  }

  private readonly onPhotos = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const all = [...this.photos, ...(input.files ?? [])];
    const fitting = all.filter((one) => one.size <= MAX_PHOTO_BYTES).slice(0, MAX_PHOTOS);
    this.missing = fitting.length < all.length ? t('return.photos.limit', { n: MAX_PHOTOS }) : '';
    this.photos = fitting;
    input.value = '';
  };

  private photoField() {
    return html`<div class="field">
      <span class="label">${t('return.photos')}</span>
      <label class="file"
        ><input type="file" class="hidden-text" accept="image/jpeg,image/png,image/webp" multiple @change=${this.onPhotos} /><sc-icon
          name="image"
        ></sc-icon
        >${t('return.add_photos')}</label
      >
      ${
        this.photos.length > 0
          ? html`<ul>
              ${this.photos.map(
                (file) =>
                  html`<li class="box-row">
                    <span class="small">${file.name}</span
                    ><sc-button
                      variant="quiet"
                      size="s"
                      icon="x"
                      label=${t('return.photo.remove', { name: file.name })}
                      @click=${() => {
                        this.photos = this.photos.filter((one) => one !== file);
                      }}
                    ></sc-button>
                  </li>`,
              )}
            </ul>`
          : nothing
      }
    </div>`;
  }

  private wishField() {
    return html`<fieldset class="choices">
      <legend>${t('return.wish')}</legend>
      <label class="choice"><input type="radio" name="wish" value="money" checked />${t('return.wish.money')}</label>
      <label class="choice"><input type="radio" name="wish" value="exchange" />${t('return.wish.exchange')}</label>
      <sc-field name="wish_what" label=${t('return.wish.what')} optional maxlength="200"></sc-field>
    </fieldset>`;
  }

  private fields(choices: Returnable) {
    const lines = choices.lines.filter((one) => one.returnable > 0 && !one.gift);
    if (!choices.can_return || lines.length === 0) return html`<p>${t('return.nothing')}</p>`;
    return html`<form class="form" novalidate @submit=${this.onSend}>
      ${choices.return_until ? html`<p class="soft">${t('return.until', { day: day(choices.return_until) })}</p>` : nothing}
      <ul>${lines.map((one) => this.line(one, choices.causes))}</ul>
      ${this.wishField()} ${this.photoField()}
      <sc-field name="note" label=${t('return.note')} multiline optional maxlength="1500"></sc-field>
      <p class="small soft">${choices.shipping_paid_by === 'seller' ? t('return.shipping.seller') : t('return.shipping.buyer')}</p>
      ${this.missing ? html`<p class="form-error" role="alert">${this.missing}</p>` : nothing}
      ${this.problem ? html`<p class="form-error" role="alert">${words(this.problem)}</p>` : nothing}
      <sc-button variant="primary" type="submit" size="l" ?loading=${this.busy}>${this.sum(lines)}</sc-button>
    </form>`;
  }

  /** Whole lines have their exact worth; parts are worked out by the server when they are refunded. */
  private sum(lines: readonly ReturnableLine[]): string {
    const chosen = lines.filter((one) => (this.counts.get(one.line_id) ?? 0) > 0);
    const whole = chosen.every((one) => this.counts.get(one.line_id) === one.returnable);
    const first = chosen[0];
    if (!first || !whole) return t('return.send');
    const amount_minor = chosen.reduce((sum, one) => sum + one.value.amount_minor, 0);
    return t('return.send.worth', { amount: formatMoney({ ...first.value, amount_minor }) });
  }

  override render() {
    return html`<sc-sheet placement="side" heading=${t('return.heading')} ?open=${this.open} @sc-close=${() => this.close()}>
      ${
        !this.open
          ? nothing
          : this.choices
            ? this.fields(this.choices)
            : this.problem
              ? html`<p class="form-error" role="alert">${words(this.problem)}</p>
                  <sc-button icon="refresh-cw" @click=${() => void this.load()}>${t('action.retry')}</sc-button>`
              : html`<sc-skeleton class="skeleton-row"></sc-skeleton><sc-skeleton class="skeleton-row"></sc-skeleton>`
      }
    </sc-sheet>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'sc-return-sheet': ScReturnSheet;
  }
}
