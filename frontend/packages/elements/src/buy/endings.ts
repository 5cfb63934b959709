/** What became of a payment: done, one more step, refused; for the sheet and for the cart. */
import type { Checkout } from '@shopcast/api-client';
import { formatMoney, t } from '@shopcast/format';
import { css, html, nothing } from 'lit';
import './messages.ts';

/** The link in the mail names the shop's public address; here the visitor stays where their session is. */
export function ownAddress(url: string | null | undefined): string | undefined {
  if (!url) return undefined;
  const { pathname, search } = new URL(url, location.href);
  return pathname + search;
}

export function ending(
  icon: string,
  tone: string,
  heading: string,
  text: string,
  actions: unknown,
  more: unknown = nothing,
) {
  return html`<div class="ending ${tone}" role="status">
    <span class="seal"><sc-icon name=${icon}></sc-icon></span>
    <h3>${heading}</h3>
    ${text ? html`<p>${text}</p>` : nothing} ${more}
    <div class="actions">${actions}</div>
  </div>`;
}

export function secondStep(url: string) {
  return ending(
    'credit-card',
    '',
    t('buy.second_step'),
    t('buy.second_step.next'),
    html`<a class="second" href=${url} target="_blank" rel="opener">${t('buy.second_step.open')}</a>`,
  );
}

/** One order, or one per seller: each is packed, sent and returned by itself. */
function orderList(orders: Checkout['orders']) {
  if (orders.length < 2) return nothing;
  return html`<ul class="orders">
    ${orders.map(
      (one) =>
        html`<li>
          <span><strong>${one.seller_name}</strong><br /><span class="small soft figures">${one.number ?? ''}</span></span>
          <span class="figures">${formatMoney(one.total)}</span>
          <a class="link" href=${ownAddress(one.order_url) ?? '/orders'}>${t('buy.see_order')}</a>
        </li>`,
    )}
  </ul>`;
}

export function ordersEnding(
  checkout: Checkout | null,
  email: string,
  close: () => void,
  closeWords = t('buy.keep_watching'),
) {
  const orders = checkout?.orders ?? [];
  const waits = checkout?.state === 'placed';
  return ending(
    waits ? 'hourglass' : 'check',
    'gain',
    waits ? t('buy.placed') : t('buy.paid'),
    waits ? t('buy.placed.next') : email ? t('buy.paid.mail', { email }) : '',
    html`${
      orders.length < 2
        ? html`<sc-button href=${ownAddress(checkout?.order_url) ?? '/orders'}>${t('buy.see_order')}</sc-button>`
        : nothing
    }
      <sc-button variant="primary" @click=${close}>${closeWords}</sc-button>`,
    orderList(orders),
  );
}

export const endingStyles = css`
  .ending {
    display: grid;
    gap: var(--space-3);
    justify-items: center;
    padding: var(--space-6) 0 var(--space-4);
    text-align: center;
  }
  .ending h3 {
    font-family: var(--font-display);
    font-size: var(--text-xl);
  }
  .ending p {
    max-width: 36ch;
    color: var(--ink-soft);
  }
  .seal {
    display: grid;
    place-content: center;
    width: var(--space-16);
    height: var(--space-16);
    border-radius: var(--radius-full);
    background: var(--paper-sunken);
    color: var(--ink-soft);
    --icon-size: var(--space-8);
  }
  .gain .seal {
    background: var(--gain-soft);
    color: var(--gain);
  }
  .problem .seal {
    background: var(--danger-soft);
    color: var(--danger);
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-2);
    justify-content: center;
  }
  .second {
    display: inline-flex;
    align-items: center;
    min-height: var(--target);
    padding: var(--space-2) var(--space-5);
    border-radius: var(--radius-m);
    background: var(--accent);
    color: var(--on-accent);
    font-weight: var(--weight-bold);
    text-decoration: none;
  }
  .orders {
    width: 100%;
    text-align: start;
  }
  .orders li {
    display: flex;
    gap: var(--space-3);
    align-items: center;
    padding-block: var(--space-2);
    border-block-end: var(--border) solid var(--line);
  }
  .orders li > :first-child {
    flex: 1;
  }
  .orders a {
    display: inline-flex;
    align-items: center;
    min-height: var(--target);
    color: var(--accent-pressed);
  }
`;
