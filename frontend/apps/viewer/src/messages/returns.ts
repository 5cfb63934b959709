/** The words of returns. */
import { addMessages } from '@shopcast/format';
import './order.ts';
import en from './returns/en.json';
import zh from './returns/zh.json';

addMessages(en, zh);
