/** Shapes that the server's description does not have yet. */
import type * as G from './generated.ts';

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
  refunded: G.Money;
  refundable: G.Money;
}
export interface ShipmentView {
  id: string;
  number: number;
  state: 'shipped' | 'delivered' | 'undone';
  carrier: string;
  tracking_number: string;
  tracking_url: string | null;
  shipped_at: string;
  delivered_at: string | null;
  undo_until: string | null;
  lines: { line_id: string; title: string; variant_title: string; sku: string; quantity: number }[];
}
export interface OrderProgressAnswer {
  order_id: string;
  lines: LineProgressAnswer[];
  shipments: ShipmentView[];
  returns: { id: string; kind: string; state: string; requested_at: string; units: number }[];
  timeline: { at: string; what: string }[];
  shipping_refunded: G.Money;
  refunded: G.Money;
  refund_underway: G.Money;
  refundable: G.Money;
  shipped_at: string | null;
  delivered_at: string | null;
  return_until: string | null;
  can: { cancel: boolean; withdraw: boolean; return_goods: boolean };
}
export interface ReturnableLine {
  line_id: string;
  title: string;
  variant_title: string;
  sku: string;
  quantity: number;
  cancelled: number;
  shipped: number;
  on_return: number;
  returnable: number;
  value: G.Money;
  gift: boolean;
}
export interface Returnable {
  order_id: string;
  can_withdraw: boolean;
  can_return: boolean;
  withdraw_until: string | null;
  return_until: string | null;
  shipping_paid_by: string;
  lines: ReturnableLine[];
  causes: { cause: string; label: string }[];
}
export interface WithdrawalAnswer {
  order_id: string;
  return_id: string | null;
  cancelled_units: number;
}
export interface ReturnItemView {
  id: string;
  line_id: string;
  title: string;
  variant_title: string;
  quantity: number;
  cause: string;
  note: string;
  reception: string;
  acceptance: string;
  received: number;
  accepted: number;
  units_refunded: number;
  withheld: G.Money;
  refunded: G.Money;
  answer: string;
  exchanged_for: string | null;
}
export interface ReturnView {
  id: string;
  order_id: string;
  kind: 'return' | 'withdrawal';
  state: 'requested' | 'approved' | 'rejected' | 'cancelled' | 'closed';
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
  photos: { id: string; url: string }[];
  refunds: { id: string; state: string; amount: G.Money; created_at: string }[];
  to_refund: G.Money;
  can: { cancel: boolean; add_photos: boolean };
}
