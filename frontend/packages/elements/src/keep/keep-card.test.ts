import type { ApiClient } from '@shopcast/api-client';
import { beforeEach, expect, test, vi } from 'vitest';
import { keepCard, methodId } from './keep-card.ts';

const answer = (state: string, part: object = {}) => ({
  id: 'set_1',
  state,
  next_action_url: null,
  method: null,
  failure: null,
  ...part,
});
const pause = () => Promise.resolve();
const saved = answer('saved', { method: { id: 'pm_9', label: '•••• 4242', kind: 'card' } });

function api(first: object, later: object[]): ApiClient {
  return { methods: { keep: async () => first, setup: async () => later.shift() } } as unknown as ApiClient;
}

beforeEach(() => {
  vi.stubGlobal('location', { pathname: '/shows/shw_1' });
});

test('a card kept at once, and one the bank wants confirmed', async () => {
  const confirm = vi.fn();
  expect(await keepCard(api(saved, []), 'tok', confirm, pause)).toBe('pm_9');
  expect(confirm).not.toHaveBeenCalled();
  const wants = answer('needs_action', { next_action_url: 'https://bank.example/3ds' });
  expect(await keepCard(api(wants, [wants, answer('processing'), saved]), 'tok', confirm, pause)).toBe('pm_9');
  expect(confirm.mock.calls).toEqual([['https://bank.example/3ds']]);
});

test('a refusal says why', async () => {
  const refused = answer('failed', { failure: { code: 'card_declined', message: 'Your bank declined this card.' } });
  await expect(keepCard(api(refused, []), 'tok', () => undefined, pause)).rejects.toMatchObject({
    code: 'card_declined',
    message: 'Your bank declined this card.',
  });
});

test('a saved card needs nothing', async () => {
  expect(await methodId(api({}, []), 'saved:pm_1', () => undefined)).toBe('pm_1');
});
