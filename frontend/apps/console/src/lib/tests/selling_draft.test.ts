import { expect, test } from 'vitest';
import { sellingPolicy } from '../../../dev/fixtures_selling.ts';
import { draftOfPolicy, emptyZone, isSellable, policyBody, zoneProblem } from '../selling_draft.ts';

test('a policy comes back from its draft as it was', () => {
  const { organisation_id: _id, version: _version, ...policy } = sellingPolicy;
  const draft = draftOfPolicy(sellingPolicy, 'EUR');
  expect(isSellable(draft, 'EUR')).toBe(true);
  expect(policyBody(draft, 'EUR')).toEqual(policy);
});

test('each zone is looked at, and no country stands in two', () => {
  const zone = { ...emptyZone(['DE']), first: '4.90' };
  const other = { ...emptyZone(['DE', 'AT']), first: '9.90' };
  expect(zoneProblem(zone, [zone], 'EUR')).toBeNull();
  expect(zoneProblem(zone, [zone, other], 'EUR')).toBe('countries');
  expect(zoneProblem({ ...zone, countries: [] }, [], 'EUR')).toBe('countries');
  expect(zoneProblem({ ...zone, first: '' }, [], 'EUR')).toBe('price');
  expect(zoneProblem({ ...zone, freeFrom: 'much' }, [], 'EUR')).toBe('free_from');
  expect(zoneProblem({ ...zone, daysMin: '6' }, [], 'EUR')).toBe('days');
  const byWeight = { ...zone, byWeight: true, weights: [{ grams: '1000', price: '5' }] };
  expect(zoneProblem(byWeight, [], 'EUR')).toBeNull();
  const falling = [
    { grams: '1000', price: '5' },
    { grams: '500', price: '9' },
  ];
  expect(zoneProblem({ ...byWeight, weights: falling }, [], 'EUR')).toBe('weights');
});

test('the law has fourteen days, the hold an hour at most', () => {
  const draft = draftOfPolicy(sellingPolicy, 'EUR');
  expect(isSellable({ ...draft, returnDays: '13' }, 'EUR')).toBe(false);
  expect(isSellable({ ...draft, holdMinutes: '61' }, 'EUR')).toBe(false);
  expect(isSellable({ ...draft, zones: [] }, 'EUR')).toBe(false);
});
