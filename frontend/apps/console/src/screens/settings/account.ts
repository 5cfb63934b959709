// The person's own account: name, password, and where they are signed in.
import { relative, t } from '@shopcast/format';
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { itemsOf } from '../../app/api.ts';
import { Loader } from '../../app/loader.ts';
import { problemText } from '../../app/problem.ts';
import { deviceOf } from '../../lib/device.ts';
import type { SessionRow as Session } from '../../types.ts';
import { SettingPart } from './setting_part.ts';

/** The server refuses shorter ones. */
const SHORTEST_PASSWORD = 10;

@customElement('settings-account')
export class SettingsAccount extends SettingPart {
  @state() private name: string | null = null;
  @state() private current = '';
  @state() private next = '';
  @state() private problem = '';
  readonly #sessions = new Loader<Session[]>(this, async (signal) =>
    itemsOf(await this.app.api.get<Session[] | { items: Session[] }>('/v1/me/sessions', undefined, signal)),
  );

  override render() {
    const person = this.app.me.person;
    const value = (event: Event) => (event.target as HTMLInputElement).value;
    return html`<div class="columns">
      <form class="panel" @submit=${this.#rename}><h2>${t('account.you')}</h2><p class="soft">${person?.email}</p>
        <sc-field label=${t('account.name')} maxlength="80" autocomplete="name" .value=${this.name ?? person?.display_name ?? ''} @input=${(
          event: Event,
        ) => {
          this.name = value(event);
        }}></sc-field>
        <div><sc-button type="submit" variant="primary" ?disabled=${this.name === null || this.name.trim() === ''}>${t('action.save')}</sc-button></div></form>
      <form class="panel" novalidate @submit=${this.#password}><h2>${t('account.password')}</h2>
        <input class="hidden-text" type="text" autocomplete="username" tabindex="-1" aria-hidden="true" .value=${person?.email ?? ''} readonly />
        <sc-field type="password" label=${t('account.current')} autocomplete="current-password" .value=${this.current} @input=${(
          event: Event,
        ) => {
          this.current = value(event);
          this.problem = '';
        }}></sc-field>
        <sc-field type="password" label=${t('account.new')} hint=${t('account.new_hint', { n: SHORTEST_PASSWORD })} autocomplete="new-password" .value=${this.next} .error=${this.problem} @input=${(
          event: Event,
        ) => {
          this.next = value(event);
          this.problem = '';
        }}></sc-field>
        <div><sc-button type="submit" ?disabled=${this.current === '' || this.next === ''}>${t('account.change')}</sc-button></div></form>
      <section class="panel"><h2>${t('account.sessions')}</h2>${this.#sessions.view(
        (sessions) =>
          html`<ul class="plain-list">${sessions.map(
            (
              one,
            ) => html`<li><sc-icon name="monitor"></sc-icon><span class="grow stack tight"><span>${deviceOf(one.device) || one.device || t('account.device')}</span><span class="small soft">${relative(one.seen_at, Date.now())}</span></span>
        ${one.is_current ? html`<span class="badge good">${t('account.this_one')}</span>` : html`<sc-button size="s" @click=${() => this.#end(one)}>${t('account.end')}</sc-button>`}</li>`,
          )}</ul>${sessions.length === 0 ? html`<p class="soft">${t('account.no_sessions')}</p>` : nothing}`,
        2,
      )}</section></div>`;
  }

  readonly #rename = async (event: SubmitEvent) => {
    event.preventDefault();
    if (
      await this.app.act(() => this.app.api.patch('/v1/me', { display_name: this.name?.trim() }), {
        done: t('state.saved'),
      })
    ) {
      this.name = null;
      await this.app.act(() => this.app.refresh());
    }
  };

  readonly #password = async (event: SubmitEvent) => {
    event.preventDefault();
    if (this.next.length < SHORTEST_PASSWORD) {
      this.problem = t('account.too_short', { n: SHORTEST_PASSWORD });
      return;
    }
    const changed = await this.app.act(
      () => this.app.api.post('/v1/me/password', { current: this.current, new: this.next }),
      {
        done: t('account.changed'),
        refused: (problem) => {
          if (problem.unanswered) return false;
          this.problem = problemText(problem);
          return true;
        },
      },
    );
    if (!changed) return;
    this.current = '';
    this.next = '';
    void this.#sessions.load();
  };

  async #end(session: Session): Promise<void> {
    if (await this.app.act(() => this.app.api.delete(`/v1/me/sessions/${session.id}`), { done: t('account.ended') }))
      void this.#sessions.load();
  }
}
