// Canned answers for money, team, import and health.
import type { Balance, Health, ImportProblem, ImportRun, Member, Numbers } from '../src/types.ts';
import { cards, eur, NOW } from './fixtures.ts';
import { orderRows } from './fixtures_orders.ts';

const at = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString();

export const members: Member[] = [
  { person_id: 'usr_1', email: 'mira@lumen.example', display_name: 'Mira Holt', role: 'owner' },
  { person_id: 'usr_2', email: 'jonas@lumen.example', display_name: 'Jonas Berg', role: 'moderator' },
  { person_id: 'usr_3', email: 'wei.zhang@lumen.example', display_name: '张薇', role: 'host' },
];

export const balance: Balance = {
  accounts: [
    { account: 'seller.goods', balance: eur(-412_380) },
    { account: 'seller.tax', balance: eur(-82_904) },
    { account: 'seller.shipping', balance: eur(-14_700) },
  ],
  entries: {
    items: orderRows.slice(0, 8).flatMap((row, index) => {
      const back = row.state === 'refunded' ? -1 : 1;
      const total = row.total.amount_minor * back;
      const tax = Math.round(total * 0.16);
      const lines: [string, number][] = [
        ['clearing.test', total],
        ['seller.tax', -tax],
        ['seller.shipping', -490 * back],
        ['seller.goods', -(total - tax - 490 * back)],
      ];
      return lines.map(([account, amount], place) => ({
        id: `lin_${index}_${place}`,
        journal_id: `jrn_${index}`,
        at: at(-index * 9),
        kind: back > 0 ? 'sale' : 'refund',
        account,
        amount: eur(amount),
        order_id: row.id,
        order_number: row.number,
      }));
    }),
    next_cursor: null,
  },
};

const definitions: [string, number | ReturnType<typeof eur>, string, string][] = [
  ['viewers_now', 318, 'Connected to the room within the last 30 seconds.', '最近 30 秒内连接到直播间的人数。'],
  ['viewers_peak', 402, 'The largest number connected at once.', '同时连接的最高人数。'],
  ['viewers_unique', 1263, 'Different people or browsers that opened the show.', '打开过直播的不同人数或浏览器数。'],
  [
    'requests',
    214,
    'Times somebody asked to see an item; once per person and item.',
    '想看某件商品的次数，每人每件计一次。',
  ],
  ['orders', 61, 'Orders placed from this show.', '来自本场直播的订单数。'],
  ['units', 78, 'Items in paid orders, refunded ones not counted.', '已付款订单中的件数，不含退款。'],
  ['sales_gross', eur(598_200), 'What buyers paid, tax and shipping included.', '买家支付总额，含税费与运费。'],
  ['sales_net', eur(479_344), 'Gross minus tax, shipping and refunds.', '总额减去税费、运费和退款。'],
  [
    'open_to_paid_median',
    38,
    'Half of the buyers were faster, from opening the item to paid.',
    '从打开商品到付款，一半买家更快。',
  ],
];
export const numbers: Numbers = {
  show_id: 'shw_1',
  metrics: definitions.map(([key, value, definition_en, definition_zh]) => ({
    unit: key.startsWith('open')
      ? ('seconds' as const)
      : typeof value === 'number'
        ? ('count' as const)
        : ('money' as const),
    key,
    value,
    definition_en,
    definition_zh,
  })),
  per_minute: Array.from({ length: 38 }, (_, index) => ({
    at_ms: NOW - (38 - index) * 60_000,
    viewers: Math.round(402 * (1 - Math.exp(-index / 9)) - 40 * Math.abs(Math.sin(index / 4))),
    orders: index % 4,
    net_minor: (index % 4) * 7_800,
  })).map((row) => ({ ...row, viewers: Math.max(0, row.viewers) })),
  items: cards.slice(0, 7).map((card, index) => ({
    item_id: card.id,
    number: card.number,
    title: card.title,
    requests: 34 - index * 4,
    holds: 22 - index * 2,
    units: 18 - index * 2,
    net: eur(card.price_minor * (18 - index * 2)),
  })),
};

export const importRun: ImportRun = {
  id: 'imp_1',
  state: 'done',
  rows_total: 1840,
  rows_done: 1840,
  products_created: 312,
  products_updated: 14,
  products_unchanged: 96,
  problems_count: 3,
  file_name: 'products_export_1.csv',
  started_at: at(-40),
};
export const problems: ImportProblem[] = [
  {
    line: 214,
    column: 'Variant Price',
    code: 'not_a_price',
    reason: 'The price is not a number with at most two digits after the point.',
    value: '12,990.00 €',
  },
  { line: 377, column: 'Handle', code: 'missing', reason: 'The row names no product.', value: '' },
  {
    line: 1502,
    column: 'Variant Inventory Qty',
    code: 'negative',
    reason: 'The stock cannot be below zero; 0 was used.',
    value: '-4',
  },
];

export const health: Health = {
  status: 'ok',
  checks: [
    { name: 'web', state: 'ok', detail: '3 workers' },
    { name: 'writer', state: 'ok', detail: '0.4 ms' },
    { name: 'media', state: 'ok', detail: '1 broadcast' },
    { name: 'disk', state: 'warn', detail: '8 GB left' },
  ],
};
