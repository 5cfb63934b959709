// One order as a story: what happened when, what the buyer saw and heard, what is still to do, and where the money went.
import { clockTime, dateTime, day, language, relative, t } from '@shopcast/format';
import '@shopcast/ui/controls/menu.ts';
import type { MenuEntry } from '@shopcast/ui/controls/index.ts';
import { stats } from '@shopcast/ui/controls/stat.ts';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { Loader } from '../../app/loader.ts';
import { href } from '../../app/router.ts';
import { Screen } from '../../app/screen.ts';
import { type Chapter, orderStory } from '../../lib/order_story.ts';
import type { Order, OrderProgress } from '../../types.ts';
import { money, orderState } from '../words.ts';
import './cancel_form.ts';
import { orderLines, orderSums } from './order_lines.ts';
import './refund_form.ts';
import './restrict_form.ts';
import './ship_form.ts';
import './shipments.ts';

type Sheet = 'ship' | 'cancel' | 'refund' | 'restrict';

@customElement('screen-order')
export class ScreenOrder extends Screen {
  @state() private sheet: Sheet | null = null;
  readonly #order = new Loader<Order>(this, (signal) =>
    this.app.api.get<Order>(this.app.org(`/orders/${this.param('id')}`), undefined, signal),
  );
  readonly #progress = new Loader<OrderProgress>(this, (signal) =>
    this.app.api.get<OrderProgress>(this.app.org(`/orders/${this.param('id')}/progress`), undefined, signal),
  );

  override render() {
    return html`<div class="page" @order-changed=${this.#reload}><a class="back" href=${href('/orders')}><sc-icon name="arrow-left"></sc-icon>${t('nav.orders')}</a>${this.#order.view((order) => this.#detail(order))}</div>`;
  }

  readonly #reload = () => {
    void this.#order.load();
    void this.#progress.load();
  };

  #detail(order: Order): TemplateResult {
    const progress = this.#progress.value;
    return html`<div class="page-head"><div class="titles stack tight"><div class="line wrap"><h1 class="number">${order.number}</h1>${orderState(order.state)}</div><span class="small soft">${dateTime(order.placed_at)} · ${order.email}</span></div>
        <div class="actions">${this.#actions(order, progress)}</div></div>
      <section class="panel">${this.#money(order)}</section>
      <div class="sides"><div class="stack loose">${orderLines(order, progress)}
          <section class="panel"><div class="panel-head"><h2>${t('ship.parcels')}</h2>${order.return_until ? html`<span class="small soft">${t('order.return_until', { when: day(order.return_until) })}</span>` : nothing}</div>
            ${this.#progress.view((now) => html`<order-shipments .app=${this.app} .order=${order} .progress=${now}></order-shipments>`, 2)}</section></div>
        <div class="stack loose">
          <section class="panel"><h2>${t('order.story')}</h2><ol class="story">${orderStory(order, progress, money).map((one) => this.#chapter(one))}</ol></section>
          ${orderSums(order)}
          <section class="panel"><div class="panel-head"><h2>${t('order.ship_to')}</h2>${order.receipt_url ? html`<sc-button size="s" icon="file-text" href=${this.app.org(`/orders/${order.id}/receipt.pdf`)}>${t('order.receipt')}</sc-button>` : nothing}</div>${this.#address(order)}</section>
        </div></div>
      ${progress ? this.#sheets(order, progress) : nothing}`;
  }

  #chapter(chapter: Chapter): TemplateResult {
    const words = t(chapter.key, {
      ...chapter.params,
      source: chapter.params.source ? t(`source.${chapter.params.source}`) : '',
    });
    const isOwn = chapter.href?.startsWith('/') ?? false;
    return html`<li class=${chapter.tone}><span>${chapter.href ? html`<a href=${isOwn ? href(chapter.href) : chapter.href} target=${isOwn ? '' : '_blank'} rel="noopener">${words}</a>` : words}</span><time class="small soft number" datetime=${chapter.at} title=${relative(chapter.at, Date.now())}>${dateTime(
      chapter.at,
    )
      .split(/[\d]{1,2}:/, 1)
      .join('')}${clockTime(chapter.at)}</time></li>`;
  }

  /** What can be done now stands first; what takes money or goods back stands last. */
  #actions(order: Order, progress: OrderProgress | null): TemplateResult {
    const can = progress?.can;
    const open = (sheet: Sheet) => () => {
      this.sheet = sheet;
    };
    return html`
      ${can?.ship ? html`<sc-button size="s" variant="primary" icon="truck" @click=${open('ship')}>${t('ship.open')}</sc-button>` : nothing}
      ${can?.pack ? html`<sc-button size="s" icon="package" @click=${this.#pack}>${t('order.pack')}</sc-button>` : nothing}
      ${can?.cancel_lines ? html`<sc-button size="s" icon="x" @click=${open('cancel')}>${t('cancel.open')}</sc-button>` : nothing}
      ${can?.refund ? html`<sc-button size="s" variant="danger" icon="undo-2" @click=${open('refund')}>${t('order.refund')}</sc-button>` : nothing}
      <shopcast-menu label=${t('order.more')} .face=${html`<sc-icon name="ellipsis"></sc-icon>`} .entries=${this.#more(order)}></shopcast-menu>`;
  }

  #more(order: Order): MenuEntry[] {
    const entries: MenuEntry[] = [
      { label: t('order.slip'), run: () => this.app.router.go(`/orders/${order.id}/slip`) },
    ];
    if (order.can.resend) entries.push({ label: t('order.resend'), run: this.#resend });
    if (this.app.canManage())
      entries.push({
        label: t('restrict.open'),
        run: () => {
          this.sheet = 'restrict';
        },
        danger: true,
      });
    return entries;
  }

  #sheets(order: Order, progress: OrderProgress): TemplateResult {
    const close = () => {
      this.sheet = null;
    };
    const forms: Record<Sheet, TemplateResult> = {
      ship: html`<ship-form .app=${this.app} .order=${order} .progress=${progress} @sheet-done=${close}></ship-form>`,
      cancel: html`<cancel-form .app=${this.app} .order=${order} .progress=${progress} @sheet-done=${close}></cancel-form>`,
      refund: html`<refund-form .app=${this.app} .order=${order} .progress=${progress} @sheet-done=${close}></refund-form>`,
      restrict: html`<restrict-form .app=${this.app} .order=${order} .progress=${progress} @sheet-done=${close}></restrict-form>`,
    };
    const headings: Record<Sheet, string> = {
      ship: t('ship.heading'),
      cancel: t('cancel.open'),
      refund: t('refund.heading'),
      restrict: t('restrict.open'),
    };
    return html`<sc-sheet placement="side" heading=${this.sheet ? headings[this.sheet] : ''} .open=${this.sheet !== null} @sc-close=${close}>${this.sheet ? forms[this.sheet] : nothing}</sc-sheet>`;
  }

  #money(order: Order): TemplateResult {
    const { totals } = order;
    const taken = [
      totals.tax.amount_minor > 0 && t('order.of_tax', { amount: money(totals.tax) }),
      totals.shipping.amount_minor > 0 && t('order.of_shipping', { amount: money(totals.shipping) }),
      order.refunded.amount_minor > 0 && t('order.of_refunds', { amount: money(order.refunded) }),
    ]
      .filter(Boolean)
      .join(' · ');
    return html`${stats([
      {
        label: t('order.gross'),
        value: money(totals.total),
        definition: t('order.gross_definition'),
      },
      {
        label: t('order.taken'),
        value: money(takenOf(order)),
        note: taken,
        definition: t('order.taken_definition'),
      },
      {
        label: t('order.kept'),
        value: money(keptOf(order)),
        tone: 'gain',
        definition: t('order.kept_definition'),
      },
    ])}<div><a href=${href(`/money?order=${order.id}`)}>${t('order.entries')}</a></div>`;
  }

  #address(order: Order): TemplateResult {
    const { address } = order;
    if (!address) return html`<p class="soft">${t('order.no_address')}</p>`;
    return html`<address>${addressRows(address).map((row) => html`${row}<br />`)}</address>`;
  }

  readonly #resend = () => {
    void this.app.act(() => this.app.api.post(this.app.org(`/orders/${this.param('id')}/resend-link`)), {
      done: t('order.resent'),
    });
  };

  readonly #pack = async () => {
    const path = this.app.org(`/orders/${this.param('id')}/pack`);
    if (await this.app.act(() => this.app.api.post(path), { done: t('order.packed') })) this.#reload();
  };
}

export function addressRows(address: Order['address']): string[] {
  return [
    address.name,
    address.line1,
    address.line2,
    `${address.postal_code ?? ''} ${address.city ?? ''}`.trim(),
    address.region,
    countryName(address.country),
  ].filter((row): row is string => Boolean(row));
}

/** What stays with the seller: nothing before it is paid, never below zero after a refund. */
function keptOf(order: Order) {
  const { total, tax, shipping } = order.totals;
  const paid = order.state === 'paid' || order.state === 'refunded';
  const kept = paid ? total.amount_minor - tax.amount_minor - shipping.amount_minor - order.refunded.amount_minor : 0;
  return { ...total, amount_minor: Math.max(0, kept) };
}

function takenOf(order: Order) {
  return { ...order.totals.total, amount_minor: order.totals.total.amount_minor - keptOf(order).amount_minor };
}

function countryName(code: string | undefined): string | undefined {
  return code === undefined ? undefined : new Intl.DisplayNames(language(), { type: 'region' }).of(code);
}
