/** What the plain pages share: drawn in the light tree (so that forms and autofill work), header, loading and problems. */
import { asProblem, createApi, type Me, type Problem } from '@shopcast/api-client';
import '@shopcast/elements/cart/sc-cart-link.ts';
import { language, setLanguage, t } from '@shopcast/format';
import { LocalisedElement, toast } from '@shopcast/ui';
import { html, nothing, type TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';
import '../messages.ts';
import '../pages.css';

export const api = createApi({ language });

/** A year, so that a reader's choice stays. */
const LANGUAGE_COOKIE_S = 31_536_000;

export abstract class Page<Data> extends LocalisedElement {
  @state() protected data: Data | null = null;
  @state() protected problem: Problem | null = null;
  @state() protected me: Me | null = null;
  @state() protected busy = '';

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected abstract load(): Promise<Data>;
  protected abstract body(): TemplateResult;
  protected abstract skeleton(): TemplateResult;

  /** Given by the shell, so that the first paint needs no request. */
  give(data: Data | null): this {
    this.data = data;
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.refresh(this.data !== null);
    void this.whoAmI();
  }

  protected async refresh(given = false): Promise<void> {
    if (given) return;
    this.problem = null;
    try {
      this.data = await this.load();
    } catch (error) {
      this.problem = asProblem(error);
    }
  }

  private async whoAmI(): Promise<void> {
    this.me = await api.accounts.me().catch(() => null);
  }

  /** Runs what a person pressed; says what came of it; never twice at once. */
  protected async act(name: string, run: () => Promise<string | undefined>): Promise<void> {
    if (this.busy) return;
    this.busy = name;
    try {
      const said = await run();
      if (said) toast(said, { icon: 'check' });
    } catch (error) {
      toast(words(asProblem(error)), { tone: 'danger' });
    } finally {
      this.busy = '';
    }
  }

  private readonly switchLanguage = (): void => {
    const next = language() === 'zh' ? 'en' : 'zh';
    // biome-ignore lint/suspicious/noDocumentCookie: cookieStore is missing in several browsers we serve.
    document.cookie = `language=${next}; Path=/; Max-Age=${LANGUAGE_COOKIE_S}; SameSite=Lax`;
    document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en';
    setLanguage(next);
    if (this.me?.person) void api.accounts.changeMe({ language: next }).catch(() => undefined);
  };

  private header() {
    const person = this.me?.person;
    const console_ = (this.me?.organisations.length ?? 0) > 0;
    return html`<a class="skip" href="#content">${t('action.skip')}</a>
      <header class="site">
        <a class="brand" href="/">Shopcast</a>
        <nav aria-label=${t('nav.main')}>
          <sc-button variant="quiet" size="s" label=${t('nav.language.label')} @click=${this.switchLanguage}
            >${t('nav.language')}</sc-button
          >
          ${console_ ? html`<sc-button class="wide-only" variant="quiet" size="s" href="/console">${t('action.console')}</sc-button>` : nothing}
          <sc-cart-link .api=${api}></sc-cart-link>
          <sc-button variant="quiet" icon="package" label=${t('action.orders')} href="/orders"></sc-button>
          ${
            this.me && !person
              ? html`<sc-button variant="secondary" size="s" href="/login">${t('action.login')}</sc-button>`
              : html`<sc-button variant="quiet" icon="user" label=${t('action.account')} href="/account"></sc-button>`
          }
        </nav>
      </header>`;
  }

  protected problemView(problem: Problem): TemplateResult {
    return html`<main class="page" id="content">
      <sc-empty tone="problem" icon="wifi-off" heading=${t('problem.load')} text=${problem.message || t('problem.load.next')}>
        <sc-button variant="primary" icon="refresh-cw" @click=${() => void this.refresh()}>${t('action.retry')}</sc-button>
      </sc-empty>
    </main>`;
  }

  override render() {
    const content = this.problem ? this.problemView(this.problem) : this.data === null ? this.skeleton() : this.body();
    return html`${this.header()}${content}`;
  }
}

export function words(problem: Problem): string {
  if (problem.code === 'offline' || problem.code === 'timeout') return t('problem.offline');
  return problem.message || t('problem.unexpected');
}

/** The field a 422 speaks of: "body.email" → "email". */
export function fieldErrors(problem: Problem | null): Record<string, string> {
  const field = String(problem?.params.field ?? '')
    .split('.')
    .at(-1);
  return problem && field && (problem.status === 422 || problem.code === 'invalid_input')
    ? { [field]: problem.message }
    : {};
}
