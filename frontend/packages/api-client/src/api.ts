/** One function per call that pages make; grouped by the domain that answers. */
import type * as G from './generated.ts';
import { type Ask, createAsk } from './operation.ts';
import { createTransport, type Transport, type TransportOptions } from './transport.ts';
import type * as T from './types.ts';

export type ApiOptions = TransportOptions;

/** Ten megabytes over a phone's line. */
const UPLOAD_TIMEOUT_MS = 60_000;

function accounts(ask: Ask) {
  return {
    me: () => ask('GET /v1/me', {}),
    register: (body: G.RegisterRequest) => ask('POST /v1/register', { body }),
    login: (body: G.LoginRequest) => ask('POST /v1/login', { body }),
    logout: () => ask('POST /v1/logout', {}),
    changeMe: (body: G.ProfileRequest) => ask('PATCH /v1/me', { body }),
    changePassword: (body: G.PasswordChangeRequest) => ask('POST /v1/me/password', { body }),
    sessions: () => ask('GET /v1/me/sessions', {}),
    endSession: (id: string) => ask('DELETE /v1/me/sessions/{session_id}', { path: { session_id: id } }),
    askPasswordReset: (email: string) => ask('POST /v1/password-reset', { body: { email } }),
    resetPassword: (token: string, password: string) =>
      ask('POST /v1/password-reset/{token}', { path: { token }, body: { password } }),
    verifyEmail: (token: string) => ask('POST /v1/verify-email/{token}', { path: { token } }),
    acceptInvitation: (token: string) => ask('POST /v1/invitations/{token}/accept', { path: { token } }),
    addresses: () => ask('GET /v1/me/addresses', {}),
    addAddress: (body: G.AddressRequest) => ask('POST /v1/me/addresses', { body }),
    removeAddress: (id: string) => ask('DELETE /v1/me/addresses/{address_id}', { path: { address_id: id } }),
  };
}

function shows(ask: Ask) {
  return {
    list: (state: 'live' | 'upcoming' | 'replay', cursor?: string) =>
      ask('GET /v1/shows', { query: { state, cursor: cursor ?? null } }),
    page: (id: string) => ask('GET /v1/shows/{show_id}', { path: { show_id: id } }),
    ticket: (id: string) => ask('POST /v1/shows/{show_id}/ticket', { path: { show_id: id } }),
    moments: (id: string) => ask('GET /v1/shows/{show_id}/moments', { path: { show_id: id } }),
    seek: (id: string, item: number) => ask('GET /v1/shows/{show_id}/seek', { path: { show_id: id }, query: { item } }),
    search: (id: string, q: string, signal?: AbortSignal) =>
      ask('GET /v1/shows/{show_id}/search', { path: { show_id: id }, query: { q }, ...(signal ? { signal } : {}) }),
    requests: (id: string) => ask('GET /v1/shows/{show_id}/requests/mine', { path: { show_id: id } }),
    askToSee: (id: string, body: G.AskRequest) =>
      ask('POST /v1/shows/{show_id}/requests', { path: { show_id: id }, body }),
  };
}

/** Nothing chosen: every piece in the cart, at the sellers' own countries. */
export interface CartQuestion {
  holdIds?: readonly string[];
  country?: string;
  codes?: readonly string[];
  currency?: string;
}

function cart(ask: Ask) {
  const query = (one: CartQuestion) => ({
    hold_ids: one.holdIds?.join(','),
    country: one.country,
    codes: one.codes?.join(','),
    currency: one.currency,
  });
  return {
    choose: (body: { codes?: string[]; country?: string | null; currency?: string | null }) =>
      ask('PUT /v1/cart', { body }),
    price: (one: CartQuestion) => ask('GET /v1/cart', { query: query(one) }),
  };
}

function coupons(ask: Ask) {
  return {
    mine: () => ask('GET /v1/me/coupons', {}),
    claim: (id: string) => ask('POST /v1/promotions/{promotion_id}/claim', { path: { promotion_id: id } }),
  };
}

function standing(ask: Ask) {
  return {
    preview: (body: T.StandingWish) => ask('POST /v1/standing-orders/preview', { body }),
    place: (body: G.StandingRequest, idempotencyKey: string) =>
      ask('POST /v1/standing-orders', { body, idempotencyKey }),
    list: (cursor?: string) => ask('GET /v1/standing-orders', { query: { cursor: cursor ?? null } }),
    cancel: (id: string) => ask('DELETE /v1/standing-orders/{standing_id}', { path: { standing_id: id } }),
  };
}

