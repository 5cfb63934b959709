/** One function per call that pages make; grouped by the domain that answers. */
import { createTransport, type Transport, type TransportOptions } from './transport.ts';
import type * as T from './types.ts';

export type ApiOptions = TransportOptions;

function accounts(call: Transport) {
  return {
    me: () => call<T.Me>('GET', '/v1/me'),
    register: (body: {
      email: string;
      password: string;
      display_name: string;
      account: 'shopper' | 'host' | 'seller';
      organisation_name?: string;
      country?: string;
      currency?: string;
    }) => call<T.Me>('POST', '/v1/register', { body }),
    login: (body: { email: string; password: string }) => call<T.Me>('POST', '/v1/login', { body }),
    logout: () => call<void>('POST', '/v1/logout'),
    changeMe: (body: { display_name?: string; language?: T.Language }) => call<T.Me>('PATCH', '/v1/me', { body }),
    changePassword: (body: { current: string; new: string }) => call<void>('POST', '/v1/me/password', { body }),
    sessions: () => call<T.Page<T.Session>>('GET', '/v1/me/sessions'),
    endSession: (id: string) => call<void>('DELETE', `/v1/me/sessions/${id}`),
    askPasswordReset: (email: string) => call<void>('POST', '/v1/password-reset', { body: { email } }),
    resetPassword: (token: string, password: string) =>
      call<void>('POST', `/v1/password-reset/${encodeURIComponent(token)}`, { body: { password } }),
    verifyEmail: (token: string) => call<void>('POST', `/v1/verify-email/${encodeURIComponent(token)}`),
    acceptInvitation: (token: string) => call<void>('POST', `/v1/invitations/${encodeURIComponent(token)}/accept`),
    addresses: () => call<T.Page<T.Address>>('GET', '/v1/me/addresses'),
    addAddress: (body: T.AddressInput) => call<T.Address>('POST', '/v1/me/addresses', { body }),
    removeAddress: (id: string) => call<void>('DELETE', `/v1/me/addresses/${id}`),
  };
}

function shows(call: Transport) {
  return {
    list: (state: 'live' | 'upcoming' | 'replay', cursor?: string) =>
      call<T.Page<T.ShowCard>>('GET', '/v1/shows', { query: { state, cursor } }),
    page: (id: string) => call<T.ShowPage>('GET', `/v1/shows/${id}`),
    ticket: (id: string) => call<T.Ticket>('POST', `/v1/shows/${id}/ticket`),
    moments: (id: string) => call<T.Moment[] | T.Page<T.Moment>>('GET', `/v1/shows/${id}/moments`),
    seek: (id: string, number: number) =>
      call<T.SeekAnswer>('GET', `/v1/shows/${id}/seek`, { query: { item: number } }),
    search: (id: string, q: string, signal?: AbortSignal) =>
      call<T.ShowSearch>('GET', `/v1/shows/${id}/search`, { query: { q }, ...(signal ? { signal } : {}) }),
    requests: (id: string) => call<T.Page<T.TryOnRequest>>('GET', `/v1/shows/${id}/requests/mine`),
    askToSee: (id: string, body: { number: number; words?: string }) =>
      call<T.TryOnRequest>('POST', `/v1/shows/${id}/requests`, { body }),
  };
}

function sales(call: Transport) {
  return {
    hold: (body: T.HoldInput, idempotencyKey: string) => call<T.Hold>('POST', '/v1/holds', { body, idempotencyKey }),
    releaseHold: (id: string) => call<void>('DELETE', `/v1/holds/${id}`),
    quote: (query: { variant_id: string; quantity: number; country: string }) =>
      call<T.Quote>('GET', '/v1/quote', { query }),
    paymentMethods: () => call<T.PaymentMethods>('GET', '/v1/me/payment-methods'),
    checkout: (body: T.CheckoutInput, idempotencyKey: string) =>
      call<T.Checkout>('POST', '/v1/checkouts', { body, idempotencyKey }),
    checkoutState: (id: string) => call<T.Checkout>('GET', `/v1/checkouts/${id}`),
    retryCheckout: (id: string, payment_method: T.PaymentChoice, idempotencyKey: string) =>
      call<T.Checkout>('POST', `/v1/checkouts/${id}/retry`, { body: { payment_method }, idempotencyKey }),
    orders: (cursor?: string) => call<T.Page<T.Order>>('GET', '/v1/orders', { query: { cursor } }),
    order: (id: string, token: string) => call<T.Order>('GET', `/v1/orders/${id}`, { query: { token } }),
    cancelOrder: (id: string, token: string, idempotencyKey: string) =>
      call<T.Order>('POST', `/v1/orders/${id}/cancel`, { query: { token }, idempotencyKey }),
    changeOrderAddress: (id: string, token: string, address: T.AddressInput) =>
      call<T.Order>('PATCH', `/v1/orders/${id}/address`, { query: { token }, body: address }),
  };
}

function discovery(call: Transport) {
  return {
    home: () => call<T.Home>('GET', '/v1/home'),
    search: (q: string) => call<T.SearchAnswer>('GET', '/v1/search', { query: { q } }),
  };
}

function rooms(call: Transport) {
  return {
    entries: (room: string, ticket: string, afterSeq: number, limit: number) =>
      call<T.RoomEntries>('GET', `/v1/rooms/${room}/entries`, {
        query: { after_seq: afterSeq, limit },
        bearer: ticket,
      }),
    own: (room: string, ticket: string, afterPseq: number) =>
      call<{ pseq: number; private: T.RoomPrivateEntry[] }>('GET', `/v1/rooms/${room}/private`, {
        query: { after_pseq: afterPseq },
        bearer: ticket,
      }),
    say: (room: string, ticket: string, text: string) =>
      call<void>('POST', `/v1/rooms/${room}/chat`, { body: { text }, bearer: ticket }),
    chunk: (room: string, second: number) =>
      call<{ entries: T.RoomEntry[] }>('GET', `/v1/rooms/${room}/chunks/${second}.json`),
  };
}

export function createApi(options: ApiOptions = {}) {
  const call = createTransport(options);
  return {
    call,
    accounts: accounts(call),
    shows: shows(call),
    sales: sales(call),
    discovery: discovery(call),
    rooms: rooms(call),
  };
}

export type ApiClient = ReturnType<typeof createApi>;
