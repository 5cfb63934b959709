// The canned shop: shows, shelf, room, holds, checkouts and orders in memory.
import { makeCommerce } from './mock-commerce.mjs';

const PRODUCTS = [
  [
    'Cashmere scarf “Dune”',
    '羊绒围巾',
    4900,
    5900,
    ['Sand', 'Rust', 'Ink'],
    null,
    34,
    'Two-ply cashmere, woven in Biella.',
  ],
  [
    'Linen shirt, washed',
    '水洗亚麻衬衫',
    6900,
    null,
    ['White', 'Sage'],
    ['S', 'M', 'L'],
    18,
    'Pre-washed, does not shrink.',
  ],
  ['Leather tote', '真皮托特包', 14900, 16900, ['Cognac'], null, 4, 'Fits a 14-inch laptop.'],
  ['Ceramic pour-over set', '陶瓷手冲套装', 3900, null, null, null, 52, 'Dishwasher safe.'],
  ['Merino crew neck', '美利奴圆领衫', 8900, 9900, ['Navy', 'Oat'], ['S', 'M', 'L', 'XL'], 27, '100 % merino, 240 g.'],
  ['Walnut serving board', '胡桃木砧板', 4500, null, null, null, 0, 'Oiled by hand.'],
  [
    'Wool coat “Harbour”',
    '羊毛大衣',
    24900,
    27900,
    ['Camel', 'Black'],
    ['S', 'M', 'L'],
    12,
    'Warm to minus five, lined with cupro.',
  ],
  ['Beeswax candles, set of 4', '蜂蜡蜡烛四支', 1800, null, null, null, 80, 'Burns 12 hours each.'],
  ['Silk pillowcase', '真丝枕套', 3500, 3900, ['Pearl', 'Blush'], null, 22, '22 momme mulberry silk.'],
  ['Enamel camping mug', '搪瓷马克杯', 1400, null, ['Cream', 'Forest'], null, 64, 'Holds 350 ml.'],
  ['Trail socks, two pairs', '徒步袜两双', 1900, null, null, ['36–39', '40–43'], 41, 'No seam at the toe.'],
  ['Stainless bottle 750 ml', '不锈钢水壶', 2900, null, null, null, 33, 'Cold for 24 hours.'],
];
const COLOURS = [
  '#c9a27a',
  '#8fa58a',
  '#9a5b33',
  '#d8d0c4',
  '#33415c',
  '#6b4a32',
  '#b98d5a',
  '#e3c16f',
  '#d9c3c8',
  '#52705c',
  '#8a8f98',
  '#a7b4b8',
];
const SAYINGS = [
  ['Mara', 'viewer', 'That coat is gorgeous'],
  ['小雨', 'viewer', '试一下7号'],
  ['Jonas', 'viewer', 'Does the linen run small?'],
  ['Ines', 'host', 'True to size, I am wearing M. Number seven comes right after this.'],
  ['Ada', 'viewer', '#7 in M please'],
  ['阿杰', 'viewer', '大衣有黑色吗？'],
  ['Tom', 'viewer', 'just bought the scarf, thanks!'],
  ['Lena (mod)', 'moderator', 'Shipping to the EU is free over 60 €.'],
  ['Priya', 'viewer', 'How heavy is the tote when it is empty? My last one was far too heavy to carry every day.'],
];

function money(amount_minor) {
  return { amount_minor, currency: 'EUR' };
}

function card(row, index) {
  const [title, , price, low, colours, sizes, left, claim] = row;
  const options = [...(colours ? ['Colour'] : []), ...(sizes ? ['Size'] : [])];
  const pairs = (colours ?? [null]).flatMap((colour) =>
    (sizes ?? [null]).map((size) => [colour, size].filter(Boolean)),
  );
  const number = index + 1;
  return {
    id: `itm_${number}`,
    number,
    title,
    image_url: `/images/${number}.svg`,
    claim,
    hidden: false,
    currency: 'EUR',
    price_minor: price,
    price_max_minor: price,
    compare_at_minor: low,
    lowest_30d_minor: low,
    left,
    variants: pairs.map((values, at) => ({
      id: `var_${number}_${at}`,
      title: values.join(' / ') || title,
      options: values,
      price_minor: price,
      left: Math.max(0, Math.ceil(left / pairs.length) - (at === 1 ? left : 0)),
    })),
    options,
    product_id: `prd_${number}`,
    seller_id: 'org_1',
    seller_name: 'Atelier Nord',
  };
}

