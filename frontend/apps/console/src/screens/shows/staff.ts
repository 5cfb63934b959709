// Tab "team": who works on this show and as what.
import { t } from '@shopcast/format';
import { html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { itemsOf } from '../../app/api.ts';
import { Loader } from '../../app/loader.ts';
import { href } from '../../app/router.ts';
import type { Member, StaffMember } from '../../types.ts';
import { ShowPart } from './part.ts';

const ROLES = ['host', 'cohost', 'operator', 'assistant', 'moderator'];

@customElement('show-staff')
export class ShowStaff extends ShowPart {
  @state() private person = '';
  @state() private asRole = 'moderator';
  readonly #people = new Loader<{ staff: StaffMember[]; members: Member[] }>(this, async (signal) => {
    const [staff, members] = await Promise.all([
      this.app.api.get<StaffMember[] | { items: StaffMember[] }>(this.path('/staff'), undefined, signal),
      this.app.api.get<Member[] | { items: Member[] }>(this.app.org('/members'), undefined, signal),
    ]);
    return { staff: itemsOf(staff), members: itemsOf(members) };
  });

  override render() {
    return html`<div class="sides">${this.#people.view(({ staff, members }) => {
      const free = members.filter((member) => !staff.some((one) => one.person_id === member.person_id));
      const name = (one: StaffMember) =>
        one.display_name || members.find((member) => member.person_id === one.person_id)?.display_name || one.person_id;
      return html`<section class="panel"><h2>${t('show.tab_team')}</h2>
          <ul class="plain-list">${staff.map(
            (
              one,
            ) => html`<li><span class="grow"><strong>${name(one)}</strong></span><span class="badge">${t(`show_role.${one.role}`)}</span>
            <sc-button variant="quiet" icon="x" label=${t('staff.remove', { name: name(one) })} @click=${() => this.#remove(one)}></sc-button></li>`,
          )}</ul></section>
        <section class="panel"><h2>${t('staff.add')}</h2>
          ${
            free.length === 0
              ? html`<p class="soft">${t('staff.all_on_it')}</p><div><sc-button href=${href('/team')}>${t('staff.invite')}</sc-button></div>`
              : html`<form class="stack" @submit=${this.#add}>
            <sc-field label=${t('staff.person')} .value=${this.person} .choices=${[{ value: '', label: t('staff.choose') }, ...free.map((member) => ({ value: member.person_id, label: member.display_name || member.email }))]} @change=${(
              event: Event,
            ) => {
              this.person = (event.target as HTMLSelectElement).value;
            }}></sc-field>
            <sc-field label=${t('staff.role')} hint=${t(`show_role.${this.asRole}_hint`)} .value=${this.asRole} .choices=${ROLES.map((role) => ({ value: role, label: t(`show_role.${role}`) }))} @change=${(
              event: Event,
            ) => {
              this.asRole = (event.target as HTMLSelectElement).value;
            }}></sc-field>
            <div><sc-button type="submit" variant="primary" ?disabled=${this.person === ''}>${t('staff.add')}</sc-button></div></form>`
          }
        </section>`;
    })}</div>`;
  }

  readonly #add = async (event: SubmitEvent) => {
    event.preventDefault();
    const body = { person_id: this.person, role: this.asRole };
    if (await this.app.act(() => this.app.api.post(this.path('/staff'), body), { done: t('state.saved') })) {
      this.person = '';
      void this.#people.load();
    }
  };

  async #remove(one: StaffMember): Promise<void> {
    const again = async () => {
      await this.app.api.post(this.path('/staff'), { person_id: one.person_id, role: one.role });
      await this.#people.load();
    };
    if (
      await this.app.act(() => this.app.api.delete(this.path(`/staff/${one.person_id}`)), {
        done: t('staff.removed'),
        undo: again,
      })
    )
      void this.#people.load();
  }
}
