// What the host can do to the show, each one tap; what cannot be undone asks first, the rest offers undo.
import { t } from '@shopcast/format';
import type { ReactiveControllerHost } from 'lit';
import type { App } from '../../app/app.ts';
import { ask } from '../../app/confirm.ts';

export class LiveKeys {
  busy: string | null = null;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly app: App,
    private readonly showId: string,
    private readonly reload: () => void,
  ) {}

  #post(rest: string, body: unknown = {}): Promise<unknown> {
    return this.app.api.post(`/v1/shows/${this.showId}/${rest}`, body);
  }

  async #press(name: string, work: () => Promise<unknown>, options: Parameters<App['act']>[1] = {}): Promise<void> {
    if (this.busy) return;
    this.busy = name;
    this.host.requestUpdate();
    const done = await this.app.act(work, options);
    this.busy = null;
    this.host.requestUpdate();
    if (done) this.reload();
  }

  readonly pin = (itemId: string): void => {
    navigator.vibrate?.(20);
    void this.#press('pin', () => this.#post('pin', { item_id: itemId }));
  };

  readonly unpin = (itemId: string): void => {
    void this.#press('unpin', () => this.#post('unpin'), {
      done: t('live.unpinned'),
      undo: () => this.#post('pin', { item_id: itemId }),
    });
  };

  readonly nextCue = (): void => {
    void this.#press('cue', () => this.#post('cues/advance'), {
      done: t('live.cue_advanced'),
      undo: () => this.#post('cues/back').then(this.reload),
    });
  };

  readonly goLive = async (): Promise<void> => {
    if (await ask({ heading: t('live.go_sure'), text: t('live.go_text'), confirm: t('live.go') }))
      await this.#press('go', () => this.#post('go-live'));
  };

  readonly rehearse = (): void => {
    void this.#press('rehearse', () => this.#post('rehearse'), { done: t('live.rehearsing') });
  };

  readonly end = async (): Promise<void> => {
    if (await ask({ heading: t('live.end_sure'), text: t('live.end_text'), confirm: t('live.end'), danger: true }))
      await this.#press('end', () => this.#post('end'), { done: t('live.ended') });
  };

  /** At once and without a question: every second of asking is a second on air. */
  readonly cut = (): void => {
    void this.#press('cut', () => this.#post('cut'), {
      done: t('live.cut_done'),
      undo: () => this.#post('uncut').then(this.reload),
    });
  };

  readonly uncut = (): void => {
    void this.#press('uncut', () => this.#post('uncut'), { done: t('live.uncut_done') });
  };

  readonly takeOver = async (): Promise<void> => {
    if (await ask({ heading: t('live.take_over'), text: t('live.take_over_text'), confirm: t('live.take_over') }))
      await this.#press('take-over', () => this.#post('take-over'), { done: t('live.took_over') });
  };
}
