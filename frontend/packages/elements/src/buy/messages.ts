/** The words of buying and of addresses. */
import { addMessages } from '@shopcast/format';
import en from './messages/en.json';
import zh from './messages/zh.json';

addMessages(en, zh);
