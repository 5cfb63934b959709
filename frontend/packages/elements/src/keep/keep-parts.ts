/** Fields and the agreement that wishes and subscriptions share. */
import type { AddressInput, Money } from '@shopcast/api-client';
import { formatMoney, language, t } from '@shopcast/format';
import { css, html, nothing } from 'lit';
import { addressFields, EMPTY_ADDRESS, readAddress } from '../buy/address-fields.ts';
import type { Buyer } from '../buy/buyer.ts';
import { countryName, likelyCountry } from '../buy/countries.ts';
import './messages.ts';

export function methodField({ methods }: Buyer, hint: string) {
  const label = (one: { label_en: string; label_zh: string }) => (language() === 'zh' ? one.label_zh : one.label_en);
  const choices = [
    ...(methods?.saved ?? []).map((one) => ({ value: `saved:${one.id}`, label: one.label })),
    ...(methods?.offered ?? [])
      .filter((one) => one.can_be_saved)
      .map((one) => ({ value: `new:${one.token}`, label: label(one) })),
  ];
  if (choices.length === 0) return html`<p class="consent">${t('keep.card.none')}</p>`;
  return html`<sc-field name="method" label=${t('keep.card')} hint=${hint} required .choices=${choices} value=${choices[0]?.value ?? ''}></sc-field>`;
}

export function addressField(buyer: Buyer) {
  const known = buyer.addresses ?? [];
  if (known.length === 0)
    return addressFields({ ...EMPTY_ADDRESS, country: likelyCountry(navigator.languages) }, {}, true);
  const choices = known.map((one) => ({
    value: one.id,
    label: `${one.name}, ${one.city}, ${countryName(one.country)}`,
  }));
  return html`<sc-field name="address_id" label=${t('buy.deliver_to')} .choices=${choices} value=${buyer.defaultAddress?.id ?? ''}></sc-field>`;
}

export function addressChoice(form: HTMLFormElement): { address_id: string } | { address: AddressInput } {
  const id = String(new FormData(form).get('address_id') ?? '');
  return id ? { address_id: id } : { address: readAddress(form) };
}

export function capText(label: string, cap: Money, parts: readonly string[]) {
  return html`<div>
    <span class="soft">${label}</span><br /><span class="cap figures">${formatMoney(cap)}</span>
    ${parts.length > 0 ? html`<br /><span class="small soft figures">${parts.join(' + ')}</span>` : nothing}
  </div>`;
}

export interface Agreement {
  text: string;
  agreed: boolean;
  busy: boolean;
  yes: string;
  agree: (agreed: boolean) => void;
  place: () => void;
  back: () => void;
}

/** The words somebody agrees to, exactly as the server wrote them, and a yes of their own. */
export function agreement(one: Agreement) {
  return html`<blockquote class="consent">${one.text}</blockquote>
    <label class="checkbox"
      ><input
        type="checkbox"
        .checked=${one.agreed}
        @change=${(event: Event) => one.agree((event.target as HTMLInputElement).checked)}
      />${t('keep.agree')}</label
    >
    <div class="foot">
      <sc-button
        variant="primary"
        size="l"
        ?loading=${one.busy}
        ?disabled=${!one.agreed}
        @click=${() => {
          if (one.agreed && !one.busy) one.place();
        }}
        >${one.yes}</sc-button
      >
      <sc-button variant="quiet" icon="arrow-left" @click=${one.back}>${t('keep.back')}</sc-button>
    </div>`;
}

export function signInFirst() {
  const next = encodeURIComponent(location.pathname + location.search);
  return html`<p class="consent">${t('keep.sign_in')}</p>
    <sc-button variant="primary" href=${`/login?next=${next}`}>${t('keep.sign_in.go')}</sc-button>`;
}

export function confirmLink(url: string) {
  return html`<p class="consent">
    ${t('buy.second_step.next')}<br /><a class="second" href=${url} target="_blank" rel="noopener">${t('buy.second_step.open')}</a>
  </p>`;
}

export const keepStyles = css`
  .head {
    display: flex;
    gap: var(--space-4);
    align-items: center;
    padding: var(--space-2) 0 var(--space-4) var(--space-1);
    --picture-size: 4rem;
  }
  fieldset {
    display: grid;
    gap: var(--space-2);
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    margin-block-end: var(--space-2);
    padding: 0;
    font-size: var(--text-s);
    font-weight: var(--weight-medium);
  }
  .consent {
    margin: 0;
    padding: var(--space-3) var(--space-4);
    border-inline-start: var(--focus-width) solid var(--accent);
    border-radius: var(--radius-s);
    background: var(--paper-sunken);
    overflow-wrap: anywhere;
  }
  .cap {
    font-size: var(--text-xl);
    font-weight: var(--weight-bold);
  }
  .foot {
    display: grid;
    gap: var(--space-2);
  }
  .fact {
    display: flex;
    gap: var(--space-3);
    align-items: center;
    font-size: var(--text-s);
  }
`;
