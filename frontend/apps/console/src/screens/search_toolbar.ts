// The head of a list: one field for words, one row of filters; the same on every list.
import { html, nothing, type TemplateResult } from 'lit';

export interface SearchToolbar {
  readonly placeholder: string;
  readonly words: string;
  readonly search: ((words: string) => void) | null;
  readonly filterLabel: string;
  readonly choices: readonly { readonly value: string; readonly label: string; readonly count?: number | null }[];
  readonly chosen: string;
  readonly choose: (value: string) => void;
}

export function searchToolbar(bar: SearchToolbar): TemplateResult {
  const { search } = bar;
  return html`<div class="toolbar">${
    search
      ? html`<label class="search-field"><sc-icon name="search"></sc-icon><span class="hidden-text">${bar.placeholder}</span>
      <input class="control" type="search" placeholder=${bar.placeholder} .value=${bar.words} @input=${(event: Event) => search((event.target as HTMLInputElement).value)} /></label>`
      : nothing
  }
    <div class="chips" role="group" aria-label=${bar.filterLabel}>${bar.choices.map(
      (choice) =>
        html`<button type="button" class="chip" aria-pressed=${choice.value === bar.chosen ? 'true' : 'false'} @click=${() => bar.choose(choice.value)}>${choice.label}${choice.count ? html` <span class="number">${choice.count}</span>` : nothing}</button>`,
    )}</div></div>`;
}
