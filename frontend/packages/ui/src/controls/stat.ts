// A number with its name; a tap on it says how it is defined.
import { html, nothing, type TemplateResult } from 'lit';

export interface Stat {
  readonly label: string;
  readonly value: unknown;
  readonly note?: unknown;
  readonly definition?: string;
  readonly tone?: 'gain' | 'plain';
}

export function stat(entry: Stat): TemplateResult {
  const face = html`<span class="stat-label">${entry.label}${entry.definition ? html`<sc-icon name="info"></sc-icon>` : nothing}</span>
    <span class="stat-value ${entry.tone ?? 'plain'}">${entry.value}</span>${entry.note ? html`<span class="stat-note">${entry.note}</span>` : nothing}`;
  if (!entry.definition) return html`<li class="stat">${face}</li>`;
  return html`<li class="stat"><details><summary>${face}</summary><p>${entry.definition}</p></details></li>`;
}

export function stats(entries: readonly Stat[]): TemplateResult {
  return html`<ul class="stats">${entries.map(stat)}</ul>`;
}
