// Written by scripts/generate-api.mjs from the server's own description. Change the server, then: npm run generate

export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}

export type Acceptance = 'pending' | 'accepted' | 'rejected' | 'manual';

export interface Accepted {
  accepted?: boolean;
}

export interface AccountView {
  account: string;
  balance: Money;
}

export interface AddedItem {
  id: string;
  number: number;
  product_id: string;
}

export interface Address {
  city: string;
  country: string;
  id: string;
  is_default: boolean;
  line1: string;
  line2: string;
  name: string;
  phone: string;
  postal_code: string;
  region: string;
}

export interface AddressRequest {
  city: string;
  country: string;
  is_default?: boolean;
  line1: string;
  line2?: string;
  name: string;
  phone?: string;
  postal_code?: string;
  region?: string;
}

export interface AdjustmentAnswer {
  amount: Money;
  code: string | null;
  funded_by: FundedBy;
  label: string;
  lane: Lane;
  promotion_id: string;
  version: number;
}

export interface AdjustmentView {
  amount: Money;
  code: string | null;
  funded_by: string;
  id: string;
  label: string;
  lane: string;
  line_id: string | null;
  promotion_id: string;
}

export interface AdvanceRequest {
  cue_id?: string | null;
}

export interface AffectedOrder {
  name: string;
  order_id: string;
  order_number: string;
  paid: Money;
  placed_at: string;
  sent: number;
  units: number;
}

export interface AffectedOrders {
  items: AffectedOrder[];
  next_cursor: string | null;
  orders: number;
  paid: Money;
  units: number;
}

export interface AgainAnswer {
  hold_ids: string[];
  lines: LineAgain[];
}

export interface Alive {
  status: string;
}

export interface AllocationLine {
  quantity: number;
  variant_id: string;
}

export interface AllocationView {
  allocated: number;
  image_url: string;
  left: number;
  left_in_stock: number;
  product_id: string;
  product_title: string;
  sku: string;
  taken: number;
  variant_id: string;
  variant_title: string;
}

export interface AllocationsAnswer {
  items: AllocationView[];
}

export interface AllocationsRequest {
  lines: AllocationLine[];
}

export interface AmountOff {
  amount_minor: number;
  type: 'amount';
}

export interface AmountOffEach {
  amount_minor: number;
  type: 'amount_each';
}

export interface AppealRequest {
  text: string;
}

export type AppealState = 'none' | 'open' | 'upheld' | 'granted';

export type Approval = 'by_hand' | 'automatic';

export interface AsOf {
  epoch: number;
  seq: number;
}

export interface AskRequest {
  number: number;
  words?: string;
}

export interface AuditRow {
  action: string;
  at: string;
  by: string;
  details: Record<string, unknown>;
  id: string;
  is_operator: boolean;
  subject_id: string;
}

export interface Balance {
  accounts: AccountView[];
  entries: Page<EntryView>;
}

export interface BanCreated {
  id: string;
}

export interface BanRequest {
  key: string;
  reason?: string;
}

export interface BanView {
  banned_at: string;
  banned_by: string;
  id: string;
  is_guest: boolean;
  name: string;
  reason: string;
  show_id: string;
}

export interface BeaconView {
  next_ms: number;
  viewers: number | null;
}

export interface BestCouponView {
  amount: Money;
  code: string | null;
  label: string;
  promotion_id: string;
}

export type Blocks = 'chat_order' | 'hold' | 'checkout' | 'everything';

export interface BundlePart {
  product_id?: string | null;
  quantity?: number;
  variant_id?: string | null;
}

export interface BundlePrice {
  parts: BundlePart[];
  price_minor: number;
  times_limit?: number | null;
  type: 'bundle';
}

export interface BuyXGetY {
  basis_points?: number;
  buy: number;
  get: number;
  times_limit?: number | null;
  type: 'buy_x_get_y';
}

export interface Can {
  manage: boolean;
  moderate: boolean;
}

export interface CanAnswer {
  cancel: boolean;
  change_address: boolean;
  resend?: boolean;
}

export interface CancelLinesRequest {
  lines?: LineQuantity[] | null;
}

export interface Card {
  claim: string;
  compare_at_minor: number | null;
  currency: string;
  hidden: boolean;
  id: string;
  image_url: string | null;
  left: number;
  lowest_30d_minor: number | null;
  number: number;
  options: string[];
  price_max_minor: number;
  price_minor: number;
  product_id: string;
  seller_id: string;
  seller_name: string;
  title: string;
  variants: CardVariant[];
}

export interface CardVariant {
  id: string;
  left: number;
  options: string[];
  price_minor: number;
  title: string;
}

export interface CartAdjustmentView {
  amount: Money;
  code: string | null;
  funded_by: string;
  hold_id: string | null;
  label: string;
  lane: string;
  promotion_id: string;
  seller_id: string;
}

export interface CartAnswer {
  adjustments: CartAdjustmentView[];
  best_coupon: BestCouponView | null;
  choice: CartChoice;
  codes: CartCodeAnswer[];
  currency: string | null;
  gifts: CartGiftView[];
  lines: CartLineView[];
  presentment: Money | null;
  sellers: CartSellerView[];
  server_ms: number;
  totals: Totals | null;
}

export interface CartChoice {
  codes?: string[];
  country?: string | null;
  currency?: string | null;
  region?: string;
}

export interface CartCodeAnswer {
  code: string;
  message: string | null;
  reason: string | null;
  state: string;
}

export interface CartGiftView {
  available: boolean;
  image_url: string;
  label: string;
  product_id: string;
  promotion_id: string;
  quantity: number;
  seller_id: string;
  title: string;
  variant_id: string;
  variant_title: string;
}

export interface CartLineView {
  amount: Money;
  discount: Money;
  drop_id: string | null;
  expires_at: string;
  hold_id: string;
  image_url: string;
  item_id: string | null;
  item_number: number | null;
  list_price: Money;
  net: Money;
  obstacle: Obstacle | null;
  product_id: string;
  quantity: number;
  seller_id: string;
  show_id: string | null;
  state: HoldState;
  title: string;
  unit: Money;
  unit_before: Money | null;
  variant_id: string;
  variant_title: string;
}

export interface CartRequest {
  codes?: string[];
  country?: string | null;
  currency?: string | null;
  region?: string;
}

export interface CartSellerView {
  country: string;
  delivery_from: string | null;
  delivery_to: string | null;
  hold_ids: string[];
  presentment: Money | null;
  return_days: number;
  seller_id: string;
  seller_name: string;
  ships: boolean;
  ships_from: string;
  totals: Totals | null;
}

export interface CaseView {
  copies: string;
  decided_at: string | null;
  id: string;
  key: string;
  kind: 'held' | 'hidden' | 'reported';
  name: string;
  opened_at: string;
  reason: 'word' | 'copied' | 'spam' | 'abuse' | 'scam' | 'other';
  reports: number;
  role: string;
  said_at: string;
  seq: number | null;
  state: 'open' | 'let' | 'removed';
  text: string;
  word: string | null;
}

export type Cause = 'withdrawal' | 'host_claim' | 'size' | 'damage' | 'late' | 'changed_mind' | 'wrong_item' | 'abuse';

export interface CauseAnswer {
  cause: Cause;
  label: string;
}

export interface ChangeSubscriptionRequest {
  consent_text: string;
  payment_method_id?: string | null;
  terms: SubscriptionTerms;
}

export interface ChatHit {
  at_ms: number;
  name: string;
  seq: number;
  text: string;
}

export interface ChatOrderSetting {
  effective: boolean;
  enabled: boolean | null;
}

export type ChatOrderState = 'placed' | 'asked' | 'refused';

export interface ChatOrderView {
  at: string;
  buyer_key: string;
  code: string | null;
  hold_id: string | null;
  hold_state: string | null;
  id: string;
  item_id: string;
  item_number: number;
  name: string;
  price: Money | null;
  quantity: number;
  show_id: string;
  state: ChatOrderState;
  text: string;
  variant_id: string | null;
  variant_title: string;
}

export interface ChatOrdersRequest {
  enabled: boolean;
}

export interface Check {
  detail: string;
  name: string;
  state: 'ok' | 'warn' | 'fail';
}

export interface CheckoutAnswer {
  checkout_id: string;
  failure: SalesFailure | null;
  holds_until: string | null;
  next_action_url: string | null;
  order_id: string | null;
  order_url: string | null;
  orders: CheckoutOrderAnswer[];
  state: CheckoutState;
  total: Money;
  totals: Totals;
}

export interface CheckoutOrderAnswer {
  number: string | null;
  order_id: string | null;
  order_url: string | null;
  presentment: Money;
  seller_id: string;
  seller_name: string;
  total: Money;
  totals: Totals;
}

export interface CheckoutRequest {
  address?: PostalAddress | null;
  address_id?: string | null;
  codes?: string[] | null;
  currency?: string | null;
  email?: string | null;
  expected_total_minor?: number | null;
  hold_ids: string[];
  payment_method?: PaymentChoice | null;
  return_path?: string | null;
}

export type CheckoutState = 'processing' | 'needs_action' | 'placed' | 'paid' | 'failed';

export interface Chunk {
  after: number;
  entries: WireEntry[];
  epoch: number;
  pace?: PaceView | null;
  sealed: boolean;
  second: number;
  seq: number;
  span_s: number;
  viewers?: number | null;
}

export interface CodeAnswer {
  code: string;
  created_at: string;
  disabled: boolean;
  usage_limit: number | null;
  used: number;
}

export interface CodeJudged {
  code: string;
  reason: Refusal;
  text: string;
}

export interface CodesAnswer {
  codes: string[];
}

export interface CodesRequest {
  code?: string | null;
  count?: number | null;
  prefix?: string;
  usage_limit?: number | null;
}

export type Counted = 'variant' | 'product' | 'together';

export interface CouponAnswer {
  benefit: PercentOff | AmountOff | AmountOffEach | SpendSteps | QuantityTiers | BuyXGetY | BundlePrice | Gift;
  claimed_at: string;
  ends_at: string | null;
  is_platform: boolean;
  kind: string;
  minimum: Money | null;
  minimum_quantity: number;
  name: string;
  promotion_id: string;
  reason: Refusal | null;
  reason_text: string | null;
  scope: Scope;
  seller_id: string;
  seller_name: string;
  starts_at: string;
  usable: boolean;
}

export interface CueBody {
  claims_allowed?: string;
  id?: string | null;
  item_id?: string | null;
  minutes?: number;
  price_said?: Money | null;
  script?: string;
}

export interface CueMoved {
  cue_id: string;
}

export interface CueView {
  claims_allowed: string;
  done_at: string | null;
  id: string;
  item_id: string | null;
  minutes: number;
  position: number;
  price_said: Money | null;
  script: string;
  started_at: string | null;
}

export interface CutView {
  from_ms: number;
  id: string;
  made_at: string;
  to_ms: number;
}

export interface DeadLetterView {
  at: string;
  error: string;
  event: string;
  id: string;
  key: string;
  settled_at: string | null;
  settled_by: string | null;
  state: 'open' | 'replayed' | 'discarded';
  subscriber: string;
  tries: number;
}

export interface Decided {
  decided: number;
}

