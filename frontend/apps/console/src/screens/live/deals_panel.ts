// Every drop of the show in the order it will come, and the coupons that can be put on screen.
import { countdown, dateTime, duration, formatMoney, t } from '@shopcast/format';
import { badge, type Tone } from '@shopcast/ui/controls/badge.ts';
import { html, nothing, type TemplateResult } from 'lit';
import { href } from '../../app/router.ts';
import { type Drop, type DropFace, faceOf } from '../../lib/drops.ts';
import type { Card, Promotion } from '../../types.ts';
import { couponWorth } from '../promotions/promotion_words.ts';
import { picture } from '../words.ts';
import type { DropActions } from './drop_bar.ts';

const TONES: Record<DropFace['phase'], Tone> = {
  planned: 'plain',
  countdown: 'warn',
  running: 'live',
  sold_out: 'danger',
  ended: 'plain',
  cancelled: 'plain',
};

export interface DealsView {
  readonly showId: string;
  readonly drops: readonly Drop[] | null;
  readonly coupons: readonly Promotion[] | null;
  readonly onScreen: Readonly<Record<string, { readonly state: string }>>;
  readonly items: Readonly<Record<string, Card>>;
  readonly nowMs: number;
  readonly isLive: boolean;
  readonly mayPlan: boolean;
  readonly showCoupon: (coupon: Promotion) => void;
  readonly wrongPrice: () => void;
}

export function dealsPanel(view: DealsView, actions: DropActions): TemplateResult {
  return html`<section class="panel" id="panel-deals"><div class="panel-head"><h2>${t('live.drops')}</h2>${view.mayPlan ? html`<sc-button size="s" icon="plus" href=${href(`/shows/${view.showId}/drops`)}>${t('drop.plan')}</sc-button>` : nothing}</div>
      ${drops(view, actions)}</section>
    <section class="panel"><h2>${t('live.coupons')}</h2>${coupons(view, actions.busy)}</section>
    <section class="panel"><h2>${t('mistake.title')}</h2><p class="soft">${t('mistake.when')}</p><div><sc-button icon="triangle-alert" variant="danger" @click=${view.wrongPrice}>${t('mistake.open')}</sc-button></div></section>`;
}

function drops(view: DealsView, actions: DropActions): TemplateResult {
  if (view.drops === null)
    return html`<div class="skeleton"><sc-skeleton></sc-skeleton><sc-skeleton></sc-skeleton></div>`;
  if (view.drops.length === 0) return html`<p class="soft">${t('live.no_drops')}</p>`;
  return html`<ul class="plain-list deal-list">${view.drops.map((drop) => dropRow(drop, view, actions))}</ul>`;
}

function dropRow(drop: Drop, view: DealsView, actions: DropActions): TemplateResult {
  const card = view.items[drop.itemId];
  const { phase, msLeft } = faceOf(drop, view.nowMs);
  const words =
    phase === 'planned'
      ? drop.startsAtMs === null
        ? t('drop.length', { time: duration(drop.durationS * 1000) })
        : dateTime(drop.startsAtMs)
      : phase === 'ended' || phase === 'cancelled'
        ? t('drop.gone', { n: drop.quantity - drop.left })
        : msLeft === null
          ? ''
          : countdown(msLeft);
  return html`<li>${picture(card?.image_url)}<span class="grow stack tight"><strong class="number clip-one">${card ? `#${card.number} ` : ''}${formatMoney(drop.price)}</strong>
      <span class="small soft number">${badge(TONES[phase], t(`drop_state.${phase}`))} ${words}${phase === 'ended' || phase === 'cancelled' ? nothing : html` · ${t('drop.left_short', { n: drop.left })}`}</span></span>
    ${phase === 'planned' ? html`<sc-button icon="zap" label=${t('drop.start_number', { number: card?.number ?? 0 })} ?disabled=${!view.isLive} ?loading=${actions.busy === `start-${drop.id}`} @click=${() => actions.start(drop)}></sc-button>` : nothing}
    ${phase === 'running' || phase === 'countdown' || phase === 'sold_out' ? html`<sc-button icon="square" label=${t('drop.end_number', { number: card?.number ?? 0 })} @click=${() => actions.stop(drop)}></sc-button>` : nothing}</li>`;
}

function coupons(view: DealsView, busy: string | null): TemplateResult {
  if (view.coupons === null) return html`<div class="skeleton"><sc-skeleton></sc-skeleton></div>`;
  if (view.coupons.length === 0) return html`<p class="soft">${t('live.no_coupons')}</p>`;
  return html`<ul class="plain-list deal-list">${view.coupons.map((coupon) => {
    const isShown = view.onScreen[coupon.id]?.state === 'running';
    return html`<li><span class="grow stack tight"><strong class="clip-one">${coupon.name}</strong><span class="small soft number">${couponWorth(coupon)}${coupon.left === null ? nothing : html` · ${t('promotion.left', { n: coupon.left })}`}</span></span>
      ${isShown ? badge('live', t('live.coupon_on_screen')) : html`<sc-button size="s" icon="tag" ?disabled=${!view.isLive} ?loading=${busy === `show-${coupon.id}`} @click=${() => view.showCoupon(coupon)}>${t('live.show_on_screen')}</sc-button>`}</li>`;
  })}</ul>`;
}
