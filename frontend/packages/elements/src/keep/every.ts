/** "every week", "every 30 days". */
import { t } from '@shopcast/format';
import './messages.ts';

const WEEK = 7;

export function every(days: number): string {
  return days % WEEK === 0 && days < 10 * WEEK ? t('every.weeks', { n: days / WEEK }) : t('every.days', { n: days });
}
