/** The way to the cart, with the number of pieces in it. */
import type { ApiClient } from '@shopcast/api-client';
import { formatNumber, t } from '@shopcast/format';
import { LocalisedElement, sharedStyles } from '@shopcast/ui';
import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '../messages.ts';
import { cartCount } from './cart-count.ts';

@customElement('sc-cart-link')
export class ScCartLink extends LocalisedElement {
  @property({ attribute: false }) api: ApiClient | null = null;
  @property() variant = 'quiet';
  /** Where there is little room it shows only when there is something in it. */
  @property({ type: Boolean }) whenFull = false;
  private stop: (() => void) | undefined;

  static override styles = [
    sharedStyles,
    css`
      :host {
        position: relative;
        display: inline-block;
      }
      span {
        position: absolute;
        inset-block-start: 0.125rem;
        inset-inline-end: 0;
        min-width: 1.125rem;
        padding-inline: var(--space-1);
        border-radius: var(--radius-full);
        background: var(--accent);
        color: var(--on-accent);
        font-size: var(--text-xs);
        font-weight: var(--weight-bold);
        line-height: 1.125rem;
        text-align: center;
        pointer-events: none;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.stop = cartCount.on('change', () => this.requestUpdate());
    if (this.api) cartCount.start(this.api);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop?.();
  }

  override updated(): void {
    if (this.api) cartCount.start(this.api);
  }

  override render() {
    const { pieces } = cartCount;
    if (this.whenFull && pieces === 0) return nothing;
    return html`<sc-button variant=${this.variant} icon="shopping-cart" href="/cart" label=${t('action.cart', { n: pieces })}></sc-button>
      ${pieces > 0 ? html`<span class="figures" aria-hidden="true">${formatNumber(pieces)}</span>` : nothing}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'sc-cart-link': ScCartLink;
  }
}