export interface DecisionInput {
  decision: 'let' | 'remove' | 'reopen';
  ids: string[];
}

export type DeliveryState = 'paying' | 'paid' | 'failed' | 'skipped' | 'out_of_stock';

export interface DeliveryView {
  at: string;
  due_at: string;
  failure_code: string | null;
  failure_text: string | null;
  order_id: string | null;
  state: DeliveryState;
  total: Money | null;
}

export interface DisputeRow {
  amount: Money;
  closed_at: string | null;
  due_at: string | null;
  id: string;
  opened_at: string;
  order_id: string | null;
  order_number: string | null;
  reason: string;
  state: DisputeState;
}

export type DisputeState = 'open' | 'submitted' | 'accepted' | 'won' | 'lost';

export interface DisputeView {
  amount: Money;
  can_answer: boolean;
  closed_at: string | null;
  due_at: string | null;
  evidence: Evidence | null;
  evidence_url: string | null;
  id: string;
  opened_at: string;
  provider: string;
  reason: string;
  sellers: number;
  sellers_silent: number;
  sends_at: string | null;
  state: DisputeState;
  statement: string;
  submission: string;
  submitted_at: string | null;
}

export interface Drift {
  behind_s: number;
  ends_at: string;
  left_s: number;
  planned_s: number;
}

export interface DropAnswer {
  countdown_s: number;
  duration_s: number;
  ends_at: string | null;
  id: string;
  item_id: string;
  left: number;
  opens_at: string | null;
  per_customer: number | null;
  price: Money;
  quantity: number;
  server_ms: number;
  show_id: string;
  starts_at: string | null;
  state: DropState;
  variant_id: string | null;
  was_price: Money | null;
}

export interface DropChanges {
  countdown_s?: number;
  duration_s?: number;
  per_customer?: number | null;
  price_minor?: number;
  quantity?: number;
  starts_at?: string | null;
}

export interface DropLowered {
  quantity: number;
}

export interface DropPlan {
  countdown_s?: number;
  duration_s?: number;
  item_id: string;
  per_customer?: number | null;
  price_minor: number;
  quantity: number;
  starts_at?: string | null;
  variant_id?: string | null;
}

export type DropState = 'planned' | 'countdown' | 'running' | 'ended' | 'cancelled';

export interface EntriesPage {
  after: number;
  entries: WireEntry[];
  epoch: number;
  more: boolean;
  retry_ms: number;
  seq: number;
}

export interface EntryView {
  account: string;
  amount: Money;
  at: string;
  id: string;
  journal_id: string;
  kind: string;
  order_id: string | null;
  order_number: string | null;
}

export interface Evidence {
  address: string[];
  buyer_name: string;
  charged: Money;
  email: string;
  language: string;
  lines: LineEvidence[];
  mails: MailEvidence[];
  method_label: string | null;
  order_id: string;
  order_number: string;
  paid_at: string | null;
  seller_legal_identity: string;
  seller_name: string;
  shipments: ShipmentEvidence[];
  terms: string;
  terms_version: string;
  timeline: TimelineEntry[];
  total: Money;
}

export interface ExchangeAnswer {
  currency: string;
  hold_id: string | null;
  refund_minor: number;
  return_id: string;
  to_pay_minor: number;
}

export interface ExchangeRateRequest {
  base: string;
  quote: string;
  rate: string;
}

export interface ExchangeRatesRequest {
  rates: ExchangeRateRequest[];
  source: string;
}

export interface ExchangeRequest {
  item_id: string;
  quantity: number;
  variant_id: string;
}

export interface ExchangeView {
  at: string | null;
  rate: string;
  refunded: Money;
  source: string | null;
  total: Money;
}

export interface ExportAsked {
  id: string;
  state: string;
}

export interface ExportRequest {
  format?: string;
}

export interface ExportView {
  failure: string | null;
  format: 'mp4' | 'vertical';
  id: string;
  requested_at: string;
  state: 'waiting' | 'done' | 'failed';
  url: string | null;
}

export interface ExpressLane {
  id: string;
  items: ExpressRow[];
  server_ms: number;
  state: 'draft' | 'scheduled' | 'rehearsal' | 'live' | 'interrupted' | 'ended' | 'replay';
  title: string;
}

export interface ExpressRow {
  card: Card;
  clip: MomentView | null;
  on_air: boolean;
}

export interface FollowRequest {
  kind: 'host' | 'organisation';
}

export interface FollowView {
  followers: number;
  kind: 'host' | 'organisation';
  name: string;
  since: string;
  subject_id: string;
}

export interface Followed {
  followers: number;
  following: boolean;
  kind: 'host' | 'organisation';
  name: string;
  subject_id: string;
}

export interface FromSet {
  set_id: string;
}

export type FundedBy = 'seller' | 'platform' | 'host';

export interface Gift {
  quantity?: number;
  times_limit?: number;
  type: 'gift';
  variant_id: string;
}

export interface GiftAnswer {
  label: string;
  promotion_id: string;
  quantity: number;
  title: string;
  variant_id: string;
}

export interface HiddenView {
  hidden: number;
}

export interface HideInput {
  seq: number;
}

export interface HidesInput {
  seqs: number[];
}

export interface HoldAnswer {
  drop_id: string | null;
  expires_at: string;
  id: string;
  item_id: string | null;
  item_number: number | null;
  list_price: Money;
  price: Money;
  quantity: number;
  seller_id: string;
  server_ms: number;
  show_id: string | null;
  state: HoldState;
  title: string;
  totals: Quote | null;
  variant_id: string;
  variant_title: string;
}

export interface HoldRequest {
  item_id?: string | null;
  media_at_ms?: number | null;
  opened_at_ms?: number | null;
  price_seen_minor?: number | null;
  quantity?: number;
  show_id?: string | null;
  source: Source;
  variant_id: string;
}

export type HoldState = 'wanted' | 'held' | 'claimed' | 'released' | 'expired';

export interface Home {
  live: ShowCard[];
  moments: MomentHit[];
  replays: ShowCard[];
  upcoming: ShowCard[];
}

export interface HostProfile {
  bio: string;
  categories: string[];
  languages: string[];
  name: string;
  person_id: string;
}

export interface HouseWordsBody {
  words: MutedWordRule[];
}

export interface ImportView {
  dialect: 'old' | 'new' | null;
  failure: CatalogFailure | null;
  file_name: string;
  finished_at: string | null;
  id: string;
  problems_count: number;
  products_created: number;
  products_unchanged: number;
  products_updated: number;
  rows_done: number;
  rows_total: number;
  started_at: string;
  state: 'running' | 'done' | 'failed';
  variants_created: number;
  variants_unchanged: number;
  variants_updated: number;
}

export interface InboxRow {
  applied_at: string | null;
  body: string;
  delivery_id: string;
  kind: string;
  note: string | null;
  provider: string;
  received_at: string;
  state: 'waiting' | 'applied' | 'ignored';
  subject_id: string;
}

export interface InspectRequest {
  items: InspectedItem[];
}

export interface InspectedItem {
  accepted: number;
  answer?: string;
  cause?: Cause | null;
  item_id: string;
  manual?: boolean;
  restock: number;
  withheld_minor?: number;
}

export interface InstallationHealth {
  checks: Check[];
  status: 'ok' | 'warn' | 'fail';
}

export interface InvitationRequest {
  email: string;
  role: string;
}

export interface InvitationView {
  created_at: string;
  email: string;
  expires_at: string;
  id: string;
  role: 'owner' | 'manager' | 'host' | 'operator' | 'assistant' | 'moderator';
}

export interface ItemChanges {
  claim?: string;
  hidden?: boolean;
  sort?: number;
}

export interface ItemHit {
  card: Card;
  show_id: string;
  show_title: string;
}

export interface ItemNumbers {
  holds: number;
  item_id: string;
  net: Money;
  number: number;
  requests: number;
  title: string;
  units: number;
}

export interface JobView {
  attempts: number;
  created_at: string;
  id: string;
  key: string | null;
  last_error: string | null;
  name: string;
  payload: string;
  run_at: string;
  state: 'pending' | 'running' | 'dead';
}

export type Lane = 'tier' | 'bundle' | 'gift' | 'coupon' | 'order' | 'shipping';

export interface LineAgain {
  hold_id: string | null;
  message: string | null;
  price: Money | null;
  price_before: Money | null;
  quantity: number;
  reason: string | null;
  title: string;
  variant_id: string;
  variant_title: string;
}

export interface LineEvidence {
  claims_shown: string;
  held_at: string;
  host_opened_name: string | null;
  host_placed_name: string | null;
  item_number: number | null;
  line_id: string;
  list_price: Money;
  lowest_30d: Money | null;
  media_at: string | null;
  opened_at: string | null;
  paid: Money;
  placed_at: string;
  price_shown: Money;
  quantity: number;
  said_at: SaidAtEvidence | null;
  show_id: string | null;
  sku: string;
  source: string;
  terms_version: string;
  title: string;
  variant_title: string;
}

export interface LineProgressAnswer {
  cancelled: number;
  line_id: string;
  on_return: number;
  quantity: number;
  refundable: Money;
  refunded: Money;
  refunded_units: number;
  shipped: number;
  title: string;
  to_ship: number;
  variant_title: string;
}

export interface LineQuantity {
  line_id: string;
  quantity: number;
}

export interface LoginRequest {
  email: string;
  password: string;
}

export interface Made {
  id: string;
}

export interface MailEvidence {
  at: string;
  kind: string;
  to: string;
}

export interface ManagePage {
  can: Can;
  cues: CueView[];
  current_cue_id: string | null;
  cuts: CutView[];
  drift: Drift | null;
  grace_until_ms: number | null;
  is_cut: boolean;
  items: Card[];
  moments: MomentView[];
  on_air: OnAirView | null;
  playback: Playback | null;
  server_ms: number;
  show: ManagedShow;
  stream: StreamView;
  warnings: PriceWarning[];
}

export interface ManagedShow {
  advance_pins: boolean;
  broadcast_id: string;
  category: string;
  cover_url: string | null;
  description: string;
  ended_at: string | null;
  grace_s: number;
  host_person_id: string;
  id: string;
  interrupted_at: string | null;
  items_count: number;
  language: string;
  organisation_id: string;
  room_id: string;
  started_at: string | null;
  starts_at: string | null;
  state: 'draft' | 'scheduled' | 'rehearsal' | 'live' | 'interrupted' | 'ended' | 'replay';
  time_zone: string;
  title: string;
  visibility: 'public' | 'unlisted' | 'private';
}

export interface MandateAnswer {
  cap: Money;
  consent_at: string;
  consent_text: string;
  expires_at: string;
  id: string;
  method_label: string;
  purpose: 'standing' | 'waitlist' | 'subscription';
  state: 'active' | 'used_up' | 'revoked' | 'expired';
  used: Money;
}

export interface Me {
  csrf: string;
  guest_id: string | null;
  is_operator: boolean;
  language: 'en' | 'zh';
  organisations: MyOrganisation[];
  person: PersonView | null;
}

export interface Member {
  display_name: string;
  email: string;
  person_id: string;
  role: 'owner' | 'manager' | 'host' | 'operator' | 'assistant' | 'moderator';
  since: string;
}

