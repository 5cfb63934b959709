// For the operator: is everything running, what could not be done and waits to be tried again, who changed what.
import { dateTime, t } from '@shopcast/format';
import { badge, type Tone } from '@shopcast/ui/controls/badge.ts';
import { linkTabs } from '@shopcast/ui/controls/tabs.ts';
import { html, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { Loader } from '../../app/loader.ts';
import { Pager } from '../../app/pager.ts';
import { href } from '../../app/router.ts';
import { Screen } from '../../app/screen.ts';
import { checksOf } from '../../lib/checks.ts';
import type { DeadLetter, Health, Page } from '../../types.ts';
import '../settings/audit_list.ts';

const TONES: Record<string, Tone> = { ok: 'good', warn: 'warn', fail: 'danger' };

@customElement('screen-health')
export class ScreenHealth extends Screen {
  @state() private busy: string | null = null;
  readonly #health = new Loader<Health>(this, (signal) => this.app.api.get<Health>('/v1/health', undefined, signal));
  readonly #letters = new Pager<DeadLetter>(this, (cursor, signal) =>
    this.app.api.get<Page<DeadLetter>>('/v1/dead-letters', { cursor, limit: 50 }, signal),
  );

  override render() {
    const tab = this.route.params.tab ?? 'checks';
    if (!this.app.me.is_operator)
      return html`<div class="page"><sc-empty icon="lock" heading=${t('health.operators_only')} text=${t('problem.forbidden')}></sc-empty></div>`;
    return html`<div class="page"><h1>${t('nav.health')}</h1>
      ${linkTabs(
        t('nav.health'),
        ['checks', 'dead-letters', 'audit'].map((id) => ({
          id,
          label: t(`health.${id}`),
          href: href(`/health/${id}`),
          mark: id === 'dead-letters' ? (this.#letters.items?.length ?? null) : null,
        })),
        tab,
      )}
      <section class="panel">${tab === 'audit' ? html`<audit-list .app=${this.app}></audit-list>` : tab === 'dead-letters' ? this.#dead() : this.#checks()}</section></div>`;
  }

  #checks(): TemplateResult {
    return html`<div class="panel-head"><h2>${t('health.checks')}</h2><sc-button size="s" icon="refresh-cw" @click=${() => void this.#health.load()}>${t('health.again')}</sc-button></div>
      ${this.#health.view((health) => html`<ul class="plain-list">${checksOf(health).map((check) => html`<li>${badge(TONES[check.state] ?? 'plain', t(`health.${check.state}`))}<strong class="grow">${checkWord(check.name)}</strong><span class="small soft">${check.detail}</span></li>`)}</ul>`)}`;
  }

  #dead(): TemplateResult {
    return html`<div class="stack tight"><h2>${t('health.dead-letters')}</h2><p class="soft">${t('health.dead_text')}</p></div>
      ${this.#letters.view(
        (letters) =>
          html`<ul class="plain-list">${letters.map(
            (
              letter,
            ) => html`<li class="dead-letter"><span class="grow stack tight"><strong>${letter.subscriber} · ${letter.event}</strong><span class="small">${letter.error}</span><span class="small soft number">${letter.key} · ${t('health.tries', { n: letter.tries })} · ${dateTime(letter.at)}</span></span>
          <sc-button icon="refresh-cw" ?loading=${this.busy === letter.id} @click=${() => this.#replay(letter)}>${t('health.replay')}</sc-button></li>`,
          )}</ul>`,
        () => html`<sc-empty icon="circle-check" heading=${t('health.none_dead')}></sc-empty>`,
      )}`;
  }

  async #replay(letter: DeadLetter): Promise<void> {
    this.busy = letter.id;
    const done = await this.app.act(() => this.app.api.post(`/v1/dead-letters/${letter.id}/replay`), {
      done: t('health.replayed'),
    });
    this.busy = null;
    if (done) void this.#letters.restart();
  }
}

/** A check this console does not know yet keeps its name. */
function checkWord(name: string): string {
  const word = t(`health_check.${name}`);
  return word === `health_check.${name}` ? name : word;
}
