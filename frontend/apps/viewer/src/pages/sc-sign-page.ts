/** Signing in, registering, and setting a new password: one form each. */
import { asProblem, type Problem } from '@shopcast/api-client';
import { t } from '@shopcast/format';
import { checkForm } from '@shopcast/ui';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { pathPart, queryValue } from '../shell.ts';
import { api, fieldErrors, Page, words } from './page.ts';
import { safeNext } from './safe-next.ts';
import '../messages/account.ts';

export type SignKind = 'login' | 'register' | 'reset' | 'verify';
type Account = 'shopper' | 'host' | 'seller';

const MIN_PASSWORD = '10';

@customElement('sc-sign-page')
export class ScSignPage extends Page<true> {
  @property() kind: SignKind = 'login';
  @state() private account: Account =
    (['host', 'seller'] as const).find((one) => one === queryValue('as')) ?? 'shopper';
  @state() private refusal: Problem | null = null;
  @state() private done = '';
  private readonly token = pathPart(1) || queryValue('token');

  protected async load(): Promise<true> {
    if (this.kind === 'verify') {
      await api.accounts.verifyEmail(this.token);
      this.done = t('verify.done');
    }
    return true;
  }

  protected skeleton(): TemplateResult {
    return html`<main class="page narrow" id="content" aria-busy="true"><p>${this.kind === 'verify' ? t('verify.working') : ''}</p></main>`;
  }

  private readonly onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    if (!checkForm(form)) return;
    const data = new FormData(form);
    const text = (name: string) => String(data.get(name) ?? '').trim();
    void this.send(() => this.submit(text, String(data.get('password') ?? '')));
  };

  private async send(run: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = 'sign';
    this.refusal = null;
    try {
      await run();
    } catch (error) {
      this.refusal = asProblem(error);
    } finally {
      this.busy = '';
    }
  }

  private async submit(text: (name: string) => string, password: string): Promise<void> {
    if (this.kind === 'reset') {
      if (this.token) {
        await api.accounts.resetPassword(this.token, password);
        this.done = t('reset.done');
      } else {
        await api.accounts.askPasswordReset(text('email'));
        this.done = t('reset.sent');
      }
      return;
    }
    const email = text('email');
    if (this.kind === 'login') await api.accounts.login({ email, password });
    else {
      const organisation = text('organisation_name');
      await api.accounts.register({
        email,
        password,
        display_name: text('display_name'),
        account: this.account,
        ...(organisation ? { organisation_name: organisation } : {}),
      });
    }
    location.assign(
      safeNext(queryValue('next')) || (this.kind === 'register' && this.account !== 'shopper' ? '/console' : '/'),
    );
  }

  private email() {
    return html`<sc-field name="email" type="email" label=${t('field.email')} autocomplete="username" inputmode="email" required maxlength="254" error=${fieldErrors(this.refusal).email ?? ''}></sc-field>`;
  }

  private password(fresh: boolean) {
    return html`<sc-field
      name="password"
      type="password"
      label=${this.kind === 'reset' ? t('field.password.new') : t('field.password')}
      hint=${fresh ? t('field.password.hint') : ''}
      autocomplete=${fresh ? 'new-password' : 'current-password'}
      required
      minlength=${fresh ? MIN_PASSWORD : '1'}
      maxlength="200"
      error=${fieldErrors(this.refusal).password ?? ''}
    ></sc-field>`;
  }

  private choice(kind: Account) {
    return html`<label class="choice"
      ><input
        type="radio"
        name="account"
        value=${kind}
        .checked=${this.account === kind}
        @change=${() => {
          this.account = kind;
        }}
      /><span><strong>${t(`register.kind.${kind}`)}</strong><br /><span class="small soft">${t(`register.kind.${kind}.hint`)}</span></span></label
    >`;
  }

  private fields() {
    switch (this.kind) {
      case 'login':
        return html`${this.email()} ${this.password(false)}`;
      case 'register':
        return html`<fieldset class="choices">
            <legend>${t('register.kind')}</legend>
            ${this.choice('shopper')} ${this.choice('host')} ${this.choice('seller')}
          </fieldset>
          <sc-field name="display_name" label=${t('field.name')} autocomplete="nickname" required maxlength="60" error=${fieldErrors(this.refusal).display_name ?? ''}></sc-field>
          ${
            this.account === 'seller'
              ? html`<sc-field name="organisation_name" label=${t('field.organisation')} autocomplete="organization" required maxlength="100"></sc-field>`
              : nothing
          }
          ${this.email()} ${this.password(true)}`;
      default:
        return this.token ? this.password(true) : this.email();
    }
  }

  private foot() {
    const next = queryValue('next') ? `?next=${encodeURIComponent(queryValue('next'))}` : '';
    if (this.kind === 'login') {
      return html`<a class="link" href=${`/register${next}`}>${t('login.none')} ${t('action.register')}</a>
        <a class="link" href="/reset">${t('login.forgot')}</a>`;
    }
    return html`<a class="link" href=${`/login${next}`}>${this.kind === 'register' ? t('register.have') : ''} ${t('action.login')}</a>`;
  }

  private heading(): string {
    const headings: Record<SignKind, string> = {
      login: t('login.title'),
      register: t('register.title'),
      reset: t('reset.title'),
      verify: t('verify.done'),
    };
    return headings[this.kind];
  }

  private button(): string {
    if (this.kind === 'reset') return this.token ? t('reset.set') : t('reset.ask');
    return this.kind === 'register' ? t('action.register') : t('action.login');
  }

  protected body(): TemplateResult {
    const general = this.refusal && Object.keys(fieldErrors(this.refusal)).length === 0 ? this.refusal : null;
    return html`<main class="page narrow" id="content">
      <h1>${this.heading()}</h1>
      ${
        this.done
          ? html`<p class="notice gain" role="status"><sc-icon name="check"></sc-icon>${this.done}</p>
              <sc-button variant="primary" href="/login">${t('action.login')}</sc-button>`
          : html`<form class="form" novalidate @submit=${this.onSubmit}>
              ${general ? html`<p class="form-error" role="alert">${words(general)}</p>` : nothing} ${this.fields()}
              <sc-button variant="primary" size="l" type="submit" ?loading=${this.busy === 'sign'}>${this.button()}</sc-button>
              <div class="form-foot">${this.foot()}</div>
            </form>`
      }
    </main>`;
  }
}
