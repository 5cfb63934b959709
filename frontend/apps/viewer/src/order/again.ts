/** Orders the same things again: all of them into the cart at today's price; what is gone is told before going there. */
import { type Again, newIdempotencyKey } from '@shopcast/api-client';
import { repeating } from '@shopcast/elements/buy/payment.ts';
import { formatMoney, t } from '@shopcast/format';
import { toast } from '@shopcast/ui';
import '../messages/order.ts';
import { api } from '../pages/page.ts';

/** Long enough to read what is different before the cart opens. */
const READ_MS = 3500;

export function againWords(again: Again): string[] {
  return again.lines.flatMap((one) => {
    const title = one.variant_title ? `${one.title}, ${one.variant_title}` : one.title;
    if (one.hold_id === null) return [t('order.again.gone', { title, why: one.message ?? '' })];
    if (!one.price || !one.price_before) return [];
    return [t('order.again.price', { title, now: formatMoney(one.price), before: formatMoney(one.price_before) })];
  });
}

export async function orderAgain(orderId: string, token: string): Promise<void> {
  const key = newIdempotencyKey();
  const again = await repeating(() => api.sales.orderAgain(orderId, token, key));
  const words = againWords(again);
  for (const text of words) toast(text, { icon: 'info', durationMs: 2 * READ_MS });
  if (again.hold_ids.length === 0) return;
  if (words.length > 0) await new Promise((resolve) => window.setTimeout(resolve, READ_MS));
  location.assign('/cart');
}
