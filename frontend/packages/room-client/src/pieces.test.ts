import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PieceCursor } from './pieces.ts';

const SECOND = 1_800_000_000;

test('pieces follow one another without a hole, begin at their multiples and are sealed', () => {
  fc.assert(
    fc.property(
      fc.nat(100),
      fc.array(fc.record({ wait: fc.nat(9000), span: fc.constantFrom(1, 2, 5, 10) }), { maxLength: 60 }),
      (start, looks) => {
        const cursor = new PieceCursor(SECOND + start);
        let now = (SECOND + start) * 1000;
        let known = SECOND + start;
        for (const { wait, span } of looks) {
          now += wait;
          for (let piece = cursor.next(now, span); piece; piece = cursor.next(now, span)) {
            expect(piece.second).toBe(known);
            expect(piece.second % piece.span_s).toBe(0);
            expect(piece.span_s).toBeLessThanOrEqual(span);
            expect((piece.second + piece.span_s) * 1000 + 2000).toBeLessThanOrEqual(now);
            known += piece.span_s;
            cursor.passed(piece);
          }
        }
      },
    ),
  );
});

test('everybody waits for the same pieces: names are those of the server', () => {
  const cursor = new PieceCursor(SECOND + 1);
  const now = (SECOND + 13) * 1000;
  expect(cursor.next(now, 10)?.name).toBe(`${SECOND + 1}.json`);
  cursor.passed({ second: SECOND + 1, span_s: 1, name: '' });
  expect(cursor.next(now, 10)?.name).toBe(`${SECOND + 2}-2.json`);
  cursor.second = SECOND + 5;
  expect(cursor.next(now, 10)?.name).toBe(`${SECOND + 5}-5.json`);
  cursor.second = SECOND + 10;
  expect(cursor.next(now, 10)).toBeNull();
  expect(cursor.next(now + 10_000, 10)?.name).toBe(`${SECOND + 10}-10.json`);
});

test('a long absence is a snapshot; a short one begins a little before what was last heard', () => {
  const cursor = PieceCursor.after(SECOND * 1000 + 900);
  expect(cursor.second).toBe(SECOND - 3);
  expect(cursor.isFarBehind((SECOND + 50) * 1000)).toBe(false);
  expect(cursor.isFarBehind((SECOND + 60) * 1000)).toBe(true);
});
