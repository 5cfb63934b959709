// Ledger entries gathered into the journals they belong to. Credits are negative in the ledger: what is owed to the
// organisation is read with its sign turned, so that "yours" is a positive number.
import type { JournalEntry, Money } from '../types.ts';

const OWED = new Set(['goods', 'shipping', 'tax']);
export type AccountWord = 'goods' | 'shipping' | 'tax' | 'clearing';

/** The word for an account such as "seller.goods" or "clearing.test", or null for one we have none for. */
export function accountWord(account: string): AccountWord | null {
  if (account.startsWith('clearing.')) return 'clearing';
  const word = account.startsWith('seller.') ? account.slice('seller.'.length) : '';
  return OWED.has(word) ? (word as AccountWord) : null;
}

/** The amount as its owner reads it. */
export function shownAmount(account: string, amount: Money): Money {
  const word = accountWord(account);
  return word === null || word === 'clearing' ? amount : { ...amount, amount_minor: 0 - amount.amount_minor };
}

export interface Journal {
  readonly id: string;
  readonly at: string;
  readonly kind: string;
  readonly orderId: string | null;
  readonly orderNumber: string | null;
  readonly entries: readonly JournalEntry[];
  /** What this journal moved of the goods owed to the organisation. */
  readonly kept: Money;
}

export function byJournal(entries: readonly JournalEntry[]): Journal[] {
  const groups = new Map<string, JournalEntry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.journal_id);
    if (group) group.push(entry);
    else groups.set(entry.journal_id, [entry]);
  }
  return [...groups].flatMap(([id, group]) => {
    const [first] = group;
    if (!first) return [];
    const goods = group.filter((entry) => accountWord(entry.account) === 'goods');
    const amount_minor = goods.reduce((sum, entry) => sum + shownAmount(entry.account, entry.amount).amount_minor, 0);
    const kept = { amount_minor, currency: first.amount.currency };
    return [
      {
        id,
        at: first.at,
        kind: first.kind,
        orderId: first.order_id,
        orderNumber: first.order_number ?? null,
        entries: group,
        kept,
      },
    ];
  });
}
