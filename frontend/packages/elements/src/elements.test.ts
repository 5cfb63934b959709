import type { Card, Moment } from '@shopcast/api-client';
import { emptyState } from '@shopcast/room-client';
import { describe, expect, test } from 'vitest';
import { preferredVariant, variantByOptions } from './buy/variants.ts';
import { instantAt, positionOf, rangeOf } from './player/media-time.ts';
import { modeOf, rewindUrl } from './player/sources.ts';
import { lastMomentOf, momentAt, withEntries, withState } from './show/moments.ts';
import { searchShelf, typedNumber } from './show/shelf-search.ts';

const variant = (id: string, options: string[], left = 5) => ({
  id,
  title: options.join(' / '),
  options,
  price_minor: 100,
  left,
});

function card(number: number, title: string, variants = [variant(`v${number}`, [])], claim = ''): Card {
  return { id: `itm_${number}`, number, title, claim, variants, seller_name: 'Nord' } as Card;
}

describe('shelf search', () => {
  const shelf = [
    card(7, 'Wool coat', [variant('a', ['Camel', 'M']), variant('b', ['Red', 'S'])]),
    card(17, 'Linen shirt', [variant('c', ['Red', 'M'])]),
    card(70, '羊绒围巾'),
  ];
  const found = (typed: string) => searchShelf(shelf, typed).map((one) => one.number);

  test.each([
    ['7', 7],
    ['#7', 7],
    ['no. 7', 7],
    ['number 7', 7],
    ['7号', 7],
    ['第7号', 7],
    ['７', 7],
    ['red 7', null],
    ['', null],
  ])('%s is the number %s', (typed, number) => expect(typedNumber(typed)).toBe(number));

  test('a number finds itself first; words must all be found', () => {
    expect(found('7')).toEqual([7, 70]);
    expect(found('red m')).toEqual([7, 17]);
    expect(found('linen red')).toEqual([17]);
    expect(found('围巾')).toEqual([70]);
    expect(found('coat xl')).toEqual([]);
    expect(found('  ')).toEqual([7, 17, 70]);
  });
});

describe('variants', () => {
  const all = [
    variant('1', ['Red', 'S']),
    variant('2', ['Red', 'M'], 0),
    variant('3', ['Blue', 'S']),
    variant('4', ['Blue', 'M']),
  ];

  test('the other option is kept when there is one left, else the nearest in stock', () => {
    expect(variantByOptions(all, all[3] ?? null, 1, 'S')?.id).toBe('3');
    expect(variantByOptions(all, all[3] ?? null, 0, 'Red')?.id).toBe('1');
    expect(variantByOptions(all, null, 0, 'Green')).toBeNull();
  });

  test('the size of last time is chosen again, if it is in stock', () => {
    expect(preferredVariant(all, ['m'])?.id).toBe('4');
    expect(preferredVariant(all, ['xl'])).toBeUndefined();
  });
});

describe('media time', () => {
  const parts = [
    { start: 0, duration: 2, programDateTime: 1000 },
    { start: 2, duration: 2, programDateTime: 3000 },
    { start: 4, duration: 2, programDateTime: 60_000 },
  ];

  test('instants and positions map to each other, over a hole of dates too', () => {
    expect(instantAt(parts, 3)).toBe(4000);
    expect(instantAt(parts, 4.5)).toBe(60_500);
    expect(positionOf(parts, 4000)).toBe(3);
    expect(positionOf(parts, 30_000)).toBe(4);
    expect(positionOf(parts, 99_000)).toBe(6);
    expect(rangeOf(parts)).toEqual({ fromMs: 1000, toMs: 62_000 });
    expect(instantAt([], 1)).toBeNull();
  });

  test('which address shows what', () => {
    const playback = {
      live_url: 'l',
      plain_url: 'p',
      replay_url: 'r',
      rewind_url: 'https://m/rewind.m3u8',
      status_url: 's',
    };
    expect(modeOf('interrupted', playback)).toBe('live');
    expect(modeOf('ended', playback)).toBe('replay');
    expect(modeOf('scheduled', playback)).toBe('none');
    expect(modeOf('live', null)).toBe('none');
    expect(rewindUrl(playback, 700_000, 500_000, 1_000_000)).toBe('https://m/rewind.m3u8?from_ms=500000&to_ms=1000000');
    expect(rewindUrl(playback, 9_000_000, 0, 20_000_000)).toBe('https://m/rewind.m3u8?from_ms=8700000&to_ms=10800000');
  });
});

test('a pin between the page and the room is not missed, and closes what came before', () => {
  const open: Moment = {
    id: 'm1',
    item_id: 'itm_7',
    number: 7,
    title: 'Wool coat',
    from_ms: 100,
    to_ms: null,
    clip_url: null,
    image_url: null,
  };
  const state = {
    ...emptyState(),
    items: { itm_8: card(8, 'Scarf') },
    on_air: { item_id: 'itm_8', moment_id: 'm2', since_ms: 300 },
    last_moments: { itm_8: { moment_id: 'm2', from_ms: 300, to_ms: null } },
  };
  const all = withState([open], state);
  expect(all.map((one) => [one.id, one.number, one.from_ms, one.to_ms])).toEqual([
    ['m1', 7, 100, 300],
    ['m2', 8, 300, null],
  ]);
  expect(withState(all, state)).toBe(all);
});

describe('moments', () => {
  const first: Moment = {
    id: 'm1',
    item_id: 'itm_7',
    number: 7,
    title: 'Wool coat',
    from_ms: 100,
    to_ms: 200,
    clip_url: null,
    image_url: null,
  };
  const items = { itm_7: card(7, 'Wool coat'), itm_8: card(8, 'Scarf') };

  test('pins open chapters, the next pin and unpins close them', () => {
    const entries = [
      { seq: 1, kind: 'item.pinned', at_ms: 300, body: { item_id: 'itm_8', moment_id: 'm2', number: 8 } },
      { seq: 2, kind: 'item.pinned', at_ms: 400, body: { item_id: 'itm_7', moment_id: 'm3', number: 7 } },
      { seq: 3, kind: 'item.unpinned', at_ms: 500, body: { item_id: 'itm_7', moment_id: 'm3' } },
    ];
    const all = withEntries([first], entries, items);
    expect(all.map((one) => [one.id, one.from_ms, one.to_ms])).toEqual([
      ['m1', 100, 200],
      ['m2', 300, 400],
      ['m3', 400, 500],
    ]);
    expect(momentAt(all, 150)?.id).toBe('m1');
    expect(momentAt(all, 250)).toBeNull();
    expect(momentAt(all, 400)?.id).toBe('m3');
    expect(lastMomentOf(all, 'itm_7')?.id).toBe('m3');
    expect(withEntries(all, entries.slice(0, 1), items).filter((one) => one.id === 'm2')).toHaveLength(1);
  });
});
