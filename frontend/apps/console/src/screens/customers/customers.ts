// People who come back: their subscriptions, who waits for what, and who may not buy just now and why.
import { t } from '@shopcast/format';
import { linkTabs } from '@shopcast/ui/controls/tabs.ts';
import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { href } from '../../app/router.ts';
import { Screen } from '../../app/screen.ts';
import './restrictions.ts';
import './subscriptions.ts';
import './waitlist.ts';

const TABS = ['subscriptions', 'waitlist', 'restrictions'] as const;

@customElement('screen-customers')
export class ScreenCustomers extends Screen {
  override render() {
    const tab = this.route.params.tab ?? 'subscriptions';
    return html`<div class="page"><h1>${t('nav.customers')}</h1>
      ${linkTabs(
        t('nav.customers'),
        TABS.map((id) => ({ id, label: t(`customers.${id}`), href: href(`/customers/${id}`) })),
        tab,
      )}${this.#tab(tab)}</div>`;
  }

  #tab(tab: string): TemplateResult {
    if (tab === 'waitlist') return html`<customers-waitlist .app=${this.app}></customers-waitlist>`;
    if (tab === 'restrictions') return html`<customers-restrictions .app=${this.app}></customers-restrictions>`;
    return html`<customers-subscriptions .app=${this.app}></customers-subscriptions>`;
  }
}
