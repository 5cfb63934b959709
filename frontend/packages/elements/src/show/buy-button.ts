/** Buy, or, when there is nothing left to buy, a place on the waitlist. */
import type { Card, Source } from '@shopcast/api-client';
import { t } from '@shopcast/format';
import { html } from 'lit';
import { ask, type BuyDetail, type CardDetail } from './events.ts';

export function buyButton(element: HTMLElement, card: Card, source: Source, size: 'm' | 'l' = 'm') {
  const { number, title } = card;
  if (card.left <= 0) {
    return html`<sc-button
      size=${size}
      label=${t('action.wait_item', { number, title })}
      @click=${() => ask<CardDetail>(element, 'sc-wait', { card })}
      >${t('action.wait')}</sc-button
    >`;
  }
  return html`<sc-button
    variant="primary"
    size=${size}
    label=${t('action.buy_item', { number, title })}
    @click=${() => ask<BuyDetail>(element, 'sc-buy', { card, source })}
    >${t('action.buy')}</sc-button
  >`;
}
