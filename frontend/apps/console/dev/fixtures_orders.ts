// Canned orders.
import type { Order, OrderLine, OrderProgress, OrderRow } from '../src/types.ts';
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
const NAMES_OF_BUYERS = ['Ana Ribeiro', '李薇', 'J. Okafor', 'Tom Brandt', 'Sofia Marques', '陈晨'];
export const orderRows: OrderRow[] = Array.from({ length: 32 }, (_, index) => ({
  id: `ord_${index + 1}`,
  number: `SC-${10432 - index}`,
  state: (['paid', 'paid', 'paid', 'placed', 'refunded', 'cancelled'] as const)[index % 6] ?? 'paid',
  placed_at: at(-index * 7 - 1),
  email: BUYERS[index % BUYERS.length] ?? '',
  total: eur(8390 + ((index * 977) % 9000)),
  units: 1 + (index % 3),
  name: NAMES_OF_BUYERS[index % NAMES_OF_BUYERS.length] ?? '',
  seller_name: 'Lumen Knitwear',
  refunded: eur(0),
  packed: index % 6 === 2,
  titles: [NAMES[index % 12]?.[0] ?? ''],
}));

const base = (placed: string) => ({
  price_shown: eur(7900),
  lowest_30d: eur(7900),
  gift: false,
  bundle_key: null,
  drop_id: null,
  host_name: 'Mira Holt',
  host_opened_name: 'Mira Holt',
  host_placed_name: 'Mira Holt',
  show_id: 'shw_1',
  media_at_ms: NOW - 240_000,
  said_at_url: '/shows/shw_1?at=1740',
  clip_url: null,
  claims_shown: '100 % European linen · Washes at 40 °C',
  seller: {
    id: 'org_1',
    name: 'Lumen Knitwear',
    legal_identity: 'Lumen Knitwear GmbH, Holtenauer Str. 12, 24105 Kiel',
  },
  source: 'live',
  opened_at: new Date(Date.parse(placed) - 41_000).toISOString(),
  held_at: new Date(Date.parse(placed) - 20_000).toISOString(),
  placed_at: placed,
  terms_version: 'org_1/3',
});

function lines(placed: string): OrderLine[] {
  return [
    {
      ...base(placed),
      id: 'orl_1',
      product_id: 'prd_7',
      variant_id: 'var_7_M',
      item_id: 'itm_7',
      number: 7,
      title: 'Linen shirt dress',
      variant: 'M',
      sku: 'LUM-7-M',
      quantity: 2,
      price_shown: eur(6900),
      list_price: eur(7900),
      amount: eur(13_800),
      discount: eur(1380),
      net: eur(12_420),
      tax: eur(1983),
      drop_id: 'drp_1',
    },
    {
      ...base(placed),
      id: 'orl_2',
      product_id: 'prd_8',
      variant_id: 'var_8_S',
      item_id: 'itm_8',
      number: 8,
      title: 'Wool socks, three pairs',
      variant: 'S',
      sku: 'LUM-8-S',
      quantity: 3,
      price_shown: eur(1900),
      list_price: eur(1900),
      amount: eur(5700),
      discount: eur(570),
      net: eur(5130),
      tax: eur(819),
    },
    {
      ...base(placed),
      id: 'orl_3',
      product_id: 'prd_3',
      variant_id: 'var_3_M',
      item_id: 'itm_3',
      number: 3,
      title: 'Rib beanie',
      variant: 'M',
      sku: 'LUM-3-M',
      quantity: 1,
      price_shown: eur(0),
      list_price: eur(2900),
      amount: eur(0),
      discount: eur(0),
      net: eur(0),
      tax: eur(0),
      gift: true,
    },
  ];
}

