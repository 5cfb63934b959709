// Words and small drawings of returns.
import { t } from '@shopcast/format';
import { badge, type Tone } from '@shopcast/ui/controls/badge.ts';
import { html, type TemplateResult } from 'lit';
import { returnSteps } from '../../lib/return_steps.ts';
import type { Cause, ReturnState, ReturnView } from '../../types.ts';

const TONES: Record<ReturnState, Tone> = {
  requested: 'warn',
  approved: 'plain',
  rejected: 'danger',
  cancelled: 'plain',
  closed: 'good',
};

export const CAUSES: readonly Cause[] = [
  'size',
  'changed_mind',
  'host_claim',
  'damage',
  'wrong_item',
  'late',
  'abuse',
  'withdrawal',
];

export function returnState(state: ReturnState): TemplateResult {
  return badge(TONES[state], t(`return_state.${state}`));
}

export function causeWord(cause: Cause): string {
  return t(`cause.${cause}`);
}

/** Five steps in a row; the one that waits for a person stands out. */
export function stepper(view: ReturnView): TemplateResult {
  return html`<ol class="stepper" aria-label=${t('returns.steps')}>${returnSteps(view).map(
    ({ step, state }) =>
      html`<li class=${state} aria-current=${state === 'now' ? 'step' : 'false'}><span class="step-mark"><sc-icon name=${state === 'done' ? 'check' : state === 'refused' ? 'x' : 'circle'}></sc-icon></span><span>${t(`return_step.${step}`)}</span></li>`,
  )}</ol>`;
}