export function makeWorld(stream, { talk }) {
  const cards = PRODUCTS.map(card);
  const started = stream.startMs;
  const moment = (number, from, to) => ({
    id: `mom_${number}_${from}`,
    item_id: `itm_${number}`,
    number,
    title: cards[number - 1].title,
    image_url: `/images/${number}.svg`,
    from_ms: started + from * 1000,
    to_ms: to === null ? null : started + to * 1000,
    clip_url:
      to === null
        ? null
        : `/live/b1/clip.m3u8?from_ms=${started + from * 1000}&to_ms=${started + Math.min(to, from + 20) * 1000}`,
  });
  const chapters = [
    moment(1, 20, 95),
    moment(3, 110, 190),
    moment(5, 200, 300),
    moment(4, 305, 350),
    moment(2, 360, 440),
    moment(9, 450, 520),
  ];
  const last = moment(7, 530, null);
  const show = (id, state, title, startsInS) => ({
    id,
    state,
    title,
    starts_at: new Date(Date.now() + startsInS * 1000).toISOString(),
  });
  const shows = new Map([
    ['shw_live', show('shw_live', 'live', 'Autumn wardrobe with Ines', -600)],
    ['shw_replay', show('shw_replay', 'replay', 'Kitchen evening: pour-over and boards', -90_000)],
    ['shw_soon', show('shw_soon', 'scheduled', 'Wool week: coats, knits, socks', 5400)],
  ]);
  const timers = [];
  const clients = new Set();
  const log = [];
  const holds = new Map();
  const orders = new Map();
  const checkouts = new Map();
  let seq = 0;
  const slowMode = 0;
  let signedIn = false;
  let elements = false;
  let state = { show: { state: 'live' } };
  const onAir = { item_id: last.item_id, moment_id: last.id, since_ms: last.from_ms };

  function entry(kind, body, at_ms = Date.now()) {
    seq += 1;
    const one = { seq, kind, at_ms, body };
    log.push(one);
    return one;
  }
  function say(name, role, text, reply_to = null, key = `p_${name}`) {
    return entry('chat.line', { id: `ln_${seq}`, key, name, role, text, reply_to });
  }
  function publish(...entries) {
    for (const socket of clients) socket.send(JSON.stringify({ t: 'frames', epoch: 1, seq, entries }));
  }
  for (const [name, role, text] of SAYINGS.slice(0, 6)) say(name, role, text);

  function roomState() {
    return {
      show: state.show,
      items: Object.fromEntries(cards.map((one) => [one.id, one])),
      order: cards.map((one) => one.id),
      on_air: onAir,
      stock: Object.fromEntries(cards.flatMap((one) => one.variants.map((variant) => [variant.id, variant.left]))),
      requests: [
        { item_id: 'itm_7', number: 7, count: 34, since_ms: Date.now() - 120_000, eta_s: 60 },
        { item_id: 'itm_3', number: 3, count: 9, since_ms: Date.now() - 60_000, eta_s: 260 },
        { item_id: 'itm_11', number: 11, count: 2, since_ms: Date.now() - 30_000, eta_s: null },
      ],
      mode: { slow_mode_s: slowMode },
      last_moments: {},
      drops: commerce.drops(),
      coupons: commerce.shown(),
    };
  }
  function showPage(one) {
    const replay = one.state === 'replay';
    const scheduled = one.state === 'scheduled';
    const base = '/live/b1';
    return {
      id: one.id,
      title: one.title,
      description:
        'Twelve pieces, shown slowly, with time for questions. Everything ships from Antwerp within two days.',
      cover_url: `/images/cover-${one.id}.svg`,
      category: 'fashion',
      language: 'en',
      state: one.state,
      starts_at: one.starts_at,
      started_at: scheduled ? null : new Date(started).toISOString(),
      ended_at: replay ? new Date(started + 600_000).toISOString() : null,
      host: { id: 'usr_ines', name: 'Ines Maes' },
      owner: { id: 'org_1', name: 'Atelier Nord' },
      sellers: [
        {
          id: 'org_1',
          name: 'Atelier Nord',
          legal_identity: 'Atelier Nord BV, Kloosterstraat 12, 2000 Antwerp, BE 0712.345.678',
        },
      ],
      playback: scheduled
        ? null
        : {
            live_url: `${base}/live.m3u8`,
            plain_url: `${base}/plain.m3u8`,
            replay_url: `${base}/replay.m3u8`,
            rewind_url: `${base}/rewind.m3u8`,
            status_url: `${base}/status.json`,
          },
      chapters: scheduled ? [] : replay ? [...chapters, { ...last, to_ms: started + 590_000 }] : [...chapters, last],
      items: cards,
      on_air: replay || scheduled ? null : onAir,
      room_id: one.id === 'shw_live' ? 'rom_1' : 'rom_2',
      epoch: 1,
      seq,
      server_ms: Date.now(),
      can: { manage: false, moderate: state.moderate === true },
    };
  }
  function showCard(one) {
    return { ...showPage(one), viewers: one.state === 'live' ? 128 : undefined, item_count: cards.length };
  }
  function totals(minor) {
    const shipping = minor > 6000 ? 0 : 495;
    return {
      items: money(minor),
      shipping: money(shipping),
      tax: money(Math.round(((minor + shipping) * 21) / 121)),
      total: money(minor + shipping),
    };
  }
  function problem(status, code, en, zh, language, params = {}) {
    return { status, body: { code, message: language === 'zh' ? zh : en, params, request_id: 'req_mock' } };
  }
  function orderOf(checkout, own, address, email, seller, token) {
    const id = `ord_${orders.size + 1}`;
    const later = token === 'tok_later';
    const who = { id: seller.seller_id, name: seller.seller_name, legal_identity: `${seller.seller_name} BV, Antwerp` };
    const order = {
      id,
      number: `SC-10${orders.size + 41}`,
      state: later ? 'placed' : 'paid',
      placed_at: new Date().toISOString(),
      paid_at: later ? null : new Date().toISOString(),
      packed_at: null,
      cancelled_at: null,
      email,
      seller: who,
      totals: checkout.totals,
      refunded: money(0),
      refunds: [],
      address,
      lines: own.map((hold, at) => {
        const one = cards.find((item) => item.id === hold.item_id);
        const amount = hold.price.amount_minor * hold.quantity;
        const variant = one.variants.find((item) => item.id === hold.variant_id).title;
        return {
          id: `lin_${at + 1}`,
          title: one.title,
          variant: variant === one.title ? '' : variant,
          quantity: hold.quantity,
          price_shown: hold.price,
          list_price: money(one.price_minor),
          amount: money(amount),
          discount: money(0),
          net: money(amount),
          gift: false,
          lowest_30d: one.lowest_30d_minor ? money(one.lowest_30d_minor) : null,
          image_url: one.image_url,
          product_id: one.product_id,
          variant_id: hold.variant_id,
          host_name: 'Ines Maes',
          show_id: 'shw_live',
          item_id: one.id,
          number: one.number,
          media_at_ms: Date.now() - 5000,
          said_at_url: `/shows/shw_live?item=${one.number}`,
          clip_url: null,
          claims_shown: one.claim,
          seller: who,
          source: 'live',
          opened_at: new Date(Date.now() - 9000).toISOString(),
          placed_at: new Date().toISOString(),
          terms_version: '2026-11',
        };
      }),
      adjustments: [],
      payments: [
        {
          id: 'pay_1',
          provider: 'test',
          state: 'captured',
          amount: checkout.totals.total,
          refunded: money(0),
          label: 'Test card •••• 4242',
          at: new Date().toISOString(),
        },
      ],
      receipt_url: `/v1/orders/${id}/receipt.pdf?token=t`,
      can: { cancel: true, change_address: true, resend: false },
    };
    orders.set(id, order);
    return order;
  }
  function pay(checkout, method, hold, address, email) {
    const token = method.token ?? 'tok_approve';
    if (token === 'tok_decline')
      Object.assign(checkout, {
        state: 'failed',
        failure: { code: 'declined', message: 'Your bank declined this card.' },
      });
    else if (token === 'tok_second_step') {
      Object.assign(checkout, { state: 'needs_action', next_action_url: '/console' });
      timers.push(setTimeout(() => pay(checkout, { token: 'tok_approve' }, hold, address, email), 5000));
    } else {
      const own = checkout.body.hold_ids.map((id) => holds.get(id));
      const bill = commerce.price(new Map([['hold_ids', checkout.body.hold_ids.join(',')]]));
      const made = bill.sellers.map((seller) =>
        orderOf(
          { totals: seller.totals },
          own.filter((one) => seller.hold_ids.includes(one.id)),
          address,
          email,
          seller,
          token,
        ),
      );
      for (const one of own) one.state = 'claimed';
      Object.assign(checkout, {
        state: 'paid',
        failure: null,
        order_id: made.length === 1 ? made[0].id : null,
        order_url: made.length === 1 ? `/orders/${made[0].id}?token=t` : null,
        orders: made.map((one) => ({
          order_id: one.id,
          number: one.number,
          seller_name: one.seller.name,
          total: one.totals.total,
          order_url: `/orders/${one.id}?token=t`,
        })),
      });
    }
    return checkout;
  }

  const commerce = makeCommerce({ cards, holds, orders, money, problem, publish });
  const person = { id: 'usr_1', email: 'noor@example.com', display_name: 'Noor', language: 'en' };
  const addresses = [
    {
      id: 'adr_1',
      name: 'Noor de Vries',
      line1: 'Prinsengracht 263',
      line2: '',
      city: 'Amsterdam',
      region: '',
      postal_code: '1016 GV',
      country: 'NL',
      phone: '',
      is_default: true,
    },
  ];
  const me = () => ({
    person: signedIn ? person : null,
    guest_id: signedIn ? null : 'gst_1',
    organisations: signedIn ? [{ id: 'org_9', kind: 'host', name: 'Noor', role: 'owner' }] : [],
    is_operator: false,
    language: 'en',
    csrf: 'mock',
  });

  const routes = [
    ...commerce.routes,
    ['GET', /^\/v1\/me$/, () => me()],
    ['PATCH', /^\/v1\/me$/, (_m, body) => Object.assign(person, body) && me()],
    [
      'POST',
      /^\/v1\/(login|register)$/,
      (_m, body, { language }) => {
        if (body.password === 'wrong-password')
          return problem(
            401,
            'accounts.wrong_password',
            'This e-mail and password do not belong together.',
            '邮箱与密码不匹配。',
            language,
          );
        signedIn = true;
        return me();
      },
    ],
    [
      'POST',
      /^\/v1\/logout$/,
      () => {
        signedIn = false;
        return me();
      },
    ],
    ['POST', /^\/v1\/(password-reset|me\/password|verify-email).*$/, () => ({})],
    ['GET', /^\/v1\/me\/addresses$/, () => ({ items: signedIn ? addresses : [], next_cursor: null })],
    [
      'POST',
      /^\/v1\/me\/addresses$/,
      (_m, body) => {
        const one = { id: `adr_${addresses.length + 1}`, is_default: false, ...body };
        addresses.push(one);
        return one;
      },
    ],
    [
      'DELETE',
      /^\/v1\/me\/addresses\/(.+)$/,
      ([, id]) => {
        addresses.splice(
          addresses.findIndex((one) => one.id === id),
          1,
        );
        return {};
      },
    ],
    [
      'GET',
      /^\/v1\/me\/sessions$/,
      () => ({
        items: [
          {
            id: 'ses_1',
            created_at: new Date(Date.now() - 3600e3).toISOString(),
            device: 'Firefox on Linux',
            seen_at: new Date().toISOString(),
            expires_at: new Date(Date.now() + 86400e3).toISOString(),
            is_current: true,
          },
          {
            id: 'ses_2',
            created_at: new Date(Date.now() - 86400e3 * 4).toISOString(),
            device: 'Safari on iPhone',
            seen_at: new Date().toISOString(),
            expires_at: new Date(Date.now() + 86400e3).toISOString(),
            is_current: false,
          },
        ],
        next_cursor: null,
      }),
    ],
    ['DELETE', /^\/v1\/me\/sessions\/.+$/, () => ({})],
    [
      'GET',
      /^\/v1\/me\/payment-methods$/,
      () => ({
        provider: elements ? 'stripe' : 'test',
        sheet: elements ? 'elements' : 'tokens',
        publishable_key: elements ? 'pk_test_mock' : null,
        saved: signedIn ? [{ id: 'pm_1', label: 'Test card •••• 4242' }] : [],
        offered: elements
          ? []
          : [
              {
                token: 'tok_approve',
                label_en: 'Card that approves',
                label_zh: '会成功的卡',
                kind: 'card',
                can_be_saved: true,
              },
              { token: 'tok_decline', label_en: 'Card that declines', label_zh: '会被拒的卡', kind: 'card' },
              { token: 'tok_second_step', label_en: 'Card with a second step', label_zh: '需要验证的卡', kind: 'card' },
              { token: 'tok_wallet', label_en: 'Test wallet', label_zh: '测试钱包', kind: 'redirect' },
              { token: 'tok_later', label_en: 'Bank transfer', label_zh: '银行转账', kind: 'later' },
            ],
      }),
    ],
    [
      'GET',
      /^\/v1\/home$/,
      () => ({
        live: [showCard(shows.get('shw_live'))],
        upcoming: [showCard(shows.get('shw_soon'))],
        replays: [showCard(shows.get('shw_replay'))],
        moments: chapters.map((one) => ({ ...one, show_id: 'shw_replay', show_title: 'Autumn wardrobe with Ines' })),
      }),
    ],
    [
      'GET',
      /^\/v1\/search$/,
      (_m, _b, { query }) => {
        const q = (query.get('q') ?? '').toLowerCase();
        const items = cards.filter((one) => one.title.toLowerCase().includes(q) || String(one.number) === q);
        return {
          shows: [...shows.values()].filter((one) => one.title.toLowerCase().includes(q)).map(showCard),
          items: items.map((one) => ({ show_id: 'shw_live', show_title: 'Autumn wardrobe with Ines', card: one })),
          moments: chapters
            .filter((one) => one.title.toLowerCase().includes(q))
            .map((one) => ({ ...one, show_id: 'shw_live', show_title: 'Autumn wardrobe with Ines' })),
        };
      },
    ],
    ['GET', /^\/v1\/shows$/, () => ({ items: [...shows.values()].map(showCard), next_cursor: null })],
    ['GET', /^\/v1\/shows\/([^/]+)$/, ([, id]) => (shows.has(id) ? showPage(shows.get(id)) : null)],
    [
      'POST',
      /^\/v1\/shows\/([^/]+)\/ticket$/,
      ([, id], _b, { host }) => ({
        ticket: `t.${id}`,
        ws_url: `ws://${host}/ws/rooms`,
        room_id: id === 'shw_live' ? 'rom_1' : 'rom_2',
        expires_at: new Date(Date.now() + 3600e3).toISOString(),
      }),
    ],
    [
      'GET',
      /^\/v1\/shows\/[^/]+\/search$/,
      (_m, _b, { query }) => {
        const q = (query.get('q') ?? '').toLowerCase();
        const has = (text) => text.toLowerCase().includes(q);
        return {
          number: /^\d+$/.test(q) ? Number(q) : null,
          items: cards.filter((one) => has(one.title)),
          moments: chapters.filter((one) => has(one.title)),
          chat: SAYINGS.filter(([, , text]) => has(text)).map(([name, , text], at) => ({
            seq: at + 1,
            at_ms: started + 60_000 * (at + 1),
            name,
            text,
          })),
        };
      },
    ],
    ['GET', /^\/v1\/shows\/[^/]+\/moments$/, () => [...chapters, last]],
    [
      'GET',
      /^\/v1\/shows\/([^/]+)\/seek$/,
      ([, id], _b, { query }) => {
        const number = Number(query.get('item'));
        const one = cards.find((item) => item.number === number);
        if (!one) return null;
        return {
          item_id: one.id,
          moment: [...chapters, last].find((item) => item.number === number) ?? null,
          card: one,
          playback: id === 'shw_replay' ? 'replay' : 'rewind',
        };
      },
    ],
    ['GET', /^\/v1\/shows\/[^/]+\/requests\/mine$/, () => ({ items: [], next_cursor: null })],
    [
      'POST',
      /^\/v1\/shows\/[^/]+\/requests$/,
      (_m, body) => ({
        id: 'req_1',
        item_id: `itm_${body.number}`,
        number: body.number,
        state: 'waiting',
        place: 3,
        eta_s: 250,
      }),
    ],
    [
      'POST',
      /^\/v1\/holds$/,
      (_m, body, { language }) => {
        const one = cards.find((item) => item.id === body.item_id);
        const variant = one.variants.find((item) => item.id === body.variant_id);
        if (variant.left < body.quantity)
          return problem(
            409,
            'sales.sold_out',
            `Only ${variant.left} left of this variant.`,
            `该款式仅剩 ${variant.left} 件。`,
            language,
            { left: variant.left },
          );
        const drop = Object.values(commerce.drops()).find(
          (item) => item.item_id === one.id && item.state === 'running' && item.left > 0,
        );
        const unit = drop ? drop.price : variant.price_minor;
        const hold = {
          drop_id: drop?.drop_id ?? null,
          id: `hld_${holds.size + 1}`,
          item_id: one.id,
          variant_id: variant.id,
          quantity: body.quantity,
          title: one.title,
          variant_title: variant.title,
          show_id: 'shw_live',
          price: money(unit),
          state: one.number === 10 ? 'wanted' : 'held',
          expires_at: new Date(Date.now() + 300e3).toISOString(),
          server_ms: Date.now(),
          totals: totals(unit * body.quantity),
        };
        holds.set(hold.id, hold);
        return { status: 201, body: hold };
      },
    ],
    [
      'DELETE',
      /^\/v1\/holds\/(.+)$/,
      ([, id]) => {
        Object.assign(holds.get(id) ?? {}, { state: 'released' });
        return {};
      },
    ],
    [
      'GET',
      /^\/v1\/holds$/,
      () => ({ items: [...holds.values()].filter((one) => ['held', 'wanted'].includes(one.state)), next_cursor: null }),
    ],
    [
      'GET',
      /^\/v1\/quote$/,
      (_m, _b, { query }) => {
        const variant = cards.flatMap((one) => one.variants).find((one) => one.id === query.get('variant_id'));
        return {
          ...totals(variant.price_minor * Number(query.get('quantity'))),
          ships: query.get('country') !== 'US',
          delivery_from: new Date(Date.now() + 2 * 86400e3).toISOString(),
          delivery_to: new Date(Date.now() + 4 * 86400e3).toISOString(),
        };
      },
    ],
    [
      'POST',
      /^\/v1\/checkouts$/,
      (_m, body) => {
        const hold = holds.get(body.hold_ids[0]);
        const checkout = {
          checkout_id: `chk_${checkouts.size + 1}`,
          order_id: null,
          state: 'processing',
          // The real one says so only of a failed checkout.
          holds_until: new Date(Date.now() + 240_000).toISOString(),
          next_action_url: null,
          failure: null,
          order_url: null,
          orders: [],
          totals: commerce.price(new Map([['hold_ids', body.hold_ids.join(',')]])).totals,
          hold,
          body,
        };
        checkouts.set(checkout.checkout_id, checkout);
        return pay(checkout, body.payment_method, hold, body.address ?? addresses[0], body.email ?? person.email);
      },
    ],
    ['GET', /^\/v1\/checkouts\/([^/]+)$/, ([, id]) => checkouts.get(id)],
    [
      'POST',
      /^\/v1\/checkouts\/([^/]+)\/retry$/,
      ([, id], body) => {
        const one = checkouts.get(id);
        return pay(
          one,
          body.payment_method,
          one.hold,
          one.body.address ?? addresses[0],
          one.body.email ?? person.email,
        );
      },
    ],
    [
      'GET',
      /^\/v1\/orders$/,
      (_m, _b, { query }) => ({
        items: [...orders.values()].reverse().filter((one) =>
          JSON.stringify(one)
            .toLowerCase()
            .includes((query.get('query') ?? '').toLowerCase()),
        ),
        next_cursor: null,
      }),
    ],
    ['GET', /^\/v1\/orders\/([^/]+)$/, ([, id]) => orders.get(id) ?? null],
    [
      'POST',
      /^\/v1\/orders\/([^/]+)\/cancel$/,
      ([, id]) => Object.assign(orders.get(id), { state: 'cancelled', can: { cancel: false, change_address: false } }),
    ],
    ['PATCH', /^\/v1\/orders\/([^/]+)\/address$/, ([, id], body) => Object.assign(orders.get(id), { address: body })],
    [
      'GET',
      /^\/v1\/rooms\/[^/]+\/entries$/,
      (_m, _b, { query }) => ({
        epoch: 1,
        seq,
        entries: log.filter((one) => one.seq > Number(query.get('after_seq'))),
      }),
    ],
    ['GET', /^\/v1\/rooms\/[^/]+\/private$/, () => ({ pseq: 0, private: [] })],
    [
      'GET',
      /^\/v1\/rooms\/[^/]+\/chunks\/(\d+)\.json$/,
      ([, second]) => {
        const [name, role, text] = SAYINGS[Number(second) % SAYINGS.length];
        return {
          entries:
            Number(second) % 4 === 0
              ? [
                  {
                    seq: Number(second),
                    kind: 'chat.line',
                    at_ms: Number(second) * 1000,
                    body: { id: second, key: name, name, role, text, reply_to: null },
                  },
                ]
              : [],
        };
      },
    ],
  ];

  if (talk) {
    let turn = 0;
    timers.push(
      setInterval(() => {
        const [name, role, text] = SAYINGS[turn++ % SAYINGS.length];
        publish(say(name, role, text));
      }, 2500),
    );
  }
  timers.push(
    setInterval(() => {
      for (const socket of clients) socket.send(JSON.stringify({ t: 'live', viewers: 1284, reactions: { heart: 3 } }));
    }, 1000),
  );

  return {
    commerce,
    shows,
    cards,
    showPage,
    started,
    publish: (kind, body, at_ms) => publish(entry(kind, body, at_ms)),
    privately(kind, body, pseq) {
      for (const socket of clients) socket.send(JSON.stringify({ t: 'private', pseq, kind, at_ms: Date.now(), body }));
    },
    elements: (value) => {
      elements = value;
    },
    /** Empty carts for the next test. */
    reset() {
      for (const one of holds.values()) one.state = 'released';
      commerce.claimed.clear();
    },
    signIn: (value) => {
      signedIn = value;
    },
    moderate: (value) => {
      state = { ...state, moderate: value };
    },
    setShow(body) {
      state = { ...state, show: body };
      publish(entry('show.state', body));
    },
    onAir: () => state.show.state === 'live',
    image(path) {
      const name = path.split('/').at(-1).replace('.svg', '');
      const number = Number(name) || 0;
      const colour = COLOURS[(number || name.length) % COLOURS.length];
      const label = number
        ? `<text x="200" y="235" font-family="Georgia" font-size="120" fill="#fff" fill-opacity=".85" text-anchor="middle">${number}</text>`
        : '';
      return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" preserveAspectRatio="xMidYMid slice"><rect width="400" height="400" fill="${colour}"/><circle cx="310" cy="90" r="140" fill="#fff" fill-opacity=".14"/><path d="M0 320 Q120 240 220 310 T400 280 V400 H0Z" fill="#000" fill-opacity=".16"/>${label}</svg>`;
    },
    async api(method, path, query, body, context) {
      for (const [verb, pattern, answer] of routes) {
        const match = verb === method && pattern.exec(path);
        if (!match) continue;
        const result = await answer(match, body, { ...context, query });
        if (result === null || result === undefined) break;
        return typeof result.status === 'number' && 'body' in result ? result : { status: 200, body: result };
      }
      return problem(404, 'not_found', 'There is nothing here.', '这里什么都没有。', context.language);
    },
    join(socket, query) {
      clients.add(socket);
      socket.on('close', () => clients.delete(socket));
      const live = query.get('ticket') === 't.shw_live';
      socket.send(
        JSON.stringify({
          t: 'hello',
          you: { key: 'p_me', name: 'You', role: 'viewer', rights: ['chat'] },
          server_ms: Date.now(),
          tick_ms: 100,
        }),
      );
      const folded = live
        ? roomState()
        : {
            ...roomState(),
            show: { state: query.get('ticket') === 't.shw_soon' ? 'scheduled' : 'replay' },
            on_air: null,
          };
      socket.send(
        JSON.stringify({
          t: 'snapshot',
          epoch: 1,
          seq,
          state: folded,
          chat: live ? log.filter((one) => one.kind === 'chat.line') : [],
          pseq: 0,
          private: [],
        }),
      );
      if (!live) {
        clients.delete(socket);
        return;
      }
      socket.on('message', (data) => {
        const frame = JSON.parse(String(data));
        if (frame.t === 'say') {
          if (/slow/.test(frame.text)) {
            socket.send(
              JSON.stringify({
                t: 'refused',
                ref: frame.ref,
                code: 'slow_mode',
                message: 'Slow mode: please wait a moment.',
                retry_after_ms: 5000,
              }),
            );
            return;
          }
          const target = log.find((one) => one.seq === frame.reply_to);
          publish(
            say(
              'You',
              'viewer',
              frame.text,
              target ? { seq: target.seq, name: target.body.name, text: target.body.text } : null,
              'p_me',
            ),
          );
          socket.send(JSON.stringify({ t: 'ack', ref: frame.ref, seq }));
          const number = /(?:#|try |number )(\d+)/i.exec(frame.text)?.[1];
          if (number)
            socket.send(
              JSON.stringify({
                t: 'private',
                pseq: seq,
                kind: 'request.placed',
                at_ms: Date.now(),
                body: { item_id: `itm_${number}`, number: Number(number), place: 3, eta_s: 250 },
              }),
            );
        } else if (frame.t === 'hide') {
          publish(entry('chat.hidden', { seq: frame.seq }));
          socket.send(JSON.stringify({ t: 'ack', ref: frame.ref }));
        } else if (frame.t === 'unhide') {
          const line = log.find((one) => one.seq === frame.seq);
          publish(entry('chat.shown', { seq: frame.seq, line: line ? { ...line.body, at_ms: line.at_ms } : null }));
          socket.send(JSON.stringify({ t: 'ack', ref: frame.ref }));
        } else if (frame.ref) socket.send(JSON.stringify({ t: 'ack', ref: frame.ref }));
      });
    },
    stop() {
      for (const timer of timers) {
        clearInterval(timer);
        clearTimeout(timer);
      }
    },
  };
}
