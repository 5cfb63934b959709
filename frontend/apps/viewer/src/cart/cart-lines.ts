/** Which lines of a cart can be paid now, how long they stay ours, and which are hidden while they can be put back. Pure. */
import type { Cart, CartLine, CartSeller } from '@shopcast/api-client';

export interface SellerGroup {
  seller: CartSeller;
  lines: CartLine[];
}

/** Lines under their sellers, in the order of the cart; what has no seller of its own row any more is left out. */
export function groups(cart: Cart, hidden: ReadonlySet<string>): SellerGroup[] {
  return cart.sellers.flatMap((seller) => {
    const lines = cart.lines.filter((one) => one.seller_id === seller.seller_id && !hidden.has(one.hold_id));
    return lines.length > 0 ? [{ seller, lines }] : [];
  });
}

export function leftMs(line: CartLine, serverNowMs: number): number {
  return Math.max(0, Date.parse(line.expires_at) - serverNowMs);
}

export type LineState = 'held' | 'wanted' | NonNullable<CartLine['obstacle']>;

/** The server's word, and the clock's between two words of it. */
export function lineState(line: CartLine, serverNowMs: number): LineState {
  if (line.obstacle) return line.obstacle;
  if (leftMs(line, serverNowMs) <= 0) return 'over';
  return line.state === 'wanted' ? 'wanted' : 'held';
}

export function payable(cart: Cart, hidden: ReadonlySet<string>, serverNowMs: number): string[] {
  return cart.lines
    .filter((one) => !hidden.has(one.hold_id) && ['held', 'wanted'].includes(lineState(one, serverNowMs)))
    .map((one) => one.hold_id);
}

/** The first moment at which something in the cart is no longer ours; null when nothing is held. */
export function nextEndMs(cart: Cart, serverNowMs: number): number | null {
  const ends = cart.lines
    .filter((one) => lineState(one, serverNowMs) === 'held')
    .map((one) => Date.parse(one.expires_at));
  return ends.length === 0 ? null : Math.min(...ends);
}

export function currencies(cart: Cart): string[] {
  const all = [...cart.lines.map((one) => one.unit.currency), cart.choice.currency ?? ''];
  return [...new Set(all.filter(Boolean))].sort();
}
