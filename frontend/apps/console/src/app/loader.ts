// One thing a screen loads: skeleton first, then the thing, or what happened and a way to try again.
import { t } from '@shopcast/format';
import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { asProblem, type Problem, problemText } from './problem.ts';

export class Loader<T> implements ReactiveController {
  value: T | null = null;
  problem: Problem | null = null;
  busy = false;
  #abort: AbortController | null = null;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly fetcher: (signal: AbortSignal) => Promise<T>,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    void this.load();
  }

  hostDisconnected(): void {
    this.#abort?.abort();
  }

  /** Loads again; what is shown stays until the answer is there. A newer load replaces an older one. */
  async load(): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.busy = true;
    this.host.requestUpdate();
    try {
      this.value = await this.fetcher(abort.signal);
      this.problem = null;
    } catch (error) {
      if (abort.signal.aborted) return;
      this.problem = asProblem(error);
    }
    if (abort.signal.aborted) return;
    this.busy = false;
    this.host.requestUpdate();
  }

  set(value: T): void {
    this.value = value;
    this.host.requestUpdate();
  }

  view(ready: (value: T) => unknown, rows = 5): TemplateResult {
    if (this.value !== null)
      return html`${this.problem ? staleNotice(this.problem, () => void this.load()) : nothing}${ready(this.value)}`;
    if (this.problem) return failure(this.problem, () => void this.load());
    return skeleton(rows);
  }
}

export function skeleton(rows = 5): TemplateResult {
  return html`<div class="skeleton" role="status" aria-label=${t('state.loading')}>${Array.from({ length: rows }, () => html`<sc-skeleton></sc-skeleton>`)}</div>`;
}

export function failure(problem: Problem, again: () => void): TemplateResult {
  const heading = problem.unanswered
    ? t('state.offline')
    : problem.status === 404
      ? t('state.missing')
      : t('state.failed');
  return html`<sc-empty tone="problem" icon=${problem.unanswered ? 'wifi-off' : 'circle-alert'} heading=${heading} text=${`${problemText(problem)} ${t('state.nothing_changed')}`}>
    <sc-button icon="refresh-cw" @click=${again}>${t('action.try_again')}</sc-button>
    ${problem.requestId ? html`<span class="small soft">${t('state.request_id', { id: problem.requestId })}</span>` : nothing}
  </sc-empty>`;
}

function staleNotice(problem: Problem, again: () => void): TemplateResult {
  return html`<div class="notice warn" role="status"><sc-icon name="wifi-off"></sc-icon><span class="grow">${t('state.stale')} ${problemText(problem)}</span><sc-button size="s" @click=${again}>${t('action.try_again')}</sc-button></div>`;
}
