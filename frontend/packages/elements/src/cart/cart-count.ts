/** How many pieces are in the cart: one number for the page, kept up with the other tabs of this browser. */
import type { ApiClient } from '@shopcast/api-client';
import { Emitter } from '@shopcast/room-client';

const CHANNEL = 'shopcast.cart';
const OPEN = new Set(['held', 'wanted']);

class CartCount extends Emitter<{ change: undefined }> {
  pieces = 0;
  private channel: BroadcastChannel | null = null;
  private asked: Promise<void> | null = null;

  /** Asks once for the page; later changes are said by `changed`. */
  start(api: ApiClient): void {
    if (this.channel) return;
    this.channel = new BroadcastChannel(CHANNEL);
    this.channel.onmessage = () => void this.refresh(api);
    void this.refresh(api);
  }

  async refresh(api: ApiClient): Promise<void> {
    this.asked ??= this.ask(api).finally(() => {
      this.asked = null;
    });
    await this.asked;
  }

  private async ask(api: ApiClient): Promise<void> {
    try {
      const holds = await api.sales.holds();
      this.set(holds.items.reduce((sum, one) => sum + (OPEN.has(one.state) ? one.quantity : 0), 0));
    } catch {
      // The number stays; the cart itself says what is in it.
    }
  }

  /** The page has put something in or taken something out. */
  changed(api: ApiClient): void {
    this.channel?.postMessage('changed');
    void this.refresh(api);
  }

  set(pieces: number): void {
    if (pieces === this.pieces) return;
    this.pieces = pieces;
    this.emit('change', undefined);
  }
}

export const cartCount = new CartCount();
