// Shapes of the HTTP API the generated file does not know yet.
import type { Money } from '@shopcast/api-client';

export interface ReturnView {
  id: string;
  order_id: string;
  order_number: string;
  organisation_id: string;
  seller_name: string;
  buyer_name: string;
  email: string;
  kind: ReturnKind;
  state: ReturnState;
  note: string;
  answer: string;
  requested_at: string;
  decided_at: string | null;
  send_until: string | null;
  closed_at: string | null;
  carrier: string;
  tracking_number: string;
  tracking_url: string | null;
  label_url: string | null;
  items: ReturnItemView[];
  photos: ReturnPhotoView[];
  refunds: ReturnRefundView[];
  to_refund: Money;
  can: ReturnCan;
}
export type ReturnKind = 'return' | 'withdrawal';
export type ReturnState = 'approved' | 'cancelled' | 'closed' | 'rejected' | 'requested';
export interface ReturnItemView {
  id: string;
  line_id: string;
  title: string;
  variant_title: string;
  sku: string;
  quantity: number;
  cause: Cause;
  note: string;
  reception: Reception;
  acceptance: Acceptance;
  received: number;
  accepted: number;
  restocked: number;
  written_off: number;
  exchanged: number;
  units_refunded: number;
  withheld: Money;
  refunded: Money;
  answer: string;
  exchanged_for: string | null;
}
export type Cause = 'abuse' | 'changed_mind' | 'damage' | 'host_claim' | 'late' | 'size' | 'withdrawal' | 'wrong_item';
export type Reception =
  | 'awaiting'
  | 'cancelled'
  | 'expired'
  | 'in_transit'
  | 'lost_in_transit'
  | 'received'
  | 'wrong_item';
