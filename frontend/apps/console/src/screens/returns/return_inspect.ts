// Is it what was sold: per item accepted, back to stock or written off, what is kept back, and the true cause.
import { t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { type InspectRow, inspectBody, inspectProblem, inspectRows } from '../../lib/return_steps.ts';
import { wholeNumber } from '../../lib/whole_number.ts';
import type { Cause, ReturnItemView } from '../../types.ts';
import { ReturnPart } from './return_part.ts';
import { CAUSES, causeWord } from './return_words.ts';

@customElement('return-inspect')
export class ReturnInspect extends ReturnPart {
  @state() private rows: InspectRow[] | null = null;
  @state() private tried = false;
  @state() private busy = false;

  override render() {
    const rows = this.rows ?? inspectRows(this.view.items);
    return html`<section class="panel next-step"><h2>${t('returns.inspect')}</h2><p class="soft">${t('returns.inspect_text')}</p>
      ${rows.map((row) => this.#row(row, rows))}
      <div><sc-button variant="primary" icon="check" ?loading=${this.busy} @click=${() => this.#save(rows)}>${t('returns.inspect_do')}</sc-button></div></section>`;
  }

  #row(row: InspectRow, rows: InspectRow[]): TemplateResult | typeof nothing {
    const item = this.view.items.find((one) => one.id === row.itemId);
    if (!item) return nothing;
    const change = (next: Partial<InspectRow>) => {
      this.rows = rows.map((one) => (one.itemId === row.itemId ? { ...one, ...next } : one));
    };
    const set = (name: keyof InspectRow) => (event: Event) =>
      change({ [name]: (event.target as HTMLInputElement).value });
    const problem = inspectProblem(row, item);
    // A missing word is said only after pressing: nobody has had time to write it before.
    const wrong = (name: typeof problem) =>
      problem === name && (this.tried || name !== 'answer') ? t(`inspect_wrong.${name}`, { n: item.received }) : '';
    const accepted = wholeNumber(row.accepted, 0, item.received) ?? 0;
    const writtenOff = accepted - (wholeNumber(row.restock, 0, accepted) ?? accepted);
    return html`<fieldset class="plain inspect stack"><legend><strong>${item.title}</strong> <span class="soft">${item.variant_title} · ${t('returns.n_received', { n: item.received })}</span></legend>
      <div class="row">
        <sc-field label=${t('returns.accepted')} inputmode="numeric" .value=${row.accepted} .error=${wrong('accepted')} @input=${set('accepted')}></sc-field>
        <sc-field label=${t('returns.restock')} inputmode="numeric" hint=${writtenOff > 0 ? t('returns.n_written_off', { n: writtenOff }) : ''} .value=${row.restock} .error=${wrong('restock')} @input=${set('restock')}></sc-field>
        <sc-field label=${`${t('returns.withhold')} (${item.withheld.currency})`} inputmode="decimal" optional .value=${row.withheld} .error=${wrong('withheld')} @input=${set('withheld')}></sc-field>
        <sc-field label=${t('returns.true_cause')} .value=${row.cause} .choices=${CAUSES.map((value) => ({ value, label: causeWord(value) }))} @change=${(event: Event) => change({ cause: (event.target as HTMLSelectElement).value as Cause })}></sc-field>
      </div>
      ${accepted < item.received || row.withheld.trim() !== '' || row.answer ? html`<sc-field label=${t('returns.answer')} hint=${t('returns.reject_hint')} multiline rows="2" maxlength="2000" .value=${row.answer} .error=${wrong('answer')} @input=${set('answer')}></sc-field>` : nothing}
    </fieldset>`;
  }

  async #save(rows: InspectRow[]): Promise<void> {
    this.tried = true;
    const items = this.view.items;
    const isWrong = rows.some((row) => {
      const item = items.find((one: ReturnItemView) => one.id === row.itemId);
      return !item || inspectProblem(row, item) !== null;
    });
    if (isWrong) return;
    this.busy = true;
    if (await this.send('inspect', inspectBody(rows, items), { done: t('returns.inspected') })) this.rows = null;
    this.busy = false;
  }
}