function subscriptions(ask: Ask) {
  const path = (id: string) => ({ path: { subscription_id: id } });
  return {
    offer: (productId: string) =>
      ask('GET /v1/products/{product_id}/subscription-offer', { path: { product_id: productId } }),
    preview: (body: T.SubscriptionWish) => ask('POST /v1/subscriptions/preview', { body }),
    start: (body: G.SubscriptionRequest, idempotencyKey: string) =>
      ask('POST /v1/subscriptions', { body, idempotencyKey }),
    list: (cursor?: string) => ask('GET /v1/subscriptions', { query: { cursor: cursor ?? null } }),
    one: (id: string, token: string) =>
      ask('GET /v1/subscriptions/{subscription_id}', { ...path(id), query: { token } }),
    skip: (id: string, token: string, idempotencyKey: string) =>
      ask('POST /v1/subscriptions/{subscription_id}/skip', { ...path(id), query: { token }, idempotencyKey }),
    stop: (id: string, token: string) =>
      ask('POST /v1/subscriptions/{subscription_id}/stop', { ...path(id), query: { token } }),
    resume: (id: string, body: G.ResumeSubscriptionRequest) =>
      ask('POST /v1/subscriptions/{subscription_id}/resume', { ...path(id), body }),
    previewChange: (id: string, body: G.SubscriptionTerms) =>
      ask('POST /v1/subscriptions/{subscription_id}/change/preview', { ...path(id), body }),
  };
}

function restrictions(ask: Ask) {
  return {
    own: () => ask('GET /v1/me/restrictions', {}),
    appeal: (id: string, text: string) =>
      ask('POST /v1/me/restrictions/{restriction_id}/appeal', { path: { restriction_id: id }, body: { text } }),
  };
}

/** What happens to an order after it was paid. */
function aftercare(ask: Ask, call: Transport) {
  const order = (id: string, token: string) => ({ path: { order_id: id }, query: { token } });
  const back = (id: string, token: string) => ({ path: { return_id: id }, query: { token } });
  return {
    progress: (id: string, token: string) => ask('GET /v1/orders/{order_id}/progress', order(id, token)),
    returnable: (id: string, token: string) => ask('GET /v1/orders/{order_id}/returnable', order(id, token)),
    returns: (id: string, token: string) => ask('GET /v1/orders/{order_id}/returns', order(id, token)),
    askReturn: (id: string, token: string, body: G.ReturnRequest, idempotencyKey: string) =>
      ask('POST /v1/orders/{order_id}/returns', { ...order(id, token), body, idempotencyKey }),
    withdraw: (id: string, token: string, idempotencyKey: string) =>
      ask('POST /v1/orders/{order_id}/withdrawal', { ...order(id, token), body: {}, idempotencyKey }),
    addPhoto: (returnId: string, token: string, file: File) => {
      const form = new FormData();
      form.append('file', file);
      const path = `/v1/returns/${encodeURIComponent(returnId)}/photos`;
      return call<T.ReturnView>('POST', path, { query: { token }, form, timeoutMs: UPLOAD_TIMEOUT_MS });
    },
    cancelReturn: (returnId: string, token: string) =>
      ask('POST /v1/returns/{return_id}/cancel', back(returnId, token)),
  };
}

function methods(ask: Ask) {
  return {
    /** Keeps a card without charging it; a second step may be asked for. */
    keep: (body: G.SetupRequestBody, idempotencyKey: string) =>
      ask('POST /v1/me/payment-methods', { body, idempotencyKey }),
    setup: (id: string) => ask('GET /v1/me/payment-methods/setups/{setup_id}', { path: { setup_id: id } }),
    mandates: () => ask('GET /v1/me/mandates', {}),
    revoke: (id: string) => ask('DELETE /v1/me/mandates/{mandate_id}', { path: { mandate_id: id } }),
  };
}

function sales(ask: Ask) {
  return {
    hold: (body: T.HoldInput, idempotencyKey: string) => ask('POST /v1/holds', { body, idempotencyKey }),
    holds: () => ask('GET /v1/holds', {}),
    /** Also while the page is being left. */
    releaseHold: (id: string) => ask('DELETE /v1/holds/{hold_id}', { path: { hold_id: id }, keepalive: true }),
    quote: (query: { variant_id: string; quantity: number; country: string }) => ask('GET /v1/quote', { query }),
    paymentMethods: () => ask('GET /v1/me/payment-methods', {}),
    removePaymentMethod: (id: string) => ask('DELETE /v1/me/payment-methods/{method_id}', { path: { method_id: id } }),
    checkout: (body: T.CheckoutInput, idempotencyKey: string) => ask('POST /v1/checkouts', { body, idempotencyKey }),
    checkoutState: (id: string) => ask('GET /v1/checkouts/{checkout_id}', { path: { checkout_id: id } }),
    retryCheckout: (id: string, payment_method: T.PaymentChoice, idempotencyKey: string) =>
      ask('POST /v1/checkouts/{checkout_id}/retry', {
        path: { checkout_id: id },
        body: { payment_method },
        idempotencyKey,
      }),
    orders: (query: string, cursor?: string) => ask('GET /v1/orders', { query: { query, cursor: cursor ?? null } }),
    orderAgain: (id: string, token: string, idempotencyKey: string) =>
      ask('POST /v1/orders/{order_id}/again', { path: { order_id: id }, query: { token }, idempotencyKey }),
    order: (id: string, token: string) =>
      ask('GET /v1/orders/{order_id}', { path: { order_id: id }, query: { token } }),
    cancelOrder: (id: string, token: string, idempotencyKey: string) =>
      ask('POST /v1/orders/{order_id}/cancel', { path: { order_id: id }, query: { token }, idempotencyKey }),
    changeOrderAddress: (id: string, token: string, body: T.AddressInput) =>
      ask('PATCH /v1/orders/{order_id}/address', { path: { order_id: id }, query: { token }, body }),
  };
}

