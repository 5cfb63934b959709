// For the operator: is everything running, what came and went with payment providers, what waits to be tried again.
import { t } from '@shopcast/format';
import { badge, type Tone } from '@shopcast/ui/controls/badge.ts';
import { linkTabs } from '@shopcast/ui/controls/tabs.ts';
import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { Loader } from '../../app/loader.ts';
import { href } from '../../app/router.ts';
import { Screen } from '../../app/screen.ts';
import { checksOf } from '../../lib/checks.ts';
import type { Health } from '../../types.ts';
import '../settings/audit_list.ts';
import './dead_jobs.ts';
import './dead_letters.ts';
import './exchange_rates.ts';
import './inbox.ts';
import './outbox.ts';

const TONES: Record<string, Tone> = { ok: 'good', warn: 'warn', fail: 'danger' };
const TABS = ['checks', 'inbox', 'outbox', 'dead-letters', 'jobs', 'rates', 'audit'] as const;

@customElement('screen-health')
export class ScreenHealth extends Screen {
  readonly #health = new Loader<Health>(this, (signal) => this.app.api.get<Health>('/v1/health', undefined, signal));

  override render() {
    const tab = this.route.params.tab ?? 'checks';
    if (!this.app.me.is_operator)
      return html`<div class="page"><sc-empty icon="lock" heading=${t('health.operators_only')} text=${t('problem.forbidden')}></sc-empty></div>`;
    return html`<div class="page"><h1>${t('nav.health')}</h1>
      ${linkTabs(
        t('nav.health'),
        TABS.map((id) => ({ id, label: t(`health.${id}`), href: href(`/health/${id}`) })),
        tab,
      )}
      <section class="panel">${this.#tab(tab)}</section></div>`;
  }

  #tab(tab: string): TemplateResult {
    switch (tab) {
      case 'inbox':
        return html`<health-inbox .app=${this.app}></health-inbox>`;
      case 'outbox':
        return html`<health-outbox .app=${this.app}></health-outbox>`;
      case 'dead-letters':
        return html`<health-dead-letters .app=${this.app}></health-dead-letters>`;
      case 'jobs':
        return html`<health-jobs .app=${this.app}></health-jobs>`;
      case 'rates':
        return html`<exchange-rates .app=${this.app}></exchange-rates>`;
      case 'audit':
        return html`<audit-list .app=${this.app}></audit-list>`;
      default:
        return this.#checks();
    }
  }

  #checks(): TemplateResult {
    return html`<div class="panel-head"><h2>${t('health.checks')}</h2><sc-button size="s" icon="refresh-cw" @click=${() => void this.#health.load()}>${t('health.again')}</sc-button></div>
      ${this.#health.view((health) => html`<ul class="plain-list">${checksOf(health).map((check) => html`<li>${badge(TONES[check.state] ?? 'plain', t(`health.${check.state}`))}<strong class="grow">${checkWord(check.name)}</strong><span class="small soft">${check.detail}</span></li>`)}</ul>`)}`;
  }
}

/** A check this console does not know yet keeps its name. */
function checkWord(name: string): string {
  const word = t(`health_check.${name}`);
  return word === `health_check.${name}` ? name : word;
}
