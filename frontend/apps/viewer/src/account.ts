/** Entry of /login, /register, /reset[/token], /verify-email/{token} and /account. */
import '@shopcast/ui';
import { ScAccountPage } from './pages/sc-account-page.ts';
import { ScSignPage, type SignKind } from './pages/sc-sign-page.ts';
import { applyLanguage, mount, pathPart } from './shell.ts';

const SIGN: Record<string, SignKind> = {
  login: 'login',
  register: 'register',
  reset: 'reset',
  'verify-email': 'verify',
};

applyLanguage();
const kind = SIGN[pathPart(0)];
if (kind) {
  const page = new ScSignPage();
  page.kind = kind;
  mount(page);
} else mount(new ScAccountPage());
