/** One order as a story: what was bought, the second that sold it, where it goes, what was paid; change or cancel it. */
import { asProblem, newIdempotencyKey, type Order, type OrderLine, type Problem } from '@shopcast/api-client';
import { addressFields, addressLines, EMPTY_ADDRESS, readAddress } from '@shopcast/elements/buy/address-fields.ts';
import { countryName } from '@shopcast/elements/buy/countries.ts';
import { dateTime, formatMoney, type Money, t } from '@shopcast/format';
import { checkForm } from '@shopcast/ui';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { pathPart, queryValue } from '../shell.ts';
import { api, Page } from './page.ts';
import { stateTag } from './sc-orders-page.ts';
import '../messages/order.ts';

@customElement('sc-order-page')
export class ScOrderPage extends Page<Order> {
  @state() private changing = false;
  /** The line whose clip plays. */
  @state() private clip = '';
  @state() private asking = false;
  private readonly orderId = pathPart(1);
  private readonly token = queryValue('token');
  /** One intention to cancel, however often it is pressed. */
  private readonly cancelKey = newIdempotencyKey();

  protected load(): Promise<Order> {
    return api.sales.order(this.orderId, this.token);
  }

  protected override problemView(problem: Problem): TemplateResult {
    if (![401, 403, 404].includes(problem.status)) return super.problemView(problem);
    return html`<main class="page" id="content">
      <sc-empty icon="receipt" heading=${t('order.missing')} text=${t('order.missing.next')}
        ><sc-button variant="primary" href=${`/login?next=/orders/${this.orderId}`}>${t('action.login')}</sc-button></sc-empty
      >
    </main>`;
  }

  protected skeleton(): TemplateResult {
    return html`<main class="page medium" id="content" aria-busy="true">
      <div class="order-head"><sc-skeleton class="skeleton-line"></sc-skeleton></div>
      <div class="box"><sc-skeleton class="skeleton-row"></sc-skeleton></div>
    </main>`;
  }

