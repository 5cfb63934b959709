/** Entries, frames and the folded state, as the wire has them. */
import type { Card, OnAir, ShowState } from '@shopcast/api-client';

export interface Entry {
  seq: number;
  kind: string;
  at_ms: number;
  body: unknown;
}

export interface PrivateEntry {
  pseq: number;
  kind: string;
  at_ms: number;
  body: unknown;
}

export interface RequestCount {
  item_id: string;
  number: number;
  count: number;
  since_ms: number;
  eta_s: number | null;
}

export interface LastMoment {
  moment_id: string;
  from_ms: number;
  to_ms: number | null;
}

/** So many pieces at another price for a while. Prices are minor units of the item's currency. */
export interface Drop {
  drop_id: string;
  item_id: string;
  /** Null: every variant of the item. */
  variant_id: string | null;
  state: 'planned' | 'countdown' | 'running' | 'ended' | 'cancelled';
  price: number;
  was_price: number | null;
  quantity: number;
  left: number;
  per_customer: number | null;
  opens_at_ms: number | null;
  ends_at_ms: number | null;
}

/** A coupon shown on screen, to be claimed with one tap. */
export interface Coupon {
  promotion_id: string;
  code: string | null;
  label: string;
  /** False: it is had by typing its code. */
  claimable: boolean;
  starts_at_ms: number | null;
  ends_at_ms: number | null;
  /** Null: nobody has set a limit. */
  left: number | null;
  state: 'scheduled' | 'running' | 'paused' | 'used_up' | 'expired' | 'ended';
}

/** A line that stands above the chat. */
export interface PinnedLine {
  seq: number;
  line: { id: string; key: string; name: string; role: string; text: string; at_ms: number };
}

/** What all viewers of a room see; the same fold runs on the server (shows) and is tested on the same recordings. */
export interface RoomState {
  show: { state: ShowState; grace_until_ms?: number | null; message?: string | null; is_cut?: boolean };
  items: Record<string, Card>;
  order: string[];
  on_air: OnAir | null;
  stock: Record<string, number>;
  requests: RequestCount[];
  mode: { slow_mode_s: number; followers_only: boolean };
  pinned: PinnedLine | null;
  last_moments: Record<string, LastMoment>;
  drops: Record<string, Drop>;
  coupons: Record<string, Coupon>;
}

export interface You {
  key: string;
  name: string;
  role: string;
  rights: string[];
}

export interface LiveCounts {
  viewers: number | null;
  reactions: Record<string, number>;
}

export type Frame =
  | { t: 'hello'; you: You; server_ms: number; tick_ms: number; retry_ms?: number }
  | {
      t: 'snapshot';
      epoch: number;
      seq: number;
      state: RoomState;
      chat: Entry[];
      pseq: number;
      private: PrivateEntry[];
    }
  | { t: 'frames'; epoch: number; seq: number; after?: number; entries: Entry[] }
  | ({ t: 'live'; retry_ms?: number } & Partial<LiveCounts>)
  | ({ t: 'private' } & PrivateEntry)
  | { t: 'ack'; ref: string; seq?: number }
  | { t: 'refused'; ref: string; code: string; message: string; retry_after_ms?: number }
  | { t: 'bye'; code: string; retry_ms?: number };
