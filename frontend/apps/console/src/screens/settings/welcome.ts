// For a person without an organisation: make one, since shows and products belong to one.
import { t } from '@shopcast/format';
import { html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { Screen } from '../../app/screen.ts';
import { countryChoices, currencyChoices } from './choices.ts';

@customElement('screen-welcome')
export class ScreenWelcome extends Screen {
  @state() private draft = { name: '', kind: 'seller', country: 'DE', currency: 'EUR' };

  override render() {
    const set = (name: keyof typeof this.draft) => (event: Event) => {
      this.draft = { ...this.draft, [name]: (event.target as HTMLInputElement).value };
    };
    return html`<div class="page narrow"><div class="stack tight"><h1>${t('welcome.heading')}</h1><p class="soft">${t('welcome.text')}</p></div>
      <form class="form" @submit=${this.#make}>
        <sc-field label=${t('welcome.kind')} .value=${this.draft.kind} .choices=${[{ value: 'seller', label: t('welcome.seller') }, { value: 'host', label: t('welcome.host') }]} @change=${set('kind')}></sc-field>
        <sc-field label=${t('settings.name')} required maxlength="120" .value=${this.draft.name} @input=${set('name')}></sc-field>
        <div class="row"><sc-field label=${t('settings.country')} .value=${this.draft.country} .choices=${countryChoices(this.draft.country)} @change=${set('country')}></sc-field><sc-field label=${t('settings.currency')} .value=${this.draft.currency} .choices=${currencyChoices(this.draft.currency)} @change=${set('currency')}></sc-field></div>
        <div class="form-foot"><sc-button type="submit" variant="primary" ?disabled=${this.draft.name.trim() === ''}>${t('welcome.make')}</sc-button></div></form></div>`;
  }

  readonly #make = async (event: SubmitEvent) => {
    event.preventDefault();
    if (
      await this.app.act(() => this.app.api.post('/v1/organisations', { ...this.draft, name: this.draft.name.trim() }))
    ) {
      await this.app.act(() => this.app.refresh());
      this.app.router.go('/shows');
    }
  };
}
