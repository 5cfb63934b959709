/** Entry of /cart. */
import '@shopcast/ui';
import { ScCartPage } from './pages/sc-cart-page.ts';
import { returnedCheckout } from './returning.ts';
import { applyLanguage, mount, queryValue } from './shell.ts';

applyLanguage();

function start(checkout: string): void {
  const page = new ScCartPage();
  page.checkout = checkout;
  mount(page);
}

if (queryValue('checkout')) void returnedCheckout().then((checkout) => checkout !== null && start(checkout));
else start('');
