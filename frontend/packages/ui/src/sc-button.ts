/** A button or, with `href`, a link that looks like one. Submits its form when `type` is submit. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { sharedStyles } from './styles.ts';
import './sc-icon.ts';

@customElement('sc-button')
export class ScButton extends LitElement {
  static formAssociated = true;
  static override shadowRootOptions: ShadowRootInit = { mode: 'open', delegatesFocus: true };

  /** primary = the accent, one per view; quiet = no ground; on-video = a chip over moving pictures. */
  @property({ reflect: true }) variant: 'primary' | 'secondary' | 'quiet' | 'danger' | 'on-video' = 'secondary';
  @property({ reflect: true }) size: 'm' | 's' | 'l' = 'm';
  @property() type: 'button' | 'submit' = 'button';
  @property({ type: Boolean, reflect: true }) disabled = false;
  /** Keeps its width, shows that work is under way, and takes no second press. */
  @property({ type: Boolean, reflect: true }) loading = false;
  @property() icon = '';
  /** The accessible name; needed when the button shows an icon only. */
  @property() label = '';
  @property() href = '';
  @property() pressed: 'true' | 'false' | '' = '';
  @property() expanded: 'true' | 'false' | '' = '';
  @property() keyshortcuts = '';

  private readonly internals: ElementInternals = this.attachInternals();

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: inline-block;
      }
      .button {
        display: inline-flex;
        gap: var(--space-2);
        align-items: center;
        justify-content: center;
        width: 100%;
        height: 100%;
        min-width: var(--target);
        min-height: var(--target);
        padding: var(--space-2) var(--space-4);
        border: var(--border) solid transparent;
        border-radius: var(--button-radius, var(--radius-m));
        background: transparent;
        color: inherit;
        font-weight: var(--weight-medium);
        font-size: var(--text-m);
        line-height: var(--leading-tight);
        text-align: center;
        text-decoration: none;
        white-space: nowrap;
        cursor: pointer;
        user-select: none;
        transition: background-color var(--quick) var(--ease), transform var(--quick) var(--ease);
      }
      .button:active {
        transform: scale(0.98);
      }
      .icon-only {
        padding: var(--space-2);
      }
      :host([size="s"]) .button {
        gap: var(--space-1);
        padding-inline: var(--space-3);
        font-size: var(--text-s);
      }
      :host([size="l"]) .button {
        min-height: calc(var(--target) + var(--space-2));
        font-size: var(--text-l);
      }
      :host([variant="primary"]) .button {
        background: var(--accent);
        color: var(--on-accent);
        font-weight: var(--weight-bold);
      }
      :host([variant="secondary"]) .button {
        border-color: var(--line-strong);
        background: var(--paper-raised);
        color: var(--ink);
      }
      :host([variant="danger"]) .button {
        border-color: var(--danger);
        color: var(--danger);
      }
      :host([variant="on-video"]) .button {
        background: var(--video-chip);
        color: var(--on-video);
      }
      :host([variant="on-video"]) .button:focus-visible {
        outline-color: var(--video-focus);
      }
      @media (hover: hover) {
        :host([variant="primary"]) .button:hover {
          background: var(--accent-pressed);
        }
        :host([variant="secondary"]) .button:hover,
        :host([variant="quiet"]) .button:hover {
          background: var(--paper-sunken);
        }
        :host([variant="danger"]) .button:hover {
          background: var(--danger-soft);
        }
        :host([variant="on-video"]) .button:hover {
          background: var(--video-chip-strong);
        }
      }
      .button[disabled],
      .button[aria-disabled="true"] {
        cursor: default;
        transform: none;
      }
      :host([disabled]) .button {
        border-color: var(--line);
        background: var(--paper-sunken);
        color: var(--ink-faint);
      }
      .spinner {
        width: 1em;
        height: 1em;
        border: 2px solid currentColor;
        border-inline-end-color: transparent;
        border-radius: var(--radius-full);
        animation: turn 800ms linear infinite;
      }
      @keyframes turn {
        to {
          rotate: 1turn;
        }
      }
      @media (prefers-reduced-motion: reduce) {
        .spinner {
          animation-duration: 3s;
        }
      }
    `,
  ];

  private form: HTMLFormElement | null = null;

  /** A form without a native submit button ignores Enter in its fields; this makes up for it. */
  formAssociatedCallback(form: HTMLFormElement | null): void {
    this.form?.removeEventListener('keydown', this.onFormKey);
    this.form = form;
    form?.addEventListener('keydown', this.onFormKey);
  }

  private readonly onFormKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.isComposing || this.type !== 'submit') return;
    if (!(event.target instanceof HTMLInputElement) || this.disabled || this.loading) return;
    if (['checkbox', 'radio', 'file'].includes(event.target.type)) return;
    event.preventDefault();
    this.form?.requestSubmit();
  };

  private readonly onClick = (event: Event): void => {
    if (this.disabled || this.loading) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (this.type === 'submit') this.internals.form?.requestSubmit();
  };

  override render() {
    const hasText = this.textContent?.trim() !== '';
    const body = html`
      ${this.loading ? html`<span class="spinner" aria-hidden="true"></span>` : nothing}
      ${this.icon && !this.loading ? html`<sc-icon name=${this.icon}></sc-icon>` : nothing}<slot></slot>
    `;
    const classes = `button${hasText ? '' : ' icon-only'}`;
    if (this.href && !this.disabled) {
      return html`<a part="button" class=${classes} href=${this.href} aria-label=${this.label || nothing}>${body}</a>`;
    }
    return html`<button
      part="button"
      class=${classes}
      type="button"
      ?disabled=${this.disabled}
      aria-disabled=${this.loading ? 'true' : nothing}
      aria-busy=${this.loading ? 'true' : nothing}
      aria-label=${this.label || nothing}
      title=${!hasText && this.label ? this.label : nothing}
      aria-pressed=${this.pressed || nothing}
      aria-expanded=${this.expanded || nothing}
      aria-keyshortcuts=${this.keyshortcuts || nothing}
      @click=${this.onClick}
    >
      ${body}
    </button>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'sc-button': ScButton;
  }
}
