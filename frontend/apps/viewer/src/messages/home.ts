/** The words of the pages of home. */
import { addMessages } from '@shopcast/format';
import en from './home/en.json';
import zh from './home/zh.json';

addMessages(en, zh);
