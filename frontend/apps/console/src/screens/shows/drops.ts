// Tab "drops": what will be sold for minutes at a price, in the order it comes; planned here, started on the host's desk.
import { dateTime, duration, formatMoney, t } from '@shopcast/format';
import { badge } from '@shopcast/ui/controls/badge.ts';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { ask } from '../../app/confirm.ts';
import { Loader } from '../../app/loader.ts';
import { type DropDraft, type DropField, draftOfDrop, dropBody, dropProblems, newDrop } from '../../lib/drop_draft.ts';
import { browserTimeZone } from '../../lib/zoned_time.ts';
import type { Card, DropAnswer, Page } from '../../types.ts';
import { picture } from '../words.ts';
import { dropForm } from './drop_form.ts';
import { ShowPart } from './part.ts';

@customElement('show-drops')
export class ShowDrops extends ShowPart {
  @state() private draft: DropDraft | null = null;
  /** The drop being changed; null while a new one is planned. */
  @state() private changing: DropAnswer | null = null;
  @state() private problems: Partial<Record<DropField, string>> = {};
  @state() private busy = false;
  readonly #drops = new Loader<DropAnswer[]>(
    this,
    async (signal) => (await this.app.api.get<Page<DropAnswer>>(this.path('/drops'), { limit: 100 }, signal)).items,
  );

  override render() {
    return html`<div class="stack">${this.#drops.view((drops) => this.#list(drops), 3)}
      <sc-sheet placement="side" heading=${t(this.changing ? 'drop.change' : 'drop.plan')} .open=${this.draft !== null} @sc-close=${this.#close}>${this.draft ? this.#form(this.draft) : nothing}</sc-sheet></div>`;
  }

  #list(drops: DropAnswer[]): TemplateResult {
    const { items } = this.manage;
    if (items.length === 0)
      return html`<sc-empty icon="zap" heading=${t('drop.shelf_first')} text=${t('drop.shelf_first_text')}></sc-empty>`;
    const plan = html`<sc-button variant="primary" icon="plus" @click=${() => this.#open(null)}>${t('drop.plan')}</sc-button>`;
    if (drops.length === 0)
      return html`<sc-empty icon="zap" heading=${t('drop.none')} text=${t('drop.none_text')}>${plan}</sc-empty>`;
    return html`<div class="toolbar">${plan}<span class="small soft push">${t('drop.how')}</span></div>
      <ol class="stack tight">${drops.map((drop) =>
        this.#row(
          drop,
          items.find((one) => one.id === drop.item_id),
        ),
      )}</ol>`;
  }

  #row(drop: DropAnswer, card: Card | undefined): TemplateResult {
    const zone = this.manage.show.time_zone || browserTimeZone();
    const isOpen = drop.state === 'planned';
    const variant = card?.variants.find((one) => one.id === drop.variant_id)?.title;
    const opened = drop.state === 'planned' ? null : drop.opens_at;
    const when = opened
      ? dateTime(opened)
      : drop.starts_at === null
        ? t('drop_form.by_host')
        : `${dateTime(drop.starts_at)} · ${zone.replaceAll('_', ' ')}`;
    const facts = [
      t('drop.left_and_all', { left: drop.left, n: drop.quantity }),
      drop.per_customer === null ? t('drop.no_limit') : t('drop.each', { n: drop.per_customer }),
      t('drop.clock', { countdown: drop.countdown_s, time: duration(drop.duration_s * 1000) }),
    ];
    return html`<li class="drop-row">${picture(card?.image_url, 'medium')}
      <div class="stack tight grow"><span class="line wrap"><strong class="clip-one">${card ? `#${card.number} ${card.title}` : drop.item_id}${variant ? ` · ${variant}` : ''}</strong>${badge(drop.state === 'running' ? 'live' : drop.state === 'countdown' ? 'warn' : 'plain', t(`drop_state.${drop.state}`))}</span>
        <span class="number"><strong>${formatMoney(drop.price)}</strong>${drop.was_price ? html` <s class="soft">${formatMoney(drop.was_price)}</s>` : nothing} <span class="small soft">${when}</span></span>
        <span class="small soft number">${facts.join(' · ')}</span></div>
      ${
        isOpen
          ? html`<span class="line"><sc-button icon="pencil" label=${t('drop.change_number', { number: card?.number ?? 0 })} @click=${() => this.#open(drop)}></sc-button>
        <sc-button icon="trash-2" label=${t('drop.remove_number', { number: card?.number ?? 0 })} @click=${() => this.#remove(drop, card)}></sc-button></span>`
          : nothing
      }</li>`;
  }

  #form(draft: DropDraft): TemplateResult {
    return html`<form class="form" novalidate @submit=${this.#save}>${dropForm(
      draft,
      this.manage.items,
      this.problems,
      (next) => {
        this.draft = next;
      },
      this.changing === null,
    )}
      <div class="form-foot"><sc-button type="submit" variant="primary" ?loading=${this.busy}>${t(this.changing ? 'action.save' : 'drop.plan')}</sc-button><sc-button variant="quiet" @click=${this.#close}>${t('action.cancel')}</sc-button></div></form>`;
  }

  #open(drop: DropAnswer | null): void {
    const zone = this.manage.show.time_zone || browserTimeZone();
    const first = this.manage.on_air?.item_id ?? this.manage.items[0]?.id ?? '';
    this.changing = drop;
    this.problems = {};
    this.draft = drop ? draftOfDrop(drop, zone) : newDrop(first, zone);
  }

  readonly #close = () => {
    this.draft = null;
    this.changing = null;
  };

  readonly #save = async (event: SubmitEvent) => {
    event.preventDefault();
    const { draft, changing } = this;
    if (!draft || this.busy) return;
    const card = this.manage.items.find((one) => one.id === draft.itemId);
    this.problems = dropProblems(draft, card, Date.now());
    if (!card || Object.keys(this.problems).length > 0) return;
    this.busy = true;
    const body = dropBody(draft, card.currency);
    const { item_id: _item, variant_id: _variant, ...changes } = body;
    const saved = await this.app.act(
      () =>
        changing
          ? this.app.api.patch(`/v1/drops/${changing.id}`, changes)
          : this.app.api.post(this.path('/drops'), body),
      { done: t(changing ? 'state.saved' : 'drop.planned') },
    );
    this.busy = false;
    if (!saved) return;
    this.#close();
    void this.#drops.load();
  };

  async #remove(drop: DropAnswer, card: Card | undefined): Promise<void> {
    const sure = await ask({
      heading: t('drop.remove_sure'),
      text: t('drop.remove_text', { title: card?.title ?? '' }),
      confirm: t('drop.remove'),
      danger: true,
    });
    if (!sure) return;
    if (await this.app.act(() => this.app.api.delete(`/v1/drops/${drop.id}`), { done: t('drop.removed') }))
      void this.#drops.load();
  }
}
