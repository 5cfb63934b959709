// One order as a story: what happened when, what the buyer saw and heard, and where the money went.
import { clockTime, dateTime, language, relative, t } from '@shopcast/format';
import { stats } from '@shopcast/ui/controls/stat.ts';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { ask } from '../../app/confirm.ts';
import { Loader } from '../../app/loader.ts';
import { href } from '../../app/router.ts';
import { Screen } from '../../app/screen.ts';
import { orderStory } from '../../lib/order_story.ts';
import type { Order } from '../../types.ts';
import { money, orderState } from '../words.ts';
import { evidence } from './evidence.ts';

@customElement('screen-order')
export class ScreenOrder extends Screen {
  @state() private busy = false;
  readonly #order = new Loader<Order>(this, (signal) =>
    this.app.api.get<Order>(this.app.org(`/orders/${this.param('id')}`), undefined, signal),
  );

  override render() {
    return html`<div class="page"><a class="back" href=${href('/orders')}><sc-icon name="arrow-left"></sc-icon>${t('nav.orders')}</a>${this.#order.view((order) => this.#detail(order))}</div>`;
  }

  #detail(order: Order): TemplateResult {
    return html`<div class="page-head"><div class="titles stack tight"><div class="line wrap"><h1 class="number">${order.number}</h1>${orderState(order.state)}</div><span class="small soft">${dateTime(order.placed_at)} · ${order.email}</span></div>
        <div class="actions">${order.receipt_url ? html`<sc-button size="s" icon="file-text" href=${order.receipt_url}>${t('order.receipt')}</sc-button>` : nothing}${order.can?.resend ? html`<sc-button size="s" icon="mail" @click=${this.#resend}>${t('order.resend')}</sc-button>` : nothing}
          ${order.state === 'paid' && order.packed_at === null ? html`<sc-button size="s" icon="package" @click=${this.#pack}>${t('order.pack')}</sc-button>` : nothing}
          ${order.state === 'paid' && this.app.canManage() ? html`<sc-button size="s" variant="danger" icon="undo-2" ?loading=${this.busy} @click=${() => this.#refund(order)}>${t('order.refund')}</sc-button>` : nothing}</div></div>
      <section class="panel">${this.#money(order)}</section>
      <div class="sides"><div class="stack loose">${order.lines.map((line) => evidence(line))}</div>
        <div class="stack loose">
          <section class="panel"><h2>${t('order.story')}</h2><ol class="story">${orderStory(order, money).map(
            (chapter) =>
              html`<li class=${chapter.tone}><span>${t(chapter.key, { ...chapter.params, source: chapter.params.source ? t(`source.${chapter.params.source}`) : '' })}</span><time class="small soft number" datetime=${chapter.at} title=${relative(chapter.at, Date.now())}>${dateTime(
                chapter.at,
              )
                .split(/[\d]{1,2}:/, 1)
                .join('')}${clockTime(chapter.at)}</time></li>`,
          )}</ol></section>
          <section class="panel"><h2>${t('order.ship_to')}</h2>${this.#address(order)}</section>
        </div></div>`;
  }

  #money(order: Order): TemplateResult {
    const { totals } = order;
    const taken = [
      totals.tax && t('order.of_tax', { amount: money(totals.tax) }),
      totals.shipping && t('order.of_shipping', { amount: money(totals.shipping) }),
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
    const lines = [
      address.name,
      address.line1,
      address.line2,
      `${address.postal_code ?? ''} ${address.city ?? ''}`.trim(),
      address.region,
      countryName(address.country),
    ].filter(Boolean);
    return html`<address>${lines.map((line) => html`${line}<br />`)}</address>`;
  }

  readonly #resend = () => {
    void this.app.act(() => this.app.api.post(this.app.org(`/orders/${this.param('id')}/resend-link`)), {
      done: t('order.resent'),
    });
  };

  readonly #pack = async () => {
    const path = this.app.org(`/orders/${this.param('id')}/pack`);
    if (await this.app.act(() => this.app.api.post(path), { done: t('order.packed') })) void this.#order.load();
  };

  async #refund(order: Order): Promise<void> {
    if (
      !(await ask({
        heading: t('order.refund_sure'),
        text: t('order.refund_text', { amount: money(order.totals.total), email: order.email }),
        confirm: t('order.refund_do', { amount: money(order.totals.total) }),
        danger: true,
      }))
    )
      return;
    this.busy = true;
    // One key per order: pressing twice, or again after a lost answer, refunds once.
    const done = await this.app.act(
      () => this.app.api.post(this.app.org(`/orders/${order.id}/refund`), {}, `refund-${order.id}`),
      { done: t('order.refunded') },
    );
    this.busy = false;
    if (done) void this.#order.load();
  }
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
