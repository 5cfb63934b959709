/** The words of the pages of account. */
import { addMessages } from '@shopcast/format';
import en from './account/en.json';
import zh from './account/zh.json';

addMessages(en, zh);
