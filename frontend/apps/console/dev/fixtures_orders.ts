// Canned orders.
import type { Order, OrderRow } from '../src/types.ts';
import { eur, NAMES, NOW } from './fixtures.ts';

const at = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString();

const BUYERS = [
  'ana@example.org',
  'li.wei@example.cn',
  'j.okafor@example.com',
  'tom@example.net',
  'sofia@example.pt',
  'chen@example.cn',
];
export const orderRows: OrderRow[] = Array.from({ length: 32 }, (_, index) => ({
  id: `ord_${index + 1}`,
  number: `SC-${10432 - index}`,
  state: (['paid', 'paid', 'paid', 'placed', 'refunded', 'cancelled'] as const)[index % 6] ?? 'paid',
  placed_at: at(-index * 7 - 1),
  email: BUYERS[index % BUYERS.length] ?? '',
  total: eur(8390 + ((index * 977) % 9000)),
  units: 1 + (index % 3),
  name: 'Ana Ribeiro',
  refunded: eur(0),
  packed: false,
  titles: [NAMES[index % 12]?.[0] ?? ''],
}));

export function order(id: string): Order {
  const row = orderRows.find((one) => one.id === id) ?? (orderRows[0] as OrderRow);
  return {
    id: row.id,
    number: row.number,
    state: row.state,
    placed_at: row.placed_at,
    paid_at: row.state === 'placed' ? null : row.placed_at,
    email: row.email,
    packed_at: null,
    refunded: eur(row.state === 'refunded' ? 8390 : 0),
    refunds:
      row.state === 'refunded'
        ? [{ id: 'rfd_1', state: 'refunded', amount: eur(8390), reason: '', created_at: at(-1) }]
        : [],
    cancelled_at: row.state === 'cancelled' ? at(-1) : null,
    address: { name: 'Ana Ribeiro', line1: 'Rua das Flores 14', city: 'Porto', postal_code: '4050-262', country: 'PT' },
    totals: { items: eur(7900), shipping: eur(490), tax: eur(1340), total: eur(8390) },
    lines: [
      {
        title: 'Linen shirt dress',
        variant: 'M',
        quantity: 1,
        price_shown: eur(7900),
        lowest_30d: eur(7900),
        host_name: 'Mira Holt',
        show_id: 'shw_1',
        show_title: 'Autumn knits, the whole shelf',
        media_at_ms: NOW - 240_000,
        said_at_url: '/shows/shw_1?at=1740',
        clip_url: '',
        claims_shown: ['100 % European linen', 'Washes at 40 °C'],
        seller: 'Lumen Knitwear GmbH, Kiel',
        source: 'live',
        opened_at: new Date(Date.parse(row.placed_at) - 41_000).toISOString(),
        placed_at: row.placed_at,
        terms_version: '2026-10',
      },
    ],
    payments: [
      {
        state: row.state === 'refunded' ? 'refunded' : 'captured',
        amount: eur(8390),
        refunded: eur(0),
        label: 'Test card ···· 4242',
        at: row.placed_at,
      },
    ],
    receipt_url: `/v1/orders/${row.id}/receipt.pdf`,
    can: { resend: true },
  };
}
