// Words and small drawings of disputes.
import { dateTime, relative, t } from '@shopcast/format';
import { badge, type Tone } from '@shopcast/ui/controls/badge.ts';
import { html, type TemplateResult } from 'lit';
import { nearness } from '../../lib/due.ts';
import type { DisputeState } from '../../types.ts';

const TONES: Record<DisputeState, Tone> = {
  open: 'danger',
  submitted: 'warn',
  accepted: 'plain',
  won: 'good',
  lost: 'plain',
};

export function disputeState(state: DisputeState): TemplateResult {
  return badge(TONES[state], t(`dispute_state.${state}`));
}

/** Banks have dozens of reasons; those we know are said in plain words, others in theirs. */
export function reasonWord(reason: string): string {
  const word = t(`dispute_reason.${reason}`);
  return word === `dispute_reason.${reason}` ? reason.replaceAll('_', ' ') : word;
}

export function dueWords(due: string | null, state: DisputeState): TemplateResult {
  const near = state === 'open' ? nearness(due, Date.now()) : null;
  if (due === null || near === null) return html`<span class="soft">–</span>`;
  const tone = near === 'over' || near === 'today' ? 'danger-text' : '';
  return html`<span class=${`${tone} number`} title=${dateTime(due)}>${near === 'over' ? t('disputes.due_over') : relative(due, Date.now())}</span>`;
}
