// The frame around every screen: navigation by job, organisation, language, sign out, and word of being offline.
import { language, setLanguage, t } from '@shopcast/format';
import { LocalisedElement } from '@shopcast/ui';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { Screens } from '../screens/screens.ts';
import type { App } from './app.ts';
import { href } from './router.ts';

interface Job {
  readonly id: string;
  readonly icon: string;
  readonly path: string;
}

const JOBS: readonly Job[] = [
  { id: 'shows', icon: 'radio', path: '/shows' },
  { id: 'orders', icon: 'receipt', path: '/orders' },
  { id: 'returns', icon: 'undo-2', path: '/returns' },
  { id: 'promotions', icon: 'tag', path: '/promotions' },
  { id: 'catalogue', icon: 'package', path: '/catalogue' },
  { id: 'disputes', icon: 'circle-alert', path: '/disputes' },
  { id: 'customers', icon: 'heart', path: '/customers' },
  { id: 'money', icon: 'wallet', path: '/money' },
  { id: 'team', icon: 'users', path: '/team' },
  { id: 'settings', icon: 'settings', path: '/settings' },
];
const HEALTH: Job = { id: 'health', icon: 'shield', path: '/health' };
/** As many as a thumb bar holds beside "more". */
const ON_PHONE_BAR = 4;

@customElement('shopcast-console')
export class ShopcastConsole extends LocalisedElement {
  @property({ attribute: false }) app!: App;
  @state() private online = navigator.onLine;
  @state() private drawerOpen = false;

  readonly #screens = new Screens(() => this.requestUpdate());
  readonly #refresh = () => {
    this.drawerOpen = false;
    this.requestUpdate();
  };
  readonly #network = () => {
    this.online = navigator.onLine;
  };

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.app.router.addEventListener('change', this.#refresh);
    this.app.addEventListener('change', this.#refresh);
    addEventListener('online', this.#network);
    addEventListener('offline', this.#network);
  }

  override disconnectedCallback(): void {
    this.app.router.removeEventListener('change', this.#refresh);
    this.app.removeEventListener('change', this.#refresh);
    removeEventListener('online', this.#network);
    removeEventListener('offline', this.#network);
    super.disconnectedCallback();
  }

  override render() {
    const route = this.app.router.route;
    const bare = route.screen === 'live';
    return html`<a class="skip" href="#main">${t('nav.skip')}</a>
      <div class="shell ${bare ? 'bare' : ''}">
        ${bare ? nothing : this.#nav(route.path)}
        <main class="main" id="main" tabindex="-1">
          ${this.online || bare ? nothing : html`<div class="offline-bar" role="status">${t('state.offline_bar')}</div>`}
          ${this.#screens.draw(this.app, route)}
        </main>
        ${bare ? nothing : this.#phoneBar(route.path)}
      </div>`;
  }

  #jobs(): readonly Job[] {
    return this.app.me.is_operator ? [...JOBS, HEALTH] : JOBS;
  }

  #isCurrent(job: Job, path: string): boolean {
    return path === job.path || path.startsWith(`${job.path}/`) || (path === '/' && job.id === 'shows');
  }

  #link(job: Job, path: string): TemplateResult {
    return html`<a class="job" href=${href(job.path)} aria-current=${this.#isCurrent(job, path) ? 'page' : nothing}><sc-icon name=${job.icon}></sc-icon>${t(`nav.${job.id}`)}</a>`;
  }

  #nav(path: string): TemplateResult {
    return html`<nav class="nav" aria-label=${t('nav.main')}>
      <a class="brand" href=${href('/shows')}>Shopcast</a>
      ${this.#organisationSwitch()}
      ${this.#jobs().map((job) => this.#link(job, path))}
      <span class="spacer"></span>
      ${this.#foot()}
    </nav>`;
  }

  #organisationSwitch(): TemplateResult | typeof nothing {
    const organisations = this.app.organisations;
    if (organisations.length === 0) return nothing;
    const current = this.app.organisation;
    const choose = (event: Event) => this.app.choose((event.target as HTMLSelectElement).value);
    return html`<label class="organisation-switch"><span class="hidden-text">${t('nav.organisation')}</span>
      <select class="control" @change=${choose}>
        ${organisations.map((one) => html`<option value=${one.id} ?selected=${one.id === current?.id}>${one.name}</option>`)}
      </select></label>`;
  }

  #foot(): TemplateResult {
    const choose = (next: 'en' | 'zh') => {
      // biome-ignore lint/suspicious/noDocumentCookie: the server reads the same cookie for its own pages; cookieStore is not everywhere.
      document.cookie = `language=${next}; path=/; max-age=31536000; samesite=lax`;
      document.documentElement.lang = next === 'zh' ? 'zh-Hans' : 'en';
      setLanguage(next);
      if (this.app.me.person) void this.app.act(() => this.app.api.patch('/v1/me', { language: next }));
    };
    return html`<div class="foot">
      <span class="who" title=${this.app.me.person?.email ?? ''}>${this.app.me.person?.display_name ?? ''}</span>
      <div class="languages" role="group" aria-label=${t('nav.language')}>
        <button type="button" class="chip" lang="en" aria-pressed=${language() === 'en' ? 'true' : 'false'} @click=${() => choose('en')}>English</button>
        <button type="button" class="chip" lang="zh-Hans" aria-pressed=${language() === 'zh' ? 'true' : 'false'} @click=${() => choose('zh')}>中文</button>
      </div>
      <sc-button icon="log-out" variant="quiet" @click=${this.#signOut}>${t('nav.sign_out')}</sc-button>
    </div>`;
  }

  readonly #signOut = async () => {
    const done = await this.app.act(() => this.app.api.post('/v1/logout'));
    if (done) location.assign('/');
  };

  #phoneBar(path: string): TemplateResult {
    const jobs = this.#jobs();
    const rest = jobs.slice(ON_PHONE_BAR);
    return html`<nav class="phone-bar" aria-label=${t('nav.main')}>
        ${jobs.slice(0, ON_PHONE_BAR).map((job) => html`<a href=${href(job.path)} aria-current=${this.#isCurrent(job, path) ? 'page' : nothing}><sc-icon name=${job.icon}></sc-icon>${t(`nav.${job.id}`)}</a>`)}
        <button type="button" aria-expanded=${this.drawerOpen ? 'true' : 'false'} aria-current=${rest.some((job) => this.#isCurrent(job, path)) ? 'page' : nothing}
          @click=${() => {
            this.drawerOpen = true;
          }}><sc-icon name="menu"></sc-icon>${t('nav.more')}</button>
      </nav>
      <sc-sheet heading=${this.app.organisation?.name ?? 'Shopcast'} .open=${this.drawerOpen} @sc-close=${() => {
        this.drawerOpen = false;
      }}>
        ${this.drawerOpen ? html`<div class="drawer-panel">${this.#organisationSwitch()}${rest.map((job) => this.#link(job, path))}${this.#foot()}</div>` : nothing}
      </sc-sheet>`;
  }
}
