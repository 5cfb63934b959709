/** Entry of /standing, /subscriptions, /coupons and /restrictions. */
import '@shopcast/ui';
import { ScCouponsPage } from './pages/sc-coupons-page.ts';
import { ScRestrictionsPage } from './pages/sc-restrictions-page.ts';
import { ScStandingPage } from './pages/sc-standing-page.ts';
import { ScSubscriptionsPage } from './pages/sc-subscriptions-page.ts';
import './plans.css';
import { applyLanguage, mount, pathPart } from './shell.ts';

const PAGES: Record<string, () => HTMLElement> = {
  subscriptions: () => new ScSubscriptionsPage(),
  restrictions: () => new ScRestrictionsPage(),
  coupons: () => new ScCouponsPage(),
};

applyLanguage();
mount(PAGES[pathPart(0)]?.() ?? new ScStandingPage());
