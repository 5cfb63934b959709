// One return: where it stands, what to do now, what came with it, what it gives back.
import { dateTime, relative, t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { ask } from '../../app/confirm.ts';
import { Loader } from '../../app/loader.ts';
import { href } from '../../app/router.ts';
import { Screen } from '../../app/screen.ts';
import type { ReturnItemView, ReturnView } from '../../types.ts';
import { money } from '../words.ts';
import './return_decide.ts';
import './return_exchange.ts';
import './return_inspect.ts';
import './return_receive.ts';
import { causeWord, returnState, stepper } from './return_words.ts';

@customElement('screen-return')
export class ScreenReturn extends Screen {
  readonly #return = new Loader<ReturnView>(this, (signal) =>
    this.app.api.get<ReturnView>(this.app.org(`/returns/${this.param('id')}`), undefined, signal),
  );

  override render() {
    return html`<div class="page"><a class="back" href=${href('/returns')}><sc-icon name="arrow-left"></sc-icon>${t('nav.returns')}</a>${this.#return.view((view) => this.#detail(view))}</div>`;
  }

  readonly #reload = () => void this.#return.load();

  #detail(view: ReturnView): TemplateResult {
    return html`<div class="page-head"><div class="titles stack tight"><div class="line wrap"><h1>${t('returns.of', { number: view.order_number })}</h1>${returnState(view.state)}</div>
        <span class="small soft">${t(`return_kind.${view.kind}`)} · ${view.buyer_name} · ${view.email} · ${dateTime(view.requested_at)}</span></div>
        <div class="actions"><sc-button size="s" icon="receipt" href=${href(`/orders/${view.order_id}`)}>${t('returns.open_order')}</sc-button></div></div>
      ${stepper(view)}
      <div class="sides"><div class="stack loose">${this.#next(view)}${this.#items(view)}</div>
        <div class="stack loose">${this.#money(view)}${this.#said(view)}${this.#parcel(view)}</div></div>`;
  }

  /** Only what can be done now is offered, the next step first. */
  #next(view: ReturnView): TemplateResult | typeof nothing {
    const { can } = view;
    const parts: TemplateResult[] = [];
    if (can.approve || can.reject)
      parts.push(html`<return-decide .app=${this.app} .view=${view} @return-changed=${this.#reload}></return-decide>`);
    if (can.inspect)
      parts.push(
        html`<return-inspect .app=${this.app} .view=${view} @return-changed=${this.#reload}></return-inspect>`,
      );
    if (can.receive)
      parts.push(
        html`<return-receive .app=${this.app} .view=${view} @return-changed=${this.#reload}></return-receive>`,
      );
    if (can.refund) parts.push(this.#refund(view));
    if (can.exchange)
      parts.push(
        html`<return-exchange .app=${this.app} .view=${view} @return-changed=${this.#reload}></return-exchange>`,
      );
    if (parts.length === 0) return nothing;
    return html`${parts}`;
  }

  #refund(view: ReturnView): TemplateResult {
    return html`<section class="panel next-step"><div class="panel-head"><h2>${t('returns.refund_now')}</h2><strong class="number big">${money(view.to_refund)}</strong></div>
      <p class="soft">${t('returns.refund_what')}</p>
      <div><sc-button variant="primary" icon="undo-2" @click=${() => this.#doRefund(view)}>${t('order.refund_do', { amount: money(view.to_refund) })}</sc-button></div></section>`;
  }

  async #doRefund(view: ReturnView): Promise<void> {
    const sure = await ask({
      heading: t('returns.refund_sure', { amount: money(view.to_refund) }),
      text: t('returns.refund_text', { email: view.email }),
      confirm: t('order.refund_do', { amount: money(view.to_refund) }),
      danger: true,
    });
    if (!sure) return;
    const path = this.app.org(`/returns/${view.id}/refund`);
    // Named by what it would give back: pressed again after a lost answer it is the same refund.
    const key = `refund-${view.id}-${view.refunds.length}-${view.to_refund.amount_minor}`;
    if (await this.app.act(() => this.app.api.post(path, {}, key), { done: t('order.refunded') })) this.#reload();
  }

  #items(view: ReturnView): TemplateResult {
    return html`<section class="panel"><h2>${t('returns.items')}</h2>
      <ul class="plain-list">${view.items.map((item) => this.#item(item))}</ul>
      ${
        view.photos.length > 0
          ? html`<div class="photo-row">${view.photos.map(
              (photo, index) =>
                html`<a href=${photo.url} target="_blank" rel="noopener"><img class="picture large" src=${photo.url} alt=${t('returns.photo', { n: index + 1 })} loading="lazy" /></a>`,
            )}</div>`
          : html`<p class="soft small">${t('returns.no_photos')}</p>`
      }</section>`;
  }

  #item(item: ReturnItemView): TemplateResult {
    const came = [
      item.received > 0 && item.received < item.quantity && t('returns.n_received', { n: item.received }),
      item.accepted > 0 && t('returns.n_accepted', { n: item.accepted }),
      item.restocked > 0 && t('returns.n_restocked', { n: item.restocked }),
      item.written_off > 0 && t('returns.n_written_off', { n: item.written_off }),
      item.exchanged > 0 && t('returns.n_exchanged', { n: item.exchanged }),
      item.withheld.amount_minor > 0 && t('returns.withheld', { amount: money(item.withheld) }),
      item.refunded.amount_minor > 0 && t('order.of_refunds', { amount: money(item.refunded) }),
    ].filter(Boolean);
    return html`<li class="top"><span class="grow stack tight"><strong>${item.title}${item.variant_title ? html` <span class="soft">${item.variant_title}</span>` : nothing}</strong>
        <span class="small soft">${causeWord(item.cause)}${item.note ? html` · “${item.note}”` : nothing}</span>
        <span class="small number">${t(`reception.${item.reception}`)}${came.length > 0 ? ` · ${came.join(' · ')}` : ''}</span>
        ${item.answer ? html`<span class="small">${t('returns.you_said', { words: item.answer })}</span>` : nothing}</span>
      <strong class="number nowrap">× ${item.quantity}</strong></li>`;
  }

  #money(view: ReturnView): TemplateResult {
    return html`<section class="panel"><h2>${t('returns.money')}</h2><dl class="sum number">
        <dt>${t('returns.to_refund')}</dt><dd>${money(view.to_refund)}</dd>
        ${view.refunds.map((refund) => html`<dt>${t(`refund_state.${refund.state}`)} <span class="soft small">${dateTime(refund.created_at)}</span></dt><dd>${money(refund.amount)}</dd>`)}
      </dl></section>`;
  }

  #said(view: ReturnView): TemplateResult {
    return html`<section class="panel"><h2>${t('returns.said')}</h2>
      ${view.note ? html`<blockquote>${view.note}</blockquote>` : html`<p class="soft">${t('returns.no_note')}</p>`}
      ${view.answer ? html`<p class="small">${t('returns.you_said', { words: view.answer })}</p>` : nothing}
      ${view.decided_at ? html`<p class="small soft">${t('returns.decided', { when: relative(view.decided_at, Date.now()) })}</p>` : nothing}</section>`;
  }

  #parcel(view: ReturnView): TemplateResult | typeof nothing {
    if (view.state === 'requested' || view.state === 'rejected') return nothing;
    const number = view.tracking_url
      ? html`<a href=${view.tracking_url} target="_blank" rel="noopener">${view.tracking_number || t('returns.track')}</a>`
      : view.tracking_number;
    return html`<section class="panel"><h2>${t('returns.parcel')}</h2>
      ${view.carrier || view.tracking_number ? html`<p class="number">${view.carrier} ${number}</p>` : html`<p class="soft">${t('returns.no_tracking')}</p>`}
      ${view.send_until ? html`<p class="small soft">${t('returns.send_until', { when: dateTime(view.send_until) })}</p>` : nothing}
      ${view.label_url ? html`<div><sc-button size="s" icon="file-text" href=${view.label_url}>${t('returns.print_label')}</sc-button></div>` : nothing}
      ${view.can.label ? html`<return-label .app=${this.app} .view=${view} @return-changed=${this.#reload}></return-label>` : nothing}</section>`;
  }
}
