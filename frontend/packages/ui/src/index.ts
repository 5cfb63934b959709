/** The base elements and their shared styles. Knows no page, no address and no word of selling. */
export { checkForm } from './check-form.ts';
export { LocalisedElement } from './localised.ts';
export { ScButton } from './sc-button.ts';
export { ScEmpty } from './sc-empty.ts';
export { ScField } from './sc-field.ts';
export { addIcons, ScIcon } from './sc-icon.ts';
export { ScMoney } from './sc-money.ts';
export { closeTopSheet, ScSheet } from './sc-sheet.ts';
export { ScSkeleton } from './sc-skeleton.ts';
export { ScToast, toast } from './sc-toast.ts';
export { formStyles, sharedStyles } from './styles.ts';

import './sc-field.ts';
