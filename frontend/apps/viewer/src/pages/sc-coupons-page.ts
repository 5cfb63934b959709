/** Coupons somebody has claimed: what they take off, until when, and why one cannot be used now. */
import type { Coupon, Page as Paged } from '@shopcast/api-client';
import { dateTime, formatMoney, t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import '../messages/plans.ts';
import { api, Page } from './page.ts';

@customElement('sc-coupons-page')
export class ScCouponsPage extends Page<Paged<Coupon>> {
  protected load(): Promise<Paged<Coupon>> {
    return api.coupons.mine();
  }

  protected skeleton(): TemplateResult {
    return html`<main class="page medium" id="content" aria-busy="true">
      <h1>${t('coupons.title')}</h1>
      <sc-skeleton class="skeleton-row"></sc-skeleton>
    </main>`;
  }

  private row(one: Coupon) {
    const facts = [
      one.is_platform ? t('coupons.platform') : one.seller_name,
      one.minimum ? t('coupons.minimum', { amount: formatMoney(one.minimum) }) : '',
      one.ends_at ? t('standing.until', { time: dateTime(one.ends_at) }) : '',
    ].filter(Boolean);
    return html`<li class="box plan ${one.usable ? '' : 'faded'}">
      <div>
        <h2>${one.name}</h2>
        <p class="small soft figures">${facts.join(' · ')}</p>
        ${one.usable ? nothing : html`<p class="small">${one.reason_text ?? ''}</p>`}
      </div>
      ${one.usable ? html`<span class="tag gain">${t('coupons.usable')}</span>` : nothing}
    </li>`;
  }

  protected body(): TemplateResult {
    const { items } = this.data as Paged<Coupon>;
    return html`<main class="page medium" id="content">
      <h1>${t('coupons.title')}</h1>
      ${
        items.length === 0
          ? html`<sc-empty icon="receipt" heading=${t('coupons.empty')} text=${t('coupons.empty.next')}
              ><sc-button variant="primary" href="/">${t('home.live')}</sc-button></sc-empty
            >`
          : html`<p class="soft">${t('coupons.by_itself')}</p><ul>${items.map((one) => this.row(one))}</ul>`
      }
    </main>`;
  }
}
