import type { Coupon } from '@shopcast/room-client';
import { expect, test } from 'vitest';
import { couponGone, couponShows } from './coupon-view.ts';

const NOW = 1_800_000_000_000;
const coupon: Coupon = {
  promotion_id: 'prm_1',
  code: null,
  label: '10 % off',
  claimable: true,
  starts_at_ms: null,
  ends_at_ms: NOW + 1000,
  left: 3,
  state: 'running',
};

test('a coupon shows while it runs, and ends by the clock', () => {
  expect(couponShows(coupon, NOW)).toBe(true);
  expect(couponShows(coupon, NOW + 1000)).toBe(false);
  expect(couponShows({ ...coupon, ends_at_ms: null }, NOW + 1e9)).toBe(true);
  expect(couponShows({ ...coupon, state: 'paused' }, NOW)).toBe(false);
  expect(couponShows({ ...coupon, state: 'used_up', left: 0 }, NOW)).toBe(true);
});

test('it is gone at nothing left; without a limit it never is', () => {
  expect(couponGone(coupon)).toBe(false);
  expect(couponGone({ ...coupon, left: 0 })).toBe(true);
  expect(couponGone({ ...coupon, left: null })).toBe(false);
});
