import { describe, expect, test } from 'vitest';
import type { ReturnItemView, ReturnView } from '../../types.ts';
import { inspectBody, inspectProblem, inspectRows, receiveBody, receiveRows, returnSteps } from '../return_steps.ts';

const eur = (amount_minor: number) => ({ amount_minor, currency: 'EUR' });
const item = (extra: Partial<ReturnItemView> = {}): ReturnItemView => ({
  id: 'rit_1',
  line_id: 'orl_1',
  title: 'Linen shirt dress',
  variant_title: 'M',
  sku: 'LUM-7-M',
  quantity: 2,
  cause: 'size',
  note: '',
  reception: 'awaiting',
  acceptance: 'pending',
  received: 0,
  accepted: 0,
  restocked: 0,
  written_off: 0,
  exchanged: 0,
  units_refunded: 0,
  withheld: eur(0),
  refunded: eur(0),
  answer: '',
  exchanged_for: null,
  ...extra,
});
const view = (state: ReturnView['state'], items: ReturnItemView[]) => ({
  state,
  items,
  refunds: [],
  to_refund: eur(0),
});
const faces = (state: ReturnView['state'], items: ReturnItemView[]) =>
  returnSteps(view(state, items)).map((one) => one.state);

describe('the steps of a return', () => {
  test('one thing is now', () => {
    expect(faces('requested', [item()])).toEqual(['done', 'now', 'later', 'later', 'later']);
    expect(faces('approved', [item()])).toEqual(['done', 'done', 'now', 'later', 'later']);
    const came = item({ received: 2, reception: 'received' });
    expect(faces('approved', [came])).toEqual(['done', 'done', 'done', 'now', 'later']);
    const fine = item({ received: 2, reception: 'received', accepted: 2, acceptance: 'accepted' });
    expect(faces('approved', [fine])).toEqual(['done', 'done', 'done', 'done', 'now']);
    expect(faces('closed', [{ ...fine, units_refunded: 2 }])).toEqual(['done', 'done', 'done', 'done', 'done']);
  });

  test('a parcel with half its items is still being waited for', () => {
    const came = item({ received: 2, reception: 'received' });
    expect(faces('approved', [came, item({ id: 'rit_2' })])[2]).toBe('now');
    expect(faces('approved', [came, item({ id: 'rit_2', reception: 'lost_in_transit' })])[2]).toBe('done');
  });

  test('a refusal ends it', () => {
    expect(faces('rejected', [item()])).toEqual(['done', 'refused', 'later', 'later', 'later']);
  });
});

test('at the reception fewer may arrive, never more', () => {
  const rows = receiveRows([item()]);
  expect(receiveBody(rows, [item()])).toEqual({ items: [{ item_id: 'rit_1', received: 2, reception: 'received' }] });
  const one = [{ itemId: 'rit_1', received: '1', others: 'in_transit' as const }];
  expect(receiveBody(one, [item()])).toEqual({ items: [{ item_id: 'rit_1', received: 1, reception: 'in_transit' }] });
  expect(receiveBody([{ itemId: 'rit_1', received: '3', others: 'awaiting' }], [item()])).toBeNull();
});

describe('the inspection table', () => {
  const came = item({ received: 2, reception: 'received' });

  test('fills in the usual case, and damaged goods are not for sale again', () => {
    expect(inspectRows([came, item({ id: 'rit_2' })]).map((row) => [row.itemId, row.accepted, row.restock])).toEqual([
      ['rit_1', '2', '2'],
    ]);
    expect(inspectRows([{ ...came, cause: 'damage' }])[0]?.restock).toBe('0');
  });

  test('refuses what cannot be, and a refusal without a word', () => {
    const [row] = inspectRows([came]);
    if (!row) throw new Error('There is a row for what came.');
    expect(inspectProblem(row, came)).toBeNull();
    expect(inspectProblem({ ...row, accepted: '3' }, came)).toBe('accepted');
    expect(inspectProblem({ ...row, accepted: '1' }, came)).toBe('restock');
    expect(inspectProblem({ ...row, accepted: '1', restock: '1' }, came)).toBe('answer');
    expect(inspectProblem({ ...row, accepted: '1', restock: '1', answer: 'Worn' }, came)).toBeNull();
    expect(inspectProblem({ ...row, withheld: 'five' }, came)).toBe('withheld');
    expect(inspectProblem({ ...row, withheld: '5' }, came)).toBe('answer');
  });

  test('sends minor units, and the cause only when it was put right', () => {
    const [row] = inspectRows([came]);
    if (!row) throw new Error('There is a row for what came.');
    const worn = { ...row, restock: '1', withheld: '5,50', cause: 'abuse' as const, answer: ' Worn ' };
    expect(inspectBody([worn], [came])).toEqual({
      items: [{ item_id: 'rit_1', accepted: 2, restock: 1, withheld_minor: 550, cause: 'abuse', answer: 'Worn' }],
    });
    expect(inspectBody([row], [came]).items[0]?.cause).toBeNull();
  });
});
