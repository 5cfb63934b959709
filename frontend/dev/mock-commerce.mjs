// The canned shop's newer half: cart over two sellers, coupons, drops, orders with parcels, returns, standing orders.

const now = () => Date.now();
const iso = (inMs) => new Date(now() + inMs).toISOString();
const DAY = 86_400_000;

export function makeCommerce({ cards, holds, orders, money, problem, publish }) {
  const claimed = new Set();
  const standing = [];
  const subscriptions = [];
  const coupons = {
    prm_1: { label: 'Autumn 10 %', percent: 10, code: null },
    prm_2: { label: 'Welcome', minor: 500, code: 'HELLO5' },
  };
  const state = { codes: [] };
  const returns = [];
  const restrictions = [
    {
      id: 'rst_1',
      buyer_key: 'usr_1',
      organisation_id: 'org_1',
      seller_name: 'Atelier Nord',
      blocks: 'chat_order',
      reason: 'unpaid_chat_holds',
      reason_text: 'Four things you ordered by comment within a day were not paid, so they were missing for others.',
      words: '',
      state: 'active',
      set_by_rule: true,
      created_at: iso(-3_600_000),
      expires_at: iso(82_800_000),
      ended_at: null,
      appeal_state: 'none',
      appeal_text: null,
      appealed_at: null,
      decision_words: null,
      decided_at: null,
      can_appeal: true,
    },
  ];

  function drops() {
    const at = now();
    const one = (drop_id, number, part) => ({
      drop_id,
      item_id: `itm_${number}`,
      variant_id: null,
      state: 'running',
      price: 3400,
      was_price: cards[number - 1].price_minor,
      quantity: 12,
      left: 9,
      per_customer: 2,
      opens_at_ms: at - 60_000,
      ends_at_ms: at + 252_000,
      ...part,
    });
    return Object.fromEntries(
      [
        one('drp_1', 1, {}),
        one('drp_7', 7, {
          state: 'countdown',
          price: 19900,
          quantity: 20,
          left: 20,
          per_customer: 1,
          opens_at_ms: at + 42_000,
          ends_at_ms: at + 342_000,
        }),
        one('drp_9', 9, { price: 2500, left: 0, quantity: 8 }),
        one('drp_4', 4, {
          state: 'planned',
          price: 2900,
          quantity: 30,
          left: 30,
          per_customer: null,
          opens_at_ms: null,
          ends_at_ms: null,
        }),
      ].map((drop) => [drop.drop_id, drop]),
    );
  }
  const shown = () => ({
    prm_1: {
      promotion_id: 'prm_1',
      code: null,
      label: '10 % off knitwear',
      ends_at_ms: now() + 1_800_000,
      left: 41,
      claimable: true,
      starts_at_ms: null,
      state: 'running',
    },
  });

  function line(hold) {
    const one = cards.find((item) => item.id === hold.item_id);
    const seller = one.number % 2 === 0 ? 'org_2' : 'org_1';
    const amount = hold.price.amount_minor * hold.quantity;
    return { hold, one, seller, amount };
  }
  function price(query) {
    const ids = query.get('hold_ids')?.split(',').filter(Boolean);
    const open = [...holds.values()].filter(
      (hold) => ['held', 'wanted'].includes(hold.state) && (!ids || ids.includes(hold.id)),
    );
    const country = query.get('country') ?? 'NL';
    const codes = (query.get('codes') ?? state.codes.join(',')).split(',').filter(Boolean);
    const lines = open.map(line);
    const adjustments = [];
    for (const { hold, one, seller, amount } of lines) {
      if (claimed.has('prm_1') && one.number < 6)
        adjustments.push({
          promotion_id: 'prm_1',
          label: 'Autumn 10 %',
          code: null,
          lane: 'coupon',
          funded_by: 'seller',
          amount: money(Math.round(amount / 10)),
          hold_id: hold.id,
          seller_id: seller,
        });
      else if (codes.includes('HELLO5'))
        adjustments.push({
          promotion_id: 'prm_2',
          label: 'Welcome',
          code: 'HELLO5',
          lane: 'coupon',
          funded_by: 'platform',
          amount: money(Math.min(500, amount)),
          hold_id: hold.id,
          seller_id: seller,
        });
    }
    const sellers = [...new Set(lines.map((one) => one.seller))].sort().map((id) => {
      const own = lines.filter((one) => one.seller === id);
      const items = own.reduce((sum, one) => sum + one.amount, 0);
      const discount = adjustments
        .filter((one) => one.seller_id === id)
        .reduce((sum, one) => sum + one.amount.amount_minor, 0);
      const shipping = items > 6000 ? 0 : 495;
      const ships = country !== 'US' || id === 'org_1';
      const total = items - discount + shipping;
      return {
        seller_id: id,
        seller_name: id === 'org_1' ? 'Atelier Nord' : 'Maison Keramiek',
        ships,
        totals: ships
          ? {
              items: money(items),
              discount: money(discount),
              shipping: money(shipping),
              shipping_discount: money(0),
              tax: money(Math.round((total * 21) / 121)),
              tax_included: true,
              tax_lines: [],
              duties_estimate: country === 'CH' ? money(Math.round(items * 0.05)) : null,
              total: money(total),
            }
          : null,
        ships_from: 'BE',
        country,
        presentment: null,
        return_days: 30,
        delivery_from: iso(2 * DAY),
        delivery_to: iso(4 * DAY),
        hold_ids: own.map((one) => one.hold.id),
      };
    });
    const sum = (pick) =>
      money(sellers.reduce((all, one) => all + (one.totals ? pick(one.totals).amount_minor : 0), 0));
    const zero = money(0);
    return {
      lines: lines.map(({ hold, one, seller, amount }) => {
        const off = adjustments
          .filter((other) => other.hold_id === hold.id)
          .reduce((all, other) => all + other.amount.amount_minor, 0);
        return {
          hold_id: hold.id,
          seller_id: seller,
          show_id: 'shw_live',
          item_id: one.id,
          item_number: one.number,
          product_id: one.product_id,
          variant_id: hold.variant_id,
          title: one.title,
          variant_title: one.variants.find((variant) => variant.id === hold.variant_id).title,
          image_url: one.image_url,
          quantity: hold.quantity,
          unit: hold.price,
          unit_before: null,
          obstacle: null,
          list_price: money(one.price_minor),
          amount: money(amount),
          discount: money(off),
          net: money(amount - off),
          state: hold.state,
          expires_at: hold.expires_at,
          drop_id: hold.drop_id ?? null,
        };
      }),
      sellers,
      adjustments,
      gifts: lines.some(({ one }) => one.number === 7)
        ? [
            {
              title: 'Garment brush',
              variant_title: '',
              quantity: 1,
              available: true,
              image_url: null,
              seller_id: 'org_1',
            },
          ]
        : [],
      codes: codes.map((code) =>
        code === 'HELLO5'
          ? {
              code,
              state: claimed.has('prm_1') ? 'rejected' : 'applied',
              reason: null,
              message: claimed.has('prm_1') ? 'Another coupon takes more off.' : null,
            }
          : { code, state: 'rejected', reason: 'unknown', message: 'There is no such code.' },
      ),
      best_coupon:
        claimed.has('prm_1') && adjustments.length > 0
          ? { promotion_id: 'prm_1', label: 'Autumn 10 %', amount: sum((totals) => totals.discount) }
          : null,
      totals: {
        items: sum((one) => one.items),
        discount: sum((one) => one.discount),
        shipping: sum((one) => one.shipping),
        shipping_discount: zero,
        tax: sum((one) => one.tax),
        tax_included: true,
        tax_lines: [],
        duties_estimate: country === 'CH' ? sum((one) => one.duties_estimate) : null,
        total: sum((one) => one.total),
      },
      presentment: sum((one) => one.total),
      choice: { codes, country: null, region: '', currency: null },
      currency: 'EUR',
      server_ms: now(),
    };
  }

  const routes = [
    ['GET', /^\/v1\/cart$/, (_m, _b, { query }) => price(query)],
    [
      'PUT',
      /^\/v1\/cart$/,
      (_m, body, { query }) => {
        if (body.codes) state.codes = body.codes;
        return price(query);
      },
    ],
    [
      'GET',
      /^\/v1\/me\/coupons$/,
      () => ({
        items: [...claimed].map((promotion_id) => ({
          promotion_id,
          name: coupons[promotion_id].label,
          is_platform: false,
          seller_name: 'Atelier Nord',
          minimum: money(2000),
          ends_at: iso(DAY),
          usable: true,
          reason_text: null,
        })),
        next_cursor: null,
      }),
    ],
    [
      'POST',
      /^\/v1\/promotions\/([^/]+)\/claim$/,
      ([, id]) => {
        claimed.add(id);
        return { promotion_id: id, ...coupons[id] };
      },
    ],
    [
      'POST',
      /^\/v1\/standing-orders\/preview$/,
      (_m, wish) => {
        const one = cards.find((card) => card.variants.some((variant) => variant.id === wish.variant_id));
        const items = wish.max_price_minor === null ? null : wish.max_price_minor * (wish.quantity ?? 1);
        const cap = items === null ? null : items + (items > 6000 ? 0 : 495);
        return {
          kind: wish.kind,
          title: one.title,
          variant_title: '',
          quantity: wish.quantity ?? 1,
          seller_name: 'Atelier Nord',
          price_now: money(one.price_minor),
          max_price: wish.max_price_minor === null ? null : money(wish.max_price_minor),
          items: items === null ? null : money(items),
          shipping: cap === null ? null : money(cap - items),
          tax: null,
          tax_included: true,
          cap: cap === null ? null : money(cap),
          until: wish.until,
          people_before: wish.kind === 'restock' ? 3 : 0,
          consent_text: `Buy ${wish.quantity ?? 1} × ${one.title} for me as soon as one costs ${(wish.max_price_minor ?? 0) / 100} EUR or less, until ${wish.until}. Atelier Nord may then charge my saved card once, without asking again, ${(cap ?? 0) / 100} EUR at most, shipping and tax included. I can cancel this at any time before it happens.`,
        };
      },
    ],
    [
      'POST',
      /^\/v1\/standing-orders$/,
      (_m, { wish, consent_text }) => {
        const one = cards.find((card) => card.variants.some((variant) => variant.id === wish.variant_id));
        const view = {
          id: `sto_${standing.length + 1}`,
          kind: wish.kind,
          state: 'waiting',
          show_id: wish.show_id,
          item_number: one.number,
          product_id: one.product_id,
          title: one.title,
          variant_title: one.variants.find((variant) => variant.id === wish.variant_id).title,
          quantity: wish.quantity ?? 1,
          max_price: wish.max_price_minor == null ? null : money(wish.max_price_minor),
          cap: wish.max_price_minor == null ? null : money(wish.max_price_minor + 495),
          until: wish.until,
          has_mandate: wish.with_mandate,
          place: wish.kind === 'restock' ? 4 : null,
          hold_id: null,
          hold_expires_at: null,
          order_id: null,
          failure_code: null,
          failure_text: null,
          consent_text,
          placed_at: iso(0),
          ended_at: null,
        };
        standing.unshift(view);
        return view;
      },
    ],
    ['GET', /^\/v1\/standing-orders$/, () => ({ items: standing, next_cursor: null })],
    [
      'DELETE',
      /^\/v1\/standing-orders\/(.+)$/,
      ([, id]) => {
        Object.assign(standing.find((one) => one.id === id) ?? {}, { state: 'cancelled', ended_at: iso(0) });
        return {};
      },
    ],
    [
      'GET',
      /^\/v1\/orders\/([^/]+)\/progress$/,
      ([, id]) => {
        const order = orders.get(id);
        if (!order) return null;
        const sent = order.sent === true;
        const cancelled = order.state === 'cancelled';
        return {
          order_id: id,
          lines: order.lines.map((one) => ({
            line_id: one.id,
            title: one.title,
            variant_title: one.variant,
            quantity: one.quantity,
            cancelled: cancelled ? one.quantity : 0,
            shipped: sent ? one.quantity : 0,
            to_ship: sent || cancelled ? 0 : one.quantity,
            on_return: 0,
            refunded_units: 0,
            refunded: money(0),
            refundable: one.net,
          })),
          shipments: sent
            ? [
                {
                  id: 'shp_1',
                  number: 1,
                  state: 'delivered',
                  carrier: 'DHL',
                  tracking_number: 'JD014600003SE',
                  tracking_url: 'https://www.dhl.com/track?id=JD014600003SE',
                  shipped_at: iso(-2 * DAY),
                  delivered_at: iso(-DAY),
                  undo_until: null,
                  lines: order.lines.map((one) => ({
                    line_id: one.id,
                    title: one.title,
                    variant_title: one.variant,
                    sku: 'A',
                    quantity: one.quantity,
                  })),
                },
              ]
            : [],
          returns: [],
          timeline: [
            { at: order.placed_at, what: 'placed' },
            ...(order.paid_at ? [{ at: order.paid_at, what: 'paid' }] : []),
            ...(sent ? [{ at: iso(-2.2 * DAY), what: 'packed' }] : []),
            ...(cancelled ? [{ at: iso(0), what: 'cancelled' }] : []),
          ],
          shipping_refunded: money(0),
          refunded: money(0),
          refund_underway: money(0),
          refundable: order.totals.total,
          shipped_at: sent ? iso(-2 * DAY) : null,
          delivered_at: sent ? iso(-DAY) : null,
          return_until: sent ? iso(20 * DAY) : null,
          can: {
            cancel: !sent,
            withdraw: !cancelled,
            return_goods: sent,
            pack: false,
            ship: false,
            cancel_lines: false,
            refund: false,
          },
        };
      },
    ],
    [
      'GET',
      /^\/v1\/orders\/([^/]+)\/returnable$/,
      ([, id]) => ({
        order_id: id,
        can_withdraw: true,
        can_return: true,
        withdraw_until: iso(14 * DAY),
        return_until: iso(29 * DAY),
        shipping_paid_by: 'buyer',
        lines: orders.get(id).lines.map((one) => ({
          line_id: one.id,
          title: one.title,
          variant_title: one.variant,
          sku: 'A',
          quantity: one.quantity,
          cancelled: 0,
          shipped: one.quantity,
          on_return: 0,
          returnable: one.quantity,
          value: one.net,
          gift: false,
        })),
        causes: [
          { cause: 'size', label: "Doesn't fit" },
          { cause: 'changed_mind', label: 'Changed my mind' },
          { cause: 'host_claim', label: 'Not as shown on air' },
          { cause: 'damage', label: 'Damaged or faulty' },
        ],
      }),
    ],
    ['GET', /^\/v1\/orders\/([^/]+)\/returns$/, ([, id]) => returns.filter((one) => one.order_id === id)],
    [
      'POST',
      /^\/v1\/orders\/([^/]+)\/(returns|withdrawal)$/,
      ([, id, kind], body) => {
        const order = orders.get(id);
        const asked =
          body?.lines ?? order.lines.map((one) => ({ line_id: one.id, quantity: one.quantity, cause: 'withdrawal' }));
        const view = {
          id: `ret_${returns.length + 1}`,
          order_id: id,
          order_number: order.number,
          organisation_id: 'org_1',
          seller_name: order.seller.name,
          buyer_name: order.address.name,
          email: order.email,
          kind: kind === 'withdrawal' ? 'withdrawal' : 'return',
          state: kind === 'withdrawal' ? 'approved' : 'requested',
          note: body?.note ?? '',
          answer: '',
          requested_at: iso(0),
          decided_at: null,
          send_until: kind === 'withdrawal' ? iso(30 * DAY) : null,
          closed_at: null,
          carrier: '',
          tracking_number: '',
          tracking_url: null,
          label_url: kind === 'withdrawal' ? `/v1/returns/ret_${returns.length + 1}/label.pdf` : null,
          items: asked.map((one, at) => ({
            id: `rit_${at}`,
            line_id: one.line_id,
            title: order.lines.find((line) => line.id === one.line_id).title,
            variant_title: '',
            sku: 'A',
            quantity: one.quantity,
            cause: one.cause,
            note: '',
            reception: 'awaiting',
            acceptance: 'pending',
            received: 0,
            accepted: 0,
            restocked: 0,
            written_off: 0,
            exchanged: 0,
            units_refunded: 0,
            withheld: money(0),
            refunded: money(0),
            answer: '',
            exchanged_for: null,
          })),
          photos: [],
          refunds: [],
          to_refund: money(0),
          can: { cancel: true, add_photos: true },
        };
        returns.unshift(view);
        return kind === 'withdrawal' ? { order_id: id, return_id: view.id, cancelled_units: 0 } : view;
      },
    ],
    [
      'POST',
      /^\/v1\/returns\/([^/]+)\/cancel$/,
      ([, id]) =>
        Object.assign(
          returns.find((one) => one.id === id),
          { state: 'cancelled', can: { cancel: false, add_photos: false } },
        ),
    ],
    [
      'POST',
      /^\/v1\/orders\/([^/]+)\/again$/,
      ([, id]) => {
        const lines = orders.get(id).lines.map((one) => {
          const hold = {
            id: `hld_${holds.size + 1}`,
            item_id: one.item_id,
            show_id: null,
            variant_id: one.variant_id,
            quantity: one.quantity,
            price: one.list_price,
            title: one.title,
            variant_title: one.variant,
            state: 'held',
            expires_at: iso(300_000),
            server_ms: now(),
          };
          holds.set(hold.id, hold);
          return {
            variant_id: one.variant_id,
            title: one.title,
            variant_title: one.variant,
            quantity: one.quantity,
            hold_id: hold.id,
            price: one.list_price,
            price_before: null,
            reason: null,
            message: null,
          };
        });
        return { lines, hold_ids: lines.map((one) => one.hold_id) };
      },
    ],
    [
      'GET',
      /^\/v1\/products\/([^/]+)\/subscription-offer$/,
      ([, id]) => ({
        status: 200,
        body:
          id === 'prd_8'
            ? { product_id: id, interval_days: [14, 30, 60], discount_basis_points: 1000, active: true }
            : null,
      }),
    ],
    [
      'POST',
      /^\/v1\/subscriptions\/preview$/,
      (_m, wish) => ({
        title: 'Beeswax candles, set of 4',
        variant_title: '',
        quantity: wish.quantity,
        interval_days: wish.interval_days,
        seller_name: 'Maison Keramiek',
        list_price: money(1800),
        unit_price: money(1620),
        discount_basis_points: 1000,
        items: money(1620 * wish.quantity),
        shipping: money(495),
        tax: money(367),
        tax_included: true,
        total: money(1620 * wish.quantity + 495),
        cap: money(Math.round((1620 * wish.quantity + 495) * 1.2)),
        notice_days: 3,
        consent_text: `Send me ${wish.quantity} × Beeswax candles, set of 4 every ${wish.interval_days} days until I stop it. Maison Keramiek may charge my saved card for each delivery, ${(Math.round((1620 * wish.quantity + 495) * 1.2) / 100).toFixed(2)} EUR at most. I am told three days before each one and may skip or stop at any time.`,
      }),
    ],
    [
      'POST',
      /^\/v1\/subscriptions$/,
      (_m, { wish, consent_text }) => {
        const view = {
          id: `sub_${subscriptions.length + 1}`,
          state: 'active',
          pause_code: null,
          pause_text: null,
          product_id: 'prd_8',
          variant_id: wish.variant_id,
          seller_id: 'org_2',
          seller_name: 'Maison Keramiek',
          title: 'Beeswax candles, set of 4',
          variant_title: '',
          quantity: wish.quantity,
          interval_days: wish.interval_days,
          discount_basis_points: 1000,
          unit_price: money(1620),
          last_total: money(1620 * wish.quantity + 495),
          cap: money(2538),
          mandate_id: 'man_1',
          address: {
            name: 'Noor de Vries',
            line1: 'Prinsengracht 263',
            line2: '',
            city: 'Amsterdam',
            region: '',
            postal_code: '1016 GV',
            country: 'NL',
            phone: '',
          },
          next_at: iso(wish.interval_days * DAY),
          next_total: null,
          noticed_at: null,
          being_paid: false,
          started_at: iso(0),
          ended_at: null,
          consent_text,
          deliveries: [
            {
              due_at: iso(0),
              state: 'paid',
              total: money(2115),
              order_id: 'ord_1',
              failure_code: null,
              failure_text: null,
              at: iso(0),
            },
          ],
        };
        subscriptions.unshift(view);
        return view;
      },
    ],
    ['GET', /^\/v1\/subscriptions$/, () => ({ items: subscriptions, next_cursor: null })],
    ['GET', /^\/v1\/subscriptions\/([^/]+)$/, ([, id]) => subscriptions.find((one) => one.id === id) ?? null],
    [
      'POST',
      /^\/v1\/subscriptions\/([^/]+)\/(skip|stop|resume)$/,
      ([, id, what]) => {
        const one = subscriptions.find((other) => other.id === id);
        if (what === 'skip') one.next_at = iso(2 * one.interval_days * DAY);
        else
          Object.assign(
            one,
            what === 'stop' ? { state: 'stopped', next_at: null, ended_at: iso(0) } : { state: 'active' },
          );
        return one;
      },
    ],
    ['GET', /^\/v1\/me\/restrictions$/, () => ({ items: restrictions, next_cursor: null })],
    [
      'POST',
      /^\/v1\/me\/restrictions\/([^/]+)\/appeal$/,
      ([, id], { text }) => {
        Object.assign(
          restrictions.find((one) => one.id === id),
          { appeal_state: 'open', appeal_text: text, appealed_at: iso(0), can_appeal: false },
        );
        return {};
      },
    ],
    ['GET', /^\/v1\/me\/mandates$/, () => ({ items: [], next_cursor: null })],
    [
      'POST',
      /^\/v1\/me\/payment-methods$/,
      () => ({
        id: 'set_1',
        state: 'saved',
        next_action_url: null,
        failure: null,
        method: { id: 'pm_2', label: 'Test card •••• 1111', kind: 'card' },
      }),
    ],
  ];
  return { routes, drops, shown, price, claimed, standing, subscriptions, orders, problem, publish };
}
