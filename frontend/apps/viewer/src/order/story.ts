/** What has happened to an order, oldest first, and where it stands now. Pure. */
import type { Order, OrderProgressAnswer, ShipmentView } from '@shopcast/api-client';

export type OrderStage =
  | 'placed'
  | 'paid'
  | 'packed'
  | 'partly_shipped'
  | 'shipped'
  | 'delivered'
  | 'cancelled'
  | 'refunded';

export interface StoryEntry {
  at: string;
  what: string;
  /** The parcel an entry is about. */
  shipment: ShipmentView | null;
}

/** From the order alone: what the list of orders knows. */
export function stage(order: Order, progress: OrderProgressAnswer | null = null): OrderStage {
  if (order.state === 'cancelled' || order.state === 'refunded' || order.state === 'placed') return order.state;
  // Nobody marked it: the days to return run, but it is not known to have arrived.
  if (order.delivered_at && !progress?.delivery_assumed) return 'delivered';
  const waiting = progress?.lines.some((one) => one.to_ship > 0) ?? false;
  const sent = progress ? progress.lines.some((one) => one.shipped > 0) : Boolean(order.shipped_at);
  if (sent) return waiting ? 'partly_shipped' : 'shipped';
  return order.packed_at ? 'packed' : 'paid';
}

/** Each parcel is told once, when it left and when it arrived, with its own tracking. */
export function story(order: Order, progress: OrderProgressAnswer | null): StoryEntry[] {
  if (!progress) return plainStory(order);
  const parcels = progress.shipments.filter((one) => one.state !== 'undone');
  const own = progress.timeline
    .filter((one) => one.what !== 'shipped' && one.what !== 'delivered')
    .map((one) => ({ ...one, shipment: null as ShipmentView | null }));
  const sent = parcels.map((one) => ({ at: one.shipped_at, what: 'shipped', shipment: one }));
  const arrived = parcels.flatMap((one) =>
    one.delivered_at ? [{ at: one.delivered_at, what: 'delivered', shipment: one }] : [],
  );
  return [...own, ...sent, ...arrived].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function plainStory(order: Order): StoryEntry[] {
  const told: [string, string | null][] = [
    ['placed', order.placed_at],
    ['paid', order.paid_at],
    ['packed', order.packed_at],
    ['shipped', order.shipped_at],
    ['delivered', order.delivered_at],
    ['cancelled', order.cancelled_at],
  ];
  return told.flatMap(([what, at]) => (at ? [{ at, what, shipment: null }] : []));
}

/** How far one line has come: what a person asks first when something is missing. */
export function lineFacts(progress: OrderProgressAnswer | null, lineId: string) {
  const line = progress?.lines.find((one) => one.line_id === lineId);
  if (!line) return null;
  return {
    shipped: line.shipped,
    toShip: line.to_ship,
    cancelled: line.cancelled,
    onReturn: line.on_return,
    refunded: line.refunded.amount_minor > 0 ? line.refunded : null,
    quantity: line.quantity,
  };
}
