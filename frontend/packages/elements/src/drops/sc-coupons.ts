/** The coupons a host has put on screen; one tap claims one. */
import { t, timeOfDay } from '@shopcast/format';
import type { Coupon } from '@shopcast/room-client';
import { LocalisedElement, sharedStyles } from '@shopcast/ui';
import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { ask } from '../show/events.ts';
import { couponGone } from './coupon-view.ts';
import './messages.ts';

export interface ClaimDetail {
  coupon: Coupon;
}

@customElement('sc-coupons')
export class ScCoupons extends LocalisedElement {
  @property({ attribute: false }) coupons: readonly Coupon[] = [];
  @property({ attribute: false }) claimed: ReadonlySet<string> = new Set();
  @property() busy = '';

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      li {
        display: flex;
        gap: var(--space-3);
        align-items: center;
        padding: var(--space-1) var(--space-1) var(--space-1) var(--space-3);
        border: var(--border) dashed var(--accent);
        border-radius: var(--radius-m);
        background: var(--paper-raised);
        color: var(--ink);
      }
      li + li {
        margin-block-start: var(--space-2);
      }
      .text {
        display: grid;
        flex: 1;
        min-width: 0;
        font-size: var(--text-s);
        line-height: var(--leading-tight);
      }
      strong {
        overflow: hidden;
        text-overflow: ellipsis;
      }
    `,
  ];

  private row(coupon: Coupon) {
    const has = this.claimed.has(coupon.promotion_id);
    const gone = !has && couponGone(coupon);
    const facts = [
      coupon.left === null || gone ? '' : t('coupon.left', { n: coupon.left }),
      coupon.ends_at_ms === null ? '' : t('coupon.until', { time: timeOfDay(coupon.ends_at_ms) }),
    ].filter(Boolean);
    return html`<li>
      <span class="text"
        ><strong>${coupon.label}</strong>${facts.length > 0 ? html`<span class="soft figures">${facts.join(' · ')}</span>` : nothing}</span
      >
      ${
        coupon.claimable || gone
          ? this.claim(coupon, has, gone)
          : html`<span class="small">${t('coupon.type')} <strong>${coupon.code}</strong></span>`
      }
    </li>`;
  }

  private claim(coupon: Coupon, has: boolean, gone: boolean) {
    return html`<sc-button
        size="s"
        variant=${has || gone ? 'quiet' : 'secondary'}
        icon=${has ? 'check' : ''}
        ?disabled=${has || gone}
        ?loading=${this.busy === coupon.promotion_id}
        @click=${() => {
          if (!has && !gone) ask<ClaimDetail>(this, 'sc-claim', { coupon });
        }}
        >${has ? t('coupon.claimed') : gone ? t('coupon.gone') : t('coupon.claim')}</sc-button
      >`;
  }

  override render() {
    if (this.coupons.length === 0) return nothing;
    return html`<ul aria-label=${t('coupon.heading')}>${this.coupons.map((one) => this.row(one))}</ul>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'sc-coupons': ScCoupons;
  }
}
