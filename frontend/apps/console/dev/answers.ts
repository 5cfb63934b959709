// Canned answers by address; what is changed here is forgotten at reload.
import { cards, eur, manage, me, NOW, products, shows } from './fixtures.ts';
import { balance, health, importRun, members, numbers, problems } from './fixtures_desk.ts';
import { order, orderRows, progress } from './fixtures_orders.ts';
import {
  affected,
  allocations,
  dispute,
  disputeRows,
  drops,
  inbox,
  jobs,
  mistake,
  outbox,
  pickList,
  preview,
  promotions,
  rates,
  restrictions,
  returnRows,
  returnView,
  sellingPolicy,
  subscriptions,
  waitlist,
} from './fixtures_selling.ts';

export interface Answer {
  readonly status: number;
  readonly json: unknown;
}

const ok = (json: unknown): Answer => ({ status: 200, json });
const page = (items: readonly unknown[]): Answer => ok({ items, next_cursor: null });

export function answer(method: string, url: URL, body: Record<string, unknown> | null, mode: string): Answer {
  const path = url.pathname;
  if (mode === 'error' && path !== '/v1/me')
    return { status: 500, json: { code: 'internal', message: '', request_id: 'req_01K' } };
  if (method !== 'GET') return change(path, body);
  const empty = mode === 'empty';
  const last = path.split('/').at(-1) ?? '';
  const sold = selling(path, url.searchParams, empty);
  if (sold) return sold;
  if (path === '/v1/me') return ok(me);
  if (path.endsWith('/manage')) return ok(manage(path.split('/')[3] ?? ''));
  if (/organisations\/\w+\/shows$/.test(path)) return page(empty ? [] : shows);
  if (/\/products$/.test(path))
    return page(
      empty
        ? []
        : products.filter((one) =>
            one.title.toLowerCase().includes((url.searchParams.get('query') ?? '').toLowerCase()),
          ),
    );
  if (path.startsWith('/v1/products/')) return ok(products.find((one) => one.id === last) ?? products[0]);
  if (/\/orders$/.test(path)) {
    const state = url.searchParams.get('state');
    return page(empty ? [] : orderRows.filter((row) => !state || row.state === state));
  }
  if (/\/orders\/\w+$/.test(path)) return ok(order(last));
  if (path.endsWith('/balance'))
    return ok(empty ? { accounts: [], entries: { items: [], next_cursor: null } } : balance);
  if (path.endsWith('/numbers')) return ok(numbers);
  if (path.endsWith('/members')) return ok(members);
  if (path.endsWith('/invitations'))
    return ok([
      { id: 'inv_1', email: 'kim@example.org', role: 'moderator', created_at: new Date(NOW - 7_200_000).toISOString() },
    ]);
  if (path.endsWith('/staff'))
    return page(
      members.slice(0, 2).map(({ person_id, display_name }, index) => ({
        person_id,
        display_name,
        role: index === 0 ? 'host' : 'moderator',
      })),
    );
  if (path.endsWith('/shelf-sets')) return page([{ id: 'set_1', name: 'Autumn, the warm half' }]);
  if (path.endsWith('/imports')) return page(empty ? [] : [importRun]);
  if (path.endsWith('/problems')) return page(problems);
  if (path.startsWith('/v1/imports/')) return ok(importRun);
  if (path.endsWith('/sessions'))
    return page([
      {
        id: 'ses_1',
        created_at: new Date(NOW).toISOString(),
        device: navigator.userAgent,
        seen_at: new Date(NOW).toISOString(),
        is_current: true,
      },
      {
        id: 'ses_2',
        created_at: new Date(NOW - 86_400_000).toISOString(),
        seen_at: new Date(NOW - 7_000_000).toISOString(),
        device: 'Mozilla/5.0 (iPhone) Safari/605',
        is_current: false,
      },
    ]);
  if (path === '/v1/audit')
    return page([
      {
        id: 'a1',
        at: new Date(NOW).toISOString(),
        by: 'Mira Holt',
        action: 'shows.pin_item',
        subject_id: cards[6]?.id,
        details: {},
      },
    ]);
  if (path === '/v1/health') return ok(health);
  if (path === '/v1/operator/dead-letters')
    return page(
      empty
        ? []
        : [
            {
              id: 'dl_1',
              subscriber: 'talent.ledger',
              key: 'ord_12',
              event: 'sales.order_paid',
              error: 'The journal does not sum to zero.',
              tries: 8,
              at: new Date(NOW).toISOString(),
              state: 'open',
              settled_at: null,
              settled_by: null,
            },
          ],
    );
  if (/organisations\/\w+$/.test(path))
    return ok({
      id: 'org_1',
      kind: 'seller',
      name: 'Lumen Knitwear',
      slug: 'lumen',
      currency: 'EUR',
      country: 'DE',
      legal_identity: 'Lumen Knitwear GmbH, Holtenauer Str. 12, 24105 Kiel',
    });
  return { status: 404, json: { code: 'not_found', message: '' } };
}

