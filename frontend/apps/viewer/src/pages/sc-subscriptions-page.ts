/** Subscriptions: what comes when and for how much; skip, stop, go on. A link in a mail shows one with its one button. */
import { asProblem, newIdempotencyKey, type Page as Paged, type SubscriptionView } from '@shopcast/api-client';
import { addressLines, EMPTY_ADDRESS } from '@shopcast/elements/buy/address-fields.ts';
import { countryName } from '@shopcast/elements/buy/countries.ts';
import { every } from '@shopcast/elements/keep/every.ts';
import { day, formatMoney, t } from '@shopcast/format';
import { toast } from '@shopcast/ui';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import '../messages/plans.ts';
import { queryValue } from '../shell.ts';
import { api, Page, words } from './page.ts';

const BASIS_PER_PERCENT = 100;

@customElement('sc-subscriptions-page')
export class ScSubscriptionsPage extends Page<Paged<SubscriptionView>> {
  /** `?subscription=&token=&do=skip|stop`: the link of a mail. */
  private readonly linked = queryValue('subscription');
  private readonly token = queryValue('token');
  private readonly asked = queryValue('do');
  @state() private stopping: SubscriptionView | null = null;
  /** Going on needs a new agreement: its words, as the server wrote them. */
  @state() private anew: { one: SubscriptionView; text: string } | null = null;

  protected async load(): Promise<Paged<SubscriptionView>> {
    if (this.linked) return { items: [await api.subscriptions.one(this.linked, this.token)], next_cursor: null };
    return api.subscriptions.list();
  }

  protected skeleton(): TemplateResult {
    return html`<main class="page medium" id="content" aria-busy="true">
      <h1>${t('subscriptions.title')}</h1>
      ${[1, 2].map(() => html`<sc-skeleton class="skeleton-row"></sc-skeleton>`)}
    </main>`;
  }

  private replace(one: SubscriptionView): void {
    const data = this.data as Paged<SubscriptionView>;
    this.data = { ...data, items: data.items.map((other) => (other.id === one.id ? one : other)) };
  }

  private async skip(one: SubscriptionView): Promise<string> {
    const next = await api.subscriptions.skip(one.id, this.token, newIdempotencyKey());
    this.replace(next);
    return next.next_at ? t('subscriptions.skipped', { day: day(next.next_at) }) : t('subscriptions.skipped.none');
  }

  private async stop(one: SubscriptionView): Promise<string> {
    this.replace(await api.subscriptions.stop(one.id, this.token));
    this.stopping = null;
    return t('subscriptions.stopped');
  }

  private async resume(one: SubscriptionView): Promise<string | undefined> {
    try {
      this.replace(await api.subscriptions.resume(one.id, { consent_text: '' }));
      return t('subscriptions.resumed');
    } catch (error) {
      if (asProblem(error).code !== 'sales.agree_anew') throw error;
      const plan = await api.subscriptions.previewChange(one.id, {});
      this.anew = { one, text: plan.consent_text };
      return undefined;
    }
  }

  private async agree(): Promise<string | undefined> {
    if (!this.anew) return undefined;
    const { one, text } = this.anew;
    try {
      const methods = await api.sales.paymentMethods();
      this.replace(
        await api.subscriptions.resume(one.id, { consent_text: text, payment_method_id: methods.saved[0]?.id ?? null }),
      );
      this.anew = null;
      return t('subscriptions.resumed');
    } catch (error) {
      toast(words(asProblem(error)), { tone: 'danger' });
      return undefined;
    }
  }

  private history(one: SubscriptionView) {
    if (one.deliveries.length === 0) return nothing;
    return html`<details>
      <summary class="link">${t('subscriptions.history', { n: one.deliveries.length })}</summary>
      <ul>
        ${one.deliveries.map(
          (delivery) =>
            html`<li class="box-row small">
              <span class="figures"
                >${day(delivery.due_at)} · ${t(`subscriptions.delivery.${delivery.state}`)}${delivery.failure_text ? html`<br /><span class="soft">${delivery.failure_text}</span>` : nothing}</span
              >
              ${
                delivery.order_id
                  ? html`<a class="link" href=${`/orders/${delivery.order_id}`}>${delivery.total ? formatMoney(delivery.total) : t('own.order')}</a>`
                  : nothing
              }
            </li>`,
        )}
      </ul>
    </details>`;
  }

