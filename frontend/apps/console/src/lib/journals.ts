// Ledger entries gathered into the journals they belong to; sums only what the organisation itself keeps.
import type { JournalEntry, Money } from '../types.ts';

const ACCOUNTS = ['provider_clearing', 'seller_payable', 'tax_payable', 'shipping'] as const;

/** The kind of an account such as "seller_payable:org_1", or null for one we have no words for. */
export function accountWords(account: string): (typeof ACCOUNTS)[number] | null {
  return ACCOUNTS.find((word) => account.startsWith(word)) ?? null;
}

export interface Journal {
  readonly id: string;
  readonly at: string;
  readonly kind: string;
  readonly orderId: string | null;
  readonly orderNumber: string | null;
  readonly entries: readonly JournalEntry[];
  /** What this journal moved on what is owed to the organisation. */
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
    const owed = group.filter((entry) => entry.account.startsWith('seller_payable'));
    const amount_minor = owed.reduce((sum, entry) => sum + entry.amount.amount_minor, 0);
    return [
      {
        id,
        at: first.at,
        kind: first.kind,
        orderId: first.order_id,
        orderNumber: first.order_number ?? null,
        entries: group,
        kept: { amount_minor, currency: first.amount.currency },
      },
    ];
  });
}
