/** The words of the viewer's elements and pages. */
import { addMessages } from '@shopcast/format';
import en from './messages/en.json';
import zh from './messages/zh.json';

addMessages(en, zh);