export function order(id: string): Order {
  const row = orderRows.find((one) => one.id === id) ?? (orderRows[0] as OrderRow);
  const isRefunded = row.state === 'refunded';
  const adjustment = (
    id: string,
    line_id: string | null,
    label: string,
    lane: string,
    amount: number,
    code: string | null,
    funded_by: string,
  ) => ({
    id,
    line_id,
    promotion_id: 'prm_1',
    code,
    lane,
    funded_by,
    label,
    amount: eur(amount),
  });
  return {
    id: row.id,
    number: row.number,
    state: row.state,
    placed_at: row.placed_at,
    paid_at: row.state === 'placed' ? null : row.placed_at,
    packed_at: row.packed ? at(-1) : null,
    shipped_at: null,
    delivered_at: null,
    return_until: null,
    cancelled_at: row.state === 'cancelled' ? at(-1) : null,
    email: row.email,
    seller: {
      id: 'org_1',
      name: 'Lumen Knitwear',
      legal_identity: 'Lumen Knitwear GmbH\nHoltenauer Str. 12, 24105 Kiel\nHRB 12345, Amtsgericht Kiel',
    },
    refunded: eur(isRefunded ? 17_550 : 0),
    refunds: isRefunded
      ? [{ id: 'rfd_1', state: 'succeeded', amount: eur(17_550), reason: '', created_at: at(-1) }]
      : [],
    address: {
      name: row.name,
      line1: 'Rua das Flores 14',
      line2: '3.º Esq.',
      city: 'Porto',
      region: '',
      postal_code: '4050-262',
      country: 'PT',
      phone: '',
    },
    totals: {
      items: eur(19_500),
      discount: eur(1950),
      shipping: eur(0),
      shipping_discount: eur(490),
      tax: eur(2802),
      tax_included: true,
      tax_lines: [],
      total: eur(17_550),
      duties_estimate: null,
    },
    exchange:
      row.id === 'ord_2'
        ? {
            total: { amount_minor: 19_013, currency: 'USD' },
            refunded: { amount_minor: 0, currency: 'USD' },
            rate: '1.083400000000',
            source: 'ECB',
            at: row.placed_at,
          }
        : null,
    adjustments: [
      adjustment('adj_1', 'orl_1', 'Autumn coupon', 'coupon', 1380, 'KNIT10', 'seller'),
      adjustment('adj_2', 'orl_2', 'Autumn coupon', 'coupon', 570, 'KNIT10', 'platform'),
      adjustment('adj_3', null, 'Free shipping from €99', 'shipping', 490, null, 'seller'),
    ],
    lines: lines(row.placed_at),
    payments: [
      {
        state: isRefunded ? 'refunded' : 'captured',
        amount: eur(17_550),
        refunded: eur(isRefunded ? 17_550 : 0),
        label: 'Test card ···· 4242',
        at: row.placed_at,
      },
    ],
    receipt_url: `/v1/orders/${row.id}/receipt.pdf`,
    can: { cancel: true, change_address: true, resend: true },
  };
}

export function progress(id: string): OrderProgress {
  const now = order(id);
  const isOpen = now.state === 'paid';
  const placed = Date.parse(now.placed_at);
  const after = (minutes: number): string => new Date(placed + minutes * 60_000).toISOString();
  return {
    order_id: now.id,
    lines: now.lines.map((line, index) => ({
      line_id: line.id,
      title: line.title,
      variant_title: line.variant,
      quantity: line.quantity,
      cancelled: index === 1 && isOpen ? 1 : 0,
      shipped: index === 0 && isOpen ? 1 : 0,
      to_ship: isOpen ? line.quantity - (index < 2 ? 1 : 0) : 0,
      on_return: index === 0 && isOpen ? 1 : 0,
      refunded_units: index === 1 && isOpen ? 1 : 0,
      refunded: eur(index === 1 && isOpen ? 1710 : 0),
      refundable: eur(index === 1 && isOpen ? 3420 : line.net.amount_minor),
    })),
    shipments: isOpen
      ? [
          {
            id: 'shp_1',
            number: 1,
            state: 'shipped',
            carrier: 'DHL',
            tracking_number: '00340434161094042557',
            tracking_url: 'https://www.dhl.com/',
            shipped_at: after(4),
            delivered_at: null,
            undo_until: new Date(Date.now() + 420_000).toISOString(),
            lines: [{ line_id: 'orl_1', title: 'Linen shirt dress', variant_title: 'M', sku: 'LUM-7-M', quantity: 1 }],
          },
        ]
      : [],
    returns: isOpen ? [{ id: 'ret_1', kind: 'return', state: 'requested', requested_at: after(6), units: 1 }] : [],
    timeline: isOpen
      ? [
          { at: now.placed_at, what: 'placed' },
          { at: after(3), what: 'cancelled' },
          { at: after(4), what: 'shipped' },
          { at: after(6), what: 'return_requested' },
        ]
      : [],
    shipping_refunded: eur(0),
    refunded: eur(isOpen ? 1710 : 0),
    refund_underway: eur(0),
    refundable: eur(15_840),
    shipped_at: null,
    delivered_at: null,
    delivery_assumed: false,
    return_until: at(60 * 24 * 14),
    can: {
      cancel: false,
      withdraw: false,
      return_goods: false,
      pack: isOpen && !now.packed_at,
      ship: isOpen,
      cancel_lines: isOpen,
      refund: isOpen,
    },
  };
}
