import { expect, test } from 'vitest';
import { match } from './router.ts';

test.each([
  ['/console', 'shows', {}],
  ['/console/', 'shows', {}],
  ['/console/shows/new', 'show-new', {}],
  ['/console/shows/shw_1', 'show', { id: 'shw_1' }],
  ['/console/shows/shw_1/stream', 'show', { id: 'shw_1', tab: 'stream' }],
  ['/console/shows/shw_1/live', 'live', { id: 'shw_1' }],
  ['/console/catalogue/import/imp_1', 'import', { id: 'imp_1' }],
  ['/console/orders/pick-list', 'pick-list', {}],
  ['/console/orders/ord_1/slip', 'slip', { id: 'ord_1' }],
  ['/console/promotions/new', 'promotion', {}],
  ['/console/promotions/try', 'promotion-try', {}],
  ['/console/promotions/prm_1', 'promotion', { id: 'prm_1' }],
  ['/console/customers/waitlist', 'customers', { tab: 'waitlist' }],
  ['/console/orders/a%20b', 'order', { id: 'a b' }],
  ['/console/orders/%E0%A4%A', 'order', { id: '%E0%A4%A' }],
  ['/console/nothing', 'missing', {}],
])('%s opens %s', (path, screen, params) => {
  expect(match(path)).toMatchObject({ screen, params });
});
