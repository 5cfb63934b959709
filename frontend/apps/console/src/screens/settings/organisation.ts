// The organisation's name, legal identity, country and currency.
import { t } from '@shopcast/format';
import { html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { Loader } from '../../app/loader.ts';
import type { Organisation } from '../../types.ts';
import { countryChoices, currencyChoices } from './choices.ts';
import { SettingPart } from './setting_part.ts';

@customElement('settings-organisation')
export class SettingsOrganisation extends SettingPart {
  @state() private draft: Partial<Organisation> | null = null;
  readonly #organisation = new Loader<Organisation>(this, (signal) =>
    this.app.api.get<Organisation>(this.app.org(''), undefined, signal),
  );

  override render() {
    return this.#organisation.view((organisation) => {
      const now = { ...organisation, ...this.draft };
      const locked = !this.app.canManage();
      const set = (name: keyof Organisation) => (event: Event) => {
        this.draft = { ...this.draft, [name]: (event.target as HTMLInputElement).value };
      };
      return html`<form class="form panel" @submit=${this.#save}>
        <sc-field label=${t('settings.name')} required maxlength="120" ?disabled=${locked} .value=${now.name} @input=${set('name')}></sc-field>
        <sc-field label=${t('settings.legal')} hint=${t('settings.legal_hint')} multiline rows="4" maxlength="1000" ?disabled=${locked} .value=${now.legal_identity ?? ''} @input=${set('legal_identity')}></sc-field>
        ${(now.legal_identity ?? '').trim() === '' ? html`<div class="notice warn" role="status"><sc-icon name="triangle-alert"></sc-icon><span class="grow">${t('settings.legal_missing')}</span></div>` : ''}
        <div class="row"><sc-field label=${t('settings.country')} ?disabled=${locked} .value=${now.country} .choices=${countryChoices(now.country)} @change=${set('country')}></sc-field>
          <sc-field label=${t('settings.currency')} hint=${t('settings.currency_hint')} disabled .value=${now.currency} .choices=${currencyChoices(now.currency)}></sc-field></div>
        <div class="form-foot"><sc-button type="submit" variant="primary" ?disabled=${this.draft === null}>${t('action.save')}</sc-button></div></form>`;
    });
  }

  readonly #save = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!this.draft) return;
    if (!(await this.app.act(() => this.app.api.patch(this.app.org(''), this.draft), { done: t('state.saved') })))
      return;
    this.draft = null;
    await this.#organisation.load();
    await this.app.act(() => this.app.refresh());
  };
}
