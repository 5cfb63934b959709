/** Coupon codes: type one, see what came of each, take one away; and which coupon was applied by itself, and why. */
import type { CartBest, CartCode } from '@shopcast/api-client';
import { formatMoney, t } from '@shopcast/format';
import { formStyles, LocalisedElement, sharedStyles } from '@shopcast/ui';
import { css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import './messages.ts';

export interface CodesDetail {
  codes: string[];
}

/** Longer is no code of anybody's; the server says the same. */
const MAX_CODE_LENGTH = 40;

@customElement('sc-codes')
export class ScCodes extends LocalisedElement {
  @property({ attribute: false }) codes: readonly CartCode[] = [];
  @property({ attribute: false }) best: CartBest | null = null;
  @property({ type: Boolean }) busy = false;
  @state() private open = false;
  @query('input') private readonly input!: HTMLInputElement | null;

  static override styles = [
    sharedStyles,
    formStyles,
    css`
      :host {
        display: grid;
        gap: var(--space-2);
        font-size: var(--text-s);
      }
      .add {
        display: flex;
        gap: var(--space-2);
      }
      .add input {
        flex: 1;
        min-width: 0;
        min-height: var(--target);
        padding: var(--space-1) var(--space-3);
        border: var(--border) solid var(--line-strong);
        border-radius: var(--radius-m);
        background: var(--paper-raised);
        font-size: max(1rem, var(--text-m));
        text-transform: uppercase;
      }
      .open {
        justify-self: start;
        margin-inline-start: calc(-1 * var(--space-3));
      }
      li {
        display: flex;
        gap: var(--space-2);
        align-items: center;
      }
      li > span {
        flex: 1;
        min-width: 0;
      }
      li.rejected strong {
        color: var(--ink-soft);
        text-decoration: line-through;
      }
      .best {
        display: flex;
        gap: var(--space-2);
        align-items: baseline;
        color: var(--gain);
        --icon-size: 1rem;
      }
    `,
  ];

  private say(codes: string[]): void {
    this.dispatchEvent(new CustomEvent<CodesDetail>('sc-codes', { detail: { codes } }));
  }

  private readonly onAdd = (event: Event): void => {
    event.preventDefault();
    const typed = this.input?.value.trim().toUpperCase() ?? '';
    if (!typed || !this.input) return;
    this.input.value = '';
    const codes = this.codes.map((one) => one.code);
    if (!codes.includes(typed)) this.say([...codes, typed]);
  };

  private row(one: CartCode) {
    const rejected = one.state === 'rejected';
    return html`<li class=${one.state}>
      <sc-icon name=${rejected ? 'circle-alert' : 'check'}></sc-icon>
      <span><strong>${one.code}</strong> ${rejected ? one.message || t('codes.rejected') : t('codes.applied')}</span>
      <sc-button
        variant="quiet"
        size="s"
        icon="x"
        label=${t('codes.remove', { code: one.code })}
        @click=${() => this.say(this.codes.filter((other) => other !== one).map((other) => other.code))}
      ></sc-button>
    </li>`;
  }

  private field() {
    if (!this.open && this.codes.length === 0) {
      return html`<sc-button
        class="open"
        variant="quiet"
        size="s"
        icon="plus"
        @click=${() => {
          this.open = true;
          void this.updateComplete.then(() => this.input?.focus());
        }}
        >${t('codes.open')}</sc-button
      >`;
    }
    return html`<form class="add" @submit=${this.onAdd}>
      <input
        aria-label=${t('codes.label')}
        placeholder=${t('codes.label')}
        autocomplete="off"
        autocapitalize="characters"
        spellcheck="false"
        maxlength=${MAX_CODE_LENGTH}
      />
      <sc-button type="submit" ?loading=${this.busy}>${t('codes.use')}</sc-button>
    </form>`;
  }

  override render() {
    const { best } = this;
    return html`${
      best && !this.codes.some((one) => one.code === best.code)
        ? html`<p class="best" role="status"><sc-icon name="check"></sc-icon><span>${t('codes.best', { label: best.label, amount: formatMoney(best.amount) })}</span></p>`
        : nothing
    }
    ${this.codes.length > 0 ? html`<ul role="status">${this.codes.map((one) => this.row(one))}</ul>` : nothing}
    ${this.field()}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'sc-codes': ScCodes;
  }
}
