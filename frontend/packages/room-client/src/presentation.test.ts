import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyState, fold, foldAll } from './fold.ts';
import { Presentation } from './presentation.ts';
import type { Entry } from './types.ts';

const T = 1_800_000_000_000;

function card(number: number, claim = '', price = 1000) {
  return {
    id: `itm_${number}`,
    number,
    title: `Item ${number}`,
    claim,
    price_minor: price,
    left: 5,
    variants: [{ id: `var_${number}`, title: 'M', options: ['M'], price_minor: price, left: 5 }],
  };
}

const kinds = fc.oneof(
  fc.record({
    kind: fc.constant('item.pinned'),
    item: fc.integer({ min: 1, max: 3 }),
    moment: fc.integer({ min: 1, max: 9 }),
  }),
  fc.record({
    kind: fc.constant('item.unpinned'),
    item: fc.integer({ min: 1, max: 3 }),
    moment: fc.integer({ min: 1, max: 9 }),
  }),
  fc.record({
    kind: fc.constant('stock'),
    item: fc.integer({ min: 1, max: 3 }),
    moment: fc.integer({ min: 0, max: 9 }),
  }),
  fc.record({
    kind: fc.constant('shelf.item'),
    item: fc.integer({ min: 1, max: 3 }),
    moment: fc.integer({ min: 1, max: 9 }),
  }),
);

const history = fc
  .array(fc.tuple(kinds, fc.integer({ min: 0, max: 4000 })), { maxLength: 40 })
  .map((steps): Entry[] => {
    let at = T;
    return steps.map(([step, wait], index) => {
      at += wait;
      const body = {
        'item.pinned': { item_id: `itm_${step.item}`, moment_id: `mom_${step.moment}`, number: step.item },
        'item.unpinned': { item_id: `itm_${step.item}`, moment_id: `mom_${step.moment}` },
        stock: { item_id: `itm_${step.item}`, variants: { [`var_${step.item}`]: step.moment }, left: step.moment },
        'shelf.item': card(step.item, `claim ${step.moment}`, 1000 + step.moment),
      }[step.kind];
      return { seq: index + 1, kind: step.kind, at_ms: at, body };
    });
  });

test('price and stock show at once; pins are what the picture has reached; in the end all is shown', () => {
  fc.assert(
    fc.property(history, fc.integer({ min: 0, max: 6000 }), (entries, behind) => {
      let now = T;
      let picture = T - behind;
      const presentation = new Presentation(
        () => picture,
        () => now,
      );
      let state = emptyState();
      presentation.reset(state);
      for (const entry of entries) {
        now = entry.at_ms;
        picture = now - behind;
        state = fold(state, entry);
        presentation.accept(state, [entry]);
        const seen = presentation.current();
        expect(seen?.stock).toEqual(state.stock);
        for (const one of Object.values(state.items)) {
          expect(seen?.items[one.id]?.price_minor).toBe(one.price_minor);
          expect(seen?.items[one.id]?.left).toBe(one.left);
        }
        const reached = foldAll(
          emptyState(),
          entries.filter((one) => one.seq <= entry.seq && one.at_ms <= picture),
        );
        expect(seen?.on_air).toEqual(reached.on_air);
        expect(seen?.last_moments).toEqual(reached.last_moments);
      }
      picture = now;
      presentation.advance();
      expect(presentation.waiting).toBe(0);
      expect(presentation.current()).toEqual(state);
    }),
    { numRuns: 200 },
  );
});

test('a snapshot ahead of the picture waits for it', () => {
  let picture: number | null = T;
  const presentation = new Presentation(
    () => picture,
    () => T + 2000,
  );
  const on_air = { item_id: 'itm_7', moment_id: 'mom_1', since_ms: T + 1500 };
  presentation.reset({ ...emptyState(), on_air });
  expect(presentation.current()?.on_air).toBeNull();
  picture = T + 1500;
  expect(presentation.advance()).toBe(true);
  expect(presentation.current()?.on_air).toEqual(on_air);
});

test('without a dated picture, or with one far behind, nothing waits', () => {
  for (const picture of [null, T - 31_000]) {
    const presentation = new Presentation(
      () => picture,
      () => T,
    );
    const on_air = { item_id: 'itm_7', moment_id: 'mom_1', since_ms: T - 100 };
    presentation.reset({ ...emptyState(), on_air });
    expect(presentation.current()?.on_air).toEqual(on_air);
  }
});
