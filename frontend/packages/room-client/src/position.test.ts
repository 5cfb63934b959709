import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs, obeyMs } from './backoff.ts';
import { parseFrame } from './frames.ts';
import { arrive } from './position.ts';

const entry = (seq: number) => ({ seq, kind: 'chat.line', at_ms: seq, body: {} });

test('what is known is dropped, what follows is applied', () => {
  const arrival = arrive(
    { epoch: 1, seq: 5 },
    { epoch: 1, seq: 7, entries: [entry(4), entry(5), entry(6), entry(7)] },
    false,
  );
  expect(arrival).toEqual({ kind: 'apply', entries: [entry(6), entry(7)], seq: 7 });
});

test('a hole is a gap, unless the frame says that it was not for us', () => {
  const run = { epoch: 1, seq: 8, entries: [entry(8)] };
  expect(arrive({ epoch: 1, seq: 5 }, run, false)).toEqual({ kind: 'gap' });
  expect(arrive({ epoch: 1, seq: 5 }, { ...run, after: 5 }, false)).toEqual({
    kind: 'apply',
    entries: [entry(8)],
    seq: 8,
  });
  expect(arrive({ epoch: 1, seq: 5 }, { ...run, after: 6 }, false)).toEqual({ kind: 'gap' });
  expect(arrive({ epoch: 1, seq: 5 }, run, true).kind).toBe('apply');
});

test('another epoch, or no position, needs a snapshot', () => {
  expect(arrive({ epoch: 1, seq: 5 }, { epoch: 2, seq: 6, entries: [entry(6)] }, false)).toEqual({ kind: 'restart' });
  expect(arrive(null, { epoch: 1, seq: 1, entries: [entry(1)] }, false)).toEqual({ kind: 'restart' });
});

test('the position never goes back and nothing is applied twice', () => {
  fc.assert(
    fc.property(fc.nat(50), fc.nat(50), fc.nat(20), (seq, first, length) => {
      const entries = Array.from({ length }, (_, index) => entry(first + index + 1));
      const arrival = arrive({ epoch: 1, seq }, { epoch: 1, seq: first + length, entries }, false);
      if (arrival.kind !== 'apply') {
        expect(first).toBeGreaterThan(seq);
        return;
      }
      expect(arrival.seq).toBeGreaterThanOrEqual(seq);
      expect(arrival.entries.every((one) => one.seq > seq)).toBe(true);
    }),
  );
});

test('the backoff doubles, stays below its cap and keeps half of its step', () => {
  expect([0, 1, 2, 20].map((attempt) => backoffMs(attempt, 0))).toEqual([200, 400, 800, 6000]);
  expect(backoffMs(20, 0.999_999)).toBeLessThanOrEqual(12_000);
  expect(backoffMs(20, 0.999_999, true)).toBeLessThanOrEqual(60_000);
});

test('nobody comes back sooner than the server said, and not all at once', () => {
  expect([0, 0.5, 0.999_999].map((random) => obeyMs(4000, random))).toEqual([4000, 4500, 5000]);
});

test('broken and unknown frames are passed over', () => {
  expect(parseFrame('{"t":"hello"')).toBeNull();
  expect(parseFrame('[]')).toBeNull();
  expect(parseFrame('null')).toBeNull();
  expect(parseFrame('{"t":"hologram"}')).toBeNull();
  expect(parseFrame('{"t":"ack","ref":"c1","more":1}')).toEqual({ t: 'ack', ref: 'c1', more: 1 });
});
