// The list of an organisation's shows: what is on, what comes, what was.
import { dateTime, relative, t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { Pager } from '../../app/pager.ts';
import { href } from '../../app/router.ts';
import { Screen } from '../../app/screen.ts';
import type { Page, Show, ShowState } from '../../types.ts';
import { picture, showState } from '../words.ts';

const FILTERS: Readonly<Record<string, readonly ShowState[]>> = {
  all: [],
  on: ['live', 'interrupted', 'rehearsal'],
  coming: ['scheduled', 'draft'],
  past: ['ended', 'replay'],
};

@customElement('screen-shows')
export class ScreenShows extends Screen {
  readonly #shows = new Pager<Show>(this, (cursor, signal) =>
    this.app.api.get<Page<Show>>(this.app.org('/shows'), { cursor }, signal),
  );

  #query(): string {
    return this.route.query.get('query') ?? '';
  }

  override render() {
    const filter = this.route.query.get('state') ?? 'all';
    return html`<div class="page">
      <div class="page-head"><div class="titles"><h1>${t('nav.shows')}</h1></div>
        <div class="actions"><sc-button variant="primary" icon="plus" href=${href('/shows/new')}>${t('shows.new')}</sc-button></div></div>
      <div class="toolbar">
        <label class="search-field"><sc-icon name="search"></sc-icon><span class="hidden-text">${t('shows.search')}</span>
          <input class="control" type="search" placeholder=${t('shows.search')} .value=${this.#query()} @input=${this.#search} /></label>
        <div class="chips" role="group" aria-label=${t('shows.filter')}>
          ${Object.keys(FILTERS).map((name) => html`<button type="button" class="chip" aria-pressed=${name === filter ? 'true' : 'false'} @click=${() => this.app.router.setQuery({ state: name === 'all' ? null : name })}>${t(`shows.filter_${name}`)}</button>`)}
        </div>
      </div>
      ${this.#shows.view(
        (items) => this.#list(items, filter),
        () => this.#empty(),
      )}
    </div>`;
  }

  readonly #search = (event: Event) => {
    this.app.router.setQuery({ query: (event.target as HTMLInputElement).value });
    this.requestUpdate();
  };

  #list(items: Show[], filter: string): TemplateResult {
    const wanted = FILTERS[filter] ?? [];
    const words = this.#query().normalize('NFKC').toLowerCase();
    const shown = items.filter(
      (show) =>
        (wanted.length === 0 || wanted.includes(show.state)) &&
        show.title.normalize('NFKC').toLowerCase().includes(words),
    );
    if (shown.length === 0)
      return html`<sc-empty icon="search" heading=${t('shows.none_match')} text=${t('shows.none_match_text')}><sc-button @click=${() => this.app.router.setQuery({ state: null, query: null })}>${t('action.clear_filters')}</sc-button></sc-empty>`;
    return html`<ul class="show-list">${shown.map((show) => this.#row(show))}</ul>`;
  }

  #row(show: Show): TemplateResult {
    return html`<li class="show-row">
      ${picture(show.cover_url, 'medium')}
      <div class="stack tight">
        <a class="row-link" href=${href(`/shows/${show.id}`)}><strong>${show.title}</strong></a>
        <span class="small soft">${when(show)}${show.items_count === undefined ? nothing : html` · ${t('shows.items', { n: show.items_count })}`}${show.visibility === 'public' ? nothing : html` · ${t(`visibility.${show.visibility}`)}`}</span>
      </div>
      <div class="state">${showState(show.state)}${action(show)}</div>
    </li>`;
  }

  #empty(): TemplateResult {
    return html`<sc-empty icon="radio" heading=${t('shows.empty')} text=${t('shows.empty_text')}>
      <sc-button variant="primary" icon="plus" href=${href('/shows/new')}>${t('shows.new')}</sc-button>
      <sc-button href=${href('/catalogue/import')}>${t('catalogue.import')}</sc-button>
    </sc-empty>`;
  }
}

function when(show: Show): string {
  if (show.state === 'live' && show.started_at)
    return t('shows.on_since', { time: relative(show.started_at, Date.now()) });
  if (show.starts_at === null) return t('shows.no_time');
  return dateTime(show.started_at ?? show.starts_at);
}

function action(show: Show): TemplateResult | typeof nothing {
  if (
    show.state === 'live' ||
    show.state === 'interrupted' ||
    show.state === 'rehearsal' ||
    show.state === 'scheduled'
  ) {
    return html`<sc-button size="s" variant=${show.state === 'scheduled' ? 'secondary' : 'primary'} href=${href(`/shows/${show.id}/live`)}>${t('shows.host')}</sc-button>`;
  }
  if (show.state === 'replay' || show.state === 'ended')
    return html`<sc-button size="s" href=${href(`/shows/${show.id}/numbers`)}>${t('shows.numbers')}</sc-button>`;
  return nothing;
}
