/** Which coupons of a room are worth showing. Pure. */
import type { Coupon } from '@shopcast/room-client';

/** One that is all given out stays a while, so that nobody wonders where it went; the room says when it ends. */
export function couponShows(coupon: Coupon, nowMs: number): boolean {
  if (coupon.state !== 'running' && coupon.state !== 'used_up') return false;
  return coupon.ends_at_ms === null || coupon.ends_at_ms > nowMs;
}

export function couponGone(coupon: Coupon): boolean {
  return coupon.state === 'used_up' || (coupon.left !== null && coupon.left <= 0);
}
