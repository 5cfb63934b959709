/** Restrictions: what may not be done for now, why, until when, and the appeal that a person reads. */
import type { Page as Paged, RestrictionView } from '@shopcast/api-client';
import { dateTime, t } from '@shopcast/format';
import { checkForm } from '@shopcast/ui';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import '../messages/plans.ts';
import { api, Page } from './page.ts';

const MAX_APPEAL = 2000;

@customElement('sc-restrictions-page')
export class ScRestrictionsPage extends Page<Paged<RestrictionView>> {
  protected load(): Promise<Paged<RestrictionView>> {
    return api.restrictions.own();
  }

  protected skeleton(): TemplateResult {
    return html`<main class="page medium" id="content" aria-busy="true">
      <h1>${t('restrictions.title')}</h1>
      <sc-skeleton class="skeleton-row"></sc-skeleton>
    </main>`;
  }

  private appeal(one: RestrictionView, event: Event): void {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    if (!checkForm(form)) return;
    const text = String(new FormData(form).get('text') ?? '').trim();
    void this.act(one.id, async () => {
      await api.restrictions.appeal(one.id, text);
      await this.refresh();
      return t('restrictions.appeal.sent');
    });
  }

  private appealView(one: RestrictionView) {
    if (one.can_appeal) {
      return html`<form class="form" novalidate @submit=${(event: Event) => this.appeal(one, event)}>
        <sc-field name="text" label=${t('restrictions.appeal')} hint=${t('restrictions.appeal.hint')} multiline rows="4" required maxlength=${MAX_APPEAL}></sc-field>
        <div class="form-foot"><sc-button type="submit" variant="primary" ?loading=${this.busy === one.id}>${t('restrictions.appeal.send')}</sc-button></div>
      </form>`;
    }
    if (one.appeal_state === 'none') return nothing;
    return html`<div class="notice">
      <div>
        <strong>${t(`restrictions.appeal.${one.appeal_state}`)}</strong>
        ${one.appeal_text ? html`<p class="small soft">${one.appeal_text}</p>` : nothing}
        ${one.decision_words ? html`<p>${one.decision_words}</p>` : nothing}
      </div>
    </div>`;
  }

  private row(one: RestrictionView) {
    const active = one.state === 'active';
    return html`<li class="box">
      <h2>${t(`restrictions.blocks.${one.blocks}`)} <span class="tag">${t(`restrictions.state.${one.state}`)}</span></h2>
      <p>${one.reason_text}</p>
      ${one.words ? html`<p class="soft">${one.words}</p>` : nothing}
      <p class="small soft figures">
        ${one.seller_name ? t('restrictions.at', { seller: one.seller_name }) : t('restrictions.everywhere')} · ${dateTime(one.created_at)}
        ${active && one.expires_at ? ` · ${t('restrictions.until', { time: dateTime(one.expires_at) })}` : ''}
      </p>
      ${this.appealView(one)}
    </li>`;
  }

  protected body(): TemplateResult {
    const { items } = this.data as Paged<RestrictionView>;
    return html`<main class="page medium" id="content">
      <h1>${t('restrictions.title')}</h1>
      ${
        items.length === 0
          ? html`<sc-empty icon="check" heading=${t('restrictions.none')} text=${t('restrictions.none.next')}></sc-empty>`
          : html`<ul>${items.map((one) => this.row(one))}</ul>`
      }
    </main>`;
  }
}
