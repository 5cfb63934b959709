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
      state: 'active',
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
      () => ({ items: [...claimed].map((promotion_id) => ({ promotion_id })), next_cursor: null }),
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
    ['POST', /^\/v1\/me\/payment-methods$/, () => ({ id: 'pm_2', label: 'Test card •••• 1111' })],
  ];
  return { routes, drops, shown, price, claimed, standing, subscriptions, orders, problem, publish };
}