export interface Metric {
  definition_en: string;
  definition_zh: string;
  key: string;
  unit: 'count' | 'money' | 'seconds';
  value: number | Money | null;
}

export interface Minute {
  at_ms: number;
  net_minor: number;
  orders: number;
  viewers: number;
}

export interface MistakeRequest {
  from_at: string;
  item_id?: string | null;
  remedy: Remedy;
  show_id?: string | null;
  stop_item?: boolean;
  to_at: string;
  variant_id: string;
  wrong_price_minor: number;
}

export type MistakeState = 'waiting' | 'running' | 'done' | 'undone';

export interface MistakeView {
  created_at: string;
  finished_at: string | null;
  from_at: string;
  id: string;
  item_id: string | null;
  item_stopped: boolean;
  orders: number;
  remedy: Remedy;
  settled: number;
  show_id: string | null;
  skipped: number;
  starts_at: string;
  state: MistakeState;
  title: string;
  to_at: string;
  variant_id: string;
  wrong_price: Money;
}

export interface ModeInput {
  followers_only?: boolean | null;
  muted_words?: MutedWordRule[] | null;
  slow_mode_s?: number | null;
}

export interface ModeView {
  followers_only: boolean;
  house_words: MutedWordRule[];
  muted_words: MutedWordRule[];
  pinned_seq: number | null;
  slow_mode_s: number;
}

export interface MomentHit {
  clip_url: string | null;
  from_ms: number;
  id: string;
  image_url: string | null;
  item_id: string;
  number: number;
  show_id: string;
  show_title: string;
  title: string;
  to_ms: number | null;
}

export interface MomentView {
  clip_url: string | null;
  from_ms: number;
  id: string;
  image_url: string | null;
  item_id: string;
  number: number;
  title: string;
  to_ms: number | null;
}

export interface Money {
  amount_minor: number;
  currency: string;
}

export interface MuteInput {
  key: string;
  seconds: number;
}

export interface MutedWordRule {
  action?: 'mute' | 'hide' | 'hold' | 'refuse';
  word: string;
}

export interface MyOrganisation {
  currency: string;
  id: string;
  kind: 'seller' | 'agency' | 'host' | 'platform';
  name: string;
  role: 'owner' | 'manager' | 'host' | 'operator' | 'assistant' | 'moderator';
  slug: string;
}

export interface Named {
  id: string;
  name: string;
}

export type Needs = 'nothing' | 'code' | 'claim';

export interface NewItems {
  product_ids: string[];
}

export interface NewPasswordRequest {
  password: string;
}

export interface NewSet {
  name: string;
  show_id: string;
}

export interface NewShow {
  category?: string;
  description?: string;
  grace_s?: number | null;
  host_person_id?: string | null;
  language?: string;
  starts_at?: string | null;
  time_zone?: string;
  title: string;
  visibility?: 'public' | 'unlisted' | 'private';
}

export interface Numbers {
  items: ItemNumbers[];
  metrics: Metric[];
  per_minute: Minute[];
  show_id: string;
}

export type Obstacle = 'over' | 'in_payment' | 'sold_out' | 'not_for_sale' | 'does_not_ship';

export interface Offer {
  active: boolean;
  discount_basis_points: number;
  interval_days: number[];
  product_id: string;
}

export interface OfferRequest {
  active?: boolean;
  discount_basis_points?: number;
  interval_days: number[];
}

export interface OfferedAnswer {
  can_be_saved: boolean;
  kind: 'card' | 'redirect' | 'later';
  label_en: string;
  label_zh: string;
  token: string;
}

export interface OnAirView {
  item_id: string;
  moment_id: string;
  since_ms: number;
}

export interface Order {
  ids: string[];
}

export interface OrderAnswer {
  address: PostalAddress;
  adjustments: AdjustmentView[];
  can: CanAnswer;
  cancelled_at: string | null;
  delivered_at: string | null;
  email: string;
  exchange: ExchangeView | null;
  id: string;
  lines: OrderLineAnswer[];
  number: string;
  packed_at: string | null;
  paid_at: string | null;
  payments: PaymentAnswer[];
  placed_at: string;
  receipt_url: string;
  refunded: Money;
  refunds: RefundTold[];
  return_until: string | null;
  seller: SellerAnswer;
  shipped_at: string | null;
  state: OrderState;
  totals: Totals;
}

export type OrderFilter = 'to_pack' | 'to_ship' | 'sent' | 'returns' | 'dispute';

export interface OrderLineAnswer {
  amount: Money;
  bundle_key: string | null;
  claims_shown: string;
  clip_url: string | null;
  discount: Money;
  drop_id: string | null;
  gift: boolean;
  held_at: string;
  host_name: string | null;
  host_opened_name: string | null;
  host_placed_name: string | null;
  id: string;
  item_id: string | null;
  list_price: Money;
  lowest_30d: Money | null;
  media_at_ms: number | null;
  net: Money;
  number: number | null;
  opened_at: string | null;
  placed_at: string;
  price_shown: Money;
  product_id: string;
  quantity: number;
  said_at_url: string | null;
  seller: SellerAnswer;
  show_id: string | null;
  sku: string;
  source: string;
  tax: Money;
  terms_version: string;
  title: string;
  variant: string;
  variant_id: string;
}

export interface OrderProgressAnswer {
  can: ProgressCan;
  delivered_at: string | null;
  delivery_assumed: boolean;
  lines: LineProgressAnswer[];
  order_id: string;
  refund_underway: Money;
  refundable: Money;
  refunded: Money;
  return_until: string | null;
  returns: ReturnTold[];
  shipments: ShipmentView[];
  shipped_at: string | null;
  shipping_refunded: Money;
  timeline: ProgressTimelineEntry[];
}

export interface OrderRow {
  email: string;
  id: string;
  name: string;
  number: string;
  packed: boolean;
  placed_at: string;
  refunded: Money;
  seller_name: string;
  state: OrderState;
  titles: string[];
  total: Money;
  units: number;
}

export type OrderState = 'placed' | 'paid' | 'cancelled' | 'refunded';

export interface OrganisationChanges {
  country?: string | null;
  legal_identity?: string | null;
  name?: string | null;
}

export interface OrganisationRequest {
  country: string;
  currency: string;
  kind: 'seller' | 'agency' | 'host';
  legal_identity?: string;
  name: string;
}

export interface OrganisationView {
  country: string;
  created_at: string;
  currency: string;
  id: string;
  kind: 'seller' | 'agency' | 'host' | 'platform';
  legal_identity: string;
  name: string;
  slug: string;
}

export interface OutboxRow {
  amount: Money | null;
  asked_at: string | null;
  attempts: number;
  created_at: string;
  id: string;
  key: string;
  kind: 'charge' | 'refund' | 'setup' | 'evidence' | 'accept_dispute';
  last_answer: string | null;
  next_try_at: string | null;
  payment_id: string | null;
  provider: string;
  state: 'waiting' | 'answered' | 'unanswered' | 'refused';
}

export interface OwnRequest {
  clip_url: string | null;
  eta_s: number | null;
  id: string;
  item_id: string;
  number: number;
  place: number | null;
  state: 'waiting' | 'on_air' | 'answered';
}

export interface PaceView {
  beacon_ms: number;
  poll_ms: number;
  span_s: number;
}

export interface PasswordChangeRequest {
  current: string;
  new: string;
}

export interface PaymentAnswer {
  amount: Money;
  at: string | null;
  label: string | null;
  refunded: Money;
  state: string;
}

export interface PaymentChoice {
  save?: boolean;
  saved_id?: string | null;
  token?: string | null;
}

export interface PaymentMethodsAnswer {
  offered: OfferedAnswer[];
  provider: string;
  publishable_key: string | null;
  saved: SavedMethodAnswer[];
  sheet: string;
}

export interface PercentOff {
  basis_points: number;
  cap_minor?: number | null;
  type: 'percent';
}

export interface PersonView {
  created_at: string;
  display_name: string;
  email: string;
  email_verified: boolean;
  id: string;
  language: 'en' | 'zh';
}

export interface PickLine {
  city: string;
  country: string;
  gift: boolean;
  item_number: number | null;
  line_id: string;
  name: string;
  order_id: string;
  order_number: string;
  packed: boolean;
  placed_at: string;
  postal_code: string;
  product_id: string;
  quantity: number;
  replacement: boolean;
  show_id: string | null;
  sku: string;
  title: string;
  variant_id: string;
  variant_title: string;
}

export interface PickList {
  by_order: PickOrderSum[];
  by_variant: PickVariantSum[];
  items: PickLine[];
  next_cursor: string | null;
  units: number;
}

export interface PickOrderSum {
  lines: number;
  name: string;
  order_id: string;
  order_number: string;
  units: number;
}

export interface PickVariantSum {
  quantity: number;
  sku: string;
  title: string;
  variant_id: string;
  variant_title: string;
}

export interface PinInput {
  seq: number | null;
}

export interface PinRequest {
  item_id?: string | null;
  number?: number | null;
}

export interface PinView {
  moment_id: string;
}

export interface Playback {
  live_url: string;
  plain_url: string;
  replay_url: string;
  rewind_url: string;
  status_url: string;
}

export interface PolicyRequest {
  hold_minutes?: number;
  return_days?: number;
  return_shipping?: ReturnShipping;
  selling_mode?: SellingMode;
  ships_from: string;
  tax_mode: TaxMode;
  terms?: string;
  zones: ShippingZone[];
}

export interface PostalAddress {
  city: string;
  country: string;
  line1: string;
  line2?: string;
  name: string;
  phone?: string;
  postal_code?: string;
  region?: string;
}

export interface PreviewAnswer {
  at: string;
  country: string;
  discount: Money;
  gifts: GiftAnswer[];
  items: Money;
  lines: PreviewLineAnswer[];
  net: Money;
  rejected_codes: CodeJudged[];
  shipping: Money | null;
  shipping_adjustments: AdjustmentAnswer[];
  shipping_discount: Money;
  steps: StepAnswer[];
  total: Money;
}

export interface PreviewLineAnswer {
  adjustments: AdjustmentAnswer[];
  amount: Money;
  bundle_key: string | null;
  discount: Money;
  lowest_30d: Money | null;
  net: Money;
  quantity: number;
  title: string;
  unit_price: Money;
  variant_id: string;
  variant_title: string;
}

export interface PreviewLineRequest {
  in_drop?: boolean;
  price_minor?: number | null;
  quantity?: number;
  variant_id: string;
}

export interface PreviewRequest {
  at?: string | null;
  buyer_is_new?: boolean;
  codes?: string[];
  country?: string | null;
  lines: PreviewLineRequest[];
  show_id?: string | null;
}

export interface PriceWarning {
  cue_id: string;
  item_id: string;
  number: number;
  prices: Money[];
  said: Money;
}

export interface PrivatePage {
  private: PrivateView[];
  pseq: number;
}

export interface PrivateView {
  at_ms: number;
  body: Record<string, unknown>;
  kind: string;
  pseq: number;
}

export interface ProblemView {
  code: string;
  column: string;
  effect: 'row_skipped' | 'value_ignored';
  line: number;
  reason: string;
  value: string;
}

