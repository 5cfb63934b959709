// Fails when an entry (with all it imports at once) or a lazy part is larger, brotli-compressed, than size-budget.json allows.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = process.env.SHOPCAST_STATIC_DIR ?? join(root, '../src/shopcast/web/static');
const budget = JSON.parse(readFileSync(join(root, 'size-budget.json'), 'utf8'));
const entries = JSON.parse(readFileSync(join(folder, 'entries.json'), 'utf8'));
const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));

const sizes = new Map();
function brotli(file) {
  if (!sizes.has(file)) sizes.set(file, brotliCompressSync(readFileSync(join(folder, file))).length);
  return sizes.get(file);
}

const rows = [];
for (const [name, limit] of Object.entries(budget.entries)) {
  const entry = entries[name];
  if (!entry) throw new Error(`There is no entry ${name}; build first.`);
  rows.push([name, limit, [entry.js, ...entry.preload, ...entry.css].reduce((sum, file) => sum + brotli(file), 0)]);
}
for (const [name, limit] of Object.entries(budget.lazy)) {
  const part = Object.values(manifest).find((one) => one.isDynamicEntry && one.name === name);
  if (!part) throw new Error(`There is no lazy part ${name}; is it still imported lazily?`);
  // What the viewer has loaded already costs nothing again.
  const there = new Set([entries.viewer.js, ...entries.viewer.preload]);
  const files = new Set();
  const visit = (one) => {
    if (there.has(one.file) || files.has(one.file)) return;
    files.add(one.file);
    for (const key of one.imports ?? []) visit(manifest[key]);
  };
  visit(part);
  rows.push([name, limit, [...files].reduce((sum, file) => sum + brotli(file), 0)]);
}

let over = false;
for (const [name, limit, size] of rows) {
  const tooLarge = size > limit * 1000;
  over ||= tooLarge;
  console.log(
    `${name.padEnd(10)} ${(size / 1000).toFixed(1).padStart(7)} kB of ${limit} kB${tooLarge ? '  TOO LARGE' : ''}`,
  );
}
if (over) process.exit(1);
