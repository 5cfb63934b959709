// The one order in which discounts stack, as one picture: six lanes, what runs in each, and the two rules.
import { t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import { href } from '../../app/router.ts';
import { LANES } from '../../lib/promotion_draft.ts';
import type { Lane, Promotion } from '../../types.ts';

/** Names shown in a lane before "and more". */
const NAMES_LIMIT = 3;

export function stacking(promotions: readonly Promotion[] | null, lit: ReadonlySet<Lane> = new Set()): TemplateResult {
  return html`<figure class="lanes" aria-label=${t('lanes.title')}>
    <div class="lane-end"><strong>${t('lanes.start')}</strong><span class="small soft">${t('lanes.start_text')}</span></div>
    <ol>${LANES.map((lane, index) => oneLane(lane, index, promotions?.filter((one) => one.lane === lane && one.state === 'running') ?? [], lit))}</ol>
    <div class="lane-end"><strong>${t('lanes.end')}</strong><span class="small soft">${t('lanes.end_text')}</span></div>
    <figcaption class="small soft">${t('lanes.rules')}</figcaption></figure>`;
}

function oneLane(lane: Lane, index: number, running: readonly Promotion[], lit: ReadonlySet<Lane>): TemplateResult {
  return html`<li class=${lit.has(lane) ? 'lane lit' : 'lane'}><span class="lane-number number">${index + 1}</span><span class="stack tight"><strong>${t(`lane.${lane}`)}</strong><span class="small soft">${t(`lane_text.${lane}`)}</span>
    ${running.slice(0, NAMES_LIMIT).map((one) => html`<a class="small" href=${href(`/promotions/${one.id}`)}>${one.name}</a>`)}
    ${running.length > NAMES_LIMIT ? html`<span class="small soft">${t('lanes.more', { n: running.length - NAMES_LIMIT })}</span>` : nothing}</span></li>`;
}
