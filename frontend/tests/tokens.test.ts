import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TOKENS = readFileSync(`${ROOT}packages/ui/src/tokens.css`, 'utf8');
const [light = '', dark = ''] = TOKENS.split('@media (prefers-color-scheme: dark)');

function colours(css: string): Record<string, string> {
  return Object.fromEntries([...css.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})\b/g)].map((match) => [match[1], match[2]]));
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

const TEXT_PAIRS = [
  ['ink', 'paper'],
  ['ink-soft', 'paper'],
  ['ink-soft', 'paper-raised'],
  ['ink-soft', 'paper-sunken'],
  ['ink-faint', 'paper'],
  ['ink-faint', 'paper-raised'],
  ['on-accent', 'accent'],
  ['on-accent', 'accent-pressed'],
  ['accent-pressed', 'paper'],
  ['accent-pressed', 'accent-soft'],
  ['ink', 'accent-soft'],
  ['on-live', 'live'],
  ['danger', 'danger-soft'],
  ['danger', 'paper'],
  ['gain', 'gain-soft'],
  ['on-warn', 'warn-soft'],
  ['on-video', 'video-ground'],
] as const;

describe.each([
  ['light', colours(light)],
  ['dark', { ...colours(light), ...colours(dark) }],
])('colours, %s', (_theme, table) => {
  test.each(TEXT_PAIRS)('%s on %s can be read', (text, ground) => {
    expect(contrast(table[text] ?? '', table[ground] ?? '')).toBeGreaterThanOrEqual(4.5);
  });

  test.each(['line-strong', 'focus'] as const)('%s can be seen on paper', (name) => {
    expect(contrast(table[name] ?? '', table.paper ?? '')).toBeGreaterThanOrEqual(3);
  });
});

test('no colour is written outside the tokens', () => {
  const folders = ['packages/ui/src', 'packages/elements/src', 'apps/viewer/src'];
  const found = folders.flatMap((folder) =>
    readdirSync(ROOT + folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|css)$/.test(name) && !/tokens\.css$|icons|controls/.test(name))
      .filter((name) =>
        /#[0-9a-f]{3,8}\b(?=[;\s,)])|\brgba?\(|\bhsla?\(/i.test(readFileSync(`${ROOT}${folder}/${name}`, 'utf8')),
      )
      .map((name) => `${folder}/${name}`),
  );
  expect(found).toEqual([]);
});