export type Acceptance = 'accepted' | 'manual' | 'pending' | 'rejected';
export interface ReturnPhotoView {
  id: string;
  url: string;
}
export interface ReturnRefundView {
  id: string;
  state: string;
  amount: Money;
  created_at: string;
}
export interface ReturnCan {
  cancel: boolean;
  add_photos: boolean;
  approve: boolean;
  reject: boolean;
  label: boolean;
  receive: boolean;
  inspect: boolean;
  refund: boolean;
  exchange: boolean;
}
export interface ReturnRow {
  id: string;
  order_id: string;
  order_number: string;
  kind: ReturnKind;
  state: ReturnState;
  requested_at: string;
  name: string;
  units: number;
  received: number;
  accepted: number;
  causes: Cause[];
  titles: string[];
}
export interface ReturnRules {
  organisation_id: string;
  approval: Approval;
  address: string;
}
export type Approval = 'automatic' | 'by_hand';
export interface DisputeView {
  id: string;
  state: DisputeState;
  reason: string;
  amount: Money;
  provider: string;
  opened_at: string;
  due_at: string | null;
  closed_at: string | null;
  submitted_at: string | null;
  statement: string;
  submission: string;
  can_answer: boolean;
  evidence_url: string | null;
  evidence: Evidence | null;
}
export type DisputeState = 'accepted' | 'lost' | 'open' | 'submitted' | 'won';
export interface Evidence {
  order_id: string;
  order_number: string;
  language: string;
  seller_name: string;
  seller_legal_identity: string;
  buyer_name: string;
  email: string;
  address: string[];
  total: Money;
  charged: Money;
  paid_at: string | null;
  method_label: string | null;
  terms: string;
  terms_version: string;
  lines: LineEvidence[];
  shipments: ShipmentEvidence[];
  mails: MailEvidence[];
  timeline: TimelineEntry[];
}
export interface LineEvidence {
  line_id: string;
  title: string;
  variant_title: string;
  sku: string;
  quantity: number;
  price_shown: Money;
  list_price: Money;
  paid: Money;
  lowest_30d: Money | null;
  claims_shown: string;
  source: string;
  show_id: string | null;
  item_number: number | null;
  media_at: string | null;
  opened_at: string | null;
  held_at: string;
  placed_at: string;
  host_opened_name: string | null;
  host_placed_name: string | null;
  said_at: SaidAtEvidence | null;
  terms_version: string;
}
export interface SaidAtEvidence {
  page_url: string;
  clip_url: string | null;
  from_at: string;
  to_at: string | null;
  second: number | null;
}
export interface ShipmentEvidence {
  number: number;
  carrier: string;
  tracking_number: string;
  tracking_url: string | null;
  shipped_at: string;
  delivered_at: string | null;
  units: number;
}
export interface MailEvidence {
  at: string;
  kind: string;
  to: string;
}
export interface TimelineEntry {
  at: string;
  what: string;
  details: string;
}
export interface DisputeRow {
  id: string;
  order_id: string | null;
  order_number: string | null;
  state: DisputeState;
  reason: string;
  amount: Money;
  opened_at: string;
  due_at: string | null;
  closed_at: string | null;
}
export interface PickList {
  items: PickLine[];
  by_order: PickOrderSum[];
  by_variant: PickVariantSum[];
  units: number;
  next_cursor: string | null;
}
export interface PickLine {
  line_id: string;
  order_id: string;
  order_number: string;
  placed_at: string;
  packed: boolean;
  show_id: string | null;
  item_number: number | null;
  product_id: string;
  variant_id: string;
  title: string;
  variant_title: string;
  sku: string;
  quantity: number;
  gift: boolean;
  replacement: boolean;
  name: string;
  country: string;
  postal_code: string;
  city: string;
}
export interface PickOrderSum {
  order_id: string;
  order_number: string;
  name: string;
  lines: number;
  units: number;
}
export interface PickVariantSum {
  variant_id: string;
  title: string;
  variant_title: string;
  sku: string;
  quantity: number;
}
export interface ShipmentView {
  id: string;
  number: number;
  state: ShipmentState;
  carrier: string;
  tracking_number: string;
  tracking_url: string | null;
  shipped_at: string;
  delivered_at: string | null;
  undo_until: string | null;
  lines: ShipmentLineView[];
}
export type ShipmentState = 'delivered' | 'shipped' | 'undone';
export interface ShipmentLineView {
  line_id: string;
  title: string;
  variant_title: string;
  sku: string;
  quantity: number;
}
export interface AffectedOrders {
  items: AffectedOrder[];
  orders: number;
  units: number;
  paid: Money;
  next_cursor: string | null;
}
export interface AffectedOrder {
  order_id: string;
  order_number: string;
  placed_at: string;
  name: string;
  units: number;
  sent: number;
  paid: Money;
}
export interface MistakeView {
  id: string;
  show_id: string | null;
  item_id: string | null;
  variant_id: string;
  title: string;
  wrong_price: Money;
  from_at: string;
  to_at: string;
  remedy: Remedy;
  state: MistakeState;
  item_stopped: boolean;
  orders: number;
  settled: number;
  skipped: number;
  created_at: string;
  starts_at: string;
  finished_at: string | null;
}
export type Remedy = 'honour' | 'refund';
export type MistakeState = 'done' | 'running' | 'undone' | 'waiting';
export interface RestrictionView {
  id: string;
  buyer_key: string;
  organisation_id: string | null;
  seller_name: string | null;
  blocks: Blocks;
  reason: Reason;
  reason_text: string;
  words: string;
  state: RestrictionState;
  set_by_rule: boolean;
  created_at: string;
  expires_at: string | null;
  ended_at: string | null;
  appeal_state: AppealState;
  appeal_text: string | null;
  appealed_at: string | null;
  decision_words: string | null;
  decided_at: string | null;
  can_appeal: boolean;
}
export type Blocks = 'chat_order' | 'checkout' | 'everything' | 'hold';
export type Reason = 'by_hand' | 'card_testing' | 'chargeback' | 'return_abuse' | 'unpaid_chat_holds' | 'unpaid_holds';
export type RestrictionState = 'active' | 'expired' | 'lifted';
export type AppealState = 'granted' | 'none' | 'open' | 'upheld';
export interface OrderProgressAnswer {
  order_id: string;
  lines: LineProgressAnswer[];
  shipments: ShipmentView[];
  returns: ReturnTold[];
  timeline: ProgressTimelineEntry[];
  shipping_refunded: Money;
  refunded: Money;
  refund_underway: Money;
  refundable: Money;
  shipped_at: string | null;
  delivered_at: string | null;
  return_until: string | null;
  can: ProgressCan;
}
export interface LineProgressAnswer {
  line_id: string;
  title: string;
  variant_title: string;
  quantity: number;
  cancelled: number;
  shipped: number;
  to_ship: number;
  on_return: number;
  refunded_units: number;
  refunded: Money;
  refundable: Money;
}
export interface ReturnTold {
  id: string;
  kind: string;
  state: string;
  requested_at: string;
  units: number;
}
export interface ProgressTimelineEntry {
  at: string;
  what: string;
}
export interface ProgressCan {
  cancel: boolean;
  withdraw: boolean;
  return_goods: boolean;
  pack: boolean;
  ship: boolean;
  cancel_lines: boolean;
  refund: boolean;
}
export interface ExchangeAnswer {
  return_id: string;
  refund_minor: number;
  to_pay_minor: number;
  currency: string;
  hold_id: string | null;
}
export interface DropAnswer {
  id: string;
  show_id: string;
  item_id: string;
  variant_id: string | null;
  state: DropState;
  price: Money;
  was_price: Money | null;
  quantity: number;
  left: number;
  per_customer: number | null;
  countdown_s: number;
  duration_s: number;
  starts_at: string | null;
  opens_at: string | null;
  ends_at: string | null;
  server_ms: number;
}
export type DropState = 'cancelled' | 'countdown' | 'ended' | 'planned' | 'running';
export interface AllocationsAnswer {
  items: AllocationView[];
}
export interface AllocationView {
  variant_id: string;
  product_id: string;
  title: string;
  variant_title: string;
  quantity: number;
  left: number;
  free: number;
}
export interface OrderAnswer {
  id: string;
  number: string;
  state: OrderState;
  placed_at: string;
  paid_at: string | null;
  packed_at: string | null;
  shipped_at: string | null;
  delivered_at: string | null;
  return_until: string | null;
  cancelled_at: string | null;
  email: string;
  seller: SellerAnswer;
  totals: Totals;
  refunded: Money;
  address: PostalAddress;
  exchange: ExchangeView | null;
  lines: OrderLineAnswer[];
  adjustments: AdjustmentView[];
  payments: PaymentAnswer[];
  refunds: RefundTold[];
  receipt_url: string;
  can: CanAnswer;
}
export type OrderState = 'cancelled' | 'paid' | 'placed' | 'refunded';
export interface SellerAnswer {
  id: string;
  name: string;
  legal_identity: string;
}
export interface Totals {
  items: Money;
  discount: Money;
  shipping: Money;
  shipping_discount: Money;
  tax: Money;
  tax_included: boolean;
  tax_lines: TaxLine[];
  total: Money;
  duties_estimate: Money | null;
}
export interface TaxLine {
  country: string;
  region: string;
  rate_basis_points: number;
  amount: Money;
  included: boolean;
}
export interface PostalAddress {
  name: string;
  line1: string;
  line2: string;
  city: string;
  region: string;
  postal_code: string;
  country: string;
  phone: string;
}
export interface ExchangeView {
  total: Money;
  refunded: Money;
  rate: string;
  source: string | null;
  at: string | null;
}
export interface OrderLineAnswer {
  id: string;
  product_id: string;
  variant_id: string;
  title: string;
  variant: string;
  sku: string;
  number: number | null;
  quantity: number;
  price_shown: Money;
  list_price: Money;
  amount: Money;
  discount: Money;
  net: Money;
  gift: boolean;
  bundle_key: string | null;
  drop_id: string | null;
  tax: Money;
  lowest_30d: Money | null;
  host_name: string | null;
  host_opened_name: string | null;
  host_placed_name: string | null;
  show_id: string | null;
  item_id: string | null;
  media_at_ms: number | null;
  said_at_url: string | null;
  clip_url: string | null;
  claims_shown: string;
  seller: SellerAnswer;
  source: string;
  opened_at: string | null;
  held_at: string;
  placed_at: string;
  terms_version: string;
}
export interface AdjustmentView {
  id: string;
  line_id: string | null;
  promotion_id: string;
  code: string | null;
  lane: string;
  funded_by: string;
  label: string;
  amount: Money;
}
export interface PaymentAnswer {
  state: string;
  amount: Money;
  refunded: Money;
  label: string | null;
  at: string | null;
}
export interface RefundTold {
  id: string;
  state: string;
  amount: Money;
  reason: string;
  created_at: string;
}
export interface CanAnswer {
  cancel: boolean;
  change_address: boolean;
  resend: boolean;
}
export interface PolicyRequest {
  ships_from: string;
  tax_mode: TaxMode;
  zones: ShippingZone[];
  terms: string;
  hold_minutes: number;
  selling_mode: SellingMode;
  return_days: number;
  return_shipping: ReturnShipping;
}
export type TaxMode = 'exclusive' | 'inclusive' | 'none';
export interface ShippingZone {
  countries: string[];
  first_minor: number;
  additional_minor: number;
  days_min: number;
  days_max: number;
  by_weight: WeightStep[];
  free_from_minor: number | null;
}
export interface WeightStep {
  up_to_grams: number;
  price_minor: number;
}
export type SellingMode = 'first_paid' | 'hold';
export type ReturnShipping = 'buyer' | 'seller';
export interface SellingPolicy {
  organisation_id: string;
  version: number;
  ships_from: string;
  tax_mode: TaxMode;
  zones: ShippingZone[];
  terms: string;
  hold_minutes: number;
  selling_mode: SellingMode;
  return_days: number;
  return_shipping: ReturnShipping;
}
export interface OrderRow {
  id: string;
  number: string;
  state: OrderState;
  placed_at: string;
  total: Money;
  refunded: Money;
  name: string;
  email: string;
  seller_name: string;
  packed: boolean;
  units: number;
  titles: string[];
}
export interface PromotionAnswer {
  id: string;
  organisation_id: string;
  is_platform: boolean;
  funded_by: FundedBy;
  name: string;
  kind: string;
  lane: Lane;
  needs: Needs;
  state: RunState;
  version: number;
  benefit: PercentOff | AmountOff | AmountOffEach | SpendSteps | QuantityTiers | BuyXGetY | BundlePrice | Gift;
  scope: Scope;
  currency: string | null;
  minimum_minor: number;
  minimum_quantity: number;
  new_buyers_only: boolean;
  starts_at: string;
  ends_at: string | null;
  usage_limit: number | null;
  per_customer_limit: number | null;
  used: number;
  claimed: number;
  left: number | null;
  codes: number;
  created_at: string;
  server_ms: number;
}
export type FundedBy = 'host' | 'platform' | 'seller';
export type Lane = 'bundle' | 'coupon' | 'gift' | 'order' | 'shipping' | 'tier';
export type Needs = 'claim' | 'code' | 'nothing';
export type RunState = 'ended' | 'expired' | 'paused' | 'running' | 'scheduled' | 'used_up';
export interface PercentOff {
  type: 'percent';
  basis_points: number;
  cap_minor: number | null;
}
export interface AmountOff {
  type: 'amount';
  amount_minor: number;
}
export interface AmountOffEach {
  type: 'amount_each';
  amount_minor: number;
}
export interface SpendSteps {
  type: 'spend_steps';
  steps: SpendStep[];
}
export interface SpendStep {
  from_minor: number;
  basis_points: number;
  amount_minor: number;
}
export interface QuantityTiers {
  type: 'quantity_tiers';
  steps: TierStep[];
  counted: Counted;
}
export interface TierStep {
  from_quantity: number;
  basis_points: number;
  each_minor: number;
}
export type Counted = 'product' | 'together' | 'variant';
export interface BuyXGetY {
  type: 'buy_x_get_y';
  buy: number;
  get: number;
  basis_points: number;
  times_limit: number | null;
}
export interface BundlePrice {
  type: 'bundle';
  parts: BundlePart[];
  price_minor: number;
  times_limit: number | null;
}
export interface BundlePart {
  product_id: string | null;
  variant_id: string | null;
  quantity: number;
}
export interface Gift {
  type: 'gift';
  variant_id: string;
  quantity: number;
  times_limit: number;
}
export interface Scope {
  show_ids: string[];
  product_ids: string[];
  variant_ids: string[];
  tags: string[];
  includes_drops: boolean;
}
export interface CodeAnswer {
  code: string;
  usage_limit: number | null;
  used: number;
  disabled: boolean;
  created_at: string;
}
export interface CodesAnswer {
  codes: string[];
}
export interface PreviewAnswer {
  at: string;
  country: string;
  lines: PreviewLineAnswer[];
  gifts: GiftAnswer[];
  steps: StepAnswer[];
  rejected_codes: CodeJudged[];
  items: Money;
  discount: Money;
  net: Money;
  shipping: Money | null;
  shipping_discount: Money;
  shipping_adjustments: AdjustmentAnswer[];
  total: Money;
}
export interface PreviewLineAnswer {
  variant_id: string;
  title: string;
  variant_title: string;
  quantity: number;
  unit_price: Money;
  lowest_30d: Money | null;
  amount: Money;
  discount: Money;
  net: Money;
  adjustments: AdjustmentAnswer[];
  bundle_key: string | null;
}
export interface AdjustmentAnswer {
  promotion_id: string;
  version: number;
  code: string | null;
  lane: Lane;
  funded_by: FundedBy;
  label: string;
  amount: Money;
}
export interface GiftAnswer {
  promotion_id: string;
  label: string;
  variant_id: string;
  title: string;
  quantity: number;
}
export interface StepAnswer {
  kind: StepKind;
  lane: Lane | null;
  lane_name: string | null;
  promotion_id: string | null;
  label: string;
  before: Money;
  amount: Money;
  after: Money;
  reason: Refusal | null;
  text: string;
}
export type StepKind = 'applied' | 'given' | 'goods' | 'net' | 'parcels' | 'passed';
export type Refusal =
  | 'already_better'
  | 'currency'
  | 'customer_limit'
  | 'expired'
  | 'minimum_not_reached'
  | 'new_buyers_only'
  | 'not_active'
  | 'not_these_items'
  | 'not_yet'
  | 'nothing_to_lower'
  | 'unknown'
  | 'used_up'
  | 'wrong_seller';
