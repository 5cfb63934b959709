// A short word about a state, with a tone; the word always says what the tone says.
import { html, type TemplateResult } from 'lit';

export type Tone = 'plain' | 'live' | 'good' | 'warn' | 'danger';

export function badge(tone: Tone, text: string): TemplateResult {
  return html`<span class="badge ${tone}">${text}</span>`;
}
