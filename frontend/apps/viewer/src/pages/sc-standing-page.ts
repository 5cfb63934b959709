/** What somebody waits for: standing orders and waitlists, with the way to pay when it is their turn. */
import type { Page as Paged, StandingView } from '@shopcast/api-client';
import { dateTime, formatMoney, t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import '../messages/plans.ts';
import { api, Page } from './page.ts';

const OPEN = new Set(['waiting', 'taken']);

@customElement('sc-standing-page')
export class ScStandingPage extends Page<Paged<StandingView>> {
  @state() private ending: StandingView | null = null;

  protected load(): Promise<Paged<StandingView>> {
    return api.standing.list();
  }

  protected skeleton(): TemplateResult {
    return html`<main class="page medium" id="content" aria-busy="true">
      <h1>${t('standing.title')}</h1>
      ${[1, 2].map(() => html`<sc-skeleton class="skeleton-row"></sc-skeleton>`)}
    </main>`;
  }

  private async more(): Promise<undefined> {
    const data = this.data as Paged<StandingView>;
    const next = await api.standing.list(data.next_cursor ?? undefined);
    this.data = { items: [...data.items, ...next.items], next_cursor: next.next_cursor };
    return undefined;
  }

  private async cancel(one: StandingView): Promise<string> {
    await api.standing.cancel(one.id);
    this.ending = null;
    await this.refresh();
    return t('standing.cancelled');
  }

  private wish(one: StandingView): string {
    const n = one.quantity;
    if (!one.max_price) return t('standing.wish.call', { n });
    const price = formatMoney(one.max_price);
    return one.kind === 'price' ? t('standing.wish.price', { n, price }) : t('standing.wish.restock', { n, price });
  }

  private row(one: StandingView) {
    const open = OPEN.has(one.state);
    const title =
      one.variant_title && one.variant_title !== one.title ? `${one.title}, ${one.variant_title}` : one.title;
    const facts = [
      open ? t('standing.until', { time: dateTime(one.until) }) : one.ended_at ? dateTime(one.ended_at) : '',
      one.place ? t('standing.place', { n: one.place }) : '',
      one.cap ? t('standing.cap', { cap: formatMoney(one.cap) }) : '',
    ].filter(Boolean);
    return html`<li class="box plan">
      <div>
        <h2>
          ${one.show_id && one.item_number ? html`<a href=${`/shows/${one.show_id}?item=${one.item_number}`}>${title}</a>` : title}
          <span class="tag ${one.state === 'filled' ? 'gain' : ''}">${t(`standing.state.${one.state}`)}</span>
        </h2>
        <p>${this.wish(one)}</p>
        <p class="small soft figures">${facts.join(' · ')}</p>
        ${one.failure_text ? html`<p class="small">${one.failure_text}</p>` : nothing}
        ${
          one.consent_text
            ? html`<details><summary class="link">${t('standing.agreed')}</summary><p class="small soft">${one.consent_text}</p></details>`
            : nothing
        }
      </div>
      <div class="plan-acts">
        ${
          one.state === 'taken' && one.hold_id && !one.has_mandate
            ? html`<sc-button variant="primary" href="/cart"
                >${one.hold_expires_at ? t('standing.pay_until', { time: dateTime(one.hold_expires_at) }) : t('own.pay')}</sc-button
              >`
            : nothing
        }
        ${one.order_id ? html`<sc-button href=${`/orders/${one.order_id}`}>${t('own.order')}</sc-button>` : nothing}
        ${
          one.state === 'waiting'
            ? html`<sc-button
                variant="quiet"
                @click=${() => {
                  this.ending = one;
                }}
                >${t('standing.cancel')}</sc-button
              >`
            : nothing
        }
      </div>
    </li>`;
  }

  private sheet() {
    const one = this.ending;
    const stay = () => {
      this.ending = null;
    };
    return html`<sc-sheet heading=${t('standing.cancel.sure')} ?open=${one !== null} @sc-close=${stay}>
      <p>${one?.kind === 'restock' ? t('standing.cancel.place') : t('standing.cancel.next')}</p>
      <div class="form-foot">
        <sc-button variant="danger" ?loading=${this.busy === 'cancel'} @click=${() => one && void this.act('cancel', () => this.cancel(one))}
          >${t('standing.cancel')}</sc-button
        >
        <sc-button @click=${stay}>${t('standing.keep')}</sc-button>
      </div>
    </sc-sheet>`;
  }

  protected body(): TemplateResult {
    const { items, next_cursor } = this.data as Paged<StandingView>;
    const open = items.filter((one) => OPEN.has(one.state));
    const over = items.filter((one) => !OPEN.has(one.state));
    return html`<main class="page medium" id="content">
      <h1>${t('standing.title')}</h1>
      ${
        items.length === 0
          ? html`<sc-empty icon="bell" heading=${t('standing.empty')} text=${t('standing.empty.next')}
              ><sc-button variant="primary" href="/">${t('home.live')}</sc-button></sc-empty
            >`
          : nothing
      }
      ${open.length > 0 ? html`<ul>${open.map((one) => this.row(one))}</ul>` : nothing}
      ${over.length > 0 ? html`<h2 class="past">${t('standing.past')}</h2><ul>${over.map((one) => this.row(one))}</ul>` : nothing}
      ${next_cursor ? html`<p><sc-button ?loading=${this.busy === 'more'} @click=${() => void this.act('more', () => this.more())}>${t('action.more')}</sc-button></p>` : nothing}
      ${this.sheet()}
    </main>`;
  }
}
