// Pieces that will not be sent: they go back to stock and their money to the buyer; the exact sum first.
import { newIdempotencyKey } from '@shopcast/api-client';
import { t } from '@shopcast/format';
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { asProblem, problemText } from '../../app/problem.ts';
import { debounce } from '../../lib/debounce.ts';
import { allOf, type Countable, type Counts, chosen } from '../../lib/line_counts.ts';
import type { RefundPreview } from '../../types.ts';
import { money } from '../words.ts';
import { countLines } from './count_lines.ts';
import { OrderPart } from './order_part.ts';

@customElement('cancel-form')
export class CancelForm extends OrderPart {
  @state() private counts: Counts | null = null;
  @state() private preview: RefundPreview | null = null;
  @state() private problem = '';
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
      .filter((line) => line.to_ship > 0)
      .map((line) => ({ lineId: line.line_id, title: line.title, variant: line.variant_title, most: line.to_ship }));
  }

  async #load(): Promise<void> {
    const picked = chosen(this.#lines, this.counts ?? allOf(this.#lines));
    this.#asked += 1;
    const turn = this.#asked;
    this.preview = null;
    if (!picked) return;
    try {
      const preview = await this.app.api.post<RefundPreview>(this.path('/cancel/preview'), { lines: picked.lines });
      if (turn !== this.#asked) return;
      this.preview = preview;
      this.problem = '';
    } catch (error) {
      if (turn === this.#asked) this.problem = problemText(asProblem(error));
    }
  }

  override render() {
    const lines = this.#lines;
    const counts = this.counts ?? allOf(lines);
    const picked = chosen(lines, counts);
    const { preview } = this;
    return html`<form class="form" novalidate @submit=${this.#save}><p class="soft">${t('cancel.text')}</p>
      ${countLines(lines, counts, (next) => {
        this.counts = next;
        this.#key = newIdempotencyKey();
        this.#ask(undefined);
      })}
      ${preview ? html`<dl class="sum number" aria-live="polite"><dt>${t('refund.of_goods')}</dt><dd>${money(preview.goods)}</dd><dt>${t('refund.of_shipping')}</dt><dd>${money(preview.shipping)}</dd><dt>${t('refund.of_tax')}</dt><dd>${money(preview.tax)}</dd><dt class="total">${t('refund.gives')}</dt><dd class="total">${money(preview.amount)}</dd></dl>` : nothing}
      ${this.problem ? html`<div class="notice danger" role="alert">${this.problem}</div>` : nothing}
      <div class="form-foot"><sc-button type="submit" variant="danger" ?disabled=${!picked || !preview} ?loading=${this.busy}>${picked ? t(picked.isAll ? 'cancel.do_all' : 'cancel.do', { n: picked.units }) : t('cancel.open')}</sc-button></div></form>`;
  }

  readonly #save = async (event: SubmitEvent) => {
    event.preventDefault();
    const picked = chosen(this.#lines, this.counts ?? allOf(this.#lines));
    if (!picked || !this.preview || this.busy) return;
    this.busy = true;
    const sent = await this.app.act(() => this.app.api.post(this.path('/cancel'), { lines: picked.lines }, this.#key), {
      done: t('cancel.done', { n: picked.units }),
    });
    this.busy = false;
    if (!sent) return;
    this.dispatchEvent(new CustomEvent('sheet-done'));
    this.changed();
  };
}
