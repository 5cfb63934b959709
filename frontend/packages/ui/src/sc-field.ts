/**
 * A labelled input with hint and error. Draws into the light tree, so that the surrounding form, autofill and password
 * managers see a plain input; its rules are in form.css.
 */
import { t } from '@shopcast/format';
import { html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { LocalisedElement } from './localised.ts';
import './messages.ts';
import './sc-icon.ts';

let lastId = 0;

@customElement('sc-field')
export class ScField extends LocalisedElement {
  @property() label = '';
  @property() name = '';
  @property() value = '';
  @property() type = 'text';
  @property() hint = '';
  @property() error = '';
  @property() placeholder = '';
  @property() autocomplete = '';
  @property() inputmode = '';
  @property({ type: Boolean }) required = false;
  @property({ type: Boolean }) optional = false;
  @property({ type: Boolean }) disabled = false;
  @property({ type: Boolean }) multiline = false;
  @property({ type: Number }) rows = 3;
  @property({ type: Number }) maxlength = 0;
  @property({ type: Number }) minlength = 0;
  @property() min = '';
  @property() max = '';
  @property() step = '';
  /** With choices the field is a select. */
  @property({ attribute: false }) choices: { value: string; label: string }[] = [];

  private readonly fieldId = `field-${++lastId}`;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  get control(): HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement | null {
    return this.querySelector('.control');
  }

  override focus(): void {
    this.control?.focus();
  }

  private readonly onInput = (event: Event): void => {
    this.value = (event.target as HTMLInputElement).value;
    this.error = '';
  };

  private describedBy(): string | typeof nothing {
    const parts = [this.hint && `${this.fieldId}-hint`, this.error && `${this.fieldId}-error`].filter(Boolean);
    return parts.length > 0 ? parts.join(' ') : nothing;
  }

  private controlTemplate() {
    const invalid = this.error ? 'true' : nothing;
    if (this.choices.length > 0) {
      return html`<select
        class="control"
        id=${this.fieldId}
        name=${this.name}
        ?required=${this.required}
        ?disabled=${this.disabled}
        autocomplete=${(this.autocomplete || nothing) as AutoFill}
        aria-invalid=${invalid}
        aria-describedby=${this.describedBy()}
        @change=${this.onInput}
      >
        ${this.choices.map(
          (choice) =>
            html`<option value=${choice.value} ?selected=${choice.value === this.value}>${choice.label}</option>`,
        )}
      </select>`;
    }
    if (this.multiline) {
      return html`<textarea
        class="control"
        id=${this.fieldId}
        name=${this.name}
        rows=${this.rows}
        .value=${live(this.value)}
        placeholder=${this.placeholder || nothing}
        maxlength=${this.maxlength || nothing}
        ?required=${this.required}
        ?disabled=${this.disabled}
        aria-invalid=${invalid}
        aria-describedby=${this.describedBy()}
        @input=${this.onInput}
      ></textarea>`;
    }
    return html`<input
      class="control"
      id=${this.fieldId}
      name=${this.name}
      type=${this.type as 'text'}
      .value=${live(this.value)}
      placeholder=${this.placeholder || nothing}
      autocomplete=${(this.autocomplete || nothing) as AutoFill}
      inputmode=${(this.inputmode || nothing) as 'text'}
      maxlength=${this.maxlength || nothing}
      minlength=${this.minlength || nothing}
      min=${this.min || nothing}
      max=${this.max || nothing}
      step=${this.step || nothing}
      ?required=${this.required}
      ?disabled=${this.disabled}
      aria-invalid=${invalid}
      aria-describedby=${this.describedBy()}
      @input=${this.onInput}
    />`;
  }

  override render() {
    return html`<div class="field">
      <label for=${this.fieldId}
        >${this.label}${this.optional ? html` <span class="optional">${t('ui.optional')}</span>` : nothing}</label
      >
      ${this.controlTemplate()}
      ${this.hint ? html`<div class="hint" id=${`${this.fieldId}-hint`}>${this.hint}</div>` : nothing}
      ${
        this.error
          ? html`<div class="error" id=${`${this.fieldId}-error`}>
              <sc-icon name="circle-alert"></sc-icon>${this.error}
            </div>`
          : nothing
      }
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'sc-field': ScField;
  }
}