function selling(path: string, query: URLSearchParams, empty: boolean): Answer | null {
  const last = path.split('/').at(-1) ?? '';
  const list = <T>(rows: readonly T[], of: (row: T) => string = () => ''): Answer => {
    const state = query.get('state');
    return page(empty ? [] : rows.filter((row) => !state || of(row) === '' || of(row) === state));
  };
  if (/shows\/\w+\/drops$/.test(path)) return list(drops);
  if (path.endsWith('/allocations')) return ok({ items: empty ? [] : allocations });
  if (path.endsWith('/chat-orders')) return ok({ enabled: null, effective: true });
  if (path.endsWith('/promotions')) return list(promotions);
  if (/\/promotions\/\w+$/.test(path)) return ok(promotions.find((one) => one.id === last) ?? promotions[0]);
  if (path.endsWith('/codes'))
    return list(
      ['KNIT10', 'NOV-7F3K-9QXM', 'NOV-2HRT-4WPC'].map((code, index) => ({
        code,
        usage_limit: index === 0 ? null : 1,
        used: index === 0 ? 71 : index - 1,
        disabled: false,
        created_at: new Date(NOW).toISOString(),
      })),
    );
  if (path.endsWith('/returns')) return list(returnRows, (row) => row.state);
  if (/\/returns\/\w+$/.test(path)) return ok(returnView(last));
  if (path.endsWith('/disputes')) return list(disputeRows, (row) => row.state);
  if (/\/disputes\/\w+$/.test(path)) return ok(dispute(last));
  if (path.endsWith('/pick-list'))
    return ok(empty ? { ...pickList, items: [], by_order: [], by_variant: [], units: 0 } : pickList);
  if (path.endsWith('/progress')) return ok(progress(path.split('/').at(-2) ?? ''));
  if (path.endsWith('/price-mistakes/affected')) return ok(empty ? { ...affected, items: [], orders: 0 } : affected);
  if (/\/price-mistakes\/\w+$/.test(path)) return ok(mistake);
  if (path.endsWith('/restrictions')) return list(restrictions, (row) => row.state);
  if (path.endsWith('/waitlist')) return list(waitlist);
  if (path.endsWith('/subscriptions')) return list(subscriptions, (row) => row.state);
  if (path.endsWith('/subscription-offer'))
    return ok({ product_id: 'prd_2', interval_days: [30, 60], discount_basis_points: 500, active: true });
  if (path.endsWith('/selling-policy')) return ok(sellingPolicy);
  if (path.endsWith('/return-rules')) return ok({ organisation_id: 'org_1', approval: 'by_hand', address: '' });
  if (path === '/v1/operator/inbox') return list(inbox, (row) => row.state);
  if (path === '/v1/operator/outbox') return list(outbox, (row) => row.state);
  if (path === '/v1/operator/jobs') return list(jobs, (row) => row.state);
  if (path === '/v1/operator/exchange-rates') return list(rates);
  return null;
}

function change(path: string, body: Record<string, unknown> | null): Answer {
  if (path.endsWith('/ticket'))
    return ok({
      ticket: 'mock',
      ws_url: 'ws://mock',
      room_id: 'rom_1',
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    });
  if (path.endsWith('/stream-key'))
    return ok({ rtmp_url: 'rtmp://live.lumen.example/live', key: 'bct_01KAH3V8-9vTq2mZ4x7Qd' });
  if (path.endsWith('/promotions/preview')) return ok(preview);
  if (path.endsWith('/preview'))
    return ok({ goods: eur(7110), shipping: eur(0), tax: eur(1135), amount: eur(7110), presentment: null });
  if (path.endsWith('/codes')) return ok({ codes: ['NOV-1', 'NOV-2', 'NOV-3'] });
  if (path.endsWith('/price-mistakes')) return ok(mistake);
  if (path.endsWith('/exchange'))
    return ok({ return_id: 'ret_4', refund_minor: 0, to_pay_minor: 0, currency: 'EUR', hold_id: null });
  if (path.endsWith('/promotions')) return ok(promotions[0]);
  if (path.endsWith('/pin')) dispatchEvent(new CustomEvent('mock-pin', { detail: body?.item_id }));
  if (path.endsWith('/imports')) return ok(importRun);
  if (path.endsWith('/shows')) return ok(shows[2]);
  return { status: 204, json: null };
}
