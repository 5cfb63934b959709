// What the console reads about selling: the server's own shapes, some under the console's names; no behaviour.
import type * as G from '@shopcast/api-client/generated.ts';

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
  RefundPreview,
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
} from '@shopcast/api-client/generated.ts';
export type SubscriptionOffer = G.Offer;
export type { SoldSubscription } from '@shopcast/api-client/generated.ts';
export type Promotion = G.PromotionAnswer;
export type Order = G.OrderAnswer;
export type OrderLine = G.OrderLineAnswer;
export type OrderProgress = G.OrderProgressAnswer;
export type Shipment = G.ShipmentView;
export type PromotionCode = G.CodeAnswer;
export type ChatOrders = G.ChatOrderSetting;
export type JobRow = G.JobView;
export type Benefit = G.PromotionAnswer['benefit'];
