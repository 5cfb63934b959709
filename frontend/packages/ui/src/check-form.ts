/** Checks a form and says in the page's language what is missing; the browser's own bubbles speak the browser's. */
import { t } from '@shopcast/format';
import './messages.ts';
import { ScField } from './sc-field.ts';

function problemOf(validity: ValidityState, control: HTMLInputElement): string {
  if (validity.valueMissing) return t('ui.required');
  if (validity.typeMismatch) return control.type === 'email' ? t('ui.email') : t('ui.invalid');
  if (validity.tooShort) return t('ui.too_short', { n: control.minLength });
  return validity.valid ? '' : t('ui.invalid');
}

/** Marks each wrong field and goes to the first; true when there is none. */
export function checkForm(form: HTMLFormElement): boolean {
  let first: ScField | null = null;
  for (const field of form.querySelectorAll<ScField>('sc-field')) {
    const control = field.control as HTMLInputElement | null;
    if (!(field instanceof ScField) || !control || control.disabled) continue;
    // A value set by the program is never "too short" to the browser, so that is looked at here too.
    const short = control.minLength > 0 && control.value.length > 0 && control.value.length < control.minLength;
    field.error = short ? t('ui.too_short', { n: control.minLength }) : problemOf(control.validity, control);
    if (field.error) first ??= field;
  }
  first?.focus();
  return first === null;
}