export interface ProductChanges {
  description?: string | null;
  product_type?: string | null;
  status?: 'active' | 'draft' | null;
  tags?: string[] | null;
  title?: string | null;
  vendor?: string | null;
}

export interface ProductRequest {
  description?: string;
  handle?: string;
  options?: string[];
  product_type?: string;
  status?: 'active' | 'draft';
  tags?: string[];
  title: string;
  variants: VariantRequest[];
  vendor?: string;
}

export interface ProductView {
  description: string;
  handle: string;
  id: string;
  image_url: string;
  options: string[];
  organisation_id: string;
  product_type: string;
  status: 'active' | 'draft';
  tags: string[];
  title: string;
  variants: VariantView[];
  vendor: string;
}

export interface ProfileBody {
  bio?: string;
  categories?: string[];
  languages?: string[];
}

export interface ProfileRequest {
  display_name?: string | null;
  language?: 'en' | 'zh' | null;
}

export interface ProgressCan {
  cancel?: boolean;
  cancel_lines?: boolean;
  pack?: boolean;
  refund?: boolean;
  return_goods?: boolean;
  ship?: boolean;
  withdraw?: boolean;
}

export interface ProgressTimelineEntry {
  at: string;
  what: string;
}

export interface PromotionAnswer {
  benefit: PercentOff | AmountOff | AmountOffEach | SpendSteps | QuantityTiers | BuyXGetY | BundlePrice | Gift;
  claimed: number;
  codes: number;
  created_at: string;
  currency: string | null;
  ends_at: string | null;
  funded_by: FundedBy;
  id: string;
  is_platform: boolean;
  kind: string;
  lane: Lane;
  left: number | null;
  minimum_minor: number;
  minimum_quantity: number;
  name: string;
  needs: Needs;
  new_buyers_only: boolean;
  organisation_id: string;
  per_customer_limit: number | null;
  scope: Scope;
  server_ms: number;
  starts_at: string;
  state: RunState;
  usage_limit: number | null;
  used: number;
  version: number;
}

export interface PromotionChanges {
  benefit?: PercentOff | AmountOff | AmountOffEach | SpendSteps | QuantityTiers | BuyXGetY | BundlePrice | Gift;
  currency?: string | null;
  ends_at?: string | null;
  minimum_minor?: number;
  minimum_quantity?: number;
  name?: string;
  new_buyers_only?: boolean;
  per_customer_limit?: number | null;
  scope?: Scope;
  starts_at?: string;
  usage_limit?: number | null;
  version?: number | null;
}

export interface PromotionOnShow {
  show_id: string;
}

export interface PromotionRequest {
  benefit: PercentOff | AmountOff | AmountOffEach | SpendSteps | QuantityTiers | BuyXGetY | BundlePrice | Gift;
  currency?: string | null;
  ends_at?: string | null;
  lane: Lane;
  minimum_minor?: number;
  minimum_quantity?: number;
  name: string;
  needs?: Needs;
  new_buyers_only?: boolean;
  per_customer_limit?: number | null;
  scope?: Scope;
  starts_at?: string | null;
  usage_limit?: number | null;
}

export type PromotionState = 'active' | 'paused' | 'ended';

export interface QuantityTiers {
  counted?: Counted;
  steps: TierStep[];
  type: 'quantity_tiers';
}

export interface Queue {
  items: CaseView[];
  open: number;
}

export interface Quote {
  country: string;
  delivery_from: string | null;
  delivery_to: string | null;
  duties_estimate: Money | null;
  items: Money;
  shipping: Money | null;
  ships: boolean;
  ships_from: string;
  tax: Money | null;
  tax_included: boolean | null;
  total: Money | null;
}

export interface Rate {
  at: string | null;
  base: string;
  quote: string;
  source: string | null;
  text: string;
}

export interface Readiness {
  parts: Record<string, 'ok' | 'degraded' | 'failed'>;
  status: string;
}

export type Reason = 'unpaid_holds' | 'unpaid_chat_holds' | 'card_testing' | 'chargeback' | 'return_abuse' | 'by_hand';

export interface ReceiveRequest {
  items: ReceivedItem[];
}

export interface ReceivedItem {
  item_id: string;
  received: number;
  reception?: Reception;
}

export type Reception = 'awaiting' | 'in_transit' | 'received' | 'lost_in_transit' | 'wrong_item' | 'expired' | 'cancelled';

export interface RefundPreview {
  amount: Money;
  goods: Money;
  presentment: Money | null;
  shipping: Money;
  tax: Money;
}

export interface RefundRequest {
  amount_minor?: number | null;
  cause?: Cause | null;
  line_id?: string | null;
  lines?: LineQuantity[] | null;
  refund_shipping?: boolean | null;
}

export interface RefundReturnRequest {
  refund_shipping?: boolean | null;
}

export interface RefundTold {
  amount: Money;
  created_at: string;
  id: string;
  reason: string;
  state: string;
}

export type Refusal = 'unknown' | 'not_yet' | 'expired' | 'not_active' | 'used_up' | 'customer_limit' | 'new_buyers_only' | 'wrong_seller' | 'currency' | 'not_these_items' | 'minimum_not_reached' | 'already_better' | 'nothing_to_lower';

export interface RegisterRequest {
  account?: 'shopper' | 'host' | 'seller';
  country?: string | null;
  currency?: string | null;
  display_name: string;
  email: string;
  organisation_name?: string | null;
  password: string;
}

export type Remedy = 'honour' | 'refund';

export interface ReportInput {
  reason?: 'spam' | 'abuse' | 'scam' | 'other';
  seq: number;
}

export interface ResetRequest {
  email: string;
}

export interface RestrictRequest {
  blocks?: Blocks;
  buyer_key?: string | null;
  expires_at?: string | null;
  order_id?: string | null;
  words: string;
}

export type RestrictionState = 'active' | 'lifted' | 'expired';

export interface RestrictionView {
  appeal_state: AppealState;
  appeal_text: string | null;
  appealed_at: string | null;
  blocks: Blocks;
  buyer_key: string;
  can_appeal: boolean;
  created_at: string;
  decided_at: string | null;
  decision_words: string | null;
  ended_at: string | null;
  expires_at: string | null;
  id: string;
  organisation_id: string | null;
  reason: Reason;
  reason_text: string;
  seller_name: string | null;
  set_by_rule: boolean;
  state: RestrictionState;
  words: string;
}

export interface ResumeSubscriptionRequest {
  consent_text?: string;
  payment_method_id?: string | null;
}

export interface RetryRequest {
  payment_method: PaymentChoice;
}

export interface ReturnCan {
  add_photos?: boolean;
  approve?: boolean;
  cancel?: boolean;
  exchange?: boolean;
  inspect?: boolean;
  label?: boolean;
  receive?: boolean;
  refund?: boolean;
  reject?: boolean;
}

export interface ReturnItemView {
  acceptance: Acceptance;
  accepted: number;
  answer: string;
  cause: Cause;
  exchanged: number;
  exchanged_for: string | null;
  id: string;
  line_id: string;
  note: string;
  quantity: number;
  received: number;
  reception: Reception;
  refunded: Money;
  restocked: number;
  sku: string;
  title: string;
  units_refunded: number;
  variant_title: string;
  withheld: Money;
  written_off: number;
}

export type ReturnKind = 'return' | 'withdrawal';

export interface ReturnLabelRequest {
  carrier?: string;
  tracking_number?: string;
  tracking_url?: string | null;
}

export interface ReturnLineRequest {
  cause: Cause;
  line_id: string;
  note?: string;
  quantity: number;
}

export interface ReturnPhotoView {
  id: string;
  url: string;
}

export interface ReturnRefundView {
  amount: Money;
  created_at: string;
  id: string;
  state: string;
}

export interface ReturnRequest {
  lines: ReturnLineRequest[];
  note?: string;
}

export interface ReturnRow {
  accepted: number;
  causes: Cause[];
  id: string;
  kind: ReturnKind;
  name: string;
  order_id: string;
  order_number: string;
  received: number;
  requested_at: string;
  state: ReturnState;
  titles: string[];
  units: number;
}

export interface ReturnRules {
  address: string;
  approval: Approval;
  organisation_id: string;
}

export interface ReturnRulesRequest {
  address?: string;
  approval: Approval;
}

export type ReturnShipping = 'buyer' | 'seller';

export type ReturnState = 'requested' | 'approved' | 'rejected' | 'cancelled' | 'closed';

export interface ReturnTold {
  id: string;
  kind: string;
  requested_at: string;
  state: string;
  units: number;
}

export interface ReturnView {
  answer: string;
  buyer_name: string;
  can: ReturnCan;
  carrier: string;
  closed_at: string | null;
  decided_at: string | null;
  email: string;
  id: string;
  items: ReturnItemView[];
  kind: ReturnKind;
  label_url: string | null;
  note: string;
  order_id: string;
  order_number: string;
  organisation_id: string;
  photos: ReturnPhotoView[];
  refunds: ReturnRefundView[];
  requested_at: string;
  seller_name: string;
  send_until: string | null;
  state: ReturnState;
  to_refund: Money;
  tracking_number: string;
  tracking_url: string | null;
}

export interface Returnable {
  can_return: boolean;
  can_withdraw: boolean;
  causes: CauseAnswer[];
  lines: ReturnableLine[];
  order_id: string;
  return_until: string | null;
  shipping_paid_by: string;
  withdraw_until: string | null;
}

export interface ReturnableLine {
  cancelled: number;
  gift: boolean;
  line_id: string;
  on_return: number;
  quantity: number;
  returnable: number;
  shipped: number;
  sku: string;
  title: string;
  value: Money;
  variant_title: string;
}

export interface RoleRequest {
  role: string;
}

export interface RoomSnapshot {
  chat: WireEntry[];
  epoch: number;
  pace: PaceView;
  second: number;
  seq: number;
  server_ms: number;
  state: Record<string, unknown>;
  viewers: number | null;
}

export type RunState = 'scheduled' | 'running' | 'paused' | 'used_up' | 'expired' | 'ended';

export interface SaidAtEvidence {
  clip_url: string | null;
  from_at: string;
  page_url: string;
  second: number | null;
  to_at: string | null;
}

export interface SaidView {
  id: string;
}

export interface SavedMethodAnswer {
  id: string;
  kind: string;
  label: string;
}

export interface SayInput {
  media_at_ms?: number | null;
  reply_to?: number | null;
  text: string;
}

export interface Scope {
  includes_drops?: boolean;
  product_ids?: string[];
  show_ids?: string[];
  tags?: string[];
  variant_ids?: string[];
}

export interface SearchAnswer {
  items: ItemHit[];
  moments: MomentHit[];
  shows: ShowCard[];
}

export interface SeekView {
  card: Card;
  item_id: string;
  moment: MomentView | null;
  playback: 'live' | 'rewind' | 'replay';
}

export interface Seller {
  id: string;
  legal_identity: string;
  name: string;
}

export interface SellerAnswer {
  id: string;
  legal_identity: string;
  name: string;
}

export type SellingMode = 'hold' | 'first_paid';

export interface SellingPolicy {
  hold_minutes?: number;
  organisation_id: string;
  return_days?: number;
  return_shipping?: ReturnShipping;
  selling_mode?: SellingMode;
  ships_from: string;
  tax_mode: TaxMode;
  terms: string;
  version: number;
  zones: ShippingZone[];
}

