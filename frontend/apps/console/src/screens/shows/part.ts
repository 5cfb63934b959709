// Ground of the editor's tabs: handed the show as it stands, tells the editor when something changed.
import { LocalisedElement } from '@shopcast/ui';
import { property } from 'lit/decorators.js';
import type { ActOptions, App } from '../../app/app.ts';
import type { Manage } from '../../types.ts';

export class ShowPart extends LocalisedElement {
  @property({ attribute: false }) app!: App;
  @property({ attribute: false }) manage!: Manage;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected path(rest = ''): string {
    return `/v1/shows/${this.manage.show.id}${rest}`;
  }

  protected changed(): void {
    this.dispatchEvent(new CustomEvent('shopcast-changed', { bubbles: true }));
  }

  /** Acts, and asks the editor to read the show again, also after the undo that is offered. */
  protected async change<T>(work: () => Promise<T>, options: ActOptions = {}): Promise<{ value: T } | null> {
    const undo = options.undo;
    const done = await this.app.act(
      work,
      undo ? { ...options, undo: () => undo().then(() => this.changed()) } : options,
    );
    if (done) this.changed();
    return done;
  }
}
