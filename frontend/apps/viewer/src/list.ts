/** Entry of /shows/{id}/list, the express lane. */
import type { ShowPage } from '@shopcast/api-client';
import '@shopcast/ui';
import { ScListPage } from './pages/sc-list-page.ts';
import { returnedCheckout } from './returning.ts';
import { applyLanguage, mount, queryValue, shellData } from './shell.ts';

applyLanguage();

function start(checkout: string): void {
  const page = new ScListPage().give(shellData<ShowPage>());
  page.checkout = checkout;
  mount(page);
}

if (queryValue('checkout')) void returnedCheckout().then((checkout) => checkout !== null && start(checkout));
else start('');
