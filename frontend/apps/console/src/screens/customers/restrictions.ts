// Who may not buy just now: why, until when, what they say to it; lifted or upheld, always with words for them.
import { dateTime, relative, t } from '@shopcast/format';
import { badge } from '@shopcast/ui/controls/badge.ts';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { Pager } from '../../app/pager.ts';
import type { Page, RestrictionView } from '../../types.ts';
import { searchToolbar } from '../search_toolbar.ts';
import { SettingPart } from '../settings/setting_part.ts';

const FILTERS = ['appealed', 'active', 'lifted', 'expired'];

@customElement('customers-restrictions')
export class CustomersRestrictions extends SettingPart {
  @state() private filter = 'active';
  @state() private deciding: string | null = null;
  @state() private words = '';
  @state() private problem = '';
  @state() private busy: string | null = null;
  readonly #rows = new Pager<RestrictionView>(this, (cursor, signal) =>
    this.app.api.get<Page<RestrictionView>>(
      this.app.org('/restrictions'),
      this.filter === 'appealed'
        ? { appealed: true, cursor, limit: 50 }
        : { state: this.filter || null, cursor, limit: 50 },
      signal,
    ),
  );

  override render() {
    return html`<div class="stack"><p class="soft">${t('restrictions.what')}</p>
      ${searchToolbar({
        placeholder: '',
        words: '',
        search: null,
        filterLabel: t('orders.filter'),
        choices: [
          ...FILTERS.map((value) => ({ value, label: t(`restrictions_filter.${value}`) })),
          { value: '', label: t('orders.all') },
        ],
        chosen: this.filter,
        choose: (value) => {
          this.filter = value;
          void this.#rows.restart();
        },
      })}
      ${this.#rows.view(
        (rows) => html`<ul class="stack">${rows.map((row) => this.#row(row))}</ul>`,
        () =>
          html`<sc-empty icon="circle-check" heading=${t(this.filter === 'appealed' ? 'restrictions.no_appeals' : 'restrictions.empty')} text=${t('restrictions.empty_text')}></sc-empty>`,
      )}</div>`;
  }

  #row(row: RestrictionView): TemplateResult {
    const isOpen = row.appeal_state === 'open';
    const until = row.expires_at
      ? t('restrictions.until', { when: dateTime(row.expires_at) })
      : t('restrictions.no_end');
    return html`<li class="panel"><div class="panel-head"><h2>${t(`blocks.${row.blocks}`)}</h2><span class="line wrap">${row.state === 'active' ? badge(isOpen ? 'danger' : 'warn', t(isOpen ? 'restrictions.appealed' : 'restriction_state.active')) : badge('plain', t(`restriction_state.${row.state}`))}</span></div>
      <p>${t(`restriction_reason.${row.reason}`)}${row.words ? html` <span class="soft">“${row.words}”</span>` : nothing}</p>
      <p class="small soft">${t(row.set_by_rule ? 'restrictions.by_rule' : 'restrictions.by_hand')} · ${relative(row.created_at, Date.now())} · ${until} · <span class="number">${row.buyer_key}</span></p>
      ${row.appeal_text ? html`<blockquote class="wrapped"><span class="label">${t('restrictions.they_say')}</span><br />${row.appeal_text}</blockquote>` : nothing}
      ${row.decision_words ? html`<p class="small">${t('returns.you_said', { words: row.decision_words })}</p>` : nothing}
      ${row.state === 'active' && this.app.canManage() ? this.#decide(row, isOpen) : nothing}</li>`;
  }

  #decide(row: RestrictionView, isOpen: boolean): TemplateResult {
    if (this.deciding !== row.id)
      return html`<div class="line wrap"><sc-button icon="check" @click=${() => this.#open(row)}>${t('restrictions.decide')}</sc-button></div>`;
    return html`<sc-field label=${t('restrictions.words')} hint=${t('restrictions.words_hint')} multiline rows="2" maxlength="500" .value=${this.words} .error=${this.problem} @input=${(
      event: Event,
    ) => {
      this.words = (event.target as HTMLTextAreaElement).value;
    }}></sc-field>
      <div class="line wrap"><sc-button variant="primary" ?loading=${this.busy === 'lift'} @click=${() => this.#send(row, 'lift')}>${t('restrictions.lift')}</sc-button>${isOpen ? html`<sc-button variant="danger" ?loading=${this.busy === 'uphold'} @click=${() => this.#send(row, 'uphold')}>${t('restrictions.uphold')}</sc-button>` : nothing}<sc-button variant="quiet" @click=${() => {
        this.deciding = null;
      }}>${t('action.cancel')}</sc-button></div>`;
  }

  #open(row: RestrictionView): void {
    this.deciding = row.id;
    this.words = '';
    this.problem = '';
  }

  /** A no needs a reason: it is the last word the buyer hears from us. */
  async #send(row: RestrictionView, verb: 'lift' | 'uphold'): Promise<void> {
    this.problem = verb === 'uphold' && this.words.trim() === '' ? t('restrictions.words_needed') : '';
    if (this.problem || this.busy) return;
    this.busy = verb;
    const path = this.app.org(`/restrictions/${row.id}/${verb}`);
    const done = await this.app.act(() => this.app.api.post(path, { words: this.words.trim() }), {
      done: t(verb === 'lift' ? 'restrictions.lifted' : 'restrictions.upheld'),
    });
    this.busy = null;
    if (!done) return;
    this.deciding = null;
    void this.#rows.restart();
  }
}
