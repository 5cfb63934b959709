// Ground of the things that can be done to a return: handed the return as it stands, tells when it has changed.
import { LocalisedElement } from '@shopcast/ui';
import { property } from 'lit/decorators.js';
import type { ActOptions, App } from '../../app/app.ts';
import type { ReturnView } from '../../types.ts';

export class ReturnPart extends LocalisedElement {
  @property({ attribute: false }) app!: App;
  @property({ attribute: false }) view!: ReturnView;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected async send(verb: string, body: unknown, options: ActOptions): Promise<boolean> {
    const path = this.app.org(`/returns/${this.view.id}/${verb}`);
    const done = await this.app.act(() => this.app.api.post(path, body), options);
    if (done) this.dispatchEvent(new CustomEvent('return-changed', { bubbles: true }));
    return done !== null;
  }
}
