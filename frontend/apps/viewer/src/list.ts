/** Entry of /shows/{id}/list, the express lane. */
import type { ShowPage } from '@shopcast/api-client';
import '@shopcast/ui';
import { ScListPage } from './pages/sc-list-page.ts';
import { applyLanguage, mount, shellData } from './shell.ts';

applyLanguage();
mount(new ScListPage().give(shellData<ShowPage>()));
