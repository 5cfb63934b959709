/** The words of the plain pages; the show's own come with its elements. */
import { addMessages } from '@shopcast/format';
import '@shopcast/elements/messages.ts';
import en from './messages/en.json';
import zh from './messages/zh.json';

addMessages(en, zh);
