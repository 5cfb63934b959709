import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import en from './en.json';
import zh from './zh.json';

const english: Record<string, string> = en;
const chinese: Record<string, string> = zh;
const root = join(import.meta.dirname, '..');
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => readFileSync(join(root, name), 'utf8'));
const text = sources.join('\n');
/** Keys put together from a state or a tab: the part before the dot is all that stands in the code. */
const PREFIXES = [...text.matchAll(/t\(`([a-z_.]+)\$\{/g)].map((found) => found[1] ?? '');

test('both languages say the same things', () => {
  expect(Object.keys(chinese).sort()).toEqual(Object.keys(english).sort());
});

test('both languages use the same parameters', () => {
  const names = (words: string | undefined) =>
    [...new Set([...(words ?? '').matchAll(/\{(\w+)/g)].map((found) => found[1]))].sort();
  for (const key of Object.keys(english)) expect([key, names(chinese[key])]).toEqual([key, names(english[key])]);
});

test('no Chinese text is left in English', () => {
  const same = Object.keys(english).filter((key) => english[key] === chinese[key]);
  expect(same).toEqual(['replay.mp4']);
});

test('every key in the code has words', () => {
  const used = [...text.matchAll(/\bt\(\s*'([a-z_]+\.[A-Za-z0-9_-]+)'/g)].map((found) => found[1] ?? '');
  expect(used.length).toBeGreaterThan(300);
  expect([...new Set(used)].filter((key) => !(key in english))).toEqual([]);
});

test('no words are kept that nobody says', () => {
  const isSaid = (key: string) =>
    text.includes(`'${key}'`) ||
    PREFIXES.some((prefix) => key.startsWith(prefix)) ||
    /^(category|visibility|advice|story)\./.test(key);
  expect(Object.keys(english).filter((key) => !isSaid(key))).toEqual([]);
});
