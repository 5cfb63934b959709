/** An element that draws itself again when the page's language changes. */
import { onLanguage } from '@shopcast/format';
import { LitElement } from 'lit';

export class LocalisedElement extends LitElement {
  private stopListening: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.stopListening = onLanguage(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopListening?.();
    this.stopListening = undefined;
  }
}
