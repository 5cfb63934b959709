/** The words of the pages of list. */
import { addMessages } from '@shopcast/format';
import en from './list/en.json';
import zh from './list/zh.json';

addMessages(en, zh);