export interface SessionView {
  created_at: string;
  device: string;
  expires_at: string;
  id: string;
  is_current: boolean;
  seen_at: string;
}

export interface SetView {
  id: string;
  name: string;
  product_ids: string[];
}

export interface SetupRequestBody {
  return_path?: string | null;
  token: string;
}

export interface SetupStateAnswer {
  failure: SalesFailure | null;
  id: string;
  method: SavedMethodAnswer | null;
  next_action_url: string | null;
  state: string;
}

export interface ShipmentEvidence {
  carrier: string;
  delivered_at: string | null;
  number: number;
  shipped_at: string;
  tracking_number: string;
  tracking_url: string | null;
  units: number;
}

export interface ShipmentLineView {
  line_id: string;
  quantity: number;
  sku: string;
  title: string;
  variant_title: string;
}

export interface ShipmentRequest {
  carrier?: string;
  lines?: LineQuantity[] | null;
  tracking_number?: string;
  tracking_url?: string | null;
}

export type ShipmentState = 'shipped' | 'delivered' | 'undone';

export interface ShipmentView {
  carrier: string;
  delivered_at: string | null;
  delivery_assumed_at?: string | null;
  id: string;
  lines: ShipmentLineView[];
  number: number;
  shipped_at: string;
  state: ShipmentState;
  tracking_number: string;
  tracking_url: string | null;
  undo_until: string | null;
}

export interface ShippingZone {
  additional_minor: number;
  by_weight?: WeightStep[];
  countries: string[];
  days_max: number;
  days_min: number;
  first_minor: number;
  free_from_minor?: number | null;
}

export interface ShowCard {
  category: string;
  cover_url: string | null;
  ended_at: string | null;
  host: Named;
  id: string;
  item_count: number;
  language: string;
  owner: Named;
  started_at: string | null;
  starts_at: string | null;
  state: 'draft' | 'scheduled' | 'rehearsal' | 'live' | 'interrupted' | 'ended' | 'replay';
  title: string;
}

export interface ShowChanges {
  advance_pins?: boolean;
  category?: string;
  description?: string;
  grace_s?: number;
  host_person_id?: string;
  language?: string;
  starts_at?: string | null;
  time_zone?: string;
  title?: string;
  visibility?: 'public' | 'unlisted' | 'private';
}

export interface ShowChatOrdersRequest {
  enabled: boolean | null;
}

export interface ShowHits {
  chat: ChatHit[];
  items: Card[];
  moments: MomentView[];
  number: number | null;
}

export interface ShowPage {
  as_of: AsOf;
  can: Can;
  category: string;
  chapters: MomentView[];
  cover_url: string | null;
  description: string;
  ended_at: string | null;
  epoch: number;
  grace_until_ms: number | null;
  host: Named;
  id: string;
  is_cut: boolean;
  items: Card[];
  language: string;
  on_air: OnAirView | null;
  owner: Named;
  playback: Playback | null;
  room_id: string;
  sellers: Seller[];
  seq: number;
  server_ms: number;
  started_at: string | null;
  starts_at: string | null;
  state: 'draft' | 'scheduled' | 'rehearsal' | 'live' | 'interrupted' | 'ended' | 'replay';
  title: string;
}

export interface SoldSubscription {
  buyer_name: string;
  deliveries_paid: number;
  discount_basis_points: number;
  email: string;
  ended_at: string | null;
  id: string;
  interval_days: number;
  last_total: Money;
  next_at: string | null;
  pause_code: string | null;
  product_id: string;
  quantity: number;
  started_at: string;
  state: SubscriptionState;
  title: string;
  variant_id: string;
  variant_title: string;
}

export type Source = 'live' | 'replay' | 'list' | 'chat' | 'search' | 'standing' | 'subscription' | 'again';

export interface SpendStep {
  amount_minor?: number;
  basis_points?: number;
  from_minor: number;
}

export interface SpendSteps {
  steps: SpendStep[];
  type: 'spend_steps';
}

export interface StaffRequest {
  email?: string | null;
  person_id?: string | null;
  role: 'host' | 'cohost' | 'operator' | 'assistant' | 'moderator';
}

export interface StaffView {
  display_name: string;
  person_id: string;
  role: 'host' | 'cohost' | 'operator' | 'assistant' | 'moderator';
  since: string;
}

export type StandingKind = 'price' | 'restock';

export interface StandingPlan {
  cap: Money | null;
  consent_text: string;
  items: Money | null;
  kind: StandingKind;
  max_price: Money | null;
  people_before: number;
  price_now: Money;
  quantity: number;
  seller_name: string;
  shipping: Money | null;
  tax: Money | null;
  tax_included: boolean | null;
  title: string;
  until: string;
  variant_title: string;
}

export interface StandingRequest {
  consent_text?: string;
  email?: string | null;
  payment_method_id?: string | null;
  wish: StandingWish;
}

export type StandingState = 'waiting' | 'taken' | 'filled' | 'failed' | 'expired' | 'cancelled';

export interface StandingView {
  cap: Money | null;
  consent_text: string;
  ended_at: string | null;
  failure_code: string | null;
  failure_text: string | null;
  has_mandate: boolean;
  hold_expires_at: string | null;
  hold_id: string | null;
  id: string;
  item_id: string | null;
  item_number: number | null;
  kind: StandingKind;
  mandate_id: string | null;
  max_price: Money | null;
  order_id: string | null;
  place: number | null;
  placed_at: string;
  product_id: string;
  quantity: number;
  seller_id: string;
  show_id: string | null;
  state: StandingState;
  title: string;
  until: string;
  variant_id: string;
  variant_title: string;
}

export interface StandingWish {
  address?: PostalAddress | null;
  address_id?: string | null;
  currency?: string | null;
  item_id?: string | null;
  kind: StandingKind;
  max_price_minor?: number | null;
  quantity?: number;
  show_id?: string | null;
  until: string;
  variant_id: string;
  with_mandate?: boolean;
}

export interface StepAnswer {
  after: Money;
  amount: Money;
  before: Money;
  kind: StepKind;
  label: string;
  lane: Lane | null;
  lane_name: string | null;
  promotion_id: string | null;
  reason: Refusal | null;
  text: string;
}

export type StepKind = 'goods' | 'applied' | 'given' | 'passed' | 'net' | 'parcels';

export interface StreamHealth {
  audio_codec: string | null;
  frames_per_s: number | null;
  height: number | null;
  key_frame_s: number | null;
  since: string | null;
  video_codec: string | null;
  video_kbit_s: number | null;
  width: number | null;
}

export interface StreamKeyView {
  key: string;
  rtmp_url: string;
}

export interface StreamView {
  health: StreamHealth | null;
  key_hint: string | null;
  rtmp_url: string;
  state: 'waiting' | 'ready' | 'lost' | 'ended';
  warnings: StreamWarning[];
}

export interface StreamWarning {
  at: string;
  code: string;
  params: Record<string, string>;
}

export interface Stretch {
  from_ms: number;
  to_ms: number;
}

export interface SubmitEvidenceRequest {
  statement?: string;
}

export interface SubscriptionPlan {
  cap: Money;
  consent_text: string;
  discount_basis_points: number;
  interval_days: number;
  items: Money;
  list_price: Money;
  notice_days: number;
  quantity: number;
  seller_name: string;
  shipping: Money;
  tax: Money;
  tax_included: boolean;
  title: string;
  total: Money;
  unit_price: Money;
  variant_title: string;
}

export interface SubscriptionRequest {
  consent_text: string;
  email?: string | null;
  payment_method_id?: string | null;
  wish: SubscriptionWish;
}

export type SubscriptionState = 'active' | 'paused' | 'stopped';

export interface SubscriptionTerms {
  address?: PostalAddress | null;
  address_id?: string | null;
  interval_days?: number | null;
  quantity?: number | null;
  variant_id?: string | null;
}

export interface SubscriptionView {
  address: PostalAddress;
  being_paid: boolean;
  cap: Money;
  consent_text: string;
  deliveries: DeliveryView[];
  discount_basis_points: number;
  ended_at: string | null;
  id: string;
  interval_days: number;
  last_total: Money;
  mandate_id: string | null;
  next_at: string | null;
  next_total: Money | null;
  noticed_at: string | null;
  pause_code: string | null;
  pause_text: string | null;
  product_id: string;
  quantity: number;
  seller_id: string;
  seller_name: string;
  started_at: string;
  state: SubscriptionState;
  title: string;
  unit_price: Money;
  variant_id: string;
  variant_title: string;
}

export interface SubscriptionWish {
  address?: PostalAddress | null;
  address_id?: string | null;
  interval_days: number;
  quantity?: number;
  variant_id: string;
}

export interface TaxLine {
  amount: Money;
  country: string;
  included: boolean;
  rate_basis_points: number;
  region: string;
}

export type TaxMode = 'inclusive' | 'exclusive' | 'none';

export interface TicketRequest {
  name?: string | null;
}

export interface TicketView {
  expires_at: string;
  follows: boolean;
  name: string;
  role: string;
  room_id: string;
  ticket: string;
  ws_url: string;
}

export interface TierStep {
  basis_points?: number;
  each_minor?: number;
  from_quantity: number;
}

export interface TimelineEntry {
  at: string;
  details: string;
  what: string;
}

export interface Totals {
  discount: Money;
  duties_estimate?: Money | null;
  items: Money;
  shipping: Money;
  shipping_discount: Money;
  tax: Money;
  tax_included: boolean;
  tax_lines: TaxLine[];
  total: Money;
}

export interface TrackingRequest {
  carrier: string;
  tracking_number: string;
  tracking_url?: string | null;
}

export interface VariantChanges {
  barcode?: string | null;
  compare_at_minor?: number | null;
  left?: number | null;
  on_hand?: number | null;
  price_minor?: number | null;
  sku?: string | null;
  weight_grams?: number | null;
}

export interface VariantRequest {
  barcode?: string;
  compare_at_minor?: number | null;
  on_hand?: number;
  option_values?: string[];
  price_minor: number;
  sku?: string;
  weight_grams?: number;
}

export interface VariantView {
  barcode: string;
  compare_at_minor: number | null;
  currency: string;
  held: number;
  id: string;
  left: number;
  on_hand: number;
  option_values: string[];
  position: number;
  price_minor: number;
  product_id: string;
  sku: string;
  sold: number;
  title: string;
  weight_grams: number;
}

export interface WaitlistRow {
  first_at: string;
  highest_limit: Money | null;
  kind: StandingKind;
  left: number;
  people: number;
  product_id: string;
  title: string;
  units: number;
  units_with_mandate: number;
  variant_id: string;
  variant_title: string;
}

export interface WeightStep {
  price_minor: number;
  up_to_grams: number;
}

export interface WireEntry {
  at_ms: number;
  body: Record<string, unknown>;
  kind: string;
  seq: number;
}

export interface WithdrawalAnswer {
  cancelled_units: number;
  order_id: string;
  return_id: string | null;
}

export interface WithdrawalLine {
  line_id: string;
  quantity: number;
}

export interface WithdrawalRequest {
  lines?: WithdrawalLine[] | null;
}

