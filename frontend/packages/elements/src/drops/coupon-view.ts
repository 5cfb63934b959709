/** Which coupons of a room are worth showing. Pure. */
import type { Coupon } from '@shopcast/room-client';

export function couponShows(coupon: Coupon, nowMs: number): boolean {
  const over = coupon.ends_at_ms !== null && coupon.ends_at_ms <= nowMs;
  return !over && !['ended', 'paused', 'hidden'].includes(coupon.state);
}

/** Null left means that nobody has set a limit. */
export function couponGone(coupon: Coupon): boolean {
  return coupon.left !== null && coupon.left <= 0;
}
