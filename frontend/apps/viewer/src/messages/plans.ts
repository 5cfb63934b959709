/** The words of standing orders, subscriptions, coupons and restrictions. */
import { addMessages } from '@shopcast/format';
import en from './plans/en.json';
import zh from './plans/zh.json';

addMessages(en, zh);
