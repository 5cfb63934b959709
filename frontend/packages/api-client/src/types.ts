/** The shapes of the HTTP API. Written by hand until they are generated from the server's OpenAPI document. */

export interface Money {
  amount_minor: number;
  currency: string;
}

export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}

export type Language = 'en' | 'zh';

// accounts

export interface Person {
  id: string;
  email: string;
  display_name: string;
  language?: Language;
  email_verified?: boolean;
}

export interface Membership {
  id: string;
  kind: 'seller' | 'agency' | 'host' | 'platform';
  name: string;
  role: 'owner' | 'manager' | 'host' | 'operator' | 'assistant' | 'moderator';
}

export interface Me {
  person: Person | null;
  guest_id: string | null;
  organisations: Membership[];
  is_operator: boolean;
  language: Language;
  csrf: string;
}

export interface Address {
  id: string;
  name: string;
  line1: string;
  line2: string;
  city: string;
  region: string;
  postal_code: string;
  country: string;
  phone: string;
  is_default: boolean;
}

export type AddressInput = Omit<Address, 'id' | 'is_default'> & { is_default?: boolean };

export interface Session {
  id: string;
  device: string;
  created_at: string;
  seen_at: string;
  expires_at: string;
  is_current: boolean;
}

// shows

export type ShowState = 'draft' | 'scheduled' | 'rehearsal' | 'live' | 'interrupted' | 'ended' | 'replay';

export interface CardVariant {
  id: string;
  title: string;
  options: string[];
  price_minor: number;
  left: number;
}

export interface Card {
  id: string;
  number: number;
  title: string;
  image_url: string | null;
  claim: string;
  hidden: boolean;
  currency: string;
  price_minor: number;
  price_max_minor: number;
  compare_at_minor: number | null;
  lowest_30d_minor: number | null;
  left: number;
  variants: CardVariant[];
  options: string[];
  product_id: string;
  seller_id: string;
  seller_name: string;
}

export interface OnAir {
  item_id: string;
  moment_id: string;
  since_ms: number;
}

export interface Moment {
  id: string;
  item_id: string;
  number: number;
  title: string;
  from_ms: number;
  to_ms: number | null;
  clip_url: string | null;
  image_url?: string | null;
}

export interface Playback {
  live_url: string;
  plain_url: string;
  replay_url: string;
  rewind_url: string;
  status_url?: string;
  poster_url?: string | null;
}

export interface ShowCard {
  id: string;
  title: string;
  cover_url: string | null;
  state: ShowState;
  starts_at: string | null;
  started_at?: string | null;
  ended_at?: string | null;
  language: string;
  category: string;
  host: { id: string; name: string };
  owner?: { id: string; name: string };
  viewers?: number;
  item_count?: number;
}

export interface ShowPage {
  id: string;
  title: string;
  description: string;
  cover_url: string | null;
  category: string;
  language: string;
  state: ShowState;
  starts_at: string | null;
  started_at: string | null;
  ended_at: string | null;
  host: { id: string; name: string };
  owner: { id: string; name: string };
  sellers: { id: string; name: string; legal_identity: string }[];
  playback: Playback | null;
  chapters: Moment[];
  items: Card[];
  on_air: OnAir | null;
  room_id: string;
  seq?: number;
  epoch?: number;
  as_of?: { epoch: number; seq: number };
  server_ms: number;
  can: { manage: boolean; moderate: boolean };
  grace_until_ms?: number | null;
  is_cut?: boolean;
}

export interface Ticket {
  ticket: string;
  ws_url: string;
  room_id: string;
  expires_at: string;
}

export interface SeekAnswer {
  item_id: string;
  moment: Moment | null;
  card: Card;
  playback: 'live' | 'rewind' | 'replay';
}

export interface ChatHit {
  seq: number;
  at_ms: number;
  name: string;
  text: string;
}

