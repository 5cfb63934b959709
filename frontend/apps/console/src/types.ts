// What the console reads from the HTTP API about people and shows; no behaviour.

import type { Card, Me, Membership, Moment, Money, OnAir, Page, Playback, ShowState } from '@shopcast/api-client';

export type * from './types_desk.ts';
export type * from './types_selling.ts';
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
export interface SessionRow {
  id: string;
  device: string;
  created_at: string;
  seen_at: string;
  is_current: boolean;
}
export interface AuditRow {
  id: string;
  at: string;
  by: string;
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
  at?: string;
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
  on_air?: OnAir | null;
  grace_until_ms?: number | null;
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
