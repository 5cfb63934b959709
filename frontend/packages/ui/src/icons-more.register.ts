/** Import this once in an app that needs the consoles' icons too. */
import { ICONS_MORE } from './icons-more.ts';
import { addIcons } from './sc-icon.ts';

addIcons(ICONS_MORE);
