/** Entry of / and /search. */
import type { Home, SearchAnswer } from '@shopcast/api-client';
import '@shopcast/ui';
import { ScHomePage } from './pages/sc-home-page.ts';
import { ScSearchPage } from './pages/sc-search-page.ts';
import { applyLanguage, mount, pageName, shellData } from './shell.ts';

applyLanguage();
const isSearch = pageName(location.pathname === '/search' ? 'search' : 'home') === 'search';
mount(isSearch ? new ScSearchPage().give(shellData<SearchAnswer>()) : new ScHomePage().give(shellData<Home>()));