export interface CodeJudged {
  code: string;
  reason: Refusal;
  text: string;
}
export interface WaitlistRow {
  product_id: string;
  variant_id: string;
  title: string;
  variant_title: string;
  kind: StandingKind;
  people: number;
  units: number;
  units_with_mandate: number;
  highest_limit: Money | null;
  first_at: string;
  left: number;
}
export type StandingKind = 'price' | 'restock';
export interface InboxRow {
  provider: string;
  delivery_id: string;
  kind: string;
  subject_id: string;
  state: 'applied' | 'ignored' | 'waiting';
  received_at: string;
  applied_at: string | null;
  note: string | null;
  body: string;
}
export interface OutboxRow {
  id: string;
  provider: string;
  kind: 'accept_dispute' | 'charge' | 'evidence' | 'refund' | 'setup';
  key: string;
  payment_id: string | null;
  amount: Money | null;
  state: 'answered' | 'refused' | 'unanswered' | 'waiting';
  attempts: number;
  last_answer: string | null;
  asked_at: string | null;
  next_try_at: string | null;
  created_at: string;
}
export interface Rate {
  base: string;
  quote: string;
  text: string;
  source: string | null;
  at: string | null;
}
export interface Offer {
  product_id: string;
  interval_days: number[];
  discount_basis_points: number;
  active: boolean;
}
export interface SoldSubscription {
  id: string;
  state: SubscriptionState;
  pause_code: string | null;
  product_id: string;
  variant_id: string;
  title: string;
  variant_title: string;
  quantity: number;
  interval_days: number;
  discount_basis_points: number;
  last_total: Money;
  buyer_name: string;
  email: string;
  deliveries_paid: number;
  next_at: string | null;
  started_at: string;
  ended_at: string | null;
}
export type SubscriptionState = 'active' | 'paused' | 'stopped';