export interface CatalogFailure {
  code: string;
  message: string;
  params: Record<string, string | number | boolean | string[] | null>;
}

export interface RestrictionRoutesDecisionRequest {
  words?: string;
}

export interface ReturnDecisionRequest {
  answer?: string;
}

export interface SalesFailure {
  code: string;
  message: string;
}

export interface Operations {
  'GET /v1/audit': { answer: Page<AuditRow>; body: undefined; query: { cursor?: string | null; limit?: number; organisation_id?: string | null } };
  'GET /v1/cart': { answer: CartAnswer; body: undefined; query: { hold_ids?: string | null; codes?: string | null; country?: string | null; region?: string | null; currency?: string | null } };
  'PUT /v1/cart': { answer: CartAnswer; body: CartRequest; query: undefined };
  'POST /v1/checkouts': { answer: CheckoutAnswer; body: CheckoutRequest; query: undefined };
  'GET /v1/checkouts/{checkout_id}': { answer: CheckoutAnswer; body: undefined; query: undefined };
  'POST /v1/checkouts/{checkout_id}/retry': { answer: CheckoutAnswer; body: RetryRequest; query: undefined };
  'PATCH /v1/drops/{drop_id}': { answer: DropAnswer; body: DropChanges; query: undefined };
  'DELETE /v1/drops/{drop_id}': { answer: undefined; body: undefined; query: undefined };
  'POST /v1/drops/{drop_id}/end': { answer: DropAnswer; body: undefined; query: undefined };
  'POST /v1/drops/{drop_id}/lower': { answer: DropAnswer; body: DropLowered; query: undefined };
  'POST /v1/drops/{drop_id}/start': { answer: DropAnswer; body: undefined; query: undefined };
  'GET /v1/exports/{export_id}': { answer: ExportView; body: undefined; query: undefined };
  'GET /v1/exports/{export_id}/file': { answer: string; body: undefined; query: undefined };
  'GET /v1/health': { answer: InstallationHealth; body: undefined; query: undefined };
  'GET /v1/holds': { answer: Page<HoldAnswer>; body: undefined; query: undefined };
  'POST /v1/holds': { answer: HoldAnswer; body: HoldRequest; query: undefined };
  'GET /v1/holds/{hold_id}': { answer: HoldAnswer; body: undefined; query: undefined };
  'DELETE /v1/holds/{hold_id}': { answer: undefined; body: undefined; query: undefined };
  'GET /v1/home': { answer: Home; body: undefined; query: undefined };
  'GET /v1/hosts/{person_id}': { answer: HostProfile; body: undefined; query: undefined };
  'GET /v1/imports/{import_id}': { answer: ImportView; body: undefined; query: undefined };
  'GET /v1/imports/{import_id}/problems': { answer: Page<ProblemView>; body: undefined; query: { cursor?: string | null; limit?: number } };
  'POST /v1/invitations/{token}/accept': { answer: OrganisationView; body: undefined; query: undefined };
  'POST /v1/login': { answer: Me; body: LoginRequest; query: undefined };
  'POST /v1/logout': { answer: undefined; body: undefined; query: undefined };
  'GET /v1/me': { answer: Me; body: undefined; query: undefined };
  'PATCH /v1/me': { answer: Me; body: ProfileRequest; query: undefined };
  'GET /v1/me/addresses': { answer: Page<Address>; body: undefined; query: undefined };
  'POST /v1/me/addresses': { answer: Address; body: AddressRequest; query: undefined };
  'DELETE /v1/me/addresses/{address_id}': { answer: undefined; body: undefined; query: undefined };
  'GET /v1/me/coupons': { answer: Page<CouponAnswer>; body: undefined; query: undefined };
  'GET /v1/me/follows': { answer: Page<FollowView>; body: undefined; query: { cursor?: string | null; limit?: number } };
  'PUT /v1/me/follows/{kind}/{subject_id}': { answer: undefined; body: undefined; query: undefined };
  'DELETE /v1/me/follows/{kind}/{subject_id}': { answer: undefined; body: undefined; query: undefined };
  'GET /v1/me/host-profile': { answer: HostProfile; body: undefined; query: undefined };
  'PUT /v1/me/host-profile': { answer: HostProfile; body: ProfileBody; query: undefined };
  'GET /v1/me/mandates': { answer: Page<MandateAnswer>; body: undefined; query: { cursor?: string | null; limit?: number } };
  'DELETE /v1/me/mandates/{mandate_id}': { answer: undefined; body: undefined; query: undefined };
  'POST /v1/me/password': { answer: undefined; body: PasswordChangeRequest; query: undefined };
  'GET /v1/me/payment-methods': { answer: PaymentMethodsAnswer; body: undefined; query: undefined };
  'POST /v1/me/payment-methods': { answer: SetupStateAnswer; body: SetupRequestBody; query: undefined };
  'GET /v1/me/payment-methods/setups/{setup_id}': { answer: SetupStateAnswer; body: undefined; query: undefined };
  'DELETE /v1/me/payment-methods/{method_id}': { answer: undefined; body: undefined; query: undefined };
  'GET /v1/me/restrictions': { answer: Page<RestrictionView>; body: undefined; query: undefined };
  'POST /v1/me/restrictions/{restriction_id}/appeal': { answer: undefined; body: AppealRequest; query: undefined };
  'GET /v1/me/sessions': { answer: Page<SessionView>; body: undefined; query: undefined };
  'DELETE /v1/me/sessions/{session_id}': { answer: undefined; body: undefined; query: undefined };
  'GET /v1/operator/dead-letters': { answer: Page<DeadLetterView>; body: undefined; query: { cursor?: string | null; limit?: number; state?: 'open' | 'replayed' | 'discarded'; subscriber?: string | null } };
  'POST /v1/operator/dead-letters/{letter_id}/discard': { answer: undefined; body: undefined; query: undefined };
  'POST /v1/operator/dead-letters/{letter_id}/replay': { answer: undefined; body: undefined; query: undefined };
  'GET /v1/operator/exchange-rates': { answer: Page<Rate>; body: undefined; query: undefined };
  'PUT /v1/operator/exchange-rates': { answer: Page<Rate>; body: ExchangeRatesRequest; query: undefined };
  'GET /v1/operator/inbox': { answer: Page<InboxRow>; body: undefined; query: { cursor?: string | null; limit?: number; state?: 'waiting' | 'applied' | 'ignored' | null; provider?: string | null; subject_id?: string | null } };
  'GET /v1/operator/jobs': { answer: Page<JobView>; body: undefined; query: { cursor?: string | null; limit?: number; state?: 'pending' | 'running' | 'dead' | null; name?: string | null } };
  'POST /v1/operator/jobs/{job_id}/retry': { answer: undefined; body: undefined; query: undefined };
  'GET /v1/operator/outbox': { answer: Page<OutboxRow>; body: undefined; query: { cursor?: string | null; limit?: number; state?: 'waiting' | 'answered' | 'unanswered' | 'refused' | null; kind?: 'charge' | 'refund' | 'setup' | 'evidence' | 'accept_dispute' | null; provider?: string | null; payment_id?: string | null } };
  'POST /v1/operator/outbox/{call_id}/retry': { answer: undefined; body: undefined; query: undefined };
  'POST /v1/operator/webhooks/{provider}/{delivery_id}/replay': { answer: undefined; body: undefined; query: undefined };
  'GET /v1/orders': { answer: Page<OrderAnswer>; body: undefined; query: { cursor?: string | null; limit?: number; query?: string } };
  'GET /v1/orders/{order_id}': { answer: OrderAnswer; body: undefined; query: { token?: string | null } };
  'PATCH /v1/orders/{order_id}/address': { answer: OrderAnswer; body: PostalAddress; query: { token?: string | null } };
  'POST /v1/orders/{order_id}/again': { answer: AgainAnswer; body: undefined; query: { token?: string | null } };
  'POST /v1/orders/{order_id}/cancel': { answer: OrderAnswer; body: undefined; query: { token?: string | null } };
  'GET /v1/orders/{order_id}/progress': { answer: OrderProgressAnswer; body: undefined; query: { token?: string | null } };
  'GET /v1/orders/{order_id}/receipt.pdf': { answer: string; body: undefined; query: { token?: string | null } };
  'GET /v1/orders/{order_id}/returnable': { answer: Returnable; body: undefined; query: { token?: string | null } };
  'GET /v1/orders/{order_id}/returns': { answer: ReturnView[]; body: undefined; query: { token?: string | null } };
  'POST /v1/orders/{order_id}/returns': { answer: ReturnView; body: ReturnRequest; query: { token?: string | null } };
  'POST /v1/orders/{order_id}/withdrawal': { answer: WithdrawalAnswer; body: WithdrawalRequest; query: { token?: string | null } };
  'POST /v1/organisations': { answer: OrganisationView; body: OrganisationRequest; query: undefined };
  'GET /v1/organisations/{organisation_id}': { answer: OrganisationView; body: undefined; query: undefined };
  'PATCH /v1/organisations/{organisation_id}': { answer: OrganisationView; body: OrganisationChanges; query: undefined };
  'GET /v1/organisations/{organisation_id}/balance': { answer: Balance; body: undefined; query: { cursor?: string | null; limit?: number; order_id?: string | null } };
  'GET /v1/organisations/{organisation_id}/chat-orders': { answer: ChatOrderSetting; body: undefined; query: undefined };
  'PUT /v1/organisations/{organisation_id}/chat-orders': { answer: ChatOrderSetting; body: ChatOrdersRequest; query: undefined };
  'GET /v1/organisations/{organisation_id}/disputes': { answer: Page<DisputeRow>; body: undefined; query: { cursor?: string | null; limit?: number; state?: DisputeState | null } };
  'GET /v1/organisations/{organisation_id}/disputes/{dispute_id}': { answer: DisputeView; body: undefined; query: undefined };
  'POST /v1/organisations/{organisation_id}/disputes/{dispute_id}/accept': { answer: DisputeView; body: undefined; query: undefined };
  'GET /v1/organisations/{organisation_id}/disputes/{dispute_id}/evidence.zip': { answer: string; body: undefined; query: undefined };
  'POST /v1/organisations/{organisation_id}/disputes/{dispute_id}/submit': { answer: DisputeView; body: SubmitEvidenceRequest; query: undefined };
  'GET /v1/organisations/{organisation_id}/imports': { answer: Page<ImportView>; body: undefined; query: { cursor?: string | null; limit?: number } };
  'POST /v1/organisations/{organisation_id}/imports': { answer: ImportView; body: undefined; query: undefined };
  'GET /v1/organisations/{organisation_id}/invitations': { answer: Page<InvitationView>; body: undefined; query: undefined };
  'POST /v1/organisations/{organisation_id}/invitations': { answer: InvitationView; body: InvitationRequest; query: undefined };
  'DELETE /v1/organisations/{organisation_id}/invitations/{invitation_id}': { answer: undefined; body: undefined; query: undefined };
  'GET /v1/organisations/{organisation_id}/members': { answer: Page<Member>; body: undefined; query: undefined };
  'PATCH /v1/organisations/{organisation_id}/members/{person_id}': { answer: undefined; body: RoleRequest; query: undefined };
  'DELETE /v1/organisations/{organisation_id}/members/{person_id}': { answer: undefined; body: undefined; query: undefined };
  'GET /v1/organisations/{organisation_id}/muted-words': { answer: HouseWordsBody; body: undefined; query: undefined };
  'PUT /v1/organisations/{organisation_id}/muted-words': { answer: undefined; body: HouseWordsBody; query: undefined };
  'GET /v1/organisations/{organisation_id}/orders': { answer: Page<OrderRow>; body: undefined; query: { cursor?: string | null; limit?: number; query?: string; state?: OrderState | null; view?: OrderFilter | null } };
  'GET /v1/organisations/{organisation_id}/orders/{order_id}': { answer: OrderAnswer; body: undefined; query: undefined };
  'POST /v1/organisations/{organisation_id}/orders/{order_id}/cancel': { answer: OrderProgressAnswer; body: CancelLinesRequest; query: undefined };
  'POST /v1/organisations/{organisation_id}/orders/{order_id}/cancel/preview': { answer: RefundPreview; body: CancelLinesRequest; query: undefined };
  'GET /v1/organisations/{organisation_id}/orders/{order_id}/evidence.zip': { answer: string; body: undefined; query: undefined };
  'POST /v1/organisations/{organisation_id}/orders/{order_id}/pack': { answer: OrderAnswer; body: undefined; query: undefined };
  'GET /v1/organisations/{organisation_id}/orders/{order_id}/progress': { answer: OrderProgressAnswer; body: undefined; query: undefined };
  'GET /v1/organisations/{organisation_id}/orders/{order_id}/receipt.pdf': { answer: string; body: undefined; query: undefined };
  'POST /v1/organisations/{organisation_id}/orders/{order_id}/refund': { answer: OrderAnswer; body: RefundRequest | null; query: undefined };
  'POST /v1/organisations/{organisation_id}/orders/{order_id}/refund/preview': { answer: RefundPreview; body: RefundRequest; query: undefined };
  'POST /v1/organisations/{organisation_id}/orders/{order_id}/resend-link': { answer: undefined; body: undefined; query: undefined };
  'POST /v1/organisations/{organisation_id}/orders/{order_id}/shipments': { answer: ShipmentView; body: ShipmentRequest; query: undefined };
  'PATCH /v1/organisations/{organisation_id}/orders/{order_id}/shipments/{shipment_id}': { answer: ShipmentView; body: TrackingRequest; query: undefined };
  'POST /v1/organisations/{organisation_id}/orders/{order_id}/shipments/{shipment_id}/delivered': { answer: ShipmentView; body: undefined; query: undefined };
  'GET /v1/organisations/{organisation_id}/orders/{order_id}/shipments/{shipment_id}/label.pdf': { answer: string; body: undefined; query: undefined };
  'GET /v1/organisations/{organisation_id}/orders/{order_id}/shipments/{shipment_id}/packing-slip.pdf': { answer: string; body: undefined; query: undefined };
  'POST /v1/organisations/{organisation_id}/orders/{order_id}/shipments/{shipment_id}/undo': { answer: ShipmentView; body: undefined; query: undefined };
  'GET /v1/organisations/{organisation_id}/pick-list': { answer: PickList; body: undefined; query: { cursor?: string | null; limit?: number; show_id?: string | null; day?: string | null } };
  'GET /v1/organisations/{organisation_id}/pick-list.csv': { answer: string; body: undefined; query: { show_id?: string | null; day?: string | null } };
  'GET /v1/organisations/{organisation_id}/price-mistakes': { answer: Page<MistakeView>; body: undefined; query: { cursor?: string | null; limit?: number } };
  'POST /v1/organisations/{organisation_id}/price-mistakes': { answer: MistakeView; body: MistakeRequest; query: undefined };
  'GET /v1/organisations/{organisation_id}/price-mistakes/affected': { answer: AffectedOrders; body: undefined; query: { cursor?: string | null; limit?: number; variant_id: string; wrong_price_minor: number; from_at: string; to_at: string; show_id?: string | null } };
  'GET /v1/organisations/{organisation_id}/price-mistakes/{mistake_id}': { answer: MistakeView; body: undefined; query: undefined };
  'POST /v1/organisations/{organisation_id}/price-mistakes/{mistake_id}/undo': { answer: MistakeView; body: undefined; query: undefined };
  'GET /v1/organisations/{organisation_id}/products': { answer: Page<ProductView>; body: undefined; query: { cursor?: string | null; limit?: number; query?: string } };
  'POST /v1/organisations/{organisation_id}/products': { answer: ProductView; body: ProductRequest; query: undefined };
  'GET /v1/organisations/{organisation_id}/products/{product_id}/subscription-offer': { answer: Offer | null; body: undefined; query: undefined };
  'PUT /v1/organisations/{organisation_id}/products/{product_id}/subscription-offer': { answer: Offer; body: OfferRequest; query: undefined };
  'GET /v1/organisations/{organisation_id}/promotions': { answer: Page<PromotionAnswer>; body: undefined; query: { cursor?: string | null; limit?: number; state?: PromotionState | null } };
  'POST /v1/organisations/{organisation_id}/promotions': { answer: PromotionAnswer; body: PromotionRequest; query: undefined };
  'POST /v1/organisations/{organisation_id}/promotions/preview': { answer: PreviewAnswer; body: PreviewRequest; query: undefined };
  'GET /v1/organisations/{organisation_id}/promotions/{promotion_id}': { answer: PromotionAnswer; body: undefined; query: undefined };
  'PATCH /v1/organisations/{organisation_id}/promotions/{promotion_id}': { answer: PromotionAnswer; body: PromotionChanges; query: undefined };
  'GET /v1/organisations/{organisation_id}/promotions/{promotion_id}/codes': { answer: Page<CodeAnswer>; body: undefined; query: { cursor?: string | null; limit?: number } };
  'POST /v1/organisations/{organisation_id}/promotions/{promotion_id}/codes': { answer: CodesAnswer; body: CodesRequest; query: undefined };
  'DELETE /v1/organisations/{organisation_id}/promotions/{promotion_id}/codes/{code}': { answer: undefined; body: undefined; query: undefined };
  'POST /v1/organisations/{organisation_id}/promotions/{promotion_id}/end': { answer: PromotionAnswer; body: undefined; query: undefined };
  'POST /v1/organisations/{organisation_id}/promotions/{promotion_id}/pause': { answer: PromotionAnswer; body: undefined; query: undefined };
  'POST /v1/organisations/{organisation_id}/promotions/{promotion_id}/resume': { answer: PromotionAnswer; body: undefined; query: undefined };
  'POST /v1/organisations/{organisation_id}/promotions/{promotion_id}/show_on_screen': { answer: PromotionAnswer; body: PromotionOnShow; query: undefined };
  'GET /v1/organisations/{organisation_id}/restrictions': { answer: Page<RestrictionView>; body: undefined; query: { cursor?: string | null; limit?: number; state?: RestrictionState | null; appealed?: boolean } };
  'POST /v1/organisations/{organisation_id}/restrictions': { answer: RestrictionView; body: RestrictRequest; query: undefined };
  'POST /v1/organisations/{organisation_id}/restrictions/{restriction_id}/lift': { answer: RestrictionView; body: RestrictionRoutesDecisionRequest; query: undefined };
  'POST /v1/organisations/{organisation_id}/restrictions/{restriction_id}/uphold': { answer: RestrictionView; body: RestrictionRoutesDecisionRequest; query: undefined };
  'GET /v1/organisations/{organisation_id}/return-rules': { answer: ReturnRules; body: undefined; query: undefined };
  'PUT /v1/organisations/{organisation_id}/return-rules': { answer: ReturnRules; body: ReturnRulesRequest; query: undefined };
  'GET /v1/organisations/{organisation_id}/returns': { answer: Page<ReturnRow>; body: undefined; query: { cursor?: string | null; limit?: number; state?: ReturnState | null; query?: string } };
  'GET /v1/organisations/{organisation_id}/returns/{return_id}': { answer: ReturnView; body: undefined; query: undefined };
  'POST /v1/organisations/{organisation_id}/returns/{return_id}/approve': { answer: ReturnView; body: ReturnDecisionRequest; query: undefined };
  'POST /v1/organisations/{organisation_id}/returns/{return_id}/exchange': { answer: ExchangeAnswer; body: ExchangeRequest; query: undefined };
  'POST /v1/organisations/{organisation_id}/returns/{return_id}/inspect': { answer: ReturnView; body: InspectRequest; query: undefined };
  'POST /v1/organisations/{organisation_id}/returns/{return_id}/label': { answer: ReturnView; body: ReturnLabelRequest; query: undefined };
  'GET /v1/organisations/{organisation_id}/returns/{return_id}/label.pdf': { answer: string; body: undefined; query: undefined };
  'POST /v1/organisations/{organisation_id}/returns/{return_id}/receive': { answer: ReturnView; body: ReceiveRequest; query: undefined };
  'POST /v1/organisations/{organisation_id}/returns/{return_id}/refund': { answer: ReturnView; body: RefundReturnRequest; query: undefined };
  'POST /v1/organisations/{organisation_id}/returns/{return_id}/reject': { answer: ReturnView; body: ReturnDecisionRequest; query: undefined };
  'GET /v1/organisations/{organisation_id}/selling-policy': { answer: SellingPolicy; body: undefined; query: undefined };
  'PUT /v1/organisations/{organisation_id}/selling-policy': { answer: SellingPolicy; body: PolicyRequest; query: undefined };
  'GET /v1/organisations/{organisation_id}/shelf-sets': { answer: Page<SetView>; body: undefined; query: undefined };
  'POST /v1/organisations/{organisation_id}/shelf-sets': { answer: Made; body: NewSet; query: undefined };
  'DELETE /v1/organisations/{organisation_id}/shelf-sets/{set_id}': { answer: undefined; body: undefined; query: undefined };
  'GET /v1/organisations/{organisation_id}/shows': { answer: Page<ManagedShow>; body: undefined; query: { cursor?: string | null; limit?: number } };
  'POST /v1/organisations/{organisation_id}/shows': { answer: ManagedShow; body: NewShow; query: undefined };
  'GET /v1/organisations/{organisation_id}/subscriptions': { answer: Page<SoldSubscription>; body: undefined; query: { cursor?: string | null; limit?: number; state?: SubscriptionState | null } };
  'GET /v1/organisations/{organisation_id}/waitlist': { answer: Page<WaitlistRow>; body: undefined; query: { cursor?: string | null; limit?: number } };
  'POST /v1/password-reset': { answer: Accepted; body: ResetRequest; query: undefined };
  'POST /v1/password-reset/{token}': { answer: undefined; body: NewPasswordRequest; query: undefined };
  'GET /v1/products/{product_id}': { answer: ProductView; body: undefined; query: undefined };
  'PATCH /v1/products/{product_id}': { answer: ProductView; body: ProductChanges; query: undefined };
  'POST /v1/products/{product_id}/image': { answer: ProductView; body: undefined; query: undefined };
  'GET /v1/products/{product_id}/subscription-offer': { answer: Offer | null; body: undefined; query: undefined };
  'POST /v1/promotions/{promotion_id}/claim': { answer: CouponAnswer; body: undefined; query: undefined };
  'GET /v1/quote': { answer: Quote; body: undefined; query: { variant_id: string; quantity?: number; country?: string | null; region?: string } };
  'POST /v1/register': { answer: Me; body: RegisterRequest; query: undefined };
  'GET /v1/returns/{return_id}': { answer: ReturnView; body: undefined; query: { token?: string | null } };
  'POST /v1/returns/{return_id}/cancel': { answer: ReturnView; body: undefined; query: { token?: string | null } };
  'GET /v1/returns/{return_id}/label.pdf': { answer: string; body: undefined; query: { token?: string | null } };
  'POST /v1/returns/{return_id}/photos': { answer: ReturnView; body: undefined; query: { token?: string | null } };
  'GET /v1/returns/{return_id}/photos/{photo_id}': { answer: string; body: undefined; query: { token?: string | null } };
  'POST /v1/rooms/{room_id}/beacons': { answer: BeaconView; body: undefined; query: undefined };
  'POST /v1/rooms/{room_id}/chat': { answer: SaidView; body: SayInput; query: undefined };
  'GET /v1/rooms/{room_id}/chunks/{name}': { answer: Chunk; body: undefined; query: undefined };
  'GET /v1/rooms/{room_id}/entries': { answer: EntriesPage; body: undefined; query: { after_seq?: number; limit?: number } };
  'POST /v1/rooms/{room_id}/hides': { answer: undefined; body: HideInput; query: undefined };
  'POST /v1/rooms/{room_id}/hides/many': { answer: HiddenView; body: HidesInput; query: undefined };
  'DELETE /v1/rooms/{room_id}/hides/{seq}': { answer: undefined; body: undefined; query: undefined };
  'GET /v1/rooms/{room_id}/mode': { answer: ModeView; body: undefined; query: undefined };
  'PUT /v1/rooms/{room_id}/mode': { answer: undefined; body: ModeInput; query: undefined };
  'POST /v1/rooms/{room_id}/mutes': { answer: undefined; body: MuteInput; query: undefined };
  'PUT /v1/rooms/{room_id}/pin': { answer: undefined; body: PinInput; query: undefined };
  'GET /v1/rooms/{room_id}/private': { answer: PrivatePage; body: undefined; query: { after_pseq?: number } };
  'GET /v1/rooms/{room_id}/queue': { answer: Queue; body: undefined; query: { decided?: boolean; limit?: number } };
  'POST /v1/rooms/{room_id}/queue/decisions': { answer: Decided; body: DecisionInput; query: undefined };
  'POST /v1/rooms/{room_id}/reports': { answer: undefined; body: ReportInput; query: undefined };
  'GET /v1/rooms/{room_id}/snapshot': { answer: RoomSnapshot; body: undefined; query: undefined };
  'GET /v1/search': { answer: SearchAnswer; body: undefined; query: { q: string } };
  'GET /v1/shows': { answer: Page<ShowCard>; body: undefined; query: { cursor?: string | null; limit?: number; state?: 'live' | 'upcoming' | 'replay' } };
  'GET /v1/shows/{show_id}': { answer: ShowPage; body: undefined; query: undefined };
  'PATCH /v1/shows/{show_id}': { answer: ManagedShow; body: ShowChanges; query: undefined };
  'GET /v1/shows/{show_id}/allocations': { answer: AllocationsAnswer; body: undefined; query: undefined };
  'PUT /v1/shows/{show_id}/allocations': { answer: AllocationsAnswer; body: AllocationsRequest; query: undefined };
  'GET /v1/shows/{show_id}/bans': { answer: Page<BanView>; body: undefined; query: undefined };
  'POST /v1/shows/{show_id}/bans': { answer: BanCreated; body: BanRequest; query: undefined };
  'DELETE /v1/shows/{show_id}/bans/{ban_id}': { answer: undefined; body: undefined; query: undefined };
  'GET /v1/shows/{show_id}/chat-orders': { answer: ChatOrderSetting; body: undefined; query: undefined };
  'PUT /v1/shows/{show_id}/chat-orders': { answer: ChatOrderSetting; body: ShowChatOrdersRequest; query: undefined };
  'GET /v1/shows/{show_id}/chat-orders/list': { answer: Page<ChatOrderView>; body: undefined; query: { cursor?: string | null; limit?: number } };
  'GET /v1/shows/{show_id}/chat/export': { answer: undefined; body: undefined; query: undefined };
  'POST /v1/shows/{show_id}/cover': { answer: Made; body: undefined; query: undefined };
  'PUT /v1/shows/{show_id}/cues': { answer: Page<CueView>; body: CueBody[]; query: undefined };
  'POST /v1/shows/{show_id}/cues/advance': { answer: CueMoved; body: AdvanceRequest | null; query: undefined };
  'POST /v1/shows/{show_id}/cues/back': { answer: CueMoved; body: undefined; query: undefined };
  'POST /v1/shows/{show_id}/cut': { answer: ManagedShow; body: undefined; query: undefined };
  'GET /v1/shows/{show_id}/drops': { answer: Page<DropAnswer>; body: undefined; query: undefined };
  'POST /v1/shows/{show_id}/drops': { answer: DropAnswer; body: DropPlan; query: undefined };
  'POST /v1/shows/{show_id}/end': { answer: ManagedShow; body: undefined; query: undefined };
  'GET /v1/shows/{show_id}/express': { answer: ExpressLane; body: undefined; query: undefined };
  'GET /v1/shows/{show_id}/followers': { answer: Followed[]; body: undefined; query: undefined };
  'PUT /v1/shows/{show_id}/followers': { answer: undefined; body: FollowRequest; query: undefined };
  'POST /v1/shows/{show_id}/go-live': { answer: ManagedShow; body: undefined; query: undefined };
  'POST /v1/shows/{show_id}/items': { answer: Page<AddedItem>; body: NewItems; query: undefined };
  'POST /v1/shows/{show_id}/items/from-set': { answer: Page<AddedItem>; body: FromSet; query: undefined };
  'POST /v1/shows/{show_id}/items/order': { answer: undefined; body: Order; query: undefined };
  'PATCH /v1/shows/{show_id}/items/{item_id}': { answer: Card; body: ItemChanges; query: undefined };
  'DELETE /v1/shows/{show_id}/items/{item_id}': { answer: undefined; body: undefined; query: undefined };
  'GET /v1/shows/{show_id}/manage': { answer: ManagePage; body: undefined; query: undefined };
  'GET /v1/shows/{show_id}/moments': { answer: Page<MomentView>; body: undefined; query: undefined };
  'GET /v1/shows/{show_id}/moments/{moment_id}/clip': { answer: undefined; body: undefined; query: undefined };
  'POST /v1/shows/{show_id}/moments/{moment_id}/export': { answer: ExportAsked; body: ExportRequest; query: undefined };
  'GET /v1/shows/{show_id}/numbers': { answer: Numbers; body: undefined; query: undefined };
  'GET /v1/shows/{show_id}/numbers.csv': { answer: string; body: undefined; query: undefined };
  'POST /v1/shows/{show_id}/pin': { answer: PinView; body: PinRequest; query: undefined };
  'POST /v1/shows/{show_id}/redactions': { answer: Made; body: Stretch; query: undefined };
  'DELETE /v1/shows/{show_id}/redactions/{redaction_id}': { answer: undefined; body: undefined; query: undefined };
  'POST /v1/shows/{show_id}/rehearse': { answer: ManagedShow; body: undefined; query: undefined };
  'GET /v1/shows/{show_id}/requests': { answer: unknown; body: undefined; query: undefined };
  'POST /v1/shows/{show_id}/requests': { answer: OwnRequest; body: AskRequest; query: undefined };
  'GET /v1/shows/{show_id}/requests/mine': { answer: Page<OwnRequest>; body: undefined; query: undefined };
  'POST /v1/shows/{show_id}/schedule': { answer: ManagedShow; body: undefined; query: undefined };
  'GET /v1/shows/{show_id}/search': { answer: ShowHits; body: undefined; query: { q: string } };
  'GET /v1/shows/{show_id}/seek': { answer: SeekView; body: undefined; query: { item: number } };
  'GET /v1/shows/{show_id}/staff': { answer: Page<StaffView>; body: undefined; query: undefined };
  'POST /v1/shows/{show_id}/staff': { answer: Page<StaffView>; body: StaffRequest; query: undefined };
  'DELETE /v1/shows/{show_id}/staff/{person_id}': { answer: undefined; body: undefined; query: undefined };
  'POST /v1/shows/{show_id}/stream-key': { answer: StreamKeyView; body: undefined; query: undefined };
  'POST /v1/shows/{show_id}/take-over': { answer: ManagedShow; body: undefined; query: undefined };
  'POST /v1/shows/{show_id}/ticket': { answer: TicketView; body: TicketRequest | null; query: undefined };
  'POST /v1/shows/{show_id}/uncut': { answer: ManagedShow; body: undefined; query: undefined };
  'POST /v1/shows/{show_id}/unpin': { answer: undefined; body: undefined; query: undefined };
  'GET /v1/standing-orders': { answer: Page<StandingView>; body: undefined; query: { cursor?: string | null; limit?: number } };
  'POST /v1/standing-orders': { answer: StandingView; body: StandingRequest; query: undefined };
  'POST /v1/standing-orders/preview': { answer: StandingPlan; body: StandingWish; query: undefined };
  'DELETE /v1/standing-orders/{standing_id}': { answer: undefined; body: undefined; query: undefined };
  'GET /v1/subscriptions': { answer: Page<SubscriptionView>; body: undefined; query: { cursor?: string | null; limit?: number } };
  'POST /v1/subscriptions': { answer: SubscriptionView; body: SubscriptionRequest; query: undefined };
  'POST /v1/subscriptions/preview': { answer: SubscriptionPlan; body: SubscriptionWish; query: undefined };
  'GET /v1/subscriptions/{subscription_id}': { answer: SubscriptionView; body: undefined; query: { token?: string | null } };
  'POST /v1/subscriptions/{subscription_id}/change': { answer: SubscriptionView; body: ChangeSubscriptionRequest; query: undefined };
  'POST /v1/subscriptions/{subscription_id}/change/preview': { answer: SubscriptionPlan; body: SubscriptionTerms; query: undefined };
  'POST /v1/subscriptions/{subscription_id}/resume': { answer: SubscriptionView; body: ResumeSubscriptionRequest; query: undefined };
  'POST /v1/subscriptions/{subscription_id}/skip': { answer: SubscriptionView; body: undefined; query: { token?: string | null } };
  'POST /v1/subscriptions/{subscription_id}/stop': { answer: SubscriptionView; body: undefined; query: { token?: string | null } };
  'PATCH /v1/variants/{variant_id}': { answer: VariantView; body: VariantChanges; query: undefined };
  'POST /v1/verify-email': { answer: Accepted; body: undefined; query: undefined };
  'POST /v1/verify-email/{token}': { answer: undefined; body: undefined; query: undefined };
  'POST /v1/webhooks/payments/{provider}': { answer: Record<string, boolean>; body: undefined; query: undefined };
  'POST /v1/webhooks/stripe': { answer: Record<string, boolean>; body: undefined; query: undefined };
}
