/** The words of what goes on after the sheet: waitlists, standing orders, subscriptions. */
import { addMessages } from '@shopcast/format';
import en from './messages/en.json';
import zh from './messages/zh.json';

addMessages(en, zh);