  private readonly saveAddress = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    if (!checkForm(form)) return;
    void this.act('address', async () => {
      const answer = await api.sales.changeOrderAddress(this.orderId, this.token, readAddress(form));
      this.data = answer ?? (await this.load());
      this.changing = false;
      return t('order.address_changed');
    });
  };

  private async cancel(): Promise<string> {
    try {
      await api.sales.cancelOrder(this.orderId, this.token, this.cancelKey);
    } catch (error) {
      if (!asProblem(error).unanswered) throw error;
      await api.sales.cancelOrder(this.orderId, this.token, this.cancelKey);
    }
    this.asking = false;
    await this.refresh();
    return t('order.cancelled');
  }

  private line(line: OrderLine) {
    const seller = line.seller.legal_identity || line.seller.name;
    const claims = line.claims_shown;
    return html`<div class="order-line">
      <span class="blank figures">${line.number ?? ''}</span>
      <div>
        <strong>${line.title}</strong><br /><span class="small soft figures"
          >${
            line.variant
              ? t('order.item', { quantity: line.quantity, variant: line.variant })
              : t('order.pieces', { n: line.quantity })
          }</span
        >
      </div>
      <sc-money minor=${line.price_shown.amount_minor * line.quantity} currency=${line.price_shown.currency}></sc-money>
      <div class="more">
        ${this.evidence(line)}
        ${line.host_name ? html`<span>${t('order.host', { host: line.host_name })} · ${t(`order.source.${line.source}`)}</span>` : nothing}
        <span>${t('order.seller', { seller })}</span>
        ${claims ? html`<span>${t('order.claims', { claims })}</span>` : nothing}
        ${line.lowest_30d ? html`<span class="figures">${t('order.lowest', { price: formatMoney(line.lowest_30d) })}</span>` : nothing}
      </div>
    </div>`;
  }

  /** What the shopper saw and heard when they bought: the clip here, and its place in the show. */
  private evidence(line: OrderLine) {
    const { clip_url, said_at_url } = line;
    const playing = this.clip === line.id;
    return html`${
      clip_url
        ? html`<sc-button
            variant="quiet"
            size="s"
            icon=${playing ? 'x' : 'circle-play'}
            @click=${() => void this.toggleClip(line.id, clip_url)}
            >${playing ? t('order.clip.close') : t('order.clip')}</sc-button
          >`
        : nothing
    }
    ${said_at_url ? html`<a class="link" href=${said_at_url}>${t('order.said_at')}</a>` : nothing}
    ${playing ? html`<shopcast-player class="clip" showState="replay"></shopcast-player>` : nothing}`;
  }

  private async toggleClip(lineId: string, url: string): Promise<void> {
    if (this.clip === lineId) {
      this.clip = '';
      return;
    }
    await import('@shopcast/elements/player/shopcast-player.ts');
    this.clip = lineId;
    await this.updateComplete;
    const player = this.querySelector('shopcast-player');
    // Pressed by a person, so it may sound.
    player?.setMuted(false);
    player?.playClip(url);
  }

  private sums(order: Order) {
    const row = (label: string, money: Money, strong = false) =>
      html`<div class=${strong ? 'total' : ''}><dt>${label}</dt><dd><sc-money plain minor=${money.amount_minor} currency=${money.currency}></sc-money></dd></div>`;
    return html`<dl class="sums figures">
      ${row(t('buy.items'), order.totals.items)} ${row(t('buy.shipping'), order.totals.shipping)}
      ${row(t('buy.total'), order.totals.total, true)}
      <div class="small soft">${t('buy.tax', { tax: formatMoney(order.totals.tax) })}</div>
    </dl>`;
  }

  private address(order: Order) {
    const open = order.can.change_address;
    const address = { ...EMPTY_ADDRESS, ...order.address };
    if (this.changing) {
      return html`<form class="form" novalidate @submit=${this.saveAddress}>
        ${addressFields(address)}
        <div class="form-foot">
          <sc-button variant="primary" type="submit" ?loading=${this.busy === 'address'}>${t('action.save')}</sc-button>
          <sc-button
            variant="quiet"
            @click=${() => {
              this.changing = false;
            }}
            >${t('action.cancel')}</sc-button
          >
        </div>
      </form>`;
    }
    return html`<p>${addressLines(address, countryName(order.address.country)).map((one) => html`${one}<br />`)}</p>
      ${
        open
          ? html`<sc-button
              size="s"
              @click=${() => {
                this.changing = true;
              }}
              >${t('order.change_address')}</sc-button
            >`
          : nothing
      }`;
  }

  private actions(order: Order) {
    return html`<div class="form-foot">
        ${order.receipt_url ? html`<sc-button icon="receipt" href=${order.receipt_url}>${t('order.receipt')}</sc-button>` : nothing}
        ${
          order.can.cancel
            ? html`<sc-button
                variant="danger"
                @click=${() => {
                  this.asking = true;
                }}
                >${t('order.cancel')}</sc-button
              >`
            : nothing
        }
      </div>
      <sc-sheet
        heading=${t('order.cancel.sure')}
        ?open=${this.asking}
        @sc-close=${() => {
          this.asking = false;
        }}
      >
        <p>${t('order.cancel.next', { total: formatMoney(order.totals.total) })}</p>
        <div class="form-foot">
          <sc-button variant="danger" ?loading=${this.busy === 'cancel'} @click=${() => void this.act('cancel', () => this.cancel())}
            >${t('order.cancel')}</sc-button
          >
          <sc-button
            @click=${() => {
              this.asking = false;
            }}
            >${t('order.cancel.keep')}</sc-button
          >
        </div>
      </sc-sheet>`;
  }

  protected body(): TemplateResult {
    const order = this.data as Order;
    return html`<main class="page medium" id="content">
      <div class="order-head">
        <h1>${t('order.title', { number: order.number })}</h1>
        ${stateTag(order.state)}
        <p class="soft figures">${t('order.placed', { time: dateTime(order.placed_at) })}</p>
      </div>
      <section class="box">${order.lines.map((one) => this.line(one))} ${this.sums(order)}</section>
      <div class="two">
        <section class="box"><h2>${t('order.deliver')}</h2>${this.address(order)}</section>
        <section class="box">
          <h2>${t('order.payment')}</h2>
          ${order.payments.map((one) => html`<p class="figures">${one.label ? `${one.label} · ` : ''}${formatMoney(one.amount)}</p>`)}
        </section>
      </div>
      ${this.actions(order)}
      <p class="small soft">${t('buy.withdrawal')}</p>
    </main>`;
  }
}
