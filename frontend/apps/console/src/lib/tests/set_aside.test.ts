import { expect, test } from 'vitest';
import { cards } from '../../../dev/fixtures.ts';
import { asideChanges, asideOf, asideRows } from '../set_aside.ts';

const dress = cards.slice(6, 7);
const known = [
  {
    variant_id: 'var_7_M',
    product_id: 'prd_7',
    product_title: 'Linen shirt dress',
    variant_title: 'M',
    sku: 'LUM-7-M',
    image_url: '',
    allocated: 20,
    taken: 8,
    left: 12,
    left_in_stock: 6,
  },
];

test('each variant of the shelf is a row, once, with what its buyers took', () => {
  const rows = asideRows([...dress, ...dress], known);
  expect(rows.map((row) => row.variant)).toEqual(['S', 'M', 'L', 'XL']);
  expect(rows[1]).toMatchObject({ given: 20, taken: 8, free: 6 });
});

test('never below what was taken, never above what there is, and a host never raises', () => {
  const row = asideRows(dress, known)[1];
  if (!row) throw new Error('M stands on the shelf.');
  expect(asideOf(row, '8', true)).toBe(8);
  expect(asideOf(row, '7', true)).toBeNull();
  expect(asideOf(row, '26', true)).toBe(26);
  expect(asideOf(row, '27', true)).toBeNull();
  expect(asideOf(row, '21', false)).toBeNull();
});

test('only what changed is sent, and nothing while something is wrong', () => {
  const rows = asideRows(dress, known);
  expect(asideChanges(rows, { var_7_M: '20', var_7_S: '3' }, true)).toEqual([{ variant_id: 'var_7_S', quantity: 3 }]);
  expect(asideChanges(rows, { var_7_M: 'all' }, true)).toBeNull();
});