export interface ShowSearch {
  items: Card[];
  moments: Moment[];
  chat?: ChatHit[];
  lines?: ChatHit[];
}

export interface TryOnRequest {
  id: string;
  item_id: string;
  number: number;
  state: 'waiting' | 'on_air' | 'answered';
  place?: number | null;
  eta_s?: number | null;
  clip_url?: string | null;
}

// sales

export interface Totals {
  items: Money;
  shipping: Money;
  tax: Money;
  tax_included?: boolean | null;
  total: Money;
}

export type Source = 'live' | 'replay' | 'list' | 'chat' | 'search';

export interface Hold {
  id: string;
  item_id: string;
  variant_id: string;
  quantity: number;
  price: Money;
  state: 'held' | 'claimed' | 'released' | 'expired';
  expires_at: string;
  server_ms: number;
  totals?: Quote | null;
}

export interface HoldInput {
  show_id: string;
  item_id: string;
  variant_id: string;
  quantity: number;
  source: Source;
  media_at_ms?: number;
  opened_at_ms?: number;
  price_seen_minor?: number;
}

/** Without shipping everything but the items' price is null. */
export interface Quote {
  items: Money;
  shipping: Money | null;
  tax: Money | null;
  tax_included?: boolean | null;
  total: Money | null;
  ships: boolean;
  country?: string;
  delivery_from: string | null;
  delivery_to: string | null;
}

export interface PaymentMethods {
  provider: string;
  saved: { id: string; label: string }[];
  offered: { token: string; label_en: string; label_zh: string }[];
}

export type PaymentChoice = { saved_id: string } | { token: string; save: boolean };

export interface CheckoutInput {
  hold_ids: string[];
  email?: string;
  address?: AddressInput;
  address_id?: string;
  payment_method: PaymentChoice;
}

export interface Checkout {
  checkout_id: string;
  order_id: string | null;
  state: 'paid' | 'needs_action' | 'processing' | 'failed';
  next_action_url?: string | null;
  failure?: { code: string; message: string } | null;
  order_url: string | null;
  totals: Totals;
}

export interface OrderLine {
  id?: string;
  title: string;
  variant: string;
  quantity: number;
  price_shown: Money;
  lowest_30d: Money | null;
  image_url?: string | null;
  host_name: string | null;
  show_id: string | null;
  show_title?: string | null;
  number?: number | null;
  media_at_ms: number | null;
  said_at_url: string | null;
  clip_url: string | null;
  claims_shown: string | string[];
  seller: string | { name: string; legal_identity?: string };
  source: string;
  opened_at: string | null;
  placed_at: string;
  terms_version: string;
}

export interface Payment {
  state: string;
  amount: Money;
  refunded?: Money;
  label: string | null;
  at: string | null;
}

export interface Order {
  id: string;
  number: string;
  state: 'placed' | 'paid' | 'cancelled' | 'refunded';
  placed_at: string;
  email?: string;
  totals: Totals;
  address: AddressInput;
  lines: OrderLine[];
  payments: Payment[];
  receipt_url: string | null;
  can?: { cancel: boolean; change_address: boolean };
}

// discovery

export interface MomentCard extends Moment {
  show_id: string;
  show_title?: string;
}

export interface Home {
  live: ShowCard[];
  upcoming: ShowCard[];
  replays: ShowCard[];
  moments: MomentCard[];
}

export interface ItemHit {
  show_id: string;
  show_title: string;
  card: Card;
}

export interface SearchAnswer {
  shows: ShowCard[];
  items: ItemHit[];
  moments: MomentCard[];
}

// rooms over HTTP

export interface RoomEntry {
  seq: number;
  kind: string;
  at_ms: number;
  body: unknown;
}

export interface RoomEntries {
  epoch: number;
  seq: number;
  entries: RoomEntry[];
}

export interface RoomPrivateEntry {
  pseq: number;
  kind: string;
  at_ms: number;
  body: unknown;
}
