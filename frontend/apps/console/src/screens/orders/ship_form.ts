// A parcel that leaves: what is in it, who carries it, under which number.
import { newIdempotencyKey } from '@shopcast/api-client';
import { t } from '@shopcast/format';
import { html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { allOf, type Countable, type Counts, chosen } from '../../lib/line_counts.ts';
import type { Shipment } from '../../types.ts';
import { countLines } from './count_lines.ts';
import { OrderPart } from './order_part.ts';

/** Those whose own page a number opens; others are written by hand. */
const CARRIERS = ['DHL', 'UPS', 'FedEx', 'DPD', 'GLS', 'Hermes', 'USPS', 'SF', '顺丰'];
const LAST_CARRIER_KEY = 'shopcast.carrier';

@customElement('ship-form')
export class ShipForm extends OrderPart {
  @state() private counts: Counts | null = null;
  @state() private draft = { carrier: localStorage.getItem(LAST_CARRIER_KEY) ?? '', number: '', url: '' };
  @state() private busy = false;
  /** One parcel is one key: pressing twice, or again after a lost answer, makes one. */
  readonly #key = newIdempotencyKey();

  get #lines(): Countable[] {
    return this.progress.lines
      .filter((line) => line.to_ship > 0)
      .map((line) => ({ lineId: line.line_id, title: line.title, variant: line.variant_title, most: line.to_ship }));
  }

  override render() {
    const lines = this.#lines;
    const counts = this.counts ?? allOf(lines);
    const picked = chosen(lines, counts);
    const set = (name: keyof typeof this.draft) => (event: Event) => {
      this.draft = { ...this.draft, [name]: (event.target as HTMLInputElement).value };
    };
    return html`<form class="form" novalidate @submit=${this.#save}>
      ${countLines(lines, counts, (next) => {
        this.counts = next;
      })}
      <div class="stack tight"><sc-field label=${t('ship.carrier')} optional maxlength="40" .value=${this.draft.carrier} @input=${set('carrier')}></sc-field>
      <div class="chips" role="group" aria-label=${t('ship.carrier')}>${CARRIERS.map(
        (name) =>
          html`<button type="button" class="chip" aria-pressed=${this.draft.carrier.trim().toLowerCase() === name.toLowerCase() ? 'true' : 'false'} @click=${() => {
            this.draft = { ...this.draft, carrier: name };
          }}>${name}</button>`,
      )}</div></div>
      <sc-field label=${t('ship.number')} optional maxlength="60" hint=${t('ship.number_hint')} .value=${this.draft.number} @input=${set('number')}></sc-field>
      <sc-field label=${t('ship.url')} optional type="url" maxlength="500" hint=${t('ship.url_hint')} .value=${this.draft.url} @input=${set('url')}></sc-field>
      <div class="form-foot"><sc-button type="submit" variant="primary" icon="truck" ?disabled=${picked === null} ?loading=${this.busy}>${picked ? t(picked.isAll ? 'ship.do_all' : 'ship.do', { n: picked.units }) : t('ship.open')}</sc-button></div></form>`;
  }

  readonly #save = async (event: SubmitEvent) => {
    event.preventDefault();
    const lines = this.#lines;
    const picked = chosen(lines, this.counts ?? allOf(lines));
    if (!picked || this.busy) return;
    this.busy = true;
    const { carrier, number, url } = this.draft;
    const body = {
      lines: picked.lines,
      carrier: carrier.trim(),
      tracking_number: number.trim(),
      tracking_url: url.trim() || null,
    };
    const sent = await this.app.act(() => this.app.api.post<Shipment>(this.path('/shipments'), body, this.#key), {
      done: t('ship.sent'),
    });
    this.busy = false;
    if (!sent) return;
    localStorage.setItem(LAST_CARRIER_KEY, body.carrier);
    this.dispatchEvent(new CustomEvent('sheet-done'));
    this.changed();
  };
}
