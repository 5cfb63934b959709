// What the console reads about selling: promotions, drops, orders and all that comes after; no behaviour.

import type { Money } from '@shopcast/api-client';
import type * as P from './types_pending.ts';

export type {
  Acceptance,
  AffectedOrders,
  AllocationView,
  Approval,
  Blocks,
  Cause,
  CodesAnswer,
  DisputeRow,
  DisputeState,
  DisputeView,
  DropAnswer,
  Evidence,
  ExchangeAnswer,
  FundedBy,
  Gift,
  InboxRow,
  Lane,
  LineEvidence,
  MistakeView,
  Needs,
  OrderRow,
  OutboxRow,
  PickLine,
  PickList,
  PreviewAnswer,
  Rate,
  Reason,
  Reception,
  Remedy,
  RestrictionView,
  ReturnItemView,
  ReturnRow,
  ReturnRules,
  ReturnState,
  ReturnView,
  Scope,
  SellingPolicy,
  ShippingZone,
  StepAnswer,
  WaitlistRow,
} from './types_pending.ts';
export type SubscriptionOffer = P.Offer;
export type SoldSubscription = P.SoldSubscription;
export type Promotion = P.PromotionAnswer;
export type Order = P.OrderAnswer;
export type OrderLine = P.OrderLineAnswer;
export type OrderProgress = P.OrderProgressAnswer;
export type Shipment = P.ShipmentView;
export type PromotionCode = P.CodeAnswer;
export type Benefit = P.PromotionAnswer['benefit'];

/** What a refund or a cancellation would give back, exactly, before it is done. */
export interface RefundPreview {
  goods: Money;
  shipping: Money;
  tax: Money;
  amount: Money;
  presentment: Money | null;
}
/** `enabled` null: as the organisation has it. */
export interface ChatOrders {
  effective: boolean;
  enabled: boolean | null;
}
export interface JobRow {
  id: string;
  name: string;
  key: string | null;
  payload: string;
  state: 'pending' | 'running' | 'dead';
  attempts: number;
  run_at: string;
  last_error: string | null;
  created_at: string;
}
