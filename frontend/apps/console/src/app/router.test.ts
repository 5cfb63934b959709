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
  ['/console/orders/a%20b', 'order', { id: 'a b' }],
  ['/console/orders/%E0%A4%A', 'order', { id: '%E0%A4%A' }],
  ['/console/nothing', 'missing', {}],
])('%s opens %s', (path, screen, params) => {
  expect(match(path)).toMatchObject({ screen, params });
});
