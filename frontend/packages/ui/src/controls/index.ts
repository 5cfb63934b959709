// The console's controls.
export { badge, type Tone } from './badge.ts';
export { LightElement } from './base.ts';
export { ShopcastDateTime, type WallTimeChanged } from './date_time.ts';
export { type FileChosen, ShopcastFileDrop } from './file_drop.ts';
export { type MenuEntry, ShopcastMenu } from './menu.ts';
export { type Stat, stat, stats } from './stat.ts';
export { type Column, dataTable, type TableOptions } from './table.ts';
export { linkTabs, panelTabs, type Tab } from './tabs.ts';
