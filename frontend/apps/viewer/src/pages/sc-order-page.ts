/** One order as a story: what was bought, the second that sold it, where it is, what was paid; change it or send it back. */
import {
  asProblem,
  newIdempotencyKey,
  type Order,
  type OrderLine,
  type OrderProgressAnswer,
  type Problem,
  type ReturnView,
} from '@shopcast/api-client';
import { addressFields, addressLines, EMPTY_ADDRESS, readAddress } from '@shopcast/elements/buy/address-fields.ts';
import { countryName } from '@shopcast/elements/buy/countries.ts';
import { sumNotes, sumRows } from '@shopcast/elements/buy/sums.ts';
import { cartCount } from '@shopcast/elements/cart/cart-count.ts';
import { dateTime, formatMoney, t } from '@shopcast/format';
import { checkForm, toast } from '@shopcast/ui';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import '../messages/order.ts';
import { orderAgain } from '../order/again.ts';
import { lineFacts, stage } from '../order/story.ts';
import { stageTag, timeline } from '../order/timeline.ts';
import '../orders.css';
import { pathPart, queryValue } from '../shell.ts';
import { api, Page } from './page.ts';

interface OrderData {
  order: Order;
  /** Null when only the order itself could be had. */
  progress: OrderProgressAnswer | null;
  returns: readonly ReturnView[];
}

@customElement('sc-order-page')
export class ScOrderPage extends Page<OrderData> {
  @state() private changing = false;
  /** The line whose clip plays. */
  @state() private clip = '';
  /** What draws returns, fetched when there is one or somebody asks. */
  @state() private aftercare: typeof import('../order/aftercare.ts') | null = null;
  @state() private asking: '' | 'cancel' | 'withdraw' | 'return' = '';
  private readonly orderId = pathPart(1);
  private readonly token = queryValue('token');
  /** One intention each, however often it is pressed. */
  private readonly cancelKey = newIdempotencyKey();
  private readonly withdrawKey = newIdempotencyKey();

  protected async load(): Promise<OrderData> {
    const [order, progress, returns] = await Promise.all([
      api.sales.order(this.orderId, this.token),
      api.aftercare.progress(this.orderId, this.token).catch(() => null),
      api.aftercare.returns(this.orderId, this.token).catch(() => null),
    ]);
    const items = returns ?? [];
    if (items.length > 0) await this.fetchAftercare();
    return { order, progress, returns: items };
  }

  private async fetchAftercare(): Promise<void> {
    this.aftercare ??= await import('../order/aftercare.ts');
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
      await api.sales.changeOrderAddress(this.orderId, this.token, readAddress(form));
      this.data = await this.load();
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
    this.asking = '';
    await this.refresh();
    return t('order.cancelled');
  }

  private async withdraw(): Promise<string> {
    const answer = await api.aftercare.withdraw(this.orderId, this.token, this.withdrawKey);
    this.asking = '';
    await this.refresh();
    return answer.return_id ? t('withdraw.done.send') : t('withdraw.done');
  }

  private async cancelReturn(one: ReturnView): Promise<string> {
    await api.aftercare.cancelReturn(one.id, this.token);
    await this.refresh();
    return t('return.cancelled');
  }

  private async addPhotos(one: ReturnView, files: readonly File[]): Promise<string> {
    for (const file of files) await api.aftercare.addPhoto(one.id, this.token, file);
    await this.refresh();
    return t('return.photos.added');
  }

