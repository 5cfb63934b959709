/** A drawn icon of the Lucide set. Decorative by itself; give `label` when no text stands beside it. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { unsafeSVG } from 'lit/directives/unsafe-svg.js';
import { ICONS } from './icons.ts';

const drawings: Record<string, string> = { ...ICONS };

/** Adds drawings that only some pages need (a console's), so that the viewer does not carry them. */
export function addIcons(more: Record<string, string>): void {
  Object.assign(drawings, more);
}

@customElement('sc-icon')
export class ScIcon extends LitElement {
  @property() name = '';
  @property() label = '';

  static override styles = css`
    :host {
      display: inline-flex;
      width: var(--icon-size, var(--icon));
      height: var(--icon-size, var(--icon));
      flex: none;
      vertical-align: -0.2em;
    }
    svg {
      width: 100%;
      height: 100%;
      fill: none;
      stroke: currentColor;
      stroke-width: 2;
      stroke-linecap: round;
      stroke-linejoin: round;
    }
    :host([filled]) svg {
      fill: currentColor;
    }
  `;

  override render() {
    return html`<svg
      viewBox="0 0 24 24"
      role=${this.label ? 'img' : nothing}
      aria-label=${this.label || nothing}
      aria-hidden=${this.label ? nothing : 'true'}
    >
      ${unsafeSVG(drawings[this.name] ?? '')}
    </svg>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'sc-icon': ScIcon;
  }
}
