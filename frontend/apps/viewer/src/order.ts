/** Entry of /orders and /orders/{id}. */
import '@shopcast/ui';
import { ScOrderPage } from './pages/sc-order-page.ts';
import { ScOrdersPage } from './pages/sc-orders-page.ts';
import { applyLanguage, mount, pathPart } from './shell.ts';

applyLanguage();
mount(pathPart(1) ? new ScOrderPage() : new ScOrdersPage());
