/** A drop on a card: when it opens, at what price, how many are left at it and how long. Every number is the server's. */
import type { Card } from '@shopcast/api-client';
import { countdown, formatMoney, t } from '@shopcast/format';
import { LocalisedElement, sharedStyles } from '@shopcast/ui';
import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { DropView } from './drop-view.ts';
import { dropView } from './drop-view.ts';
import './messages.ts';

@customElement('sc-drop')
export class ScDrop extends LocalisedElement {
  @property({ attribute: false }) view: DropView | null = null;
  @property({ attribute: false }) card: Card | null = null;
  /** The server's clock; a phone's own may be minutes off. */
  @property({ attribute: false }) now: () => number = () => Date.now();
  private timer = 0;

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      p {
        display: flex;
        flex-wrap: wrap;
        gap: 0 var(--space-2);
        align-items: baseline;
        font-size: var(--text-s);
        line-height: var(--leading-tight);
      }
      .mark {
        display: inline-flex;
        gap: var(--space-1);
        align-items: center;
        align-self: center;
        padding: 0.0625rem var(--space-2);
        border-radius: var(--radius-s);
        background: var(--accent-soft);
        color: var(--accent-pressed);
        font-size: var(--text-xs);
        font-weight: var(--weight-bold);
        --icon-size: 0.875rem;
      }
      strong {
        font-weight: var(--weight-bold);
      }
      .over .mark {
        background: var(--paper-sunken);
        color: var(--ink-soft);
      }
    `,
  ];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearTimeout(this.timer);
  }

  /** Beats with the countdown's own seconds, so that no second is skipped or shown twice. */
  override updated(): void {
    window.clearTimeout(this.timer);
    const left = this.current()?.msLeft;
    if (left === null || left === undefined || left <= 0) return;
    this.timer = window.setTimeout(() => this.requestUpdate(), (left % 1000) + 5);
  }

  private current(): DropView | null {
    return this.view && dropView(this.view.drop, this.now());
  }

  private mark(icon: string, words: string) {
    return html`<span class="mark"><sc-icon name=${icon}></sc-icon>${words}</span>`;
  }

  private time(label: string, ms: number | null) {
    if (ms === null) return nothing;
    return html`<span>${label} <strong class="figures" role="timer" aria-live="off">${countdown(ms)}</strong></span>`;
  }

  private limits(view: DropView) {
    const { variant_id, per_customer } = view.drop;
    const variant = this.card?.variants.find((one) => one.id === variant_id);
    return html`${variant ? html`<span class="soft">${t('drop.variant', { variant: variant.title })}</span>` : nothing}
    ${per_customer ? html`<span class="soft">${t('drop.per_customer', { n: per_customer })}</span>` : nothing}`;
  }

  override render() {
    const view = this.current();
    if (!view || !this.card) return nothing;
    const { drop, phase, msLeft } = view;
    const price = formatMoney({ amount_minor: drop.price, currency: this.card.currency });
    switch (phase) {
      case 'planned':
      case 'countdown':
        return html`<p>
          ${this.mark('timer', phase === 'planned' ? t('drop.planned') : msLeft === 0 ? t('drop.opening') : t('drop.open'))}
          ${this.time(t('drop.opens'), msLeft)}
          <span class="figures">${t('drop.will_be', { n: drop.quantity, price })}</span>${this.limits(view)}
        </p>`;
      case 'running':
        return html`<p>
          ${this.mark('timer', t('drop.open'))}<strong class="figures">${t('drop.left', { n: drop.left })}</strong>
          ${this.time(t('drop.ends'), msLeft)}${this.limits(view)}
        </p>`;
      case 'sold_out':
        return html`<p class="over">${this.mark('check', t('drop.sold_out', { n: drop.quantity, price }))}</p>`;
      default:
        return html`<p class="over">${this.mark('clock', t('drop.ended'))}</p>`;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'sc-drop': ScDrop;
  }
}
