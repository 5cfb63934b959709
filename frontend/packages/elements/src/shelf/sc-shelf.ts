/**
 * The numbered list of everything on the shelf, each to watch, to ask for, to buy; and the search of the whole show: the
 * number first, then items, then explanations and chat, both of which lead to their second.
 */
import type { Card, ChatHit, Moment, Source } from '@shopcast/api-client';
import { duration, t, timeOfDay } from '@shopcast/format';
import { LocalisedElement, sharedStyles } from '@shopcast/ui';
import { css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { DropView } from '../drops/drop-view.ts';
import '../drops/sc-drop.ts';
import '../show/messages.ts';
import { buyButton } from '../show/buy-button.ts';
import { cardPartStyles, picture, price, stockLeft } from '../show/card-parts.ts';
import { ask, type CardDetail, type SeekDetail } from '../show/events.ts';
import { lastMomentOf } from '../show/moments.ts';
import { searchShelf } from '../show/shelf-search.ts';
import { type Find, ShowFinder } from './show-finder.ts';

/** More rows than a person scans; the rest is one press or one search away. */
const FIRST_ROWS = 60;

@customElement('sc-shelf')
export class ScShelf extends LocalisedElement {
  @property({ attribute: false }) cards: readonly Card[] = [];
  @property({ attribute: false }) moments: readonly Moment[] = [];
  @property() onAirId = '';
  @property({ attribute: false }) asked: ReadonlySet<string> = new Set();
  @property() source: Source = 'live';
  /** False while an earlier second is on screen: then "on air" means "at this moment". */
  @property({ type: Boolean }) atEdge = false;
  /** Asking to see makes sense only while there is somebody to show it. */
  @property({ type: Boolean }) canAsk = false;
  @property({ type: Boolean }) loading = false;
  /** Searches the whole show; without it only the shelf is searched. */
  @property({ attribute: false }) find: Find | null = null;
  @property({ attribute: false }) startedMs = 0;
  @property({ attribute: false }) dropOf: (itemId: string) => DropView | null = () => null;
  @property({ attribute: false }) now: () => number = () => Date.now();
  @state() private typed = '';
  @state() private all = false;
  @query('input') private readonly input!: HTMLInputElement | null;
  private readonly finder = new ShowFinder(() => this.requestUpdate());

  static override styles = [
    sharedStyles,
    cardPartStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
      }
      .search {
        position: sticky;
        inset-block-start: 0;
        z-index: 1;
        display: flex;
        gap: var(--space-2);
        align-items: center;
        margin-block-end: var(--space-2);
        padding-inline-start: var(--space-3);
        border: var(--border) solid var(--line-strong);
        border-radius: var(--radius-full);
        background: var(--paper-raised);
      }
      .search:focus-within {
        outline: var(--focus-width) solid var(--focus);
      }
      .search sc-icon {
        color: var(--ink-faint);
      }
      input {
        flex: 1;
        min-width: 0;
        min-height: var(--target);
        border: 0;
        outline: none;
        background: none;
        font-size: max(1rem, var(--text-m));
      }
      input:focus-visible {
        outline: none;
      }
      input::placeholder {
        color: var(--ink-faint);
        opacity: 1;
      }
      input::-webkit-search-cancel-button {
        display: none;
      }
      li:not(.plain) {
        display: grid;
        grid-template-columns: auto 1fr auto;
        gap: var(--space-1) var(--space-3);
        align-items: center;
        padding: var(--space-3) var(--space-1) var(--space-2) var(--space-2);
        border-block-end: var(--border) solid var(--line);
        content-visibility: auto;
        contain-intrinsic-size: auto 7rem;
      }
      li.now {
        border-radius: var(--radius-m);
        background: var(--accent-soft);
      }
      li.gone .picture img {
        filter: grayscale(1);
        opacity: 0.6;
      }
      .text {
        min-width: 0;
      }
      h3 {
        font-size: var(--text-m);
        font-weight: var(--weight-medium);
        overflow-wrap: anywhere;
      }
      .facts {
        display: flex;
        flex-wrap: wrap;
        gap: 0 var(--space-2);
        align-items: baseline;
      }
      .tools {
        grid-column: 2 / -1;
        display: flex;
        margin-inline-start: calc(-1 * var(--space-3));
        --icon: 1rem;
        color: var(--ink-soft);
      }
      .air {
        display: inline-flex;
        gap: var(--space-1);
        align-items: center;
        color: var(--accent-pressed);
        font-size: var(--text-xs);
        font-weight: var(--weight-bold);
      }
      section h3 {
        margin-block: var(--space-4) var(--space-1);
        color: var(--ink-soft);
        font-size: var(--text-s);
      }
      .hit {
        display: flex;
        gap: var(--space-3);
        align-items: center;
        width: 100%;
        min-height: var(--target);
        padding: var(--space-2);
        border: 0;
        border-radius: var(--radius-m);
        background: none;
        color: inherit;
        text-align: start;
        cursor: pointer;
        --picture-size: 2.75rem;
        --icon-size: 1.25rem;
      }
      .hit:hover {
        background: var(--paper-sunken);
      }
      .hit .text {
        flex: 1;
        overflow-wrap: anywhere;
      }
      .hit .hit-title {
        display: block;
        font-weight: var(--weight-medium);
      }
      .hit sc-icon {
        flex: none;
        color: var(--accent-pressed);
      }
      .rest {
        display: flex;
        gap: var(--space-2);
        align-items: center;
        min-height: var(--target);
        padding-inline: var(--space-2);
        color: var(--ink-soft);
        font-size: var(--text-s);
      }
      .more {
        display: grid;
        padding-block: var(--space-3);
      }
      sc-skeleton {
        height: 5.5rem;
        margin-block-end: var(--space-3);
      }
    `,
  ];

  focusSearch(): void {
    this.input?.focus();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.finder.stop();
  }

  private type(typed: string): void {
    this.typed = typed;
    this.finder.look(this.find, typed);
  }

  /** What the shelf finds at once, then what only the server knows (other spellings, words of the description). */
  private get found(): readonly Card[] {
    const own = searchShelf(this.cards, this.typed);
    const more = this.finder.state === 'done' ? (this.finder.found?.items ?? []) : [];
    const known = new Map(this.cards.map((card) => [card.id, card]));
    const added = more.flatMap((one) => (own.some((card) => card.id === one.id) ? [] : (known.get(one.id) ?? [])));
    return [...own, ...added];
  }

  private seek(atMs: number): void {
    ask<SeekDetail>(this, 'sc-seek', { atMs });
  }

  private at(ms: number): string {
    return this.startedMs > 0 && ms >= this.startedMs ? duration(ms - this.startedMs) : timeOfDay(ms);
  }

  private momentHit(moment: Moment) {
    const image = moment.image_url;
    return html`<li class="plain">
      <button class="hit" data-moment=${moment.id} @click=${() => this.seek(moment.from_ms)}>
        <span class="picture"
          >${image ? html`<img src=${image} alt="" loading="lazy" decoding="async" />` : nothing}<span
            class="number figures"
            >${moment.number}</span
          ></span
        >
        <span class="text"
          ><span class="hit-title">${moment.title}</span
          ><span class="small soft figures">${t('search.at', { time: this.at(moment.from_ms) })}</span></span
        >
        <sc-icon name="circle-play" label=${t('action.watch')}></sc-icon>
      </button>
    </li>`;
  }

  private chatHit(hit: ChatHit) {
    return html`<li class="plain">
      <button class="hit" data-line=${hit.seq} @click=${() => this.seek(hit.at_ms)}>
        <span class="text"
          ><span class="small soft figures">${hit.name} · ${this.at(hit.at_ms)}</span><br />${hit.text}</span
        >
        <sc-icon name="circle-play" label=${t('action.watch')}></sc-icon>
      </button>
    </li>`;
  }

  private others() {
    const { state, found } = this.finder;
    if (!this.typed.trim() || !this.find) return nothing;
    if (state === 'searching') return html`<p class="rest">${t('search.rest')}</p>`;
    if (state === 'failed') {
      return html`<p class="rest" role="alert">
        ${t('search.rest.failed')}<sc-button size="s" icon="refresh-cw" @click=${() => this.finder.look(this.find, this.typed, 0)}
          >${t('action.retry')}</sc-button
        >
      </p>`;
    }
    const moments = found?.moments ?? [];
    const chat = found?.chat ?? [];
    return html`${
      moments.length > 0
        ? html`<section>
            <h3>${t('search.moments_here')}</h3>
            <ul>${moments.map((one) => this.momentHit(one))}</ul>
          </section>`
        : nothing
    }${
      chat.length > 0
        ? html`<section>
            <h3>${t('search.chat_here')}</h3>
            <ul>${chat.map((one) => this.chatHit(one))}</ul>
          </section>`
        : nothing
    }`;
  }

  private get othersFound(): number {
    const { found, state } = this.finder;
    return state === 'done' && found ? found.moments.length + found.chat.length : 0;
  }

  private row(card: Card) {
    const moment = lastMomentOf(this.moments, card.id);
    const soldOut = card.left <= 0;
    const now = card.id === this.onAirId;
    const asked = this.asked.has(card.id);
    const drop = this.dropOf(card.id);
    return html`<li class="${now ? 'now' : ''} ${soldOut ? 'gone' : ''}" data-number=${card.number}>
      ${picture(card)}
      <div class="text">
        ${now ? html`<span class="air"><sc-icon name="radio"></sc-icon>${this.atEdge ? t('on_air.now') : t('on_air.here')}</span>` : nothing}
        <h3><span class="hidden-text">${t('card.number', { number: card.number })} </span>${card.title}</h3>
        <div class="facts">${price(card)} ${stockLeft(card.left)}</div>
        ${drop ? html`<sc-drop .view=${drop} .card=${card} .now=${this.now}></sc-drop>` : nothing}
      </div>
      ${buyButton(this, card, this.source)}
      <div class="tools">
        ${
          moment
            ? html`<sc-button
                variant="quiet"
                size="s"
                icon="circle-play"
                label=${t('action.watch_item', { number: card.number })}
                @click=${() => ask<CardDetail>(this, 'sc-watch', { card })}
                >${t('action.watch')}</sc-button
              >`
            : nothing
        }
        ${
          this.canAsk && !now
            ? html`<sc-button
                variant="quiet"
                size="s"
                icon=${asked ? 'check' : 'hand'}
                ?disabled=${asked}
                label=${asked ? '' : t('action.ask_item', { number: card.number })}
                @click=${() => {
                  if (!asked) ask<CardDetail>(this, 'sc-ask', { card });
                }}
                >${asked ? t('action.asked') : t('action.ask')}</sc-button
              >`
            : nothing
        }
      </div>
    </li>`;
  }

  override render() {
    if (this.loading) return html`<sc-skeleton></sc-skeleton><sc-skeleton></sc-skeleton><sc-skeleton></sc-skeleton>`;
    if (this.cards.length === 0)
      return html`<sc-empty icon="shopping-bag" heading=${t('shelf.empty')} text=${t('shelf.empty.next')}></sc-empty>`;
    const found = this.found;
    const settled = this.finder.state !== 'searching';
    const shown = this.all ? found : found.slice(0, FIRST_ROWS);
    return html`<div class="search" role="search">
        <sc-icon name="search"></sc-icon>
        <input
          type="search"
          enterkeyhint="search"
          autocomplete="off"
          aria-label=${t('shelf.search')}
          placeholder=${t('shelf.search.example')}
          .value=${this.typed}
          @input=${(event: Event) => {
            this.type((event.target as HTMLInputElement).value);
          }}
        />
        ${
          this.typed
            ? html`<sc-button
                variant="quiet"
                icon="x"
                label=${t('shelf.search.clear')}
                @click=${() => {
                  this.type('');
                  this.focusSearch();
                }}
              ></sc-button>`
            : nothing
        }
      </div>
      <div class="hidden-text" role="status">
        ${this.typed && settled ? t('search.found', { n: found.length, others: this.othersFound }) : ''}
      </div>
      ${
        found.length === 0
          ? this.othersFound > 0 || !settled
            ? nothing
            : html`<sc-empty icon="search" heading=${t('shelf.none', { typed: this.typed })} text=${t('shelf.none.next')}></sc-empty>`
          : html`<ol>
              ${repeat(
                shown,
                (card) => card.id,
                (card) => this.row(card),
              )}
            </ol>`
      }
      ${
        shown.length < found.length
          ? html`<div class="more">
              <sc-button
                @click=${() => {
                  this.all = true;
                }}
                >${t('shelf.more', { n: found.length - shown.length })}</sc-button
              >
            </div>`
          : nothing
      }
      ${this.others()}`;
  }
}
