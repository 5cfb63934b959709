/** The list of one's own orders. */
import type { Order, Page as Paged } from '@shopcast/api-client';
import { dateTime, t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { api, Page } from './page.ts';
import '../messages/order.ts';

export function stateTag(state: Order['state']) {
  return html`<span class="tag ${state === 'refunded' ? 'gain' : ''}">${t(`order.state.${state}`)}</span>`;
}

@customElement('sc-orders-page')
export class ScOrdersPage extends Page<Paged<Order>> {
  protected load(): Promise<Paged<Order>> {
    return api.sales.orders();
  }

  protected skeleton(): TemplateResult {
    return html`<main class="page medium" id="content" aria-busy="true">
      <h1>${t('orders.title')}</h1>
      ${[1, 2, 3].map(() => html`<sc-skeleton class="skeleton-row"></sc-skeleton>`)}
    </main>`;
  }

  private async more(): Promise<undefined> {
    const data = this.data as Paged<Order>;
    const next = await api.sales.orders(data.next_cursor ?? undefined);
    this.data = { items: [...data.items, ...next.items], next_cursor: next.next_cursor };
    return undefined;
  }

  private card(order: Order) {
    const first = order.lines[0];
    const pieces = order.lines.reduce((sum, line) => sum + line.quantity, 0);
    return html`<a class="order-card" href=${`/orders/${order.id}`}>
      <span class="blank figures">${first?.number ?? ''}</span>
      <span>
        <strong>${first?.title ?? order.number}</strong><br />
        <span class="small soft figures">${order.number} · ${dateTime(order.placed_at)} · ${t('order.pieces', { n: pieces })}</span><br />
        ${stateTag(order.state)}
      </span>
      <sc-money minor=${order.totals.total.amount_minor} currency=${order.totals.total.currency}></sc-money>
    </a>`;
  }

  protected body(): TemplateResult {
    const { items, next_cursor } = this.data as Paged<Order>;
    return html`<main class="page medium" id="content">
      <h1>${t('orders.title')}</h1>
      ${
        items.length === 0
          ? html`<sc-empty icon="package" heading=${t('orders.empty')} text=${t('orders.empty.next')}
              ><sc-button variant="primary" href="/">${t('home.live')}</sc-button></sc-empty
            >`
          : items.map((one) => this.card(one))
      }
      ${next_cursor ? html`<p><sc-button ?loading=${this.busy === 'more'} @click=${() => void this.act('more', () => this.more())}>${t('action.more')}</sc-button></p>` : nothing}
    </main>`;
  }
}
