/** The time line of a show: chapters by product, where the picture is, and back to live. A slider by keyboard. */
import type { Moment } from '@shopcast/api-client';
import { duration, t } from '@shopcast/format';
import { LocalisedElement, sharedStyles } from '@shopcast/ui';
import { css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';

import './messages.ts';
import { ask, type SeekDetail } from './events.ts';
import { momentAt } from './moments.ts';
import { styled } from './styled.ts';

/** Steps of the keyboard on the slider. */
const STEP_MS = 10_000;
/** So that the position is not written into the tree at each beat of the player. */
const MIN_SHARE_CHANGE = 0.0005;

@customElement('sc-chapters')
export class ScChapters extends LocalisedElement {
  @property({ attribute: false }) moments: readonly Moment[] = [];
  @property({ attribute: false }) images: ReadonlyMap<string, string> = new Map();
  @property({ attribute: false }) fromMs = 0;
  @property({ attribute: false }) toMs = 0;
  @property({ attribute: false }) atMs: number | null = null;
  @property({ type: Boolean }) live = false;
  @property({ type: Boolean, reflect: true }) overlay = false;
  /** Pictures of the chapters below the bar. */
  @property({ type: Boolean, reflect: true }) strip = false;
  @state() private previewMs: number | null = null;
  @query('.bar') private readonly bar!: HTMLElement;
  private dragging = false;
  private shownMoment = '';

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        --bar-ground: var(--line);
        --bar-chapter: var(--line-strong);
        --bar-played: var(--accent);
      }
      :host([overlay]) {
        --bar-ground: var(--video-line);
        --bar-chapter: var(--on-video-soft);
      }
      .row {
        display: flex;
        gap: var(--space-3);
        align-items: center;
        font-size: var(--text-s);
      }
      .bar {
        position: relative;
        flex: 1;
        height: var(--target);
        cursor: pointer;
        touch-action: none;
      }
      .track,
      .chapter,
      .played {
        position: absolute;
        inset-block: calc(50% - 0.1875rem);
        border-radius: var(--radius-full);
      }
      .track {
        inset-inline: 0;
        background: var(--bar-ground);
      }
      .chapter {
        min-width: 0.25rem;
        border-inline: 1px solid var(--paper);
        background: var(--bar-chapter);
      }
      :host([overlay]) .chapter {
        border-color: var(--video-ground);
      }
      .chapter.now {
        inset-block: calc(50% - 0.3125rem);
      }
      .chapter.before {
        background: var(--bar-played);
      }
      .head {
        position: absolute;
        inset-block: calc(50% - 0.5625rem);
        width: 1.125rem;
        margin-inline-start: -0.5625rem;
        border: 3px solid var(--paper-raised);
        border-radius: var(--radius-full);
        background: var(--accent);
        box-shadow: var(--shadow-s);
      }
      .preview {
        position: absolute;
        inset-block-end: calc(100% - var(--space-1));
        display: flex;
        gap: var(--space-2);
        align-items: center;
        width: max-content;
        max-width: 16rem;
        padding: var(--space-1) var(--space-3) var(--space-1) var(--space-1);
        translate: -50% 0;
        border-radius: var(--radius-m);
        background: var(--ink);
        color: var(--paper);
        font-size: var(--text-s);
        pointer-events: none;
      }
      .preview img {
        width: 2.5rem;
        height: 2.5rem;
        border-radius: var(--radius-s);
        object-fit: cover;
      }
      .chapters {
        display: flex;
        gap: var(--space-2);
        padding: var(--space-1) var(--space-1) var(--space-2);
        overflow-x: auto;
        scrollbar-width: thin;
      }
      .chapters button {
        display: flex;
        flex: none;
        gap: var(--space-2);
        align-items: center;
        max-width: 13rem;
        min-height: var(--target);
        padding: var(--space-1) var(--space-3) var(--space-1) var(--space-1);
        border: var(--border) solid var(--line);
        border-radius: var(--radius-m);
        background: var(--paper-raised);
        text-align: start;
        cursor: pointer;
      }
      .chapters button[aria-current="true"] {
        border-color: var(--accent);
        background: var(--accent-soft);
      }
      .chapters img,
      .chapters .blank {
        width: 2.5rem;
        height: 2.5rem;
        flex: none;
        border-radius: var(--radius-s);
        background: var(--paper-sunken);
        object-fit: cover;
      }
      .chapters .words {
        display: grid;
        min-width: 0;
        font-size: var(--text-s);
        line-height: var(--leading-tight);
      }
      .chapters .title {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
    `,
  ];

  /** The strip shows the chapter on screen, without moving the page itself. */
  override updated(): void {
    const current = this.renderRoot.querySelector<HTMLElement>('.chapters [aria-current="true"]');
    const id = current?.dataset.moment ?? '';
    if (!current || id === this.shownMoment) return;
    this.shownMoment = id;
    const strip = current.parentElement;
    if (strip) strip.scrollLeft = current.offsetLeft - strip.offsetLeft - strip.clientWidth / 3;
  }

  private get span(): number {
    return Math.max(1, this.toMs - this.fromMs);
  }

  private share(atMs: number): number {
    return Math.min(1, Math.max(0, (atMs - this.fromMs) / this.span));
  }

  private percent(atMs: number): string {
    const share = Math.round(this.share(atMs) / MIN_SHARE_CHANGE) * MIN_SHARE_CHANGE;
    return `${(share * 100).toFixed(2)}%`;
  }

  private seek(atMs: number): void {
    ask<SeekDetail>(this, 'sc-seek', { atMs: Math.min(this.toMs, Math.max(this.fromMs, atMs)) });
  }

  private instantOf(event: PointerEvent): number {
    const box = this.bar.getBoundingClientRect();
    return this.fromMs + (Math.min(box.width, Math.max(0, event.clientX - box.left)) / box.width) * this.span;
  }

  private readonly onPointer = (event: PointerEvent): void => {
    if (event.type === 'pointerdown') {
      this.dragging = true;
      this.bar.setPointerCapture(event.pointerId);
    }
    if (event.type === 'pointerleave' && !this.dragging) {
      this.previewMs = null;
      return;
    }
    this.previewMs = this.instantOf(event);
    if (event.type !== 'pointerup') return;
    this.dragging = false;
    this.seek(this.previewMs);
    this.previewMs = null;
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    const at = this.atMs ?? this.toMs;
    const targets: Record<string, number> = {
      ArrowLeft: at - STEP_MS,
      ArrowRight: at + STEP_MS,
      ArrowDown: at - STEP_MS,
      ArrowUp: at + STEP_MS,
      PageDown: at - STEP_MS * 6,
      PageUp: at + STEP_MS * 6,
      Home: this.fromMs,
      End: this.toMs,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.seek(target);
  };

  private preview() {
    if (this.previewMs === null) return nothing;
    const moment = momentAt(this.moments, this.previewMs);
    const image = moment ? this.images.get(moment.item_id) : undefined;
    return html`<div class="preview figures" ${styled({ left: this.percent(this.previewMs) })}>
      ${image ? html`<img src=${image} alt="" />` : nothing}
      <span>${duration(this.previewMs - this.fromMs)}${moment ? ` · #${moment.number} ${moment.title}` : ''}</span>
    </div>`;
  }

  private chapterBar(moment: Moment) {
    const to = moment.to_ms ?? this.toMs;
    const at = this.atMs ?? this.toMs;
    const state = `${moment.from_ms <= at ? 'before' : ''} ${moment.from_ms <= at && at < to ? 'now' : ''}`;
    const width = (this.share(to) - this.share(moment.from_ms)) * 100;
    return html`<span
      class="chapter ${state}"
      ${styled({ left: this.percent(moment.from_ms), width: `${width.toFixed(2)}%` })}
    ></span>`;
  }

  private chapterButton(moment: Moment, current: boolean) {
    const image = this.images.get(moment.item_id);
    return html`<button
      data-moment=${moment.id}
      aria-current=${current ? 'true' : 'false'}
      @click=${() => this.seek(moment.from_ms)}
    >
      ${image ? html`<img src=${image} alt="" loading="lazy" />` : html`<span class="blank"></span>`}
      <span class="words"
        ><span class="hidden-text">${t('chapters.go')}</span> <span class="title">#${moment.number} ${moment.title}</span>
        <span class="soft figures">${duration(moment.from_ms - this.fromMs)}</span></span
      >
    </button>`;
  }

  override render() {
    const at = this.atMs ?? this.toMs;
    const moment = momentAt(this.moments, at);
    const position = duration(at - this.fromMs);
    return html`<div class="row figures">
        <span>${position}</span>
        <div
          class="bar"
          role="slider"
          tabindex="0"
          aria-label=${t('chapters.label')}
          aria-valuemin="0"
          aria-valuemax=${Math.round(this.span / 1000)}
          aria-valuenow=${Math.round((at - this.fromMs) / 1000)}
          aria-valuetext=${moment ? `${position}, ${t('card.number', { number: moment.number })} ${moment.title}` : position}
          @pointerdown=${this.onPointer}
          @pointermove=${this.onPointer}
          @pointerup=${this.onPointer}
          @pointerleave=${this.onPointer}
          @keydown=${this.onKey}
        >
          <span class="track"></span>${this.moments.map((one) => this.chapterBar(one))}
          <span class="head" ${styled({ left: this.percent(at) })}></span>
          ${this.preview()}
        </div>
        <span>${this.live ? nothing : duration(this.span)}</span>
        <slot name="end"></slot>
      </div>
      ${
        this.strip && this.moments.length > 0
          ? html`<div class="chapters" role="group" aria-label=${t('chapters.strip')}>
              ${this.moments.map((one) => this.chapterButton(one, one.id === moment?.id))}
            </div>`
          : nothing
      }`;
  }
}
