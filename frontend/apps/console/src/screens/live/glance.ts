// The three things a host reads from a metre away: what is on air, who asks for what, what to say.
import { duration, formatMoney, t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import type { Drop } from '../../lib/drops.ts';
import type { LiveView } from '../../lib/live_view.ts';
import { leftOf, money, picture, priceOf } from '../words.ts';

export function onAir(view: LiveView, nowMs: number, drop: Drop | null): TemplateResult {
  if (!view.onAir) {
    return html`<section class="glance on-air nothing-on" aria-label=${t('live.on_air')}><p class="glance-label">${t('live.on_air')}</p>
      <p class="glance-title soft">${t('live.nothing_on')}</p></section>`;
  }
  const { card, sinceMs } = view.onAir;
  return html`<section class="glance on-air" aria-label=${t('live.on_air')}>
    <div class="glance-numbers"><p class="glance-number"><span class="hidden-text">${t('live.number')} </span>${card.number}</p>
      <div class="glance-clock"><p class="glance-label">${t('live.on_air')}</p><p class="glance-time" role="timer">${duration(nowMs - sinceMs)}</p></div>
      ${picture(card.image_url, 'medium')}</div>
    <p class="glance-title">${card.title}</p>
    <p class="glance-facts number">${drop ? html`<strong>${formatMoney(drop.price)}</strong> <s class="soft">${priceOf(card)}</s>` : html`<strong>${priceOf(card)}</strong>`}${drop === null && card.compare_at_minor ? html` <s class="soft">${formatMoney({ amount_minor: card.compare_at_minor, currency: card.currency })}</s>` : nothing}<span class=${card.left === 0 ? 'sold-out' : ''}>${leftOf(card.left)}</span></p>
  </section>`;
}

export function wanted(view: LiveView, nowMs: number, openAll: () => void): TemplateResult {
  const { wanted: top } = view;
  return html`<section class="glance wanted" aria-label=${t('live.asked')} aria-live="polite">
    <p class="glance-label"><span>${t('live.asked')}</span>${view.wantedCount > 1 ? html`<button type="button" class="text-button" @click=${openAll}>${t('live.asked_all', { n: view.wantedCount })}</button>` : nothing}</p>
    ${top ? html`<p class="glance-ask"><strong class="ask-number">#${top.number}</strong><span>${t('live.wanted_by', { n: top.count })}<br /><span class="soft">${waiting(nowMs - top.since_ms)}</span></span></p>` : html`<p class="soft">${t('live.nobody_asks')}</p>`}
  </section>`;
}

export function waiting(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  return minutes < 1 ? t('live.waiting_now') : t('live.waiting', { n: minutes });
}

export function say(view: LiveView): TemplateResult {
  const { cue } = view;
  if (!cue) {
    return html`<section class="glance say" aria-label=${t('live.say')}><p class="glance-label">${t('live.say')}</p>
      <p class="soft">${view.cueAfter ? t('live.cue_first') : t('live.cue_none')}</p></section>`;
  }
  return html`<section class="glance say" aria-label=${t('live.say')}>
    <p class="glance-label">${t('live.say')}<span>${view.cueCard ? `#${view.cueCard.number} · ` : ''}${t('live.cue_minutes', { n: cue.minutes })}</span>${driftWords(view)}</p>
    <p class="glance-script">${cue.script || view.cueCard?.title || ''}</p>
    ${
      cue.price_said
        ? html`<p class="say-price number">${view.saidIsWrong ? html`<s>${money(cue.price_said)}</s> ` : money(cue.price_said)}${view.saidIsWrong && view.cueCard ? html`<strong class="right-price">${priceOf(view.cueCard)}</strong>` : nothing}</p>`
        : nothing
    }
    ${view.saidIsWrong ? html`<p class="problem" role="alert"><sc-icon name="triangle-alert"></sc-icon> ${t('live.price_differs')}</p>` : nothing}
    ${cue.claims_allowed ? html`<p class="say-claims"><span class="soft">${t('live.may_claim')}</span> ${cue.claims_allowed}</p>` : nothing}
  </section>`;
}

/** Under half a minute is on time: nobody speaks to the second. */
const ON_TIME_S = 30;

function driftWords(view: LiveView): TemplateResult | typeof nothing {
  if (!view.drift) return nothing;
  const { behindSeconds } = view.drift;
  if (Math.abs(behindSeconds) < ON_TIME_S) return html`<span class="push">${t('live.on_time')}</span>`;
  const length = duration(Math.abs(behindSeconds) * 1000);
  return html`<span class="push drift ${behindSeconds > 0 ? 'late' : ''} number">${t(behindSeconds > 0 ? 'live.behind' : 'live.ahead', { length })}</span>`;
}
