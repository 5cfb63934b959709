// Ground of every screen: drawn in the page's own tree, redrawn when the language changes, handed the app it serves.
import { LocalisedElement } from '@shopcast/ui';
import { property } from 'lit/decorators.js';
import type { App } from './app.ts';
import type { Route } from './router.ts';

export class Screen extends LocalisedElement {
  @property({ attribute: false }) app!: App;
  @property({ attribute: false }) route!: Route;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected param(name: string): string {
    return this.route.params[name] ?? '';
  }
}
