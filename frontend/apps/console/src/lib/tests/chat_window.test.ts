import type { ChatLine } from '@shopcast/room-client';
import { expect, test } from 'vitest';
import { ChatWindow } from '../chat_window.ts';
import { RowWindow } from '../row_window.ts';

const line = (seq: number): ChatLine => ({
  seq,
  at_ms: seq,
  id: `ent_${seq}`,
  key: 'k',
  name: 'Ann',
  role: 'viewer',
  text: `line ${seq}`,
  reply_to: null,
});
const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => line(from + index));
const seqs = (window: ChatWindow) => window.shown.map((one) => one.seq);

test('the view stands still while somebody reads, and says how much is new', () => {
  const window = new ChatWindow();
  window.accept(lines(1, 5));
  window.freeze();
  for (let to = 6; to <= 205; to += 1) window.accept(lines(Math.max(1, to - 299), to));
  expect(seqs(window)).toEqual([1, 2, 3, 4, 5]);
  expect(window.newCount).toBe(200);
  window.thaw();
  expect(seqs(window)).toEqual(lines(1, 205).map((one) => one.seq));
  expect(window.newCount).toBe(0);
});

test('a line hidden while reading goes, one shown again comes back to its place, nothing else moves', () => {
  const window = new ChatWindow();
  window.accept(lines(1, 6));
  window.freeze();
  window.accept([line(1), line(2), line(4), line(5), line(6), line(7)]);
  expect(seqs(window)).toEqual([1, 2, 4, 5, 6]);
  window.accept(lines(1, 7));
  expect(seqs(window)).toEqual([1, 2, 3, 4, 5, 6]);
  // The room keeps only so many: what is older than its first is not hidden, it is just old.
  window.accept(lines(5, 9));
  expect(seqs(window)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(window.newCount).toBe(3);
  window.accept([line(5), line(6), line(7), line(9)]);
  window.thaw();
  expect(seqs(window)).toEqual([1, 2, 3, 4, 5, 6, 7, 9]);
});

test('keys move by line, and a line that is gone leads to the newest', () => {
  const window = new ChatWindow();
  window.accept(lines(1, 3));
  expect([window.beside(2, -1)?.seq, window.beside(2, 1)?.seq, window.beside(3, 1)?.seq]).toEqual([1, 3, 3]);
  expect([window.beside(null, -1)?.seq, window.beside(99, 1)?.seq]).toEqual([3, 3]);
});

test('memory is bounded', () => {
  const window = new ChatWindow();
  for (let to = 100; to <= 5000; to += 100) window.accept(lines(to - 99, to));
  expect(window.shown).toHaveLength(2000);
  window.freeze();
  for (let to = 5100; to <= 9000; to += 100) window.accept(lines(to - 99, to));
  expect(window.newCount).toBe(2000);
});

test('only rows around the view are drawn, and what is drawn and left out is as high as all', () => {
  const rows = new RowWindow();
  const ids = Array.from({ length: 2000 }, (_, index) => index);
  for (const id of ids) rows.learn(id, 30 + (id % 3) * 20);
  const all = ids.reduce((sum, id) => sum + rows.heightOf(id), 0);
  for (const scrollTop of [0, 5000, all - 600, all]) {
    const { from, to, beforePx, afterPx } = rows.rows(ids, scrollTop, 600);
    const drawn = ids.slice(from, to).reduce((sum, id) => sum + rows.heightOf(id), 0);
    expect(beforePx + drawn + afterPx).toBe(all);
    expect(to - from).toBeLessThan(60);
    expect(beforePx).toBeLessThanOrEqual(Math.max(0, scrollTop));
  }
  expect(rows.learn(3, 0)).toBe(false);
  expect(rows.rows([], 0, 600)).toEqual({ from: 0, to: 0, beforePx: 0, afterPx: 0 });
});
