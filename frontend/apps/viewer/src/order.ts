/** Entry of /orders and /orders/{id}. */
import type { Order, Page } from '@shopcast/api-client';
import '@shopcast/ui';
import { ScOrderPage } from './pages/sc-order-page.ts';
import { ScOrdersPage } from './pages/sc-orders-page.ts';
import { applyLanguage, mount, pathPart, shellData } from './shell.ts';

applyLanguage();
mount(pathPart(1) ? new ScOrderPage().give(shellData<Order>()) : new ScOrdersPage().give(shellData<Page<Order>>()));
