// One row of what came or went: a word for its state, what it is about, and behind it everything that is known.
import { dateTime } from '@shopcast/format';
import { badge, type Tone } from '@shopcast/ui/controls/badge.ts';
import { html, nothing, type TemplateResult } from 'lit';

export interface Traffic {
  readonly tone: Tone;
  readonly state: string;
  readonly heading: unknown;
  readonly facts: unknown;
  readonly at: string;
  /** Said in words: what it means and what happens next. */
  readonly meaning: string;
  readonly body: string | null;
  readonly act: TemplateResult | typeof nothing;
}

export function trafficRow(row: Traffic): TemplateResult {
  return html`<li class="traffic"><details><summary><span class="line wrap grow">${badge(row.tone, row.state)}<strong>${row.heading}</strong><span class="small soft number">${row.facts}</span></span><time class="small soft number nowrap" datetime=${row.at}>${dateTime(row.at)}</time></summary>
    <div class="stack"><p>${row.meaning}</p>${row.body ? html`<code class="code">${row.body}</code>` : nothing}</div></details>
    ${row.act === nothing ? nothing : html`<div class="traffic-act">${row.act}</div>`}</li>`;
}
