/** The words of selling in a show: drops, coupons on screen, what is on air, what is told to one shopper. */
import { addMessages } from '@shopcast/format';
import en from './messages/en.json';
import zh from './messages/zh.json';

addMessages(en, zh);
