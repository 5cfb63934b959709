// The packing slip that lies in the parcel: what is in it and for whom, without a price; made to be printed.
import { day, t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { Loader } from '../../app/loader.ts';
import { href } from '../../app/router.ts';
import { Screen } from '../../app/screen.ts';
import type { Order, OrderProgress } from '../../types.ts';
import { addressRows } from './order.ts';

@customElement('screen-slip')
export class ScreenSlip extends Screen {
  readonly #slip = new Loader<{ order: Order; progress: OrderProgress }>(this, async (signal) => {
    const path = this.app.org(`/orders/${this.param('id')}`);
    const [order, progress] = await Promise.all([
      this.app.api.get<Order>(path, undefined, signal),
      this.app.api.get<OrderProgress>(`${path}/progress`, undefined, signal),
    ]);
    return { order, progress };
  });

  override render() {
    return html`<div class="page paper"><div class="toolbar screen-only"><a class="back" href=${href(`/orders/${this.param('id')}`)}><sc-icon name="arrow-left"></sc-icon>${t('slip.back')}</a>
      <sc-button class="push" variant="primary" icon="file-text" @click=${() => print()}>${t('pick.print')}</sc-button></div>${this.#slip.view(({ order, progress }) => this.#sheet(order, progress))}</div>`;
  }

  #sheet(order: Order, progress: OrderProgress): TemplateResult {
    const lines = order.lines.flatMap((line) => {
      const far = progress.lines.find((one) => one.line_id === line.id);
      const left = far?.to_ship ?? line.quantity;
      // After everything left, the slip of the whole order is what a person prints again.
      const shown = progress.can.ship ? left : line.quantity - (far?.cancelled ?? 0);
      return shown > 0 ? [{ line, shown }] : [];
    });
    return html`<article class="slip"><header class="line between"><div class="stack tight"><h1>${order.seller.name}</h1><span class="small soft wrapped">${order.seller.legal_identity}</span></div>
        <div class="stack tight end"><strong class="number big nowrap">${order.number}</strong><span class="small soft">${day(order.placed_at)}</span></div></header>
      <section class="stack tight"><h2>${t('order.ship_to')}</h2><address>${addressRows(order.address).map((row) => html`${row}<br />`)}</address></section>
      <table class="slip-table"><thead><tr><th scope="col">${t('order.units')}</th><th scope="col">${t('order.what')}</th><th scope="col">SKU</th></tr></thead>
        <tbody>${lines.map(({ line, shown }) => html`<tr><td class="number big">${shown}</td><td>${line.title}${line.variant ? html` <span class="soft">${line.variant}</span>` : nothing}${line.gift ? html` · ${t('order.gift')}` : nothing}</td><td class="number sku">${line.sku}</td></tr>`)}</tbody></table>
      <p class="small soft">${t('slip.returns')}</p></article>`;
  }
}
