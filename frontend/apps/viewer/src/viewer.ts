/** Entry of /shows/{id}: a show live, to come, or as a replay. */
import { createApi, type ShowPage } from '@shopcast/api-client';
import { preloadEngine } from '@shopcast/elements/player/shopcast-player.ts';
import '@shopcast/elements/show/sc-show-page.ts';
import { language } from '@shopcast/format';
import { applyLanguage, mount, pathPart, queryValue, shellData } from './shell.ts';

preloadEngine();
applyLanguage();

const page = document.createElement('sc-show-page');
page.showId = pathPart(1);
page.data = shellData<ShowPage>();
page.item = Number(queryValue('item')) || 0;
page.api = createApi({ language });
mount(page);
