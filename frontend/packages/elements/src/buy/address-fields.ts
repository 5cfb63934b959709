/** The fields of an address, in the order parcels want them; used by buying, the account and the order page. */
import type { AddressInput } from '@shopcast/api-client';
import { t } from '@shopcast/format';
import { html } from 'lit';
import './messages.ts';
import { countryChoices } from './countries.ts';
import { EMPTY_ADDRESS } from './empty-address.ts';

export { EMPTY_ADDRESS };

export function readAddress(form: HTMLFormElement): AddressInput {
  const data = new FormData(form);
  const text = (name: string) => String(data.get(name) ?? '').trim();
  return {
    name: text('name'),
    line1: text('line1'),
    line2: text('line2'),
    city: text('city'),
    region: text('region'),
    postal_code: text('postal_code'),
    country: text('country'),
    phone: text('phone'),
  };
}

export function addressLines(address: AddressInput, country: string): string[] {
  return [
    address.name,
    address.line1,
    address.line2,
    [address.postal_code, address.city].filter(Boolean).join(' '),
    address.region,
    country,
  ].filter(Boolean);
}

export function addressFields(value: AddressInput, errors: Readonly<Record<string, string>> = {}, short = false) {
  return html`
    <sc-field name="name" label=${t('address.name')} autocomplete="name" required maxlength="100" value=${value.name} error=${errors.name ?? ''}></sc-field>
    <sc-field name="line1" label=${t('address.line1')} autocomplete="address-line1" required maxlength="200" value=${value.line1} error=${errors.line1 ?? ''}></sc-field>
    ${
      short
        ? ''
        : html`<sc-field name="line2" label=${t('address.line2')} autocomplete="address-line2" optional maxlength="200" value=${value.line2}></sc-field>`
    }
    <div class="row">
      <sc-field name="postal_code" label=${t('address.postal_code')} autocomplete="postal-code" required maxlength="20" value=${value.postal_code} error=${errors.postal_code ?? ''}></sc-field>
      <sc-field name="city" label=${t('address.city')} autocomplete="address-level2" required maxlength="100" value=${value.city} error=${errors.city ?? ''}></sc-field>
    </div>
    <div class="row">
      <sc-field name="country" label=${t('address.country')} autocomplete="country" required .choices=${countryChoices()} value=${value.country} error=${errors.country ?? ''}></sc-field>
      ${
        short
          ? ''
          : html`<sc-field name="phone" type="tel" label=${t('address.phone')} autocomplete="tel" optional maxlength="30" value=${value.phone} error=${errors.phone ?? ''}></sc-field>`
      }
    </div>
  `;
}
