/** Short news that needs no answer, in one polite (or, for danger, assertive) live region. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { onStageChange, topStage } from './stage.ts';
import { sharedStyles } from './styles.ts';
import './sc-button.ts';

export interface ToastOptions {
  tone?: 'plain' | 'gain' | 'danger';
  icon?: string;
  action?: { label: string; run: () => void };
  /** Long enough to read twice; one with an action waits longer. */
  durationMs?: number;
}

interface Shown extends ToastOptions {
  id: number;
  text: string;
}

/** More would cover the picture; the oldest leaves first. */
const MAX_SHOWN = 3;

@customElement('sc-toast')
export class ScToast extends LitElement {
  @state() private shown: Shown[] = [];
  private nextId = 1;

  static override styles = [
    sharedStyles,
    css`
      :host {
        position: fixed;
        inset-block-start: calc(env(safe-area-inset-top) + var(--space-16));
        inset-inline: 0;
        z-index: var(--layer-toast);
        display: grid;
        gap: var(--space-2);
        justify-items: center;
        padding-inline: var(--space-4);
        border: 0;
        background: none;
        pointer-events: none;
      }
      .toast {
        display: flex;
        gap: var(--space-3);
        align-items: center;
        max-width: min(100%, 30rem);
        min-height: var(--target);
        padding: var(--space-1) var(--space-2) var(--space-1) var(--space-4);
        border-radius: var(--radius-l);
        background: var(--ink);
        color: var(--paper);
        box-shadow: var(--shadow-m);
        font-size: var(--text-m);
        line-height: var(--leading-tight);
        pointer-events: auto;
        animation: arrive var(--calm) var(--ease);
      }
      .toast span {
        flex: 1;
        padding-block: var(--space-2);
      }
      .danger {
        background: var(--danger);
      }
      .gain sc-icon {
        color: var(--paper);
      }
      @keyframes arrive {
        from {
          translate: 0 calc(-1 * var(--space-4));
          opacity: 0;
        }
      }
      sc-button {
        flex: none;
      }
    `,
  ];

  show(text: string, options: ToastOptions = {}): void {
    const id = this.nextId++;
    this.shown = [...this.shown, { ...options, id, text }].slice(-MAX_SHOWN);
    const wait = options.durationMs ?? (options.action ? 9000 : 5000);
    window.setTimeout(() => this.dismiss(id), wait);
  }

  private dismiss(id: number): void {
    this.shown = this.shown.filter((one) => one.id !== id);
  }

  private row(one: Shown) {
    const action = one.action;
    return html`<div class="toast ${one.tone ?? 'plain'}">
      ${one.icon ? html`<sc-icon name=${one.icon}></sc-icon>` : nothing}<span>${one.text}</span>
      ${
        action
          ? html`<sc-button
              variant="quiet"
              @click=${() => {
                action.run();
                this.dismiss(one.id);
              }}
              >${action.label}</sc-button
            >`
          : nothing
      }
    </div>`;
  }

  override render() {
    const rows = (assertive: boolean) =>
      repeat(
        this.shown.filter((one) => (one.tone === 'danger') === assertive),
        (one) => one.id,
        (one) => this.row(one),
      );
    return html`<div role="status" aria-live="polite">${rows(false)}</div>
      <div role="alert" aria-live="assertive">${rows(true)}</div>`;
  }
}

let region: ScToast | null = null;

/** Shows news on the page's one toast region, made at first use; it moves into the sheet on top and out again. */
export function toast(text: string, options: ToastOptions = {}): void {
  if (!region) {
    const made = document.createElement('sc-toast') as ScToast;
    onStageChange(() => topStage().append(made));
    region = made;
  }
  if (!region.isConnected) topStage().append(region);
  region.show(text, options);
}

declare global {
  interface HTMLElementTagNameMap {
    'sc-toast': ScToast;
  }
}
