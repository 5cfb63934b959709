/** The words of a show's own page: picture, chat, shelf, requests, chapters. */
import { addMessages } from '@shopcast/format';
import '../drops/messages.ts';
import '../messages.ts';
import en from './messages/en.json';
import zh from './messages/zh.json';

addMessages(en, zh);
