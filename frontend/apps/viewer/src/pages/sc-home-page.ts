/** Home: live now, coming up, moments, replays, in plain order. */
import type { Home } from '@shopcast/api-client';
import { t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { momentCard, showCard } from './cards.ts';
import { api, Page } from './page.ts';
import { searchBar } from './sc-search-page.ts';
import '../messages/home.ts';

@customElement('sc-home-page')
export class ScHomePage extends Page<Home> {
  protected load(): Promise<Home> {
    return api.discovery.home();
  }

  protected skeleton(): TemplateResult {
    return html`<main class="page" id="content" aria-busy="true">
      <h1>${t('home.title')}</h1>
      <div class="shows">
        ${[1, 2, 3].map(
          () =>
            html`<div class="show-card"><sc-skeleton class="skeleton-cover"></sc-skeleton><sc-skeleton class="skeleton-line"></sc-skeleton></div>`,
        )}
      </div>
    </main>`;
  }

  private shows(heading: string, list: Home['live'], lead = false) {
    if (list.length === 0) return nothing;
    return html`<section class="section">
      <h2>${heading}</h2>
      <div class="shows ${lead ? 'lead' : ''}">${list.map(showCard)}</div>
    </section>`;
  }

  protected body(): TemplateResult {
    const home = this.data as Home;
    const empty = home.live.length + home.upcoming.length + home.replays.length === 0;
    return html`<main class="page" id="content">
      <h1>${t('home.title')}</h1>
      ${searchBar('')}
      ${
        empty
          ? html`<sc-empty icon="radio" heading=${t('home.empty')} text=${t('home.empty.next')}
              ><sc-button variant="primary" href="/register">${t('home.host')}</sc-button></sc-empty
            >`
          : nothing
      }
      ${this.shows(t('home.live'), home.live, true)} ${this.shows(t('home.upcoming'), home.upcoming)}
      ${
        home.moments.length > 0
          ? html`<section class="section">
              <h2>${t('home.moments')}</h2>
              <div class="moments" tabindex="0" role="group" aria-label=${t('home.moments')}>${home.moments.map(momentCard)}</div>
            </section>`
          : nothing
      }
      ${this.shows(t('home.replays'), home.replays)}
    </main>`;
  }
}
