/** The card of what is being explained: picture, number, name, price now, before, left, buy. */
import type { Card, OnAir, Source } from '@shopcast/api-client';
import { duration, t } from '@shopcast/format';
import { LocalisedElement, sharedStyles } from '@shopcast/ui';
import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { DropView } from '../drops/drop-view.ts';
import '../drops/sc-drop.ts';
import './messages.ts';
import { buyButton } from './buy-button.ts';
import { cardPartStyles, picture, price, stockLeft } from './card-parts.ts';

@customElement('sc-on-air-card')
export class ScOnAirCard extends LocalisedElement {
  @property({ attribute: false }) card: Card | null = null;
  @property({ attribute: false }) onAir: OnAir | null = null;
  @property({ attribute: false }) atMs: number | null = null;
  @property({ attribute: false }) drop: DropView | null = null;
  @property({ attribute: false }) now: () => number = () => Date.now();
  @property() source: Source = 'live';
  /** Large, with the claim in full: under the picture of a desktop. */
  @property({ type: Boolean, reflect: true }) wide = false;

  static override styles = [
    sharedStyles,
    cardPartStyles,
    css`
      :host {
        display: block;
        container-type: inline-size;
      }
      article {
        display: flex;
        gap: var(--space-3);
        align-items: center;
        padding: var(--space-2);
        border-radius: var(--radius-l);
        background: var(--paper-raised);
        color: var(--ink);
        box-shadow: var(--shadow-m);
        --picture-size: 4.25rem;
        animation: arrive var(--calm) var(--ease);
      }
      @keyframes arrive {
        from {
          translate: 0 var(--space-2);
          opacity: 0;
        }
      }
      .picture {
        margin: var(--space-1) 0 0 var(--space-1);
      }
      .text {
        flex: 1;
        min-width: 0;
        display: grid;
        gap: 0.125rem;
      }
      .now {
        display: flex;
        gap: var(--space-1);
        align-items: center;
        color: var(--ink-soft);
        font-size: var(--text-xs);
        line-height: var(--leading-tight);
      }
      .dot {
        width: 0.5rem;
        height: 0.5rem;
        border-radius: var(--radius-full);
        background: var(--live);
      }
      h3 {
        overflow: hidden;
        font-size: var(--text-m);
        font-weight: var(--weight-medium);
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .facts {
        display: flex;
        flex-wrap: wrap;
        gap: 0 var(--space-2);
        align-items: baseline;
      }
      .claim {
        display: none;
        color: var(--ink-soft);
      }
      :host([wide]) article {
        gap: var(--space-5);
        padding: var(--space-4);
        border: var(--border) solid var(--line);
        box-shadow: var(--shadow-s);
        --picture-size: 7rem;
        --price-size: var(--text-2xl);
      }
      :host([wide]) h3 {
        font-family: var(--font-display);
        font-size: var(--text-xl);
        font-weight: var(--weight-bold);
        white-space: normal;
      }
      :host([wide]) .claim {
        display: block;
      }
      :host([wide]) sc-button {
        min-width: 9rem;
      }
      @container (max-width: 27rem) {
        :host([wide]) article {
          flex-direction: column;
          align-items: stretch;
        }
        :host([wide]) .picture {
          width: auto;
          max-width: 16rem;
        }
      }
      .nothing {
        padding: var(--space-5);
        border: var(--border) dashed var(--line-strong);
        border-radius: var(--radius-l);
        color: var(--ink-soft);
        text-align: center;
      }
    `,
  ];

  private since(): string {
    if (!this.onAir || this.atMs === null) return '';
    const minutes = Math.floor((this.atMs - this.onAir.since_ms) / 60_000);
    return minutes >= 1 ? duration(this.atMs - this.onAir.since_ms) : '';
  }

  override render() {
    const { card } = this;
    if (!card) return this.wide ? html`<div class="nothing">${t('on_air.nothing')}</div>` : nothing;
    return html`<article aria-label=${t('on_air.label', { number: card.number, title: card.title })}>
      ${picture(card)}
      <div class="text">
        <div class="now">
          ${this.source === 'live' ? html`<span class="dot"></span>` : nothing}
          ${this.source === 'live' ? t('on_air.now') : t('on_air.here')}
          <span class="figures">${this.source === 'live' ? this.since() : ''}</span>
        </div>
        <h3 title=${card.title}>${card.title}</h3>
        <p class="claim">${card.claim}</p>
        <div class="facts">${price(card)} ${stockLeft(card.left)}</div>
        ${this.drop ? html`<sc-drop .view=${this.drop} .card=${card} .now=${this.now}></sc-drop>` : nothing}
      </div>
      ${buyButton(this, card, this.source, 'l')}
    </article>`;
  }
}
