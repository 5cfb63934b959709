/** Entry of /shows/{id}: a show live, to come, or as a replay. */
import { createApi, type ShowPage } from '@shopcast/api-client';
import { preloadEngine } from '@shopcast/elements/player/shopcast-player.ts';
import '@shopcast/elements/show/sc-show-page.ts';
import { language } from '@shopcast/format';
import { returnedCheckout } from './returning.ts';
import { applyLanguage, mount, pathPart, queryValue, shellData } from './shell.ts';

applyLanguage();

function start(checkout: string): void {
  preloadEngine();
  const page = document.createElement('sc-show-page');
  page.showId = pathPart(1);
  page.data = shellData<ShowPage>();
  page.item = Number(queryValue('item')) || 0;
  page.atMs = Number(queryValue('at')) || 0;
  page.checkout = checkout;
  page.hold = queryValue('hold');
  page.buyAtOnce = queryValue('buy') === '1';
  // Loading the page again must not hold another piece.
  if (page.buyAtOnce) history.replaceState(null, '', `${location.pathname}?item=${page.item}`);
  page.api = createApi({ language });
  mount(page);
}

if (queryValue('checkout')) void returnedCheckout().then((checkout) => checkout !== null && start(checkout));
else start('');
