// How the organisation sells: holds, shipping, returns, orders by comment; each change counts for sales to come.
import { t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { Loader } from '../../app/loader.ts';
import {
  draftOfPolicy,
  emptyZone,
  HOLD_MINUTES,
  isSellable,
  policyBody,
  RETURN_DAYS,
  type SellingDraft,
  type ZoneDraft,
  zoneProblem,
} from '../../lib/selling_draft.ts';
import { wholeNumber } from '../../lib/whole_number.ts';
import type { ChatOrders, Organisation, ReturnRules, SellingPolicy } from '../../types.ts';
import { countryChoices } from './choices.ts';
import { SettingPart } from './setting_part.ts';
import { zoneForm } from './zone_form.ts';

interface Selling {
  readonly policy: SellingPolicy;
  readonly organisation: Organisation;
  readonly rules: ReturnRules;
  readonly chat: ChatOrders;
}

@customElement('settings-selling')
export class SettingsSelling extends SettingPart {
  @state() private draft: SellingDraft | null = null;
  @state() private rules: Partial<ReturnRules> | null = null;
  @state() private tried = false;
  @state() private busy = false;
  readonly #selling = new Loader<Selling>(this, async (signal) => {
    const get = <T>(path: string) => this.app.api.get<T>(this.app.org(path), undefined, signal);
    const [policy, organisation, rules, chat] = await Promise.all([
      get<SellingPolicy>('/selling-policy'),
      get<Organisation>(''),
      get<ReturnRules>('/return-rules'),
      get<ChatOrders>('/chat-orders'),
    ]);
    return { policy, organisation, rules, chat };
  });

  override render() {
    return this.#selling.view((selling) => this.#forms(selling));
  }

  #forms(selling: Selling): TemplateResult {
    const { currency } = selling.organisation;
    const draft = this.draft ?? draftOfPolicy(selling.policy, currency);
    const locked = !this.app.canManage();
    const change = (next: Partial<SellingDraft>) => {
      this.draft = { ...draft, ...next };
      this.app.router.guard(() => confirm(t('state.unsaved')));
    };
    return html`<form class="stack loose" novalidate @submit=${(event: SubmitEvent) => this.#save(event, draft, currency)}><fieldset class="plain stack loose" ?disabled=${locked}>
        ${this.#holding(draft, change)}${this.#shipping(draft, currency, change)}${this.#returns(draft, selling.rules, change)}
        <section class="panel"><h2>${t('selling.terms')}</h2><sc-field label=${t('selling.terms_label')} hint=${t('selling.terms_hint')} multiline rows="6" optional .value=${draft.terms} @input=${(event: Event) => change({ terms: (event.target as HTMLTextAreaElement).value })}></sc-field></section></fieldset>
      ${this.draft || this.rules ? html`<div class="save-bar" role="region" aria-label=${t('state.unsaved_short')}><span class="grow">${t('state.unsaved_short')}</span><sc-button variant="quiet" @click=${this.#discard}>${t('action.discard')}</sc-button><sc-button type="submit" variant="primary" ?loading=${this.busy}>${t('action.save')}</sc-button></div>` : nothing}</form>
      ${this.#chat(selling.chat, locked)}`;
  }

  #holding(draft: SellingDraft, change: (next: Partial<SellingDraft>) => void): TemplateResult {
    const isWrong = wholeNumber(draft.holdMinutes, HOLD_MINUTES.least, HOLD_MINUTES.most) === null;
    return html`<section class="panel"><h2>${t('selling.holding')}</h2>
      ${(['hold', 'first_paid'] as const).map((mode) => html`<label class="choice"><input type="radio" name="mode" ?checked=${draft.mode === mode} @change=${() => change({ mode })} /><span class="stack tight"><strong>${t(`selling_mode.${mode}`)}</strong><span class="small soft">${t(`selling_mode_text.${mode}`)}</span></span></label>`)}
      ${draft.mode === 'hold' ? html`<sc-field class="count-field wide" label=${t('selling.hold_minutes')} hint=${t('drop_form.between', HOLD_MINUTES)} inputmode="numeric" .value=${draft.holdMinutes} .error=${isWrong ? t('drop_form.between', HOLD_MINUTES) : ''} @input=${(event: Event) => change({ holdMinutes: (event.target as HTMLInputElement).value })}></sc-field>` : nothing}</section>`;
  }

  #shipping(draft: SellingDraft, currency: string, change: (next: Partial<SellingDraft>) => void): TemplateResult {
    const set = (index: number) => (next: Partial<ZoneDraft>) =>
      change({ zones: draft.zones.map((zone, place) => (place === index ? { ...zone, ...next } : zone)) });
    const remove = (index: number) => () => change({ zones: draft.zones.filter((_zone, place) => place !== index) });
    return html`<section class="panel"><h2>${t('selling.shipping')}</h2><p class="soft">${t('selling.shipping_text')}</p>
      <div class="form"><div class="row"><sc-field label=${t('selling.ships_from')} .value=${draft.shipsFrom} .choices=${countryChoices(draft.shipsFrom)} @change=${(event: Event) => change({ shipsFrom: (event.target as HTMLSelectElement).value })}></sc-field>
        <sc-field label=${t('selling.tax')} .value=${draft.taxMode} .choices=${(['inclusive', 'exclusive', 'none'] as const).map((value) => ({ value, label: t(`tax_mode.${value}`) }))} @change=${(event: Event) => change({ taxMode: (event.target as HTMLSelectElement).value as SellingDraft['taxMode'] })}></sc-field></div></div>
      ${draft.zones.map((zone, index) => zoneForm(zone, index, currency, this.tried ? zoneProblem(zone, draft.zones, currency) : null, set(index), draft.zones.length > 1 ? remove(index) : null))}
      <div><sc-button icon="plus" @click=${() => change({ zones: [...draft.zones, emptyZone([])] })}>${t('zone.add')}</sc-button></div></section>`;
  }

  #returns(draft: SellingDraft, known: ReturnRules, change: (next: Partial<SellingDraft>) => void): TemplateResult {
    const rules = { ...known, ...this.rules };
    const isWrong = wholeNumber(draft.returnDays, RETURN_DAYS.least, RETURN_DAYS.most) === null;
    const setRules = (next: Partial<ReturnRules>) => {
      this.rules = { ...this.rules, ...next };
    };
    return html`<section class="panel"><h2>${t('selling.returns')}</h2>
      <div class="form"><div class="row"><sc-field label=${t('selling.return_days')} hint=${t('selling.return_days_hint')} inputmode="numeric" .value=${draft.returnDays} .error=${isWrong ? t('drop_form.between', RETURN_DAYS) : ''} @input=${(event: Event) => change({ returnDays: (event.target as HTMLInputElement).value })}></sc-field>
        <sc-field label=${t('selling.return_shipping')} .value=${draft.returnShipping} .choices=${(['buyer', 'seller'] as const).map((value) => ({ value, label: t(`return_shipping.${value}`) }))} @change=${(event: Event) => change({ returnShipping: (event.target as HTMLSelectElement).value as SellingDraft['returnShipping'] })}></sc-field>
        <sc-field label=${t('selling.approval')} hint=${t('selling.approval_hint')} .value=${rules.approval} .choices=${(['by_hand', 'automatic'] as const).map((value) => ({ value, label: t(`approval.${value}`) }))} @change=${(event: Event) => setRules({ approval: (event.target as HTMLSelectElement).value as ReturnRules['approval'] })}></sc-field></div>
      <sc-field label=${t('selling.return_address')} hint=${t('selling.return_address_hint')} optional multiline rows="3" maxlength="500" .value=${rules.address} @input=${(event: Event) => setRules({ address: (event.target as HTMLTextAreaElement).value })}></sc-field></div></section>`;
  }

  /** A switch by itself: it counts at once, so it saves at once, and can be taken back. */
  #chat(chat: ChatOrders, locked: boolean): TemplateResult {
    const set = (enabled: boolean) => async () => {
      const path = this.app.org('/chat-orders');
      const undo = () => this.app.api.put(path, { enabled: !enabled }).then(() => this.#selling.load());
      if (await this.app.act(() => this.app.api.put(path, { enabled }), { done: t('state.saved'), undo }))
        await this.#selling.load();
    };
    return html`<section class="panel"><h2>${t('chat_orders.title')}</h2><p class="soft">${t('chat_orders.what')}</p>
      <label class="checkbox"><input type="checkbox" ?disabled=${locked} .checked=${chat.effective} @change=${set(!chat.effective)} />${t('chat_orders.on')}</label></section>`;
  }

  readonly #discard = () => {
    this.draft = null;
    this.rules = null;
    this.tried = false;
    this.app.router.guard(null);
  };

  async #save(event: SubmitEvent, draft: SellingDraft, currency: string): Promise<void> {
    event.preventDefault();
    this.tried = true;
    if (this.busy) return;
    if (!isSellable(draft, currency)) {
      await this.updateComplete;
      this.querySelector<HTMLElement>('[aria-invalid="true"], .problem')?.scrollIntoView({ block: 'center' });
      return;
    }
    this.busy = true;
    const rules = this.rules && this.#selling.value ? { ...this.#selling.value.rules, ...this.rules } : null;
    const saved = await this.app.act(
      async () => {
        if (this.draft) await this.app.api.put(this.app.org('/selling-policy'), policyBody(draft, currency));
        if (rules)
          await this.app.api.put(this.app.org('/return-rules'), { approval: rules.approval, address: rules.address });
      },
      { done: t('selling.saved') },
    );
    this.busy = false;
    if (!saved) return;
    this.#discard();
    await this.#selling.load();
  }
}
