// The people of an organisation: who is in, as what, and who has been asked.
import { relative, t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { itemsOf } from '../../app/api.ts';
import { ask } from '../../app/confirm.ts';
import { copy } from '../../app/copy.ts';
import { Loader } from '../../app/loader.ts';
import { problemText } from '../../app/problem.ts';
import { Screen } from '../../app/screen.ts';
import type { Invitation, Member } from '../../types.ts';

const ROLES = ['owner', 'manager', 'host', 'operator', 'assistant', 'moderator'];

interface Team {
  readonly members: Member[];
  readonly invitations: Invitation[];
}

@customElement('screen-team')
export class ScreenTeam extends Screen {
  @state() private email = '';
  @state() private asRole = 'moderator';
  @state() private problem = '';
  @state() private link = '';
  readonly #team = new Loader<Team>(this, async (signal) => {
    const members = await this.app.api.get<Member[] | { items: Member[] }>(this.app.org('/members'), undefined, signal);
    if (!this.app.canManage()) return { members: itemsOf(members), invitations: [] };
    const asked = await this.app.api.get<Invitation[] | { items: Invitation[] }>(
      this.app.org('/invitations'),
      undefined,
      signal,
    );
    return { members: itemsOf(members), invitations: itemsOf(asked) };
  });

  override render() {
    return html`<div class="page"><div class="page-head"><div class="titles stack tight"><h1>${t('nav.team')}</h1><p class="soft">${t('team.text', { name: this.app.organisation?.name ?? '' })}</p></div></div>
      <div class="sides"><section class="panel">${this.#team.view((team) => this.#people(team))}</section>${this.app.canManage() ? this.#invite() : nothing}</div></div>`;
  }

  #people({ members, invitations }: Team): TemplateResult {
    const me = this.app.me.person?.id;
    return html`<h2>${t('team.members', { n: members.length })}</h2><ul class="plain-list">${members.map(
      (
        member,
      ) => html`<li><span class="grow stack tight"><strong class="clip-one">${member.display_name || member.email}${member.person_id === me ? html` <span class="soft">(${t('team.you')})</span>` : nothing}</strong><span class="small soft clip-one">${member.email}</span></span><span class="badge">${t(`role.${member.role}`)}</span>
        ${this.app.canManage() && member.person_id !== me ? html`<sc-button variant="quiet" icon="x" label=${t('team.remove', { name: member.display_name || member.email })} @click=${() => this.#remove(member)}></sc-button>` : nothing}</li>`,
    )}</ul>
      ${invitations.length === 0 ? nothing : html`<h2>${t('team.invited')}</h2><ul class="plain-list">${invitations.map((one) => html`<li><span class="grow stack tight"><span class="clip-one">${one.email}</span><span class="small soft">${relative(one.created_at, Date.now())}</span></span><span class="badge">${t(`role.${one.role}`)}</span><sc-button variant="quiet" icon="x" label=${t('team.withdraw', { email: one.email })} @click=${() => this.#withdraw(one)}></sc-button></li>`)}</ul>`}`;
  }

  #invite(): TemplateResult {
    return html`<section class="panel"><h2>${t('team.invite')}</h2><form class="stack" novalidate @submit=${this.#send}>
        <sc-field type="email" label=${t('team.email')} autocomplete="off" .value=${this.email} .error=${this.problem} @input=${(
          event: Event,
        ) => {
          this.email = (event.target as HTMLInputElement).value;
          this.problem = '';
        }}></sc-field>
        <sc-field label=${t('team.role')} hint=${t(`role.${this.asRole}_hint`)} .value=${this.asRole} .choices=${ROLES.map((role) => ({ value: role, label: t(`role.${role}`) }))} @change=${(
          event: Event,
        ) => {
          this.asRole = (event.target as HTMLSelectElement).value;
        }}></sc-field>
        <div><sc-button type="submit" variant="primary" icon="mail">${t('team.send')}</sc-button></div></form>
      ${this.link ? html`<div class="stack tight"><span class="label">${t('team.link')}</span><div class="line"><code class="code grow">${this.link}</code><sc-button icon="copy" label=${t('team.copy_link')} @click=${() => copy(this.link)}></sc-button></div></div>` : nothing}</section>`;
  }

  readonly #send = async (event: SubmitEvent) => {
    event.preventDefault();
    const email = this.email.trim();
    if (!/^\S+@\S+\.\S+$/.test(email)) {
      this.problem = t('team.email_wrong');
      return;
    }
    const sent = await this.app.act(
      () =>
        this.app.api.post<{ url?: string; token?: string } | undefined>(this.app.org('/invitations'), {
          email,
          role: this.asRole,
        }),
      {
        done: t('team.sent', { email }),
        refused: (problem) => {
          if (problem.unanswered || problem.status >= 500) return false;
          this.problem = problemText(problem);
          return true;
        },
      },
    );
    if (!sent) return;
    this.email = '';
    this.link = sent.value?.url ?? '';
    void this.#team.load();
  };

  async #withdraw(invitation: Invitation): Promise<void> {
    if (
      await this.app.act(() => this.app.api.delete(this.app.org(`/invitations/${invitation.id}`)), {
        done: t('team.withdrawn'),
      })
    )
      void this.#team.load();
  }

  async #remove(member: Member): Promise<void> {
    const name = member.display_name || member.email;
    if (
      !(await ask({
        heading: t('team.remove', { name }),
        text: t('team.remove_text', { name }),
        confirm: t('team.remove_do'),
        danger: true,
      }))
    )
      return;
    if (
      await this.app.act(() => this.app.api.delete(this.app.org(`/members/${member.person_id}`)), {
        done: t('team.removed', { name }),
      })
    )
      void this.#team.load();
  }
}
