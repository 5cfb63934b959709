/** An amount: whole units large, the rest small; read aloud as one text. */
import { formatMoney, moneyParts } from '@shopcast/format';
import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { LocalisedElement } from './localised.ts';

@customElement('sc-money')
export class ScMoney extends LocalisedElement {
  @property({ type: Number }) minor = 0;
  @property() currency = '';
  /** A price that no longer holds, drawn through. */
  @property({ type: Boolean, reflect: true }) was = false;
  /** All figures in one size, for tables and running text. */
  @property({ type: Boolean, reflect: true }) plain = false;

  static override styles = css`
    :host {
      font-variant-numeric: tabular-nums;
      white-space: nowrap;
    }
    :host([was]) {
      text-decoration: line-through;
    }
    small {
      font-size: 0.72em;
    }
  `;

  override render() {
    if (!this.currency) return nothing;
    const money = { amount_minor: this.minor, currency: this.currency };
    if (this.plain || this.was) return html`${formatMoney(money)}`;
    return html`${moneyParts(money).map((part) => (part.large ? part.text : html`<small>${part.text}</small>`))}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'sc-money': ScMoney;
  }
}
