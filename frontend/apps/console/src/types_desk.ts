// What the console reads about goods, orders, money and the installation; no behaviour.
import type { Money, Page } from '@shopcast/api-client';

/** `left` can be bought; `on_hand` counts every unit ever, those held and sold too. */
export interface Variant {
  id: string;
  sku: string;
  barcode: string;
  option_values: string[];
  title: string;
  price_minor: number;
  currency: string;
  compare_at_minor: number | null;
  on_hand: number;
  held: number;
  sold: number;
  left: number;
  position: number;
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
  started_at?: string;
  failure?: { code: string; message: string } | null;
}
export interface ImportProblem {
  line: number;
  column: string;
  code: string;
  reason: string;
  value: string;
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
  state: 'open' | 'replayed' | 'discarded';
  settled_at: string | null;
  settled_by: string | null;
}
