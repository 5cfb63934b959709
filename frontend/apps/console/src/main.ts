// Entry of the console: signs the person in or sends them to the door, then hands every screen its app.
import './styles/console.css';
import '@shopcast/ui';
import '@shopcast/ui/messages.ts';
import '@shopcast/ui/icons-more.register.ts';
import { createApi } from '@shopcast/api-client';
import { addMessages, chooseLanguage, language, setLanguage, t } from '@shopcast/format';
import { Api } from './app/api.ts';
import { App } from './app/app.ts';
import { asProblem, problemText } from './app/problem.ts';
import { Router } from './app/router.ts';
import { ShopcastConsole } from './app/shell.ts';
import en from './locales/en.json';
import zh from './locales/zh.json';
import type { Me } from './types.ts';

addMessages(en, zh);
setLanguage(chooseLanguage(document.cookie, document.documentElement.lang, navigator.language));

async function start(): Promise<void> {
  const api = new Api(createApi({ language }));
  const root = document.querySelector('#console') ?? document.body;
  let me: Me;
  try {
    me = await api.get<Me>('/v1/me');
  } catch (error) {
    showFailure(root, problemText(asProblem(error)));
    return;
  }
  if (!me.person) {
    location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
    return;
  }
  const router = new Router();
  router.start();
  const element = new ShopcastConsole();
  element.app = new App(api, router, me, localStorage);
  root.replaceChildren(element);
}

function showFailure(root: Element, text: string): void {
  const empty = Object.assign(document.createElement('sc-empty'), {
    icon: 'wifi-off',
    tone: 'problem',
    heading: t('state.offline'),
    text,
  });
  const again = Object.assign(document.createElement('sc-button'), {
    icon: 'refresh-cw',
    textContent: t('action.try_again'),
  });
  again.addEventListener('click', () => void start());
  empty.append(again);
  root.replaceChildren(empty);
}

void start();
