// Ground of the console's controls: rendered in the page's own tree, so that labels, forms and one style sheet reach them.
import { LitElement } from 'lit';

export class LightElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}
