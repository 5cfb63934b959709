// The editor of one show: its head, its tabs, and the one answer all tabs draw from.
import { dateTime, t } from '@shopcast/format';
import { linkTabs } from '@shopcast/ui/controls/tabs.ts';
import { html, type nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { Loader } from '../../app/loader.ts';
import { href } from '../../app/router.ts';
import { Screen } from '../../app/screen.ts';
import type { Manage } from '../../types.ts';
import { showState } from '../words.ts';
import './details.ts';
import './drops.ts';
import './replay.ts';
import './run_of_show.ts';
import './selling.ts';
import './shelf.ts';
import './staff.ts';
import './stream.ts';

const TABS = ['details', 'shelf', 'stock', 'drops', 'run', 'stream', 'team', 'replay'] as const;

@customElement('screen-show')
export class ScreenShow extends Screen {
  readonly #manage = new Loader<Manage>(this, (signal) =>
    this.app.api.get<Manage>(`/v1/shows/${this.param('id')}/manage`, undefined, signal),
  );

  override render() {
    return html`<div class="page">
      <a class="back" href=${href('/shows')}><sc-icon name="arrow-left"></sc-icon>${t('nav.shows')}</a>
      ${this.#manage.view((manage) => this.#editor(manage))}
    </div>`;
  }

  readonly #reload = () => void this.#manage.load();

  #editor(manage: Manage): TemplateResult {
    const { show } = manage;
    const tab = this.route.params.tab ?? 'details';
    const marks: Record<string, number> = {
      shelf: manage.items.length,
      run: manage.cues.length,
      stream: manage.stream.warnings.length,
      replay: manage.moments.length,
    };
    const tabs = TABS.map((id) => ({
      id,
      label: t(`show.tab_${id}`),
      href: href(`/shows/${show.id}/${id}`),
      mark: marks[id] ?? null,
    }));
    return html`<div class="page-head">
        <div class="titles stack tight"><div class="line wrap"><h1>${show.title}</h1>${showState(show.state)}</div>
          <span class="small soft">${show.starts_at ? dateTime(show.starts_at) : t('shows.no_time')} · ${t(`visibility.${show.visibility}`)}</span></div>
        <div class="actions">
          <sc-button size="s" icon="external-link" href=${`/shows/${show.id}`}>${t('show.see_as_viewer')}</sc-button>
          ${this.#step(manage)}
        </div></div>
      ${linkTabs(t('show.parts'), tabs, tab)}
      <div class="tab-body" @shopcast-changed=${this.#reload}>${this.#tab(tab, manage)}</div>`;
  }

  #tab(tab: string, manage: Manage): TemplateResult {
    switch (tab) {
      case 'shelf':
        return html`<show-shelf .app=${this.app} .manage=${manage}></show-shelf>`;
      case 'stock':
        return html`<show-selling .app=${this.app} .manage=${manage}></show-selling>`;
      case 'drops':
        return html`<show-drops .app=${this.app} .manage=${manage}></show-drops>`;
      case 'run':
        return html`<show-run .app=${this.app} .manage=${manage}></show-run>`;
      case 'stream':
        return html`<show-stream .app=${this.app} .manage=${manage}></show-stream>`;
      case 'team':
        return html`<show-staff .app=${this.app} .manage=${manage}></show-staff>`;
      case 'replay':
        return html`<show-replay .app=${this.app} .manage=${manage}></show-replay>`;
      default:
        return html`<show-details .app=${this.app} .manage=${manage}></show-details>`;
    }
  }

  #step({ show }: Manage): TemplateResult | typeof nothing {
    if (show.state === 'draft') {
      const schedule = () =>
        this.app
          .act(() => this.app.api.post(`/v1/shows/${show.id}/schedule`), { done: t('show.scheduled') })
          .then(this.#reload);
      return html`<sc-button variant="primary" icon="calendar" ?disabled=${show.starts_at === null} label=${show.starts_at === null ? t('show.set_time_first') : ''} @click=${schedule}>${t('show.schedule')}</sc-button>`;
    }
    if (show.state === 'replay' || show.state === 'ended')
      return html`<sc-button size="s" variant="primary" icon="chart-line" href=${href(`/shows/${show.id}/numbers`)}>${t('shows.numbers')}</sc-button>`;
    return html`<sc-button size="s" variant="primary" icon="radio" href=${href(`/shows/${show.id}/live`)}>${t('shows.host')}</sc-button>`;
  }
}
