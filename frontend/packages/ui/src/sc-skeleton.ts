/** The shape of what is coming, while it loads; takes the space the real thing will take. */
import { css, html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';

@customElement('sc-skeleton')
export class ScSkeleton extends LitElement {
  static override styles = css`
    :host {
      display: block;
      min-height: 1em;
      border-radius: var(--radius-s);
      background: var(--paper-sunken);
      animation: breathe 1.6s var(--ease) infinite alternate;
    }
    @keyframes breathe {
      to {
        opacity: 0.55;
      }
    }
    @media (prefers-reduced-motion: reduce) {
      :host {
        animation: none;
      }
    }
  `;

  override connectedCallback(): void {
    super.connectedCallback();
    this.setAttribute('aria-hidden', 'true');
  }

  override render() {
    return html``;
  }
}