  private row(one: SubscriptionView) {
    const title =
      one.variant_title && one.variant_title !== one.title ? `${one.title}, ${one.variant_title}` : one.title;
    const percent = one.discount_basis_points / BASIS_PER_PERCENT;
    const active = one.state === 'active';
    const next = one.next_total ?? one.last_total;
    return html`<li class="box plan">
      <div>
        <h2>${title} <span class="tag ${active ? 'gain' : ''}">${t(`subscriptions.state.${one.state}`)}</span></h2>
        <p>${t('subscriptions.what', { n: one.quantity, every: every(one.interval_days), seller: one.seller_name })}${percent > 0 ? ` ${t('subscriptions.off', { percent })}` : ''}</p>
        ${
          active && one.next_at
            ? html`<p class="figures"><strong>${t('subscriptions.next', { day: day(one.next_at), amount: formatMoney(next) })}</strong></p>`
            : nothing
        }
        ${one.pause_text ? html`<p class="notice warn">${one.pause_text}</p>` : nothing}
        <p class="small soft">${addressLines({ ...EMPTY_ADDRESS, ...one.address }, countryName(one.address.country)).join(', ')}</p>
        <p class="small soft figures">${t('standing.cap', { cap: formatMoney(one.cap) })}</p>
        ${this.history(one)}
        <details><summary class="link">${t('standing.agreed')}</summary><p class="small soft">${one.consent_text}</p></details>
      </div>
      <div class="plan-acts">
        ${
          active
            ? html`<sc-button
                variant=${this.asked === 'skip' ? 'primary' : 'secondary'}
                ?disabled=${one.being_paid}
                ?loading=${this.busy === `skip-${one.id}`}
                @click=${() => void this.act(`skip-${one.id}`, () => this.skip(one))}
                >${t('subscriptions.skip')}</sc-button
              >`
            : nothing
        }
        ${
          one.state === 'paused' && !this.linked
            ? html`<sc-button variant="primary" ?loading=${this.busy === `resume-${one.id}`} @click=${() => void this.act(`resume-${one.id}`, () => this.resume(one))}
                >${t('subscriptions.resume')}</sc-button
              >`
            : nothing
        }
        ${
          one.state === 'stopped'
            ? nothing
            : html`<sc-button
                variant=${this.asked === 'stop' ? 'danger' : 'quiet'}
                @click=${() => {
                  this.stopping = one;
                }}
                >${t('subscriptions.stop')}</sc-button
              >`
        }
      </div>
    </li>`;
  }

  private sheets() {
    const one = this.stopping;
    const stay = () => {
      this.stopping = null;
      this.anew = null;
    };
    return html`<sc-sheet heading=${t('subscriptions.stop.sure')} ?open=${one !== null} @sc-close=${stay}>
        <p>${t('subscriptions.stop.next')}</p>
        <div class="form-foot">
          <sc-button variant="danger" ?loading=${this.busy === 'stop'} @click=${() => one && void this.act('stop', () => this.stop(one))}>${t('subscriptions.stop')}</sc-button>
          <sc-button @click=${stay}>${t('standing.keep')}</sc-button>
        </div>
      </sc-sheet>
      <sc-sheet heading=${t('subscriptions.anew')} ?open=${this.anew !== null} @sc-close=${stay}>
        <p>${t('subscriptions.anew.why')}</p>
        <blockquote class="consent">${this.anew?.text ?? ''}</blockquote>
        <div class="form-foot">
          <sc-button variant="primary" ?loading=${this.busy === 'anew'} @click=${() => void this.act('anew', () => this.agree())}>${t('subscriptions.anew.yes')}</sc-button>
          <sc-button @click=${stay}>${t('action.cancel')}</sc-button>
        </div>
      </sc-sheet>`;
  }

  protected body(): TemplateResult {
    const { items } = this.data as Paged<SubscriptionView>;
    return html`<main class="page medium" id="content">
      <h1>${t('subscriptions.title')}</h1>
      ${
        items.length === 0
          ? html`<sc-empty icon="repeat" heading=${t('subscriptions.empty')} text=${t('subscriptions.empty.next')}
              ><sc-button variant="primary" href="/">${t('home.live')}</sc-button></sc-empty
            >`
          : html`<ul>${items.map((one) => this.row(one))}</ul>`
      }
      ${this.sheets()}
    </main>`;
  }
}
