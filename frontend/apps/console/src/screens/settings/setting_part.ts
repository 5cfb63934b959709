// Ground of the settings' parts: drawn in the page's own tree, handed the app.
import { LocalisedElement } from '@shopcast/ui';
import { property } from 'lit/decorators.js';
import type { App } from '../../app/app.ts';

export class SettingPart extends LocalisedElement {
  @property({ attribute: false }) app!: App;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}