function discovery(ask: Ask) {
  return {
    home: () => ask('GET /v1/home', {}),
    search: (q: string) => ask('GET /v1/search', { query: { q } }),
  };
}

function bearer(ticket: string | null) {
  return ticket === null ? {} : { bearer: ticket };
}

function follows(ask: Ask) {
  return {
    ofShow: (showId: string) => ask('GET /v1/shows/{show_id}/followers', { path: { show_id: showId } }),
    follow: (showId: string, kind: G.FollowRequest['kind']) =>
      ask('PUT /v1/shows/{show_id}/followers', { path: { show_id: showId }, body: { kind } }),
    mine: (cursor?: string) => ask('GET /v1/me/follows', { query: { cursor: cursor ?? null } }),
    again: (kind: G.FollowRequest['kind'], subjectId: string) =>
      ask('PUT /v1/me/follows/{kind}/{subject_id}', { path: { kind, subject_id: subjectId } }),
    unfollow: (kind: G.FollowRequest['kind'], subjectId: string) =>
      ask('DELETE /v1/me/follows/{kind}/{subject_id}', { path: { kind, subject_id: subjectId } }),
  };
}

function rooms(ask: Ask) {
  return {
    entries: (room: string, ticket: string, afterSeq: number, limit: number) =>
      ask('GET /v1/rooms/{room_id}/entries', {
        path: { room_id: room },
        query: { after_seq: afterSeq, limit },
        bearer: ticket,
      }),
    own: (room: string, ticket: string, afterPseq: number) =>
      ask('GET /v1/rooms/{room_id}/private', {
        path: { room_id: room },
        query: { after_pseq: afterPseq },
        bearer: ticket,
      }),
    say: (room: string, ticket: string, body: G.SayInput) =>
      ask('POST /v1/rooms/{room_id}/chat', { path: { room_id: room }, body, bearer: ticket }),
    /** Public rooms are read without a ticket, so that a cache in front may answer. */
    snapshot: (room: string, ticket: string | null = null) =>
      ask('GET /v1/rooms/{room_id}/snapshot', { path: { room_id: room }, ...bearer(ticket) }),
    chunk: (room: string, name: string, ticket: string | null = null) =>
      ask('GET /v1/rooms/{room_id}/chunks/{name}', { path: { room_id: room, name }, ...bearer(ticket) }),
    beacon: (room: string, ticket: string) =>
      ask('POST /v1/rooms/{room_id}/beacons', { path: { room_id: room }, bearer: ticket }),
    report: (room: string, ticket: string, body: G.ReportInput) =>
      ask('POST /v1/rooms/{room_id}/reports', { path: { room_id: room }, body, bearer: ticket }),
    mode: (room: string, ticket: string) =>
      ask('GET /v1/rooms/{room_id}/mode', { path: { room_id: room }, bearer: ticket }),
    setMode: (room: string, ticket: string, body: G.ModeInput) =>
      ask('PUT /v1/rooms/{room_id}/mode', { path: { room_id: room }, body, bearer: ticket }),
    pin: (room: string, ticket: string, seq: number | null) =>
      ask('PUT /v1/rooms/{room_id}/pin', { path: { room_id: room }, body: { seq }, bearer: ticket }),
    hideMany: (room: string, ticket: string, seqs: number[]) =>
      ask('POST /v1/rooms/{room_id}/hides/many', { path: { room_id: room }, body: { seqs }, bearer: ticket }),
    queue: (room: string, ticket: string, decided: boolean) =>
      ask('GET /v1/rooms/{room_id}/queue', { path: { room_id: room }, query: { decided }, bearer: ticket }),
    decide: (room: string, ticket: string, body: G.DecisionInput) =>
      ask('POST /v1/rooms/{room_id}/queue/decisions', { path: { room_id: room }, body, bearer: ticket }),
  };
}

export function createApi(options: ApiOptions = {}) {
  const call = createTransport(options);
  const ask = createAsk(call);
  return {
    /** For calls that are not in the description (forms, files) and for pages that name their own shapes. */
    call,
    ask,
    accounts: accounts(ask),
    shows: shows(ask),
    sales: sales(ask),
    cart: cart(ask),
    coupons: coupons(ask),
    standing: standing(ask),
    subscriptions: subscriptions(ask),
    restrictions: restrictions(ask),
    aftercare: aftercare(ask, call),
    methods: methods(ask),
    discovery: discovery(ask),
    rooms: rooms(ask),
    follows: follows(ask),
  };
}

export type ApiClient = ReturnType<typeof createApi>;
