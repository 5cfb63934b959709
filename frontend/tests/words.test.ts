import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Every folder with an en.json: words stand beside what uses them, so that a page loads only its own. */
function messageFolders(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('en.json'))
    .map((name) => join(folder, dirname(name)))
    .sort();
}

/** Each group of folders and the words it may use: its own and those of the packages it is built on. */
const GROUPS = [
  { name: 'ui', code: ['packages/ui/src'], messages: ['packages/ui/src/messages'] },
  {
    name: 'viewer',
    code: ['packages/elements/src', 'apps/viewer/src'],
    messages: [...messageFolders('packages/elements/src'), ...messageFolders('apps/viewer/src')],
  },
];

function files(folder: string, ending: string): string[] {
  return readdirSync(join(ROOT, folder)).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(join(ROOT, path)).isDirectory()) return files(path, ending);
    return name.endsWith(ending) && !name.endsWith('.test.ts') && !path.includes('/controls') ? [path] : [];
  });
}

function words(folders: string[], language: string): Record<string, string> {
  return Object.assign(
    {},
    ...folders.map((one) => JSON.parse(readFileSync(join(ROOT, one, `${language}.json`), 'utf8'))),
  );
}

function parameters(text: string): string[] {
  return [...new Set([...text.matchAll(/\{(\w+)/g)].map((match) => match[1] ?? ''))].sort();
}

describe.each(GROUPS)('the words of $name', ({ code, messages }) => {
  const english = words(messages, 'en');
  const chinese = words(messages, 'zh');
  const source = code.flatMap((folder) => files(folder, '.ts')).map((path) => readFileSync(join(ROOT, path), 'utf8'));
  const used = new Set(
    source.flatMap((text) => [...text.matchAll(/\bt\(\s*'([^']+)'/g)].map((match) => match[1] ?? '')),
  );
  const prefixes = new Set(
    source.flatMap((text) => [...text.matchAll(/\bt\(\s*`([\w.]+)\$\{/g)].map((match) => match[1] ?? '')),
  );

  test('both languages have the same keys, with the same parameters, none empty', () => {
    expect(Object.keys(chinese).sort()).toEqual(Object.keys(english).sort());
    for (const [key, text] of Object.entries(english)) {
      expect(text.trim(), key).not.toBe('');
      expect(chinese[key]?.trim(), key).not.toBe('');
      expect(parameters(chinese[key] ?? ''), key).toEqual(parameters(text));
    }
  });

  test('every key that is used exists', () => {
    expect([...used].filter((key) => !(key in english))).toEqual([]);
    for (const prefix of prefixes)
      expect(
        Object.keys(english).some((key) => key.startsWith(prefix)),
        prefix,
      ).toBe(true);
  });

  test('every key is used', () => {
    const text = source.join('\n');
    const idle = Object.keys(english).filter(
      (key) => !used.has(key) && !text.includes(`'${key}'`) && ![...prefixes].some((prefix) => key.startsWith(prefix)),
    );
    expect(idle).toEqual([]);
  });
});

test('no text for people stands in the code outside the words', () => {
  const found = GROUPS.flatMap(({ code }) => code.flatMap((folder) => files(folder, '.ts')))
    .filter((path) =>
      /[\u4e00-\u9fff]/.test(
        readFileSync(join(ROOT, path), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*|简体中文|[号號第]/g, ''),
      ),
    )
    .map(String);
  expect(found).toEqual([]);
});
