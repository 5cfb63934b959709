/** The words of drops and of coupons on screen. */
import { addMessages } from '@shopcast/format';
import en from './messages/en.json';
import zh from './messages/zh.json';

addMessages(en, zh);
