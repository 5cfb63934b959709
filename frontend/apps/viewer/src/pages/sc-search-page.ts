/** Search over shows, items and moments. */
import type { SearchAnswer } from '@shopcast/api-client';
import { t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { queryValue } from '../shell.ts';
import { momentCard, showCard } from './cards.ts';
import { itemRow } from './item-row.ts';
import { api, Page } from './page.ts';
import '../messages/home.ts';

export function searchBar(q: string) {
  return html`<form class="searchbar" role="search" action="/search">
    <input type="search" name="q" maxlength="100" .value=${q} aria-label=${t('search.label')} placeholder=${t('search.label')} />
    <sc-button variant="primary" type="submit" icon="search" label=${t('action.search')}></sc-button>
  </form>`;
}

@customElement('sc-search-page')
export class ScSearchPage extends Page<SearchAnswer> {
  private readonly q = queryValue('q').trim();

  protected async load(): Promise<SearchAnswer> {
    return this.q ? api.discovery.search(this.q) : { shows: [], items: [], moments: [] };
  }

  protected skeleton(): TemplateResult {
    return html`<main class="page medium" id="content" aria-busy="true">
      <h1>${t('search.title')}</h1>
      ${searchBar(this.q)}
      ${[1, 2, 3].map(() => html`<sc-skeleton class="skeleton-row"></sc-skeleton>`)}
    </main>`;
  }

  private results(found: SearchAnswer) {
    return html`${
      found.items.length > 0
        ? html`<section class="section">
            <h2>${t('search.items')}</h2>
            <ol class="rows">
              ${found.items.map((one) => itemRow(one.card, { showId: one.show_id, under: one.show_title, level: 3 }))}
            </ol>
          </section>`
        : nothing
    }
    ${
      found.moments.length > 0
        ? html`<section class="section">
            <h2>${t('search.moments')}</h2>
            <div class="moments" tabindex="0" role="group" aria-label=${t('search.moments')}>${found.moments.map(momentCard)}</div>
          </section>`
        : nothing
    }
    ${
      found.shows.length > 0
        ? html`<section class="section"><h2>${t('search.shows')}</h2><div class="shows">${found.shows.map(showCard)}</div></section>`
        : nothing
    }`;
  }

  protected body(): TemplateResult {
    const found = this.data as SearchAnswer;
    const none = found.shows.length + found.items.length + found.moments.length === 0;
    return html`<main class="page medium" id="content">
      <h1>${t('search.title')}</h1>
      ${searchBar(this.q)}
      ${
        none
          ? html`<sc-empty
              icon="search"
              heading=${this.q ? t('search.none', { q: this.q }) : t('search.start')}
              text=${this.q ? t('search.none.next') : t('search.start.next')}
            ></sc-empty>`
          : this.results(found)
      }
    </main>`;
  }
}
