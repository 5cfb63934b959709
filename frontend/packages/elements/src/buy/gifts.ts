/** What comes with it for nothing, and when it cannot. */
import type { CartGift } from '@shopcast/api-client';
import { t } from '@shopcast/format';
import './messages.ts';

export function giftWords(gift: CartGift): string {
  const title = [gift.title, gift.variant_title].filter(Boolean).join(', ');
  return gift.available ? t('gift.with', { n: gift.quantity, title }) : t('gift.none_left', { title });
}
