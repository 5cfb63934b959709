/** The document's shared rules as sheets that shadow roots adopt. */
import { unsafeCSS } from 'lit';
import form from './form.css?inline';
import shared from './shared.css?inline';

export const sharedStyles = unsafeCSS(shared);
export const formStyles = unsafeCSS(form);