  /** One tap: everything once more, at today's price, in the cart. */
  private async again(): Promise<undefined> {
    await orderAgain(this.orderId, this.token);
    cartCount.changed(api);
    return undefined;
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
      <div class="amount figures">
        ${line.discount.amount_minor > 0 ? html`<s class="soft small">${formatMoney(line.amount)}</s>` : nothing}
        <strong>${line.gift ? t('order.gift') : formatMoney(line.net)}</strong>
      </div>
      <div class="more">
        ${this.whereabouts(line)}
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

  /** Said only where the line is not simply as the whole order is. */
  private whereabouts(line: OrderLine) {
    const facts = lineFacts(this.data?.progress ?? null, line.id);
    if (!facts) return nothing;
    const said = [
      facts.shipped > 0 && facts.toShip > 0 ? t('order.line.sent', { n: facts.shipped, of: facts.quantity }) : '',
      facts.cancelled > 0 ? t('order.line.cancelled', { n: facts.cancelled }) : '',
      facts.onReturn > 0 ? t('order.line.on_return', { n: facts.onReturn }) : '',
      facts.refunded ? t('order.line.refunded', { amount: formatMoney(facts.refunded) }) : '',
    ].filter(Boolean);
    return said.length > 0 ? html`<span class="line-facts figures">${said.join(' · ')}</span>` : nothing;
  }

  private sums(order: Order) {
    const { exchange, refunded } = order;
    return html`${sumRows(order.totals, order.adjustments)} ${sumNotes(order.totals)}
      ${exchange ? html`<p class="small soft figures">${t('order.charged', { amount: formatMoney(exchange.total), rate: exchange.rate })}</p>` : nothing}
      ${refunded.amount_minor > 0 ? html`<p class="figures gain-text">${t('order.refunded', { amount: formatMoney(refunded) })}</p>` : nothing}`;
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

  private actions({ order, progress }: OrderData) {
    const can = progress?.can;
    const ask = (what: ScOrderPage['asking']) => () => {
      this.asking = what;
    };
    return html`<div class="form-foot start">
      <sc-button variant="primary" icon="repeat" ?loading=${this.busy === 'again'} @click=${() => void this.act('again', () => this.again())}
        >${t('order.again')}</sc-button
      >
      ${order.receipt_url ? html`<sc-button icon="receipt" href=${order.receipt_url}>${t('order.receipt')}</sc-button>` : nothing}
      ${can?.return_goods ? html`<sc-button icon="reply" ?loading=${this.busy === 'return'} @click=${() => void this.act('return', () => this.askReturn())}>${t('return.open')}</sc-button>` : nothing}
      ${can?.withdraw ? html`<sc-button @click=${ask('withdraw')}>${t('withdraw.open')}</sc-button>` : nothing}
      ${order.can.cancel ? html`<sc-button variant="danger" @click=${ask('cancel')}>${t('order.cancel')}</sc-button>` : nothing}
    </div>`;
  }

  private async askReturn(): Promise<undefined> {
    await this.fetchAftercare();
    this.asking = 'return';
    return undefined;
  }

  private readonly stay = (): void => {
    this.asking = '';
  };

  private sheets({ order }: OrderData) {
    return html`<sc-sheet heading=${t('order.cancel.sure')} ?open=${this.asking === 'cancel'} @sc-close=${this.stay}>
        <p>${t('order.cancel.next', { total: formatMoney(order.exchange?.total ?? order.totals.total) })}</p>
        <div class="form-foot">
          <sc-button variant="danger" ?loading=${this.busy === 'cancel'} @click=${() => void this.act('cancel', () => this.cancel())}
            >${t('order.cancel')}</sc-button
          >
          <sc-button @click=${this.stay}>${t('order.cancel.keep')}</sc-button>
        </div>
      </sc-sheet>
      <sc-sheet heading=${t('withdraw.heading')} ?open=${this.asking === 'withdraw'} @sc-close=${this.stay}>
        <p>${t('withdraw.what', { number: order.number })}</p>
        <ul class="plain-list">
          <li>${t('withdraw.unsent')}</li>
          <li>${t('withdraw.sent')}</li>
        </ul>
        <div class="form-foot">
          <sc-button variant="primary" ?loading=${this.busy === 'withdraw'} @click=${() => void this.act('withdraw', () => this.withdraw())}
            >${t('withdraw.confirm')}</sc-button
          >
          <sc-button @click=${this.stay}>${t('order.cancel.keep')}</sc-button>
        </div>
      </sc-sheet>
      ${this.aftercare ? this.returnSheet() : nothing}`;
  }

  private returnSheet() {
    return html`<sc-return-sheet
        .orderId=${this.orderId}
        .token=${this.token}
        .open=${this.asking === 'return'}
        @sc-close=${this.stay}
        @sc-asked=${(event: CustomEvent<{ lost: number }>) => {
          this.stay();
          const { lost } = event.detail;
          toast(lost > 0 ? t('return.photos.lost', { n: lost }) : t('return.asked'), { icon: 'check' });
          void this.refresh();
        }}
      ></sc-return-sheet>`;
  }

  protected body(): TemplateResult {
    const data = this.data as OrderData;
    const { order, progress, returns } = data;
    return html`<main class="page medium" id="content">
      <div class="order-head">
        <h1>${t('order.title', { number: order.number })}</h1>
        ${stageTag(stage(order, progress))}
        <p class="soft figures">${t('order.placed', { time: dateTime(order.placed_at) })} · ${order.seller.name}</p>
      </div>
      ${this.actions(data)}
      ${returns.map((one) =>
        this.aftercare?.returnCard(one, {
          busy: this.busy,
          token: this.token,
          cancel: (item) => void this.act(`cancel-${item.id}`, () => this.cancelReturn(item)),
          addPhotos: (item, files) => void this.act(item.id, () => this.addPhotos(item, files)),
        }),
      )}
      <section class="box"><h2>${t('order.story')}</h2>${timeline(order, progress)}</section>
      <section class="box">${order.lines.map((one) => this.line(one))} ${this.sums(order)}</section>
      <div class="two">
        <section class="box"><h2>${t('order.deliver')}</h2>${this.address(order)}</section>
        <section class="box">
          <h2>${t('order.payment')}</h2>
          ${order.payments.map((one) => html`<p class="figures">${one.label ? `${one.label} · ` : ''}${formatMoney(one.amount)}</p>`)}
          ${order.refunds.map((one) => html`<p class="figures small">${t(`return.refund.${one.state}`, { amount: formatMoney(one.amount) })}</p>`)}
        </section>
      </div>
      <p class="small soft">${t('buy.withdrawal')}</p>
      ${this.sheets(data)}
    </main>`;
  }
}
