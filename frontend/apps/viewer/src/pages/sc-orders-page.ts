/** The list of one's own orders: newest first, searched by the server, a page at a time. */
import type { Order, Page as Paged } from '@shopcast/api-client';
import { dateTime, formatMoney, t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import '../messages/order.ts';
import { orderAgain } from '../order/again.ts';
import { stage } from '../order/story.ts';
import { stageTag } from '../order/timeline.ts';
import '../orders.css';
import { queryValue } from '../shell.ts';
import { api, Page } from './page.ts';

/** A pause in typing this long means the word is whole. */
const PAUSE_MS = 300;

@customElement('sc-orders-page')
export class ScOrdersPage extends Page<Paged<Order>> {
  @state() private words = queryValue('q').trim();
  @state() private searching = false;
  private timer = 0;
  private asked = 0;

  protected load(): Promise<Paged<Order>> {
    return api.sales.orders(this.words);
  }

  protected skeleton(): TemplateResult {
    return html`<main class="page medium" id="content" aria-busy="true">
      <h1>${t('orders.title')}</h1>
      ${[1, 2, 3].map(() => html`<sc-skeleton class="skeleton-row"></sc-skeleton>`)}
    </main>`;
  }

  private type(words: string): void {
    this.words = words.trim();
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.search(), PAUSE_MS);
  }

  /** Answers may come in another order than they were asked for: only the last question counts. */
  private async search(): Promise<void> {
    const asked = ++this.asked;
    this.searching = true;
    const address = this.words ? `?q=${encodeURIComponent(this.words)}` : location.pathname;
    history.replaceState(null, '', address);
    await this.act('search', async () => {
      const found = await this.load();
      if (asked === this.asked) this.data = found;
      return undefined;
    });
    if (asked === this.asked) this.searching = false;
  }

  private async more(): Promise<undefined> {
    const data = this.data as Paged<Order>;
    const next = await api.sales.orders(this.words, data.next_cursor ?? undefined);
    this.data = { items: [...data.items, ...next.items], next_cursor: next.next_cursor };
    return undefined;
  }

  private card(order: Order) {
    const first = order.lines[0];
    const pieces = order.lines.reduce((sum, line) => sum + line.quantity, 0);
    const others = order.lines.length - 1;
    const title = first
      ? others > 0
        ? t('orders.and_more', { title: first.title, n: others })
        : first.title
      : order.number;
    return html`<li class="order-row">
      <a class="order-card" href=${`/orders/${order.id}`}>
        <span class="blank figures">${first?.number ?? ''}</span>
        <span>
          <strong>${title}</strong><br />
          <span class="small soft figures">${order.number} · ${dateTime(order.placed_at)} · ${t('order.pieces', { n: pieces })} · ${order.seller.name}</span><br />
          ${stageTag(stage(order))}
        </span>
        <strong class="figures">${formatMoney(order.totals.total)}</strong>
      </a>
      <sc-button
        variant="quiet"
        size="s"
        icon="repeat"
        label=${t('order.again.item', { number: order.number })}
        ?loading=${this.busy === order.id}
        @click=${() => void this.act(order.id, () => orderAgain(order.id, '').then(() => undefined))}
        >${t('order.again')}</sc-button
      >
    </li>`;
  }

  private searchField() {
    return html`<form class="searchbar" role="search" @submit=${(event: Event) => event.preventDefault()}>
      <input
        type="search"
        maxlength="200"
        autocomplete="off"
        aria-label=${t('orders.search')}
        placeholder=${t('orders.search')}
        .value=${this.words}
        @input=${(event: Event) => this.type((event.target as HTMLInputElement).value)}
      />
    </form>`;
  }

  private nothing() {
    if (this.words)
      return html`<sc-empty icon="search" heading=${t('orders.none', { q: this.words })} text=${t('orders.none.next')}></sc-empty>`;
    return html`<sc-empty icon="package" heading=${t('orders.empty')} text=${t('orders.empty.next')}
      ><sc-button variant="primary" href="/">${t('home.live')}</sc-button></sc-empty
    >`;
  }

  protected body(): TemplateResult {
    const { items, next_cursor } = this.data as Paged<Order>;
    const any = items.length > 0 || this.words !== '';
    return html`<main class="page medium" id="content">
      <div class="list-head">
        <h1>${t('orders.title')}</h1>
        <sc-button variant="quiet" size="s" icon="bell" href="/standing">${t('orders.standing')}</sc-button>
        <sc-button variant="quiet" size="s" icon="repeat" href="/subscriptions">${t('orders.subscriptions')}</sc-button>
      </div>
      ${any ? this.searchField() : nothing}
      <div aria-live="polite" aria-busy=${this.searching ? 'true' : 'false'}>
        ${items.length === 0 ? this.nothing() : html`<ul>${items.map((one) => this.card(one))}</ul>`}
      </div>
      ${
        next_cursor
          ? html`<p><sc-button ?loading=${this.busy === 'more'} @click=${() => void this.act('more', () => this.more())}>${t('action.more')}</sc-button></p>`
          : nothing
      }
    </main>`;
  }
}
