/** The words of the pages of order. */
import { addMessages } from '@shopcast/format';
import en from './order/en.json';
import zh from './order/zh.json';

addMessages(en, zh);
