// The parcels of an order: what is in each, where it is, and what was pressed by mistake taken back in time.
import { dateTime, t } from '@shopcast/format';
import { badge } from '@shopcast/ui/controls/badge.ts';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Shipment } from '../../types.ts';
import { OrderPart } from './order_part.ts';

@customElement('order-shipments')
export class OrderShipments extends OrderPart {
  @state() private changing: string | null = null;
  @state() private draft = { carrier: '', number: '', url: '' };
  @state() private busy: string | null = null;

  override render() {
    const parcels = this.progress.shipments;
    if (parcels.length === 0) return html`<p class="soft">${t('ship.none')}</p>`;
    return html`<ul class="plain-list">${parcels.map((parcel) => this.#parcel(parcel))}</ul>`;
  }

  #parcel(parcel: Shipment): TemplateResult {
    const isUndone = parcel.state === 'undone';
    const label = parcel.tracking_number || t('ship.no_number');
    return html`<li class="top"><div class="stack tight grow">
        <span class="line wrap"><strong class="number">${t('ship.parcel', { n: parcel.number })}</strong>${badge(parcel.state === 'delivered' ? 'good' : 'plain', t(`shipment_state.${parcel.state}`))}</span>
        <span class="number">${parcel.carrier} ${parcel.tracking_url ? html`<a href=${parcel.tracking_url} target="_blank" rel="noopener">${label}</a>` : html`<span class="soft">${label}</span>`}</span>
        <span class="small soft">${parcel.lines.map((line) => `${line.quantity} × ${line.title} ${line.variant_title}`.trim()).join(', ')}</span>
        <span class="small soft number">${t('pack.sent_at', { when: dateTime(parcel.shipped_at) })}${parcel.delivered_at ? ` · ${t('pack.delivered_at', { when: dateTime(parcel.delivered_at) })}` : nothing}</span>
        ${this.changing === parcel.id ? this.#form(parcel) : isUndone ? nothing : this.#acts(parcel)}</div></li>`;
  }

  #acts(parcel: Shipment): TemplateResult {
    return html`<div class="line wrap">
      <sc-button size="s" icon="pencil" @click=${() => {
        this.changing = parcel.id;
        this.draft = {
          carrier: parcel.carrier,
          number: parcel.tracking_number,
          url: parcel.tracking_url ?? '',
        };
      }}>${t('ship.change')}</sc-button>
      ${parcel.state === 'shipped' ? html`<sc-button size="s" icon="check" ?loading=${this.busy === `delivered-${parcel.id}`} @click=${() => this.#post(parcel, 'delivered', t('ship.delivered'))}>${t('ship.mark_delivered')}</sc-button>` : nothing}
      ${parcel.undo_until && Date.parse(parcel.undo_until) > Date.now() ? html`<sc-button size="s" icon="undo-2" ?loading=${this.busy === `undo-${parcel.id}`} @click=${() => this.#post(parcel, 'undo', t('ship.undone'))}>${t('ship.undo')}</sc-button>` : nothing}</div>`;
  }

  #form(parcel: Shipment): TemplateResult {
    const set = (name: keyof typeof this.draft) => (event: Event) => {
      this.draft = { ...this.draft, [name]: (event.target as HTMLInputElement).value };
    };
    return html`<form class="form" novalidate @submit=${(event: SubmitEvent) => this.#save(event, parcel)}>
      <div class="row"><sc-field label=${t('ship.carrier')} maxlength="40" .value=${this.draft.carrier} @input=${set('carrier')}></sc-field>
      <sc-field label=${t('ship.number')} maxlength="60" .value=${this.draft.number} @input=${set('number')}></sc-field></div>
      <sc-field label=${t('ship.url')} optional type="url" maxlength="500" .value=${this.draft.url} @input=${set('url')}></sc-field>
      <div class="form-foot"><sc-button type="submit" variant="primary" ?loading=${this.busy === parcel.id}>${t('action.save')}</sc-button><sc-button variant="quiet" @click=${() => {
        this.changing = null;
      }}>${t('action.cancel')}</sc-button></div></form>`;
  }

  async #post(parcel: Shipment, verb: string, done: string): Promise<void> {
    this.busy = `${verb}-${parcel.id}`;
    await this.send(() => this.app.api.post(this.path(`/shipments/${parcel.id}/${verb}`)), { done });
    this.busy = null;
  }

  async #save(event: SubmitEvent, parcel: Shipment): Promise<void> {
    event.preventDefault();
    this.busy = parcel.id;
    const body = {
      carrier: this.draft.carrier.trim(),
      tracking_number: this.draft.number.trim(),
      tracking_url: this.draft.url.trim() || null,
    };
    const sent = await this.send(() => this.app.api.patch(this.path(`/shipments/${parcel.id}`), body), {
      done: t('state.saved'),
    });
    this.busy = null;
    if (sent) this.changing = null;
  }
}
