/** Nothing here yet, or something failed: says what happened, what is safe, and what to do next (the slot). */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { sharedStyles } from './styles.ts';
import './sc-icon.ts';

@customElement('sc-empty')
export class ScEmpty extends LitElement {
  @property() icon = '';
  /** Named so, because `title` would become a tooltip. */
  @property() heading = '';
  @property() text = '';
  @property({ reflect: true }) tone: 'plain' | 'problem' = 'plain';

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: grid;
        gap: var(--space-3);
        justify-items: center;
        padding: var(--space-8) var(--space-4);
        color: var(--ink-soft);
        text-align: center;
      }
      sc-icon {
        --icon-size: var(--space-8);
        color: var(--ink-faint);
      }
      :host([tone="problem"]) sc-icon {
        color: var(--danger);
      }
      h2 {
        color: var(--ink);
        font-size: var(--text-l);
        font-family: var(--font-display);
      }
      p {
        max-width: 42ch;
        text-wrap: pretty;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
        justify-content: center;
      }
    `,
  ];

  override render() {
    return html`
      ${this.icon ? html`<sc-icon name=${this.icon}></sc-icon>` : nothing}
      ${this.heading ? html`<h2>${this.heading}</h2>` : nothing} ${this.text ? html`<p>${this.text}</p>` : nothing}
      <div class="actions"><slot></slot></div>
    `;
  }
}
