// Which element draws which address; each screen's code arrives when it is first opened.
import { t } from '@shopcast/format';
import { html, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import type { App } from '../app/app.ts';
import { skeleton } from '../app/loader.ts';
import { href, type Route } from '../app/router.ts';

type Draw = (app: App, route: Route) => TemplateResult;
interface Entry {
  readonly load: () => Promise<unknown>;
  readonly draw: Draw;
}

const SCREENS: Readonly<Record<string, Entry>> = {
  shows: {
    load: () => import('./shows/shows.ts'),
    draw: (app, route) => html`<screen-shows .app=${app} .route=${route}></screen-shows>`,
  },
  'show-new': {
    load: () => import('./shows/show_new.ts'),
    draw: (app, route) => html`<screen-show-new .app=${app} .route=${route}></screen-show-new>`,
  },
  show: {
    load: () => import('./shows/show.ts'),
    draw: (app, route) => html`<screen-show .app=${app} .route=${route}></screen-show>`,
  },
  live: {
    load: () => import('./live/live.ts'),
    draw: (app, route) => html`<screen-live .app=${app} .route=${route}></screen-live>`,
  },
  numbers: {
    load: () => import('./money/numbers.ts'),
    draw: (app, route) => html`<screen-numbers .app=${app} .route=${route}></screen-numbers>`,
  },
  catalogue: {
    load: () => import('./catalogue/catalogue.ts'),
    draw: (app, route) => html`<screen-catalogue .app=${app} .route=${route}></screen-catalogue>`,
  },
  'product-new': {
    load: () => import('./catalogue/product_new.ts'),
    draw: (app, route) => html`<screen-product-new .app=${app} .route=${route}></screen-product-new>`,
  },
  product: {
    load: () => import('./catalogue/product.ts'),
    draw: (app, route) => html`<screen-product .app=${app} .route=${route}></screen-product>`,
  },
  import: {
    load: () => import('./catalogue/import.ts'),
    draw: (app, route) => html`<screen-import .app=${app} .route=${route}></screen-import>`,
  },
  orders: {
    load: () => import('./orders/orders.ts'),
    draw: (app, route) => html`<screen-orders .app=${app} .route=${route}></screen-orders>`,
  },
  order: {
    load: () => import('./orders/order.ts'),
    draw: (app, route) => html`<screen-order .app=${app} .route=${route}></screen-order>`,
  },
  'pick-list': {
    load: () => import('./orders/pick_list.ts'),
    draw: (app, route) => html`<screen-pick-list .app=${app} .route=${route}></screen-pick-list>`,
  },
  slip: {
    load: () => import('./orders/slip.ts'),
    draw: (app, route) => html`<screen-slip .app=${app} .route=${route}></screen-slip>`,
  },
  returns: {
    load: () => import('./returns/returns.ts'),
    draw: (app, route) => html`<screen-returns .app=${app} .route=${route}></screen-returns>`,
  },
  return: {
    load: () => import('./returns/return.ts'),
    draw: (app, route) => html`<screen-return .app=${app} .route=${route}></screen-return>`,
  },
  disputes: {
    load: () => import('./disputes/disputes.ts'),
    draw: (app, route) => html`<screen-disputes .app=${app} .route=${route}></screen-disputes>`,
  },
  dispute: {
    load: () => import('./disputes/dispute.ts'),
    draw: (app, route) => html`<screen-dispute .app=${app} .route=${route}></screen-dispute>`,
  },
  promotions: {
    load: () => import('./promotions/promotions.ts'),
    draw: (app, route) => html`<screen-promotions .app=${app} .route=${route}></screen-promotions>`,
  },
  promotion: {
    load: () => import('./promotions/promotion.ts'),
    draw: (app, route) => html`<screen-promotion .app=${app} .route=${route}></screen-promotion>`,
  },
  'promotion-try': {
    load: () => import('./promotions/try_cart.ts'),
    draw: (app, route) => html`<screen-try-cart .app=${app} .route=${route}></screen-try-cart>`,
  },
  customers: {
    load: () => import('./customers/customers.ts'),
    draw: (app, route) => html`<screen-customers .app=${app} .route=${route}></screen-customers>`,
  },
  money: {
    load: () => import('./money/money.ts'),
    draw: (app, route) => html`<screen-money .app=${app} .route=${route}></screen-money>`,
  },
  team: {
    load: () => import('./team/team.ts'),
    draw: (app, route) => html`<screen-team .app=${app} .route=${route}></screen-team>`,
  },
  settings: {
    load: () => import('./settings/settings.ts'),
    draw: (app, route) => html`<screen-settings .app=${app} .route=${route}></screen-settings>`,
  },
  health: {
    load: () => import('./health/health.ts'),
    draw: (app, route) => html`<screen-health .app=${app} .route=${route}></screen-health>`,
  },
  welcome: {
    load: () => import('./settings/welcome.ts'),
    draw: (app, route) => html`<screen-welcome .app=${app} .route=${route}></screen-welcome>`,
  },
};

/** A screen is new for each organisation and each thing it shows, so that nothing of the former one stays. */
function identity(app: App, route: Route): string {
  return [app.organisation?.id, route.screen, route.params.id].join('|');
}

/** Remembers which screens' code has come; one per shell. */
export class Screens {
  readonly #state = new Map<string, 'coming' | 'here' | 'failed'>();

  constructor(private readonly redraw: () => void) {}

  draw(app: App, route: Route): TemplateResult {
    const name =
      app.organisation === null && route.screen !== 'health' && route.screen !== 'settings' ? 'welcome' : route.screen;
    const entry = SCREENS[name];
    if (!entry) return missing();
    const state = this.#state.get(name);
    if (state === 'here') return html`${keyed(identity(app, route), entry.draw(app, route))}`;
    if (state === 'failed') return failed(() => this.#fetch(name, entry));
    if (state === undefined) this.#fetch(name, entry);
    return html`<div class="page">${skeleton()}</div>`;
  }

  #fetch(name: string, entry: Entry): void {
    this.#state.set(name, 'coming');
    entry
      .load()
      .then(
        () => this.#state.set(name, 'here'),
        () => this.#state.set(name, 'failed'),
      )
      .then(this.redraw);
  }
}

function failed(again: () => void): TemplateResult {
  return html`<div class="page"><sc-empty tone="problem" icon="wifi-off" heading=${t('state.offline')} text=${t('problem.offline')}><sc-button icon="refresh-cw" @click=${again}>${t('action.try_again')}</sc-button></sc-empty></div>`;
}

function missing(): TemplateResult {
  return html`<div class="page"><sc-empty icon="search" heading=${t('state.missing')} text=${t('problem.missing')}><sc-button href=${href('/shows')}>${t('nav.shows')}</sc-button></sc-empty></div>`;
}
