// Writes packages/ui/src/icons.ts (every page) and icons-more.ts (consoles) from a folder of Lucide SVG files.
// Usage: npm pack lucide-static, unpack it, then: node scripts/inline-icons.mjs <unpacked>/icons
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SETS = {
  icons: {
    constant: 'ICONS',
    names: [
      'arrow-left',
      'arrow-right',
      'ban',
      'bell',
      'calendar',
      'check',
      'chevron-down',
      'chevron-left',
      'chevron-right',
      'chevron-up',
      'circle-alert',
      'circle-check',
      'circle-play',
      'clock',
      'credit-card',
      'download',
      'ellipsis',
      'eye',
      'eye-off',
      'film',
      'gift',
      'globe',
      'hand',
      'heart',
      'house',
      'hourglass',
      'image',
      'info',
      'link',
      'list',
      'log-out',
      'map-pin',
      'maximize',
      'message-circle',
      'minimize',
      'minus',
      'package',
      'pause',
      'play',
      'plus',
      'radio',
      'receipt',
      'refresh-cw',
      'repeat',
      'reply',
      'rewind',
      'search',
      'send',
      'share-2',
      'shopping-bag',
      'shopping-cart',
      'store',
      'timer',
      'triangle-alert',
      'truck',
      'user',
      'users',
      'video-off',
      'volume-2',
      'volume-x',
      'wifi-off',
      'x',
    ],
  },
  'icons-more': {
    constant: 'ICONS_MORE',
    names: [
      'chart-line',
      'circle',
      'circle-help',
      'copy',
      'external-link',
      'file-text',
      'grip-vertical',
      'key-round',
      'layout-dashboard',
      'list-ordered',
      'list-video',
      'mail',
      'menu',
      'mic',
      'monitor',
      'pencil',
      'pin',
      'pin-off',
      'scissors',
      'settings',
      'shield',
      'sparkles',
      'square',
      'tag',
      'trash-2',
      'undo-2',
      'upload',
      'video',
      'wallet',
      'history',
      'skip-forward',
      'zap',
      'languages',
      'arrow-up',
      'arrow-down',
      'lock',
      'archive',
      'filter',
      'calendar-plus',
    ],
  },
};

const folder = process.argv[2];
if (!folder) throw new Error('Say where the Lucide icons are: node scripts/inline-icons.mjs <folder>');

function drawing(name) {
  const svg = readFileSync(join(folder, `${name}.svg`), 'utf8');
  const body = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'));
  return body
    .replace(/\s*\n\s*/g, '')
    .replace(/ \/>/g, '/>')
    .trim();
}

for (const [file, { constant, names }] of Object.entries(SETS)) {
  const rows = [...new Set(names)].sort().map((name) => `  '${name}':\n    '${drawing(name)}',`);
  writeFileSync(
    new URL(`../packages/ui/src/${file}.ts`, import.meta.url),
    `/** Drawings of the Lucide icon set (ISC licence, lucide.dev), 24 by 24. Written by scripts/inline-icons.mjs. */
export const ${constant} = {
${rows.join('\n')}
} as const;
`,
  );
}
