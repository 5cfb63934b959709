// A number with its name, and its definition one tap away.
import { html, nothing, type TemplateResult } from 'lit';

export interface Stat {
  readonly label: string;
  readonly value: unknown;
  readonly note?: unknown;
  readonly definition?: string;
  readonly definitionLabel?: string;
  readonly tone?: 'gain' | 'plain';
}

export function stat(entry: Stat): TemplateResult {
  return html`<div class="stat">
    <dt>${entry.label}</dt>
    <dd class=${entry.tone === 'gain' ? 'gain' : ''}>${entry.value}</dd>
    ${entry.note ? html`<dd class="note">${entry.note}</dd>` : nothing}
    ${entry.definition ? html`<dd class="definition"><details><summary>${entry.definitionLabel ?? '?'}<span class="hidden-text">: ${entry.label}</span></summary><p>${entry.definition}</p></details></dd>` : nothing}
  </div>`;
}

export function stats(entries: readonly Stat[]): TemplateResult {
  return html`<dl class="stats">${entries.map(stat)}</dl>`;
}
