// A list that comes in pages: keeps what came, fetches more on demand, starts over when the question changes.
import { t } from '@shopcast/format';
import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import type { Page } from '../types.ts';
import { failure, skeleton } from './loader.ts';
import { asProblem, type Problem, problemText } from './problem.ts';

export class Pager<T> implements ReactiveController {
  items: T[] | null = null;
  problem: Problem | null = null;
  #cursor: string | null = null;
  #abort: AbortController | null = null;
  #busy = false;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly fetcher: (cursor: string | null, signal: AbortSignal) => Promise<Page<T>>,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    void this.restart();
  }

  hostDisconnected(): void {
    this.#abort?.abort();
  }

  async restart(): Promise<void> {
    this.#cursor = null;
    await this.#fetch((page) => page.items);
  }

  async more(): Promise<void> {
    if (this.#busy || this.#cursor === null) return;
    await this.#fetch((page) => [...(this.items ?? []), ...page.items]);
  }

  async #fetch(merge: (page: Page<T>) => T[]): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#busy = true;
    this.host.requestUpdate();
    try {
      const page = await this.fetcher(this.#cursor, abort.signal);
      if (abort.signal.aborted) return;
      this.items = merge(page);
      this.#cursor = page.next_cursor;
      this.problem = null;
    } catch (error) {
      if (abort.signal.aborted) return;
      this.problem = asProblem(error);
    }
    this.#busy = false;
    this.host.requestUpdate();
  }

  view(ready: (items: T[]) => unknown, empty: () => unknown): TemplateResult {
    if (this.problem && this.items === null) return failure(this.problem, () => void this.restart());
    if (this.items === null) return skeleton(6);
    if (this.items.length === 0) return html`${empty()}`;
    const more =
      this.#cursor === null
        ? nothing
        : html`<div class="more"><sc-button ?loading=${this.#busy} @click=${() => void this.more()}>${t('action.more')}</sc-button></div>`;
    const problem = this.problem
      ? html`<div class="notice danger" role="alert">${problemText(this.problem)}</div>`
      : nothing;
    return html`${ready(this.items)}${problem}${more}`;
  }
}
