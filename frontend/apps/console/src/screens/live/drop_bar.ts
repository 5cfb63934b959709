// The drop under the thumb: start it, see the stock run down, lower it, end it.
import { countdown, formatMoney, formatNumber, t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import { type Drop, faceOf } from '../../lib/drops.ts';
import type { Card } from '../../types.ts';

export interface DropActions {
  readonly start: (drop: Drop) => void;
  readonly stop: (drop: Drop) => void;
  readonly lower: (drop: Drop) => void;
  readonly busy: string | null;
}

export function dropBar(
  drop: Drop | null,
  card: Card | null,
  nowMs: number,
  isLive: boolean,
  actions: DropActions,
): TemplateResult | typeof nothing {
  if (!drop) return nothing;
  const { phase, msLeft } = faceOf(drop, nowMs);
  const number = card ? `#${card.number}` : '';
  if (phase === 'planned') return plannedBar(drop, number, msLeft, isLive, actions);
  const isOpen = phase === 'running' || phase === 'sold_out';
  const clock = msLeft === null ? '' : countdown(msLeft);
  return html`<section class="drop-bar ${phase}" aria-label=${t('drop.of', { number: card?.number ?? 0 })}>
    <div class="drop-now"><strong class="drop-clock number" role="timer">${clock}</strong>
      <span class="drop-words"><strong class="number">${number} ${formatMoney(drop.price)}</strong><small>${t(phase === 'countdown' ? 'drop.opens_in' : phase === 'sold_out' ? 'drop.sold_out' : 'drop.is_open')}</small></span>
      <span class="drop-left"><strong class="number">${formatNumber(drop.left)}</strong><small class="number">${t('drop.left_of', { n: drop.quantity })}</small></span></div>
    <progress class="stock-left" max=${Math.max(1, drop.quantity)} value=${drop.left} aria-label=${t('drop.left_label')}></progress>
    <div class="drop-acts">
      ${isOpen && drop.left > 0 ? html`<sc-button icon="arrow-down" ?loading=${actions.busy === `lower-${drop.id}`} @click=${() => actions.lower(drop)}>${t('drop.lower')}</sc-button>` : nothing}
      <sc-button icon=${isOpen ? 'square' : 'x'} variant="danger" ?loading=${actions.busy === `end-${drop.id}`} @click=${() => actions.stop(drop)}>${t(isOpen ? 'drop.end' : 'drop.stop_countdown')}</sc-button>
    </div></section>`;
}

function plannedBar(
  drop: Drop,
  number: string,
  msLeft: number | null,
  isLive: boolean,
  actions: DropActions,
): TemplateResult {
  const facts = [
    msLeft === null
      ? t('drop.after_countdown', { n: drop.countdownS })
      : t('drop.by_itself', { time: countdown(msLeft) }),
    t('drop.pieces', { n: drop.left }),
  ].join(' · ');
  return html`<section class="drop-bar planned" aria-label=${t('drop.next')}>
    <button type="button" class="thumb drop-start" aria-keyshortcuts="d" ?disabled=${!isLive || actions.busy !== null} aria-busy=${actions.busy === `start-${drop.id}` ? 'true' : 'false'} @click=${() => actions.start(drop)}>
      <sc-icon name="zap"></sc-icon><span><strong class="number">${t('drop.start')} ${number} ${formatMoney(drop.price)}</strong><small>${isLive ? facts : t('drop.when_live')}</small></span></button></section>`;
}
