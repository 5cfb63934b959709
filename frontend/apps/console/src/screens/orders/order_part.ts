// Ground of the things that can be done to an order: handed the order and how far it has come, tells when it changed.
import { LocalisedElement } from '@shopcast/ui';
import { property } from 'lit/decorators.js';
import type { ActOptions, App } from '../../app/app.ts';
import type { Order, OrderProgress } from '../../types.ts';

export class OrderPart extends LocalisedElement {
  @property({ attribute: false }) app!: App;
  @property({ attribute: false }) order!: Order;
  @property({ attribute: false }) progress!: OrderProgress;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected path(rest: string): string {
    return this.app.org(`/orders/${this.order.id}${rest}`);
  }

  protected changed(): void {
    this.dispatchEvent(new CustomEvent('order-changed', { bubbles: true }));
  }

  /** Sends, tells the page, and after an undo tells it again. */
  protected async send<T>(work: () => Promise<T>, options: ActOptions): Promise<{ value: T } | null> {
    const undo = options.undo;
    const done = await this.app.act(
      work,
      undo ? { ...options, undo: () => undo().then(() => this.changed()) } : options,
    );
    if (done) this.changed();
    return done;
  }
}
