/** A dialog: a sheet from below on a phone (swipe down closes), a panel beside or a card in the middle on a desktop. */
import { t } from '@shopcast/format';
import { css, html, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { LocalisedElement } from './localised.ts';
import { enterStage, leaveStage } from './stage.ts';
import { sharedStyles } from './styles.ts';
import './messages.ts';
import './sc-button.ts';

/** A drag further down than this closes the sheet; less springs back. */
const CLOSE_AFTER_PX = 90;

@customElement('sc-sheet')
export class ScSheet extends LocalisedElement {
  @property({ type: Boolean, reflect: true }) open = false;
  @property() heading = '';
  /** side = docked at the right from 1024 px on, so that the picture stays visible. */
  @property({ reflect: true }) placement: 'centre' | 'side' = 'centre';
  @query('dialog') private readonly dialog!: HTMLDialogElement;

  private dragFrom: number | null = null;

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: contents;
      }
      dialog {
        position: fixed;
        inset: auto 0 0 0;
        display: none;
        flex-direction: column;
        width: 100%;
        max-width: none;
        max-height: min(76dvh, 52rem);
        margin: 0;
        padding: 0;
        border: 0;
        border-radius: var(--radius-l) var(--radius-l) 0 0;
        background: var(--paper);
        color: var(--ink);
        box-shadow: var(--shadow-l);
        overscroll-behavior: contain;
      }
      dialog:focus-visible {
        outline: none;
      }
      dialog[open] {
        display: flex;
        animation: rise var(--calm) var(--ease);
      }
      dialog::backdrop {
        background: var(--shade);
      }
      @keyframes rise {
        from {
          translate: 0 2rem;
          opacity: 0;
        }
      }
      header {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        padding: var(--space-2) var(--space-2) var(--space-1) var(--space-4);
        touch-action: none;
      }
      header::before {
        content: "";
        position: absolute;
        inset-block-start: var(--space-2);
        inset-inline-start: calc(50% - var(--space-5));
        width: var(--space-10);
        height: var(--space-1);
        border-radius: var(--radius-full);
        background: var(--line-strong);
      }
      h2 {
        flex: 1;
        padding-block: var(--space-2);
        font-family: var(--font-display);
        font-size: var(--text-l);
        line-height: var(--leading-tight);
      }
      .body {
        flex: 1;
        min-height: 0;
        overflow-y: auto;
        padding: var(--space-1) var(--space-4) calc(var(--space-4) + env(safe-area-inset-bottom));
        overscroll-behavior: contain;
      }
      .foot {
        padding: 0 var(--space-4);
      }
      @media (min-width: 48rem) {
        dialog {
          inset: 0;
          width: min(30rem, 100%);
          height: fit-content;
          margin: auto;
          border-radius: var(--radius-l);
        }
        header::before {
          content: none;
        }
        :host([placement="side"]) dialog {
          inset: 0 0 0 auto;
          height: 100dvh;
          max-height: none;
          margin: 0;
          border-radius: var(--radius-l) 0 0 var(--radius-l);
        }
        :host([placement="side"]) dialog::backdrop {
          background: none;
        }
      }
    `,
  ];

  override updated(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has('open')) return;
    if (this.open && !this.dialog.open) {
      this.dialog.style.removeProperty('translate');
      this.dialog.showModal();
      enterStage(this.dialog);
      // Were it the close button, Enter pressed twice would close what it opened.
      this.dialog.focus();
    } else if (!this.open && this.dialog.open) {
      this.dialog.close();
      leaveStage(this.dialog);
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.hasUpdated) leaveStage(this.dialog);
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    this.dispatchEvent(new CustomEvent('sc-close'));
  }

  private readonly onPointerDown = (event: PointerEvent): void => {
    if ((event.target as Element).closest('sc-button')) return;
    this.dragFrom = event.clientY;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
  };

  private readonly onPointerMove = (event: PointerEvent): void => {
    if (this.dragFrom === null) return;
    this.dialog.style.setProperty('translate', `0 ${Math.max(0, event.clientY - this.dragFrom)}px`);
  };

  private readonly onPointerUp = (event: PointerEvent): void => {
    if (this.dragFrom === null) return;
    const moved = event.clientY - this.dragFrom;
    this.dragFrom = null;
    if (moved > CLOSE_AFTER_PX) this.close();
    else this.dialog.style.removeProperty('translate');
  };

  private readonly onBackdrop = (event: MouseEvent): void => {
    if (event.target === this.dialog) this.close();
  };

  override render() {
    return html`<dialog
      tabindex="-1"
      aria-label=${this.heading || nothing}
      @cancel=${(event: Event) => {
        if (event.target !== this.dialog) return;
        event.preventDefault();
        this.close();
      }}
      @click=${this.onBackdrop}
    >
      <header
        @pointerdown=${this.onPointerDown}
        @pointermove=${this.onPointerMove}
        @pointerup=${this.onPointerUp}
        @pointercancel=${this.onPointerUp}
      >
        <h2>${this.heading}</h2>
        <slot name="header"></slot>
        <sc-button variant="quiet" icon="x" label=${t('ui.close')} @click=${() => this.close()}></sc-button>
      </header>
      <div class="body"><slot></slot></div>
      <div class="foot"><slot name="foot"></slot></div>
    </dialog>`;
  }
}

/** Closes the sheet opened last, if any; says whether there was one. */
export function closeTopSheet(root: ParentNode): boolean {
  const open = [...root.querySelectorAll<ScSheet>('sc-sheet[open]')].at(-1);
  open?.close();
  return open !== undefined;
}

declare global {
  interface HTMLElementTagNameMap {
    'sc-sheet': ScSheet;
  }
}
