// What the console reads from the HTTP API, as the contract names it; no behaviour.

import type { Card, Me, Membership, Moment, Money, Page, Playback, ShowState } from '@shopcast/api-client';

export type { Card, Me, Membership, Moment, Money, Page, Playback, ShowState };

export interface Organisation {
  id: string;
  kind: string;
  name: string;
  slug: string;
  currency: string;
  country: string;
  legal_identity: string;
}
export interface Member {
  person_id: string;
  email: string;
  display_name: string;
  role: string;
  joined_at?: string;
}
export interface Invitation {
  id: string;
  email: string;
  role: string;
  created_at: string;
  expires_at?: string;
}
export interface AuditRow {
  id: string;
  at: string;
  actor: string;
  action: string;
  subject_id: string;
  details: Record<string, unknown>;
}

export type Visibility = 'public' | 'unlisted' | 'private';
export interface Show {
  id: string;
  title: string;
  description: string;
  cover_url: string | null;
  category: string;
  language: string;
  visibility: Visibility;
  starts_at: string | null;
  time_zone: string;
  state: ShowState;
  room_id: string;
  broadcast_id: string;
  started_at: string | null;
  ended_at: string | null;
  interrupted_at: string | null;
  grace_s: number;
  items_count?: number;
}
export interface Cue {
  id: string;
  position: number;
  item_id: string | null;
  minutes: number;
  script: string;
  claims_allowed: string;
  price_said: Money | null;
  started_at?: string | null;
  done_at: string | null;
}
export interface Warning {
  code: string;
  params: Record<string, string | number>;
}
export interface StreamHealth {
  width?: number;
  height?: number;
  frames_per_s?: number;
  video_kbit_s?: number;
  audio_kbit_s?: number;
  key_frame_s?: number;
  video_codec?: string;
  audio_codec?: string;
  since?: string;
}
export interface Stream {
  rtmp_url: string;
  key_hint: string | null;
  state: 'waiting' | 'ready' | 'lost' | 'ended';
  health: StreamHealth | null;
  warnings: Warning[];
}
export interface Cut {
  id: string;
  from_ms: number;
  to_ms: number;
  made_at?: string;
}
export interface PriceWarning {
  cue_id: string;
  item_id: string;
  number: number;
  said: Money;
  prices: Money[];
}
export interface Manage {
  show: Show;
  items: Card[];
  cues: Cue[];
  stream: Stream;
  warnings: PriceWarning[];
  moments: Moment[];
  cuts: Cut[];
  playback: Playback | null;
  current_cue_id?: string | null;
  is_cut?: boolean;
}
export interface StaffMember {
  person_id: string;
  display_name: string;
  email?: string;
  role: string;
}
export interface ShelfSet {
  id: string;
  name: string;
  product_ids: string[];
}
export interface TryOnRequest {
  item_id: string;
  number: number;
  title: string;
  count: number;
  since_ms: number;
  eta_s: number | null;
  words: string[];
}

export interface Variant {
  id: string;
  sku: string | null;
  barcode: string | null;
  option_values: string[];
  title: string;
  price_minor: number;
  currency: string;
  compare_at_minor: number | null;
  on_hand: number;
  held: number;
  sold: number;
  position: number;
  lowest_30d_minor?: number | null;
}
export interface Product {
  id: string;
  handle: string;
  title: string;
  description: string;
  vendor: string;
  product_type: string;
  tags: string[];
  status: 'active' | 'draft';
  options: string[];
  image_url: string | null;
  variants: Variant[];
}
export interface ImportRun {
  id: string;
  state: 'running' | 'done' | 'failed';
  rows_total: number;
  rows_done: number;
  products_created: number;
  products_updated: number;
  products_unchanged: number;
  variants_created?: number;
  variants_updated?: number;
  problems_count: number;
  file_name?: string;
  created_at?: string;
  failure?: string | null;
}
export interface ImportProblem {
  line: number;
  column: string;
  code: string;
  reason: string;
  value: string;
}

export interface OrderLine {
  id?: string;
  title: string;
  variant: string;
  quantity: number;
  price_shown: Money;
  lowest_30d: Money | null;
  host_name: string | null;
  show_id: string | null;
  show_title?: string | null;
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
  id: string;
  provider: string;
  state: string;
  amount: Money;
  at?: string;
  label?: string;
  events?: { at: string; state: string; code?: string }[];
}
export interface Order {
  id: string;
  number: string;
  state: 'placed' | 'paid' | 'cancelled' | 'refunded';
  placed_at: string;
  paid_at?: string | null;
  cancelled_at?: string | null;
  refunded_at?: string | null;
  email: string;
  address: Record<string, string> | null;
  totals: { items: Money; shipping: Money; tax: Money; total: Money; fees?: Money; kept?: Money; refunded?: Money };
  lines: OrderLine[];
  payments: Payment[];
  receipt_url: string | null;
}
export interface OrderRow {
  id: string;
  number: string;
  state: Order['state'];
  placed_at: string;
  email: string;
  total: Money;
  units: number;
  lines_summary?: string;
}

export interface Balance {
  accounts: { account: string; balance: Money }[];
  entries: Page<JournalEntry>;
}
export interface JournalEntry {
  id: string;
  at: string;
  kind: string;
  account: string;
  amount: Money;
  order_id: string | null;
  order_number?: string | null;
  journal_id: string;
}

export interface Numbers {
  show_id: string;
  metrics: {
    key: string;
    value: number | Money | null;
    unit?: 'count' | 'money' | 'seconds';
    definition_en: string;
    definition_zh: string;
  }[];
  per_minute?: { at_ms: number; viewers: number; orders: number; net_minor: number }[];
  items?: {
    item_id: string;
    number: number;
    title: string;
    requests: number;
    holds: number;
    units: number;
    net: Money;
  }[];
}
export interface Health {
  status: string;
  checks: { name: string; state: 'ok' | 'warn' | 'fail'; detail: string }[];
}
export interface DeadLetter {
  id: string;
  subscriber: string;
  key: string;
  event: string;
  error: string;
  tries: number;
  at: string;
}
