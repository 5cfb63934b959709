import { expect, test } from 'vitest';
import { cards, cues } from '../../../dev/fixtures.ts';
import { numbers } from '../../../dev/fixtures_desk.ts';
import { csv } from '../csv.ts';
import { cueBody, draftCues, newCue, priceNote } from '../cue_draft.ts';
import { byJournal, shownAmount } from '../journals.ts';
import { salesOf } from '../metrics.ts';
import { advice, concernsStream, mayTakeOver } from '../stream_advice.ts';
import { clock, parseClock, showOffset, withEnd } from '../stretch.ts';
import { variantRows } from '../variant_rows.ts';

const dress = cards[6];

test('a cue comes back from its draft as it was', () => {
  const [first] = draftCues(cues);
  expect(first && cueBody(first, cards)).toEqual({
    id: 'cue_1',
    item_id: 'itm_1',
    minutes: 5,
    script: cues[0]?.script,
    claims_allowed: '18.5 micron',
    price_said: { amount_minor: 8900, currency: 'EUR' },
  });
});

test('a cue with minutes or a price that are none is not sent', () => {
  expect(cueBody({ ...newCue(), minutes: '0' }, cards)).toBeNull();
  expect(cueBody({ ...newCue(), minutes: '2.5' }, cards)).toBeNull();
  expect(cueBody({ ...newCue(dress), price: 'cheap' }, cards)).toBeNull();
  expect(cueBody({ ...newCue(), price: '' }, cards)).toMatchObject({ item_id: null, price_said: null });
});

test('the price said must be the price of a variant, not merely between two', () => {
  expect(priceNote('79.00', dress ?? null)).toBe('none');
  expect(priceNote('83', dress ?? null)).toBe('none');
  expect(priceNote('81', dress ?? null)).toBe('differs');
  expect(priceNote('x', dress ?? null)).toBe('wrong');
  expect(priceNote('', dress ?? null)).toBe('none');
});

test('values of an option become variants, once each, separated by any comma', () => {
  expect(
    variantRows({ name: 'Size', values: 'S, M，M、L' }, { price_minor: 100, on_hand: 3 }).variants.map(
      (one) => one.option_values,
    ),
  ).toEqual([['S'], ['M'], ['L']]);
  expect(variantRows({ name: 'Size', values: '' }, { price_minor: 100, on_hand: 3 }).options).toEqual([]);
});

test('the ends of a stretch never cross and never leave the recording', () => {
  expect(withEnd({ from: 1000, to: 5000 }, 'from', 9000, 60_000)).toEqual({ from: 4000, to: 5000 });
  expect(withEnd({ from: 1000, to: 5000 }, 'to', 0, 60_000)).toEqual({ from: 1000, to: 2000 });
  expect(withEnd({ from: 1000, to: 5000 }, 'to', 99_000, 60_000)).toEqual({ from: 1000, to: 60_000 });
});

test('times are read as they are written', () => {
  for (const ms of [0, 59_000, 61_000, 3_723_000]) expect(parseClock(clock(ms))).toBe(ms);
  expect(parseClock('1:75')).toBeNull();
  expect(parseClock('soon')).toBeNull();
  expect(showOffset(Date.parse('2026-11-22T19:01:00Z'), Date.parse('2026-11-22T19:00:00Z'))).toBe(60_000);
  expect(showOffset(42_000, Date.parse('2026-11-22T19:00:00Z'))).toBe(42_000);
});

test('a spreadsheet runs nothing that came from a file', () => {
  expect(csv([['=1+1', 'a,b', 'say "hi"', -4]])).toBe('\uFEFF\'=1+1,"a,b","say ""hi""",-4\r\n');
});

test('credits are read as what is owed, and a journal sums what is kept', () => {
  const entry = (account: string, amount_minor: number) => ({
    id: account,
    journal_id: 'j',
    at: '2026-11-22T19:00:00Z',
    kind: 'sale',
    account,
    amount: { amount_minor, currency: 'EUR' },
    order_id: 'o',
    order_number: '1',
  });
  const entries = [
    entry('clearing.test', 8390),
    entry('seller.goods', -6560),
    entry('seller.shipping', -490),
    entry('seller.tax', -1340),
  ];
  expect(byJournal(entries)).toMatchObject([{ id: 'j', kept: { amount_minor: 6560, currency: 'EUR' } }]);
  expect(shownAmount('clearing.test', { amount_minor: 8390, currency: 'EUR' }).amount_minor).toBe(8390);
});

test('advice names what to change, and unknown codes are spelt out', () => {
  expect(advice({ code: 'keyframe_interval_long', params: { seconds: '10.0' } })).toEqual({
    key: 'advice.keyframe_interval_long',
    params: { seconds: 10, kbit_s: 0, codec: '' },
  });
  expect(advice({ code: 'new_code' })).toEqual({ key: 'advice.other', params: { code: 'new_code' } });
});

test('a console opened in the middle of a show knows what was sold', () => {
  expect(salesOf(numbers)).toEqual({ orders: 55, units: 78, total: { amount_minor: 479_344, currency: 'EUR' } });
});

test('a refused encoder is news for two minutes; only a second one offers to take over', () => {
  const at = '2026-11-22T19:00:00Z';
  const refused = { code: 'refused_already_publishing', at };
  const ms = Date.parse(at);
  expect([concernsStream(refused, ms + 120_000), concernsStream(refused, ms + 120_001)]).toEqual([true, false]);
  expect(concernsStream({ code: 'no_audio', at }, ms + 3_600_000)).toBe(true);
  expect(concernsStream({ code: 'price_said' }, ms)).toBe(false);
  expect([mayTakeOver(refused), mayTakeOver({ code: 'refused_busy', at })]).toEqual([true, false]);
  expect(advice({ code: 'refused_codec_unsupported', params: { codec: 'hvc1' } }).params.codec).toBe('hvc1');
});
