// Drops and coupons of the show under the host's thumb: loaded once, kept by the room, each act one tap or one question.
import { formatMoney, t } from '@shopcast/format';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { App } from '../../app/app.ts';
import { ask } from '../../app/confirm.ts';
import { asProblem, type Problem } from '../../app/problem.ts';
import { type Drop, dropOf, faceOf, quantityFor } from '../../lib/drops.ts';
import type { DropAnswer, Page, Promotion } from '../../types.ts';

export class LiveDeals implements ReactiveController {
  drops: readonly Drop[] | null = null;
  coupons: readonly Promotion[] | null = null;
  problem: Problem | null = null;
  busy: string | null = null;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly app: App,
    private readonly showId: string,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    void this.load();
    void this.#loadCoupons();
  }

  async load(): Promise<void> {
    try {
      const found = await this.app.api.get<Page<DropAnswer>>(`/v1/shows/${this.showId}/drops`, { limit: 100 });
      this.drops = found.items.map(dropOf);
      this.problem = null;
    } catch (error) {
      this.problem = asProblem(error);
    }
    this.host.requestUpdate();
  }

  /** Coupons are the organisation's; a host without rights there runs the show without them. */
  async #loadCoupons(): Promise<void> {
    const path = this.app.org('/promotions');
    const found = await this.app.api.get<Page<Promotion>>(path, { state: 'active', limit: 100 }).catch(() => null);
    this.coupons = found?.items.filter((one) => one.lane === 'coupon' && one.state === 'running') ?? [];
    this.host.requestUpdate();
  }

  async #press(name: string, work: () => Promise<unknown>, done?: string): Promise<boolean> {
    if (this.busy) return false;
    this.busy = name;
    this.host.requestUpdate();
    const answer = await this.app.act(work, done ? { done } : {});
    this.busy = null;
    await this.load();
    return answer !== null;
  }

  readonly start = (drop: Drop): void => {
    navigator.vibrate?.(20);
    // One tap, no question: the countdown that follows can be stopped. Its item goes on the card, or few would see it.
    void this.#press(`start-${drop.id}`, async () => {
      await this.app.api.post(`/v1/drops/${drop.id}/start`);
      await this.app.api.post(`/v1/shows/${this.showId}/pin`, { item_id: drop.itemId });
    });
  };

  /** Before it opens nobody has anything: no question either. */
  readonly stop = async (drop: Drop, nowMs: number): Promise<void> => {
    const { phase } = faceOf(drop, nowMs);
    const sure =
      phase === 'countdown' ||
      (await ask({
        heading: t('drop.end_sure'),
        text: t('drop.end_text', { price: formatMoney(drop.price) }),
        confirm: t('drop.end'),
        danger: true,
      }));
    if (sure)
      await this.#press(`end-${drop.id}`, () => this.app.api.post(`/v1/drops/${drop.id}/end`), t('drop.ended_now'));
  };

  lower(drop: Drop, leave: number): Promise<boolean> {
    const quantity = quantityFor(drop, leave);
    return this.#press(
      `lower-${drop.id}`,
      () => this.app.api.post(`/v1/drops/${drop.id}/lower`, { quantity }),
      t('drop.lowered', { n: leave }),
    );
  }

  readonly showOnScreen = (coupon: Promotion): void => {
    const path = this.app.org(`/promotions/${coupon.id}/show_on_screen`);
    void this.#press(
      `show-${coupon.id}`,
      () => this.app.api.post(path, { show_id: this.showId }),
      t('live.coupon_shown', { name: coupon.name }),
    );
  };
}
