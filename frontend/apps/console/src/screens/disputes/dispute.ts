// One dispute: what the bank asks, by when, what answers it, and the two ways to answer.
import { dateTime, t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { ask } from '../../app/confirm.ts';
import { Loader } from '../../app/loader.ts';
import { href } from '../../app/router.ts';
import { Screen } from '../../app/screen.ts';
import { nearness } from '../../lib/due.ts';
import type { DisputeView } from '../../types.ts';
import { money } from '../words.ts';
import { disputeState, dueWords, reasonWord } from './dispute_words.ts';
import { evidencePack } from './evidence_pack.ts';

/** What a provider takes as free text. */
const STATEMENT_LIMIT = 5000;

@customElement('screen-dispute')
export class ScreenDispute extends Screen {
  @state() private statement: string | null = null;
  @state() private busy: string | null = null;
  readonly #dispute = new Loader<DisputeView>(this, (signal) =>
    this.app.api.get<DisputeView>(this.app.org(`/disputes/${this.param('id')}`), undefined, signal),
  );

  override render() {
    return html`<div class="page"><a class="back" href=${href('/disputes')}><sc-icon name="arrow-left"></sc-icon>${t('nav.disputes')}</a>${this.#dispute.view((view) => this.#detail(view))}</div>`;
  }

  #detail(view: DisputeView): TemplateResult {
    const { evidence } = view;
    return html`<div class="page-head"><div class="titles stack tight"><div class="line wrap"><h1>${t('disputes.of', { amount: money(view.amount) })}</h1>${disputeState(view.state)}</div>
        <span class="small soft">${reasonWord(view.reason)} · ${view.provider} · ${dateTime(view.opened_at)}</span></div>
        <div class="actions">${evidence ? html`<sc-button size="s" icon="receipt" href=${href(`/orders/${evidence.order_id}`)}>${evidence.order_number}</sc-button>` : nothing}
          ${view.evidence_url ? html`<sc-button size="s" icon="download" href=${view.evidence_url}>${t('disputes.download')}</sc-button>` : nothing}</div></div>
      ${this.#deadline(view)}
      <div class="sides"><div class="stack loose">${evidence ? evidencePack(evidence) : html`<section class="panel"><p class="soft">${t('disputes.no_evidence')}</p></section>`}</div>
        <div class="stack loose">${view.can_answer ? this.#answer(view) : this.#answered(view)}</div></div>`;
  }

  #deadline(view: DisputeView): TemplateResult | typeof nothing {
    if (view.state !== 'open' || view.due_at === null) return nothing;
    const near = nearness(view.due_at, Date.now());
    return html`<div class=${`notice ${near === 'later' ? 'warn' : 'danger'}`} role="status"><sc-icon name="clock"></sc-icon><span class="grow"><strong>${t('disputes.answer_until', { when: dateTime(view.due_at) })} (${dueWords(view.due_at, view.state)})</strong><span>${t('disputes.if_not')}</span></span></div>`;
  }

  #answer(view: DisputeView): TemplateResult {
    return html`<section class="panel next-step"><h2>${t('disputes.submit')}</h2><p class="soft">${t('disputes.submit_text')}</p>${view.sellers > 1 ? html`<p class="soft">${t('disputes.several', { n: view.sellers })}</p>` : nothing}
        <sc-field label=${t('disputes.statement')} hint=${t('disputes.statement_hint')} multiline optional rows="6" maxlength=${STATEMENT_LIMIT} .value=${this.statement ?? view.statement} @input=${(
          event: Event,
        ) => {
          this.statement = (event.target as HTMLTextAreaElement).value;
        }}></sc-field>
        <div><sc-button variant="primary" icon="send" ?disabled=${view.evidence === null} ?loading=${this.busy === 'submit'} @click=${() => this.#submit(view)}>${t('disputes.submit_do')}</sc-button></div></section>
      <section class="panel"><h2>${t('disputes.accept')}</h2><p class="soft">${t('disputes.accept_text', { amount: money(view.amount) })}</p>
        <div><sc-button variant="danger" ?loading=${this.busy === 'accept'} @click=${() => this.#accept(view)}>${t('disputes.accept_do')}</sc-button></div></section>`;
  }

  #answered(view: DisputeView): TemplateResult {
    return html`<section class="panel"><h2>${t('disputes.answered')}</h2><p>${view.sends_at ? t('disputes.gathering', { n: view.sellers_silent, when: dateTime(view.sends_at) }) : t(`dispute_told.${view.state}`)}</p>
      ${view.submitted_at ? html`<p class="small soft">${t('disputes.submitted_at', { when: dateTime(view.submitted_at) })}</p>` : nothing}
      ${view.closed_at ? html`<p class="small soft">${t('disputes.closed_at', { when: dateTime(view.closed_at) })}</p>` : nothing}
      ${view.statement ? html`<blockquote class="wrapped">${view.statement}</blockquote>` : nothing}</section>`;
  }

  async #submit(view: DisputeView): Promise<void> {
    const sure = await ask({
      heading: t('disputes.submit_sure'),
      text: t('disputes.submit_sure_text'),
      confirm: t('disputes.submit_do'),
    });
    if (!sure) return;
    await this.#send(view, 'submit', { statement: (this.statement ?? view.statement).trim() }, t('disputes.submitted'));
  }

  async #accept(view: DisputeView): Promise<void> {
    const sure = await ask({
      heading: t('disputes.accept_sure', { amount: money(view.amount) }),
      text: t('disputes.accept_sure_text'),
      confirm: t('disputes.accept_do'),
      danger: true,
    });
    if (sure) await this.#send(view, 'accept', {}, t('disputes.accepted'));
  }

  async #send(view: DisputeView, verb: string, body: unknown, done: string): Promise<void> {
    this.busy = verb;
    const path = this.app.org(`/disputes/${view.id}/${verb}`);
    const sent = await this.app.act(() => this.app.api.post(path, body, `${verb}-${view.id}`), { done });
    this.busy = null;
    if (sent) void this.#dispute.load();
  }
}
