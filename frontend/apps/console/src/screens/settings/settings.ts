// Settings: who the organisation is in law and money, and the person's own account.
import { t } from '@shopcast/format';
import { linkTabs } from '@shopcast/ui/controls/tabs.ts';
import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { href } from '../../app/router.ts';
import { Screen } from '../../app/screen.ts';
import './account.ts';
import './audit_list.ts';
import './organisation.ts';
import './selling.ts';

const TABS = ['organisation', 'selling', 'account', 'audit'];

@customElement('screen-settings')
export class ScreenSettings extends Screen {
  override render() {
    const shown = this.app.organisation === null ? ['account'] : this.app.canManage() ? TABS : TABS.slice(0, 3);
    const tab = this.route.params.tab ?? shown[0] ?? 'account';
    return html`<div class="page"><h1>${t('nav.settings')}</h1>
      ${linkTabs(
        t('nav.settings'),
        shown.map((id) => ({ id, label: t(`settings.${id}`), href: href(`/settings/${id}`) })),
        tab,
      )}
      ${tab === 'account' ? html`<settings-account .app=${this.app}></settings-account>` : tab === 'selling' ? html`<settings-selling .app=${this.app}></settings-selling>` : tab === 'audit' ? html`<section class="panel"><audit-list .app=${this.app} .organisation=${this.app.organisation?.id ?? null}></audit-list></section>` : html`<settings-organisation .app=${this.app}></settings-organisation>`}</div>`;
  }
}
