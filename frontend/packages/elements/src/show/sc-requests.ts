/** What people want to see next, counted; and what became of one's own requests. */
import type { Card } from '@shopcast/api-client';
import { t } from '@shopcast/format';
import type { RequestCount } from '@shopcast/room-client';
import { LocalisedElement, sharedStyles } from '@shopcast/ui';
import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import './messages.ts';
import { ask } from './events.ts';
import type { OwnRequest } from './show-controller.ts';

/** The rest of the queue is of interest to the host only. */
const SHOWN = 5;

/** "about 4 min", never a false second. */
export function eta(seconds: number | null): string {
  if (seconds === null) return t('request.eta.unknown');
  if (seconds < 60) return t('request.eta.soon');
  return t('request.eta', { n: Math.round(seconds / 60) });
}

@customElement('sc-requests')
export class ScRequests extends LocalisedElement {
  @property({ attribute: false }) top: readonly RequestCount[] = [];
  @property({ attribute: false }) own: readonly OwnRequest[] = [];
  @property({ attribute: false }) items: Readonly<Record<string, Card>> = {};
  /** Only one's own, as chips over the picture. */
  @property({ type: Boolean, reflect: true }) overlay = false;

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      h3 {
        margin-block-end: var(--space-1);
        font-size: var(--text-s);
        color: var(--ink-soft);
        font-weight: var(--weight-medium);
      }
      li {
        display: flex;
        gap: var(--space-2);
        align-items: center;
        min-height: 2rem;
        font-size: var(--text-s);
      }
      .number {
        flex: none;
        min-width: 2rem;
        padding-inline: var(--space-1);
        border-radius: var(--radius-s);
        background: var(--paper-sunken);
        font-weight: var(--weight-bold);
        text-align: center;
      }
      .grow {
        flex: 1;
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .own .number {
        background: var(--accent-soft);
        color: var(--accent-pressed);
      }
      :host([overlay]) ul {
        display: flex;
        gap: var(--space-2);
        overflow-x: auto;
        scrollbar-width: none;
      }
      :host([overlay]) li {
        flex: none;
        padding: var(--space-1) var(--space-3);
        border-radius: var(--radius-full);
        background: var(--video-chip-strong);
        color: var(--on-video);
      }
      :host([overlay]) .number {
        min-width: 0;
        background: none;
        color: inherit;
      }
    `,
  ];

  private status(one: OwnRequest): string {
    if (one.state === 'on_air') return t('request.on_air.short');
    if (one.state === 'answered') return t('request.answered.short');
    return one.place === null ? eta(one.eta_s) : t('request.place', { place: one.place, eta: eta(one.eta_s) });
  }

  private ownRow(one: OwnRequest) {
    return html`<li class="own">
      <span class="number figures">#${one.number}</span>
      <span class="grow figures">${this.status(one)}</span>
      ${
        one.state === 'answered' && one.clip_url
          ? html`<sc-button
              size="s"
              variant=${this.overlay ? 'on-video' : 'quiet'}
              icon="circle-play"
              @click=${() => ask(this, 'sc-clip', { url: one.clip_url })}
              >${t('action.watch_clip')}</sc-button
            >`
          : nothing
      }
    </li>`;
  }

  override render() {
    if (this.overlay) {
      const own = this.own.filter((one) => one.state !== 'answered' || one.clip_url).slice(0, 3);
      return own.length > 0
        ? html`<ul aria-label=${t('request.own')}>${own.map((one) => this.ownRow(one))}</ul>`
        : nothing;
    }
    const top = this.top.slice(0, SHOWN);
    return html`
      ${this.own.length > 0 ? html`<h3>${t('request.own')}</h3><ul>${this.own.map((one) => this.ownRow(one))}</ul>` : nothing}
      ${
        top.length > 0
          ? html`<h3>${t('request.top')}</h3>
              <ol>
                ${top.map(
                  (one) =>
                    html`<li>
                      <span class="number figures">#${one.number}</span
                      ><span class="grow">${this.items[one.item_id]?.title ?? ''}</span
                      ><span class="soft figures">${t('request.count', { n: one.count })} · ${eta(one.eta_s)}</span>
                    </li>`,
                )}
              </ol>`
          : this.own.length === 0
            ? html`<p class="soft small">${t('request.none')}</p>`
            : nothing
      }
    `;
  }
}
