// The parcel is on the table: how many of each came, and what is known of the rest.
import { t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { type ReceiveRow, receiveBody, receiveRows } from '../../lib/return_steps.ts';
import { wholeNumber } from '../../lib/whole_number.ts';
import type { Reception, ReturnItemView } from '../../types.ts';
import { ReturnPart } from './return_part.ts';

const OTHERS: readonly Reception[] = ['awaiting', 'in_transit', 'lost_in_transit', 'wrong_item'];

@customElement('return-receive')
export class ReturnReceive extends ReturnPart {
  @state() private rows: ReceiveRow[] | null = null;
  @state() private busy = false;

  /** What has arrived in full is not asked about again. */
  get #awaited(): ReturnItemView[] {
    return this.view.items.filter((item) => item.received < item.quantity && item.acceptance === 'pending');
  }

  override render() {
    const items = this.#awaited;
    const rows = this.rows ?? receiveRows(items);
    const body = receiveBody(rows, items);
    return html`<section class="panel next-step"><h2>${t('returns.receive')}</h2><p class="soft">${t('returns.receive_text')}</p>
      <ul class="plain-list">${items.map((item) => this.#row(item, rows))}</ul>
      <div><sc-button variant="primary" icon="package" ?disabled=${body === null} ?loading=${this.busy} @click=${() => this.#save(rows, items)}>${t('returns.receive_do')}</sc-button></div></section>`;
  }

  #row(item: ReturnItemView, rows: ReceiveRow[]): TemplateResult | typeof nothing {
    const row = rows.find((one) => one.itemId === item.id);
    if (!row) return nothing;
    const change = (next: Partial<ReceiveRow>) => {
      this.rows = rows.map((one) => (one.itemId === item.id ? { ...one, ...next } : one));
    };
    const received = wholeNumber(row.received, 0, item.quantity);
    return html`<li class="fold"><span class="grow"><strong>${item.title}</strong> <span class="soft">${item.variant_title}</span></span>
      <sc-field class="count-field" label=${t('returns.came_of', { of: item.quantity })} inputmode="numeric" .value=${row.received} .error=${received === null ? t('returns.came_wrong', { n: item.quantity }) : ''} @input=${(event: Event) => change({ received: (event.target as HTMLInputElement).value })}></sc-field>
      ${
        received !== null && received < item.quantity
          ? html`<sc-field label=${t('returns.others')} .value=${row.others} .choices=${OTHERS.map((value) => ({ value, label: t(`reception.${value}`) }))} @change=${(
              event: Event,
            ) => change({ others: (event.target as HTMLSelectElement).value as Reception })}></sc-field>`
          : nothing
      }</li>`;
  }

  async #save(rows: ReceiveRow[], items: ReturnItemView[]): Promise<void> {
    const body = receiveBody(rows, items);
    if (body === null) return;
    this.busy = true;
    if (await this.send('receive', body, { done: t('returns.received') })) this.rows = null;
    this.busy = false;
  }
}
