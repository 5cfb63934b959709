// Events a part of the program gave up on: tried again here, or set aside when they can never succeed.
import { dateTime, t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { ask } from '../../app/confirm.ts';
import { Pager } from '../../app/pager.ts';
import type { DeadLetter, Page } from '../../types.ts';
import { searchToolbar } from '../search_toolbar.ts';
import { SettingPart } from '../settings/setting_part.ts';
import { trafficRow } from './traffic.ts';

const STATES = ['open', 'replayed', 'discarded'];

@customElement('health-dead-letters')
export class HealthDeadLetters extends SettingPart {
  @state() private filter = 'open';
  @state() private busy: string | null = null;
  readonly #letters = new Pager<DeadLetter>(this, (cursor, signal) =>
    this.app.api.get<Page<DeadLetter>>('/v1/operator/dead-letters', { state: this.filter, cursor, limit: 50 }, signal),
  );

  override render() {
    return html`<div class="stack"><div class="stack tight"><h2>${t('health.dead-letters')}</h2><p class="soft">${t('health.dead_text')}</p></div>
      ${searchToolbar({
        placeholder: '',
        words: '',
        search: null,
        filterLabel: t('orders.filter'),
        choices: STATES.map((value) => ({ value, label: t(`letter_state.${value}`) })),
        chosen: this.filter,
        choose: (value) => {
          this.filter = value;
          void this.#letters.restart();
        },
      })}
      ${this.#letters.view(
        (letters) => html`<ul class="plain-list">${letters.map((letter) => this.#row(letter))}</ul>`,
        () => html`<sc-empty icon="circle-check" heading=${t('health.none_dead')}></sc-empty>`,
      )}</div>`;
  }

  #row(letter: DeadLetter): TemplateResult {
    const isOpen = letter.state === 'open';
    return trafficRow({
      tone: isOpen ? 'danger' : 'plain',
      state: t(`letter_state.${letter.state}`),
      heading: letter.event,
      facts: `${letter.subscriber} · ${letter.key} · ${t('health.tries', { n: letter.tries })}`,
      at: letter.at,
      meaning: isOpen
        ? t('letter.means', { subscriber: letter.subscriber, key: letter.key })
        : t(`letter_means.${letter.state}`, { when: letter.settled_at ? dateTime(letter.settled_at) : '–' }),
      body: letter.error,
      act: isOpen
        ? html`<sc-button size="s" icon="refresh-cw" ?loading=${this.busy === letter.id} @click=${() => this.#replay(letter)}>${t('health.replay')}</sc-button>
        <sc-button size="s" variant="quiet" @click=${() => this.#discard(letter)}>${t('letter.discard')}</sc-button>`
        : nothing,
    });
  }

  async #replay(letter: DeadLetter): Promise<void> {
    this.busy = letter.id;
    const done = await this.app.act(() => this.app.api.post(`/v1/operator/dead-letters/${letter.id}/replay`), {
      done: t('health.replayed'),
    });
    this.busy = null;
    if (done) void this.#letters.restart();
  }

  async #discard(letter: DeadLetter): Promise<void> {
    const sure = await ask({
      heading: t('letter.discard_sure'),
      text: t('letter.discard_text', { subscriber: letter.subscriber }),
      confirm: t('letter.discard'),
      danger: true,
    });
    if (!sure) return;
    const path = `/v1/operator/dead-letters/${letter.id}/discard`;
    if (await this.app.act(() => this.app.api.post(path), { done: t('letter.discarded') }))
      void this.#letters.restart();
  }
}
