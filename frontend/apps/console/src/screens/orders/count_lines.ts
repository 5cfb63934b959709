// Lines with how many of each: one row per line, all or none in one tap, the number by thumb or by key.
import { t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import { allOf, type Countable, type Counts, noneOf } from '../../lib/line_counts.ts';
import { wholeNumber } from '../../lib/whole_number.ts';

export function countLines(
  lines: readonly Countable[],
  counts: Counts,
  change: (counts: Counts) => void,
): TemplateResult {
  return html`<div class="stack tight">
    ${
      lines.length > 1
        ? html`<div class="chips"><button type="button" class="chip" @click=${() => change(allOf(lines))}>${t('lines.all')}</button><button type="button" class="chip" @click=${() => change(noneOf(lines))}>${t('lines.none')}</button></div>`
        : nothing
    }
    <ul class="plain-list">${lines.map((line) => row(line, counts, change))}</ul></div>`;
}

function row(line: Countable, counts: Counts, change: (counts: Counts) => void): TemplateResult {
  const text = counts[line.lineId] ?? '0';
  const value = wholeNumber(text, 0, line.most);
  const set = (next: string) => change({ ...counts, [line.lineId]: next });
  const name = `${line.title} ${line.variant}`.trim();
  return html`<li><span class="grow stack tight"><strong class="clip-one">${line.title}</strong><span class="small soft">${line.variant ? `${line.variant} · ` : ''}${t('lines.of', { n: line.most })}</span>${value === null ? html`<span class="problem" role="alert">${t('lines.wrong', { n: line.most })}</span>` : nothing}</span>
    <span class="stepper-input"><button type="button" aria-label=${t('lines.fewer', { name })} ?disabled=${!value} @click=${() => set(String((value ?? 1) - 1))}><sc-icon name="minus"></sc-icon></button>
      <input class="control number" inputmode="numeric" aria-label=${t('lines.count_of', { name })} .value=${text} @input=${(event: Event) => set((event.target as HTMLInputElement).value)} />
      <button type="button" aria-label=${t('lines.one_more', { name })} ?disabled=${value === null || value >= line.most} @click=${() => set(String((value ?? 0) + 1))}><sc-icon name="plus"></sc-icon></button></span></li>`;
}
