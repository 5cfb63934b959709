/** What a page does when a provider's second step led to it: the tab that began goes on, or this one does. */
import { handBack } from '@shopcast/elements/buy/checkout-return.ts';
import '@shopcast/elements/messages.ts';
import { t } from '@shopcast/format';
import { html, render } from 'lit';
import { mount, queryValue } from './shell.ts';

/** Gives the checkout this page must go on with, '' for none, or null when the tab that began has taken it over. */
export async function returnedCheckout(): Promise<string | null> {
  const checkoutId = queryValue('checkout');
  if (!checkoutId) return '';
  history.replaceState(null, '', location.pathname);
  if (!(await handBack(checkoutId))) return checkoutId;
  const place = document.createElement('main');
  render(html`<sc-empty icon="check" heading=${t('buy.returned')} text=${t('buy.returned.next')}></sc-empty>`, place);
  mount(place);
  window.close();
  return null;
}
