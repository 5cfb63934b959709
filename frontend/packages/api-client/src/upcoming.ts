/** Shapes of the cart until the server's description has them. */
import type * as G from './generated.ts';

export interface CartLine {
  hold_id: string;
  seller_id: string;
  show_id: string | null;
  item_id: string | null;
  item_number: number | null;
  product_id: string;
  variant_id: string;
  title: string;
  variant_title: string;
  image_url: string;
  quantity: number;
  unit: G.Money;
  unit_before: G.Money | null;
  list_price: G.Money;
  amount: G.Money;
  discount: G.Money;
  net: G.Money;
  drop_id: string | null;
  state: 'wanted' | 'held' | 'claimed' | 'released' | 'expired';
  expires_at: string;
  obstacle: 'over' | 'in_payment' | 'sold_out' | 'not_for_sale' | 'does_not_ship' | null;
}
export interface CartTotals {
  items: G.Money;
  discount: G.Money;
  shipping: G.Money;
  shipping_discount: G.Money;
  tax: G.Money;
  tax_included: boolean;
  duties_estimate?: G.Money | null;
  total: G.Money;
}
export interface CartSeller {
  seller_id: string;
  seller_name: string;
  ships: boolean;
  ships_from: string;
  country: string;
  totals: CartTotals | null;
  presentment: G.Money | null;
  delivery_from: string | null;
  delivery_to: string | null;
  return_days: number;
  hold_ids: string[];
}
export interface CartAdjustment {
  promotion_id: string;
  label: string;
  code: string | null;
  lane: string;
  funded_by: string;
  seller_id: string;
  hold_id: string | null;
  amount: G.Money;
}
export interface CartGift {
  promotion_id: string;
  label: string;
  seller_id: string;
  variant_id: string;
  title: string;
  variant_title: string;
  image_url: string;
  quantity: number;
  available: boolean;
}
export interface CartCode {
  code: string;
  state: string;
  reason: string | null;
  message: string | null;
}
export interface CartBest {
  promotion_id: string;
  label: string;
  code: string | null;
  amount: G.Money;
}
export interface Cart {
  choice: { codes: string[]; country: string | null; region: string; currency: string | null };
  currency: string | null;
  lines: CartLine[];
  sellers: CartSeller[];
  adjustments: CartAdjustment[];
  gifts: CartGift[];
  codes: CartCode[];
  best_coupon: CartBest | null;
  totals: CartTotals | null;
  presentment: G.Money | null;
  server_ms: number;
}
export interface SubscriptionOffer {
  product_id: string;
  every: number[];
  discount_percent: number;
}

export interface StandingWish {
  kind: 'price' | 'restock';
  show_id?: string | null;
  item_id?: string | null;
  variant_id: string;
  quantity?: number;
  max_price_minor?: number | null;
  currency?: string | null;
  until: string;
  with_mandate?: boolean;
  address?: G.PostalAddress | null;
  address_id?: string | null;
}
export interface StandingPlan {
  kind: 'price' | 'restock';
  title: string;
  variant_title: string;
  quantity: number;
  seller_name: string;
  price_now: G.Money;
  max_price: G.Money | null;
  items: G.Money | null;
  shipping: G.Money | null;
  tax: G.Money | null;
  tax_included: boolean | null;
  cap: G.Money | null;
  until: string;
  people_before: number;
  consent_text: string;
}
export interface StandingView {
  id: string;
  kind: 'price' | 'restock';
  state: 'waiting' | 'taken' | 'filled' | 'failed' | 'expired' | 'cancelled';
  show_id: string | null;
  item_number: number | null;
  product_id: string;
  title: string;
  variant_title: string;
  quantity: number;
  max_price: G.Money | null;
  cap: G.Money | null;
  until: string;
  has_mandate: boolean;
  place: number | null;
  hold_id: string | null;
  hold_expires_at: string | null;
  order_id: string | null;
  failure_code: string | null;
  failure_text: string | null;
  consent_text: string;
  placed_at: string;
  ended_at: string | null;
}
