// An order as the list shows it, whether the server sent a short or a whole one.
import type { Order, OrderRow } from '../types.ts';

export function rowOf(order: Order | OrderRow): OrderRow {
  if (!('lines' in order)) return order;
  const units = order.lines.reduce((sum, line) => sum + line.quantity, 0);
  return {
    id: order.id,
    number: order.number,
    state: order.state,
    placed_at: order.placed_at,
    email: order.email,
    total: order.totals.total,
    units,
    lines_summary: order.lines.map((line) => line.title).join(', '),
  };
}
