/** The words of the cart. */
import { addMessages } from '@shopcast/format';
import en from './cart/en.json';
import zh from './cart/zh.json';

addMessages(en, zh);
