// Tab "stock": pieces set aside for this show alone, per variant, and whether a comment may order.
import { formatNumber, t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { Loader } from '../../app/loader.ts';
import { type AsideRow, asideChanges, asideOf, asideRows } from '../../lib/set_aside.ts';
import type { AllocationView, ChatOrders } from '../../types.ts';
import { matches } from '../live/shelf_panel.ts';
import { ShowPart } from './part.ts';

/** A shelf may have two thousand variants; this many are read without scrolling for ever. */
const ROWS_AT_ONCE = 60;

@customElement('show-selling')
export class ShowSelling extends ShowPart {
  @state() private typed: Readonly<Record<string, string>> = {};
  @state() private busy = false;
  @state() private words = '';
  @state() private limit = ROWS_AT_ONCE;
  readonly #asides = new Loader<AllocationView[]>(
    this,
    async (signal) =>
      (await this.app.api.get<{ items: AllocationView[] }>(this.path('/allocations'), undefined, signal)).items,
  );
  readonly #chat = new Loader<ChatOrders>(this, (signal) =>
    this.app.api.get<ChatOrders>(this.path('/chat-orders'), undefined, signal),
  );

  override render() {
    return html`<div class="stack loose">${this.#asides.view((known) => this.#table(known))}
      <section class="panel"><h2>${t('chat_orders.title')}</h2><p class="soft">${t('chat_orders.what')}</p>${this.#chat.view((chat) => this.#chatSwitch(chat), 1)}</section></div>`;
  }

  #table(known: AllocationView[]): TemplateResult {
    const rows = asideRows(this.manage.items, known);
    if (rows.length === 0)
      return html`<sc-empty icon="package" heading=${t('drop.shelf_first')} text=${t('aside.shelf_first_text')}></sc-empty>`;
    const found = rows.filter((row) =>
      matches({ number: row.number, title: `${row.title} ${row.variant}` }, this.words),
    );
    const mayRaise = this.app.canManage();
    const changes = asideChanges(rows, this.typed, mayRaise);
    return html`<section class="panel"><div class="stack tight"><h2>${t('aside.title')}</h2><p class="soft">${t(mayRaise ? 'aside.what' : 'aside.what_host')}</p></div>
      <label class="search-field"><sc-icon name="search"></sc-icon><span class="hidden-text">${t('live.find')}</span><input class="control" type="search" placeholder=${t('live.find')} .value=${this.words} @input=${(
        event: Event,
      ) => {
        this.words = (event.target as HTMLInputElement).value;
        this.limit = ROWS_AT_ONCE;
      }} /></label>
      <table class="table edit-table aside-table"><caption class="hidden-text">${t('aside.title')}</caption><thead><tr><th scope="col">${t('order.what')}</th><th scope="col" class="end">${t('aside.free')}</th><th scope="col" class="end">${t('aside.taken')}</th><th scope="col" class="end">${t('aside.given')}</th></tr></thead>
        <tbody>${found.slice(0, this.limit).map((row) => this.#row(row, mayRaise))}</tbody></table>
        ${found.length === 0 ? html`<p class="soft">${t('live.none_match')}</p>` : nothing}
        ${
          found.length > this.limit
            ? html`<div class="more"><sc-button @click=${() => {
                this.limit += ROWS_AT_ONCE;
              }}>${t('action.more')}</sc-button></div>`
            : nothing
        }</section>
      ${
        Object.keys(this.typed).length > 0 && changes?.length !== 0
          ? html`<div class="save-bar" role="region" aria-label=${t('state.unsaved_short')}><span class="grow">${t('state.unsaved_short')}</span><sc-button variant="quiet" @click=${() => {
              this.typed = {};
            }}>${t('action.discard')}</sc-button><sc-button variant="primary" ?disabled=${changes === null} ?loading=${this.busy} @click=${() => this.#save(changes ?? [])}>${t('action.save')}</sc-button></div>`
          : nothing
      }`;
  }

  #row(row: AsideRow, mayRaise: boolean): TemplateResult {
    const text = this.typed[row.variantId] ?? String(row.given);
    const isWrong = asideOf(row, text, mayRaise) === null;
    const most = mayRaise ? row.given + row.free : row.given;
    return html`<tr><th scope="row"><span class="soft number">#${row.number}</span> ${row.title}${row.variant ? html` <span class="soft">${row.variant}</span>` : nothing}</th>
      <td class="end number" data-label=${t('aside.free')}>${formatNumber(row.free)}</td><td class="end number" data-label=${t('aside.taken')}>${formatNumber(row.taken)}</td>
      <td class="end" data-label=${t('aside.given')}><span class="stack tight"><input class="control number" inputmode="numeric" aria-label=${t('aside.of', { title: `${row.title} ${row.variant}` })} aria-invalid=${isWrong ? 'true' : 'false'} .value=${text} @input=${(
        event: Event,
      ) => {
        this.typed = { ...this.typed, [row.variantId]: (event.target as HTMLInputElement).value };
      }} />${isWrong ? html`<span class="problem" role="alert">${t('aside.wrong', { least: row.taken, most })}</span>` : nothing}</span></td></tr>`;
  }

  async #save(lines: readonly { variant_id: string; quantity: number }[]): Promise<void> {
    const before = lines.flatMap((line) => {
      const known = this.#asides.value?.find((one) => one.variant_id === line.variant_id);
      return [{ variant_id: line.variant_id, quantity: known?.allocated ?? 0 }];
    });
    const put = (next: readonly unknown[]) => this.app.api.put(this.path('/allocations'), { lines: next });
    this.busy = true;
    const saved = await this.app.act(() => put(lines), {
      done: t('aside.saved'),
      undo: () => put(before).then(() => this.#asides.load()),
    });
    this.busy = false;
    if (!saved) return;
    this.typed = {};
    await this.#asides.load();
  }

  #chatSwitch(chat: ChatOrders): TemplateResult {
    const value = chat.enabled === null ? '' : chat.enabled ? 'on' : 'off';
    const set = async (event: Event) => {
      const chosen = (event.target as HTMLSelectElement).value;
      const body = { enabled: chosen === '' ? null : chosen === 'on' };
      const undo = () =>
        this.app.api.put(this.path('/chat-orders'), { enabled: chat.enabled }).then(() => this.#chat.load());
      await this.app.act(() => this.app.api.put(this.path('/chat-orders'), body), { done: t('state.saved'), undo });
      await this.#chat.load();
    };
    return html`<sc-field label=${t('chat_orders.in_show')} hint=${t(chat.effective ? 'chat_orders.is_on' : 'chat_orders.is_off')} .value=${value} .choices=${['', 'on', 'off'].map((one) => ({ value: one, label: t(`chat_orders_choice.${one || 'usual'}`) }))} @change=${set}></sc-field>`;
  }
}
