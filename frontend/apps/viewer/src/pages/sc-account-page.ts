/** The account: profile, addresses, saved cards, password, sessions, organisations. */
import type { Address, FollowView, Me, PaymentMethods, Session } from '@shopcast/api-client';
import { addressFields, addressLines, EMPTY_ADDRESS, readAddress } from '@shopcast/elements/buy/address-fields.ts';
import { countryName, likelyCountry } from '@shopcast/elements/buy/countries.ts';
import { dateTime, type Language, language, setLanguage, t } from '@shopcast/format';
import { checkForm, toast } from '@shopcast/ui';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { queryValue } from '../shell.ts';
import { deviceName } from './device.ts';
import { api, Page } from './page.ts';
import '../messages/account.ts';

interface AccountData {
  me: Me;
  addresses: Address[];
  sessions: Session[];
  methods: PaymentMethods | null;
  follows: { items: FollowView[]; next_cursor?: string | null } | null;
}

@customElement('sc-account-page')
export class ScAccountPage extends Page<AccountData> {
  @state() private adding = false;
  @state() private removing: PaymentMethods['saved'][number] | null = null;

  /** Links from mails lead here: confirming an address, joining an organisation. */
  private async follow(): Promise<Me> {
    const verify = queryValue('verify');
    const invitation = queryValue('invitation');
    const me = await api.accounts.me();
    if (verify) await this.act('verify', () => api.accounts.verifyEmail(verify).then(() => t('verify.done')));
    if (!invitation) return me;
    if (!me.person) {
      location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
      return me;
    }
    await this.act('invitation', () => api.accounts.acceptInvitation(invitation).then(() => t('account.joined')));
    return api.accounts.me();
  }

  protected async load(): Promise<AccountData> {
    const me = await this.follow();
    if (!me.person) return { me, addresses: [], sessions: [], methods: null, follows: null };
    const [addresses, sessions, methods, follows] = await Promise.all([
      api.accounts.addresses(),
      api.accounts.sessions(),
      api.sales.paymentMethods().catch(() => null),
      api.follows.mine().catch(() => null),
    ]);
    return { me, addresses: addresses.items, sessions: sessions.items, methods, follows };
  }

  protected skeleton(): TemplateResult {
    return html`<main class="page narrow" id="content" aria-busy="true">
      <h1>${t('account.title')}</h1>
      ${[1, 2, 3].map(() => html`<div class="box"><sc-skeleton class="skeleton-row"></sc-skeleton></div>`)}
    </main>`;
  }

  private submit(name: string, run: (form: HTMLFormElement, text: (field: string) => string) => Promise<string>) {
    return (event: SubmitEvent): void => {
      event.preventDefault();
      const form = event.target as HTMLFormElement;
      if (!checkForm(form)) return;
      const data = new FormData(form);
      void this.act(name, () => run(form, (field) => String(data.get(field) ?? '').trim()));
    };
  }

  private readonly saveProfile = this.submit('profile', async (_form, text) => {
    const chosen = text('language') as Language;
    await api.accounts.changeMe({ display_name: text('display_name'), language: chosen });
    setLanguage(chosen);
    return t('account.saved');
  });

  private readonly savePassword = this.submit('password', async (form, text) => {
    await api.accounts.changePassword({ current: text('current'), new: text('new') });
    form.reset();
    return t('account.password.changed');
  });

  private readonly saveAddress = this.submit('address', async (form) => {
    const isDefault = (form.elements.namedItem('is_default') as HTMLInputElement | null)?.checked ?? true;
    await api.accounts.addAddress({ ...readAddress(form), is_default: isDefault });
    this.adding = false;
    await this.refresh();
    return t('account.saved');
  });

  private async logout(): Promise<undefined> {
    await api.accounts.logout();
    location.assign('/');
    return undefined;
  }

  private shopping() {
    const links: [string, string, string][] = [
      ['/orders', 'package', t('action.orders')],
      ['/standing', 'bell', t('account.standing')],
      ['/subscriptions', 'repeat', t('account.subscriptions')],
      ['/coupons', 'gift', t('account.coupons')],
      ['/restrictions', 'info', t('account.restrictions')],
    ];
    return html`<nav class="account-links" aria-label=${t('account.shopping')}>
      ${links.map(([href, icon, words]) => html`<sc-button href=${href} icon=${icon}>${words}</sc-button>`)}
    </nav>`;
  }

  private profile(me: Me) {
    const person = me.person;
    if (!person) return nothing;
    return html`<section class="box">
      <h2>${t('account.profile')}</h2>
      <form class="form" novalidate @submit=${this.saveProfile}>
        <sc-field name="display_name" label=${t('field.name')} required maxlength="60" value=${person.display_name}></sc-field>
        <sc-field name="email" type="email" label=${t('field.email')} disabled value=${person.email}></sc-field>
        <sc-field
          name="language"
          label=${t('field.language')}
          .choices=${[{ value: 'en', label: 'English' }, { value: 'zh', label: '简体中文' }]}
          value=${language()}
        ></sc-field>
        <div class="form-foot">
          <sc-button variant="primary" type="submit" ?loading=${this.busy === 'profile'}>${t('action.save')}</sc-button>
          <sc-button variant="quiet" icon="log-out" @click=${() => void this.act('logout', () => this.logout())}>${t('action.logout')}</sc-button>
        </div>
      </form>
    </section>`;
  }

  private follows(list: AccountData['follows']) {
    if (!list) return nothing;
    return html`<section class="box">
      <h2>${t('account.follows')}</h2>
      ${list.items.length === 0 ? html`<p class="soft">${t('account.follows.empty')}</p>` : list.items.map((one) => this.followRow(one))}
      ${
        list.next_cursor
          ? html`<sc-button ?loading=${this.busy === 'follows'} @click=${() => void this.act('follows', () => this.moreFollows(list))}>${t('account.follows.more')}</sc-button>`
          : nothing
      }
    </section>`;
  }

  private followRow(one: FollowView) {
    return html`<div class="box-row">
      <span
        ><strong>${one.name}</strong><br /><span class="soft small">${t(`account.follows.${one.kind}`)} · ${t('account.follows.since', { when: dateTime(one.since) })}</span></span
      >
      <sc-button
        variant="quiet"
        icon="x"
        label=${t('account.follows.stop', { name: one.name })}
        @click=${() => void this.act('unfollow', () => this.unfollow(one))}
      ></sc-button>
    </div>`;
  }

  private async unfollow({ kind, subject_id, name }: FollowView): Promise<undefined> {
    await api.follows.unfollow(kind, subject_id);
    await this.refresh();
    const putBack = async () => {
      await api.follows.again(kind, subject_id);
      await this.refresh();
      return t('account.follows.back', { name });
    };
    toast(t('account.follows.stopped', { name }), {
      icon: 'check',
      action: { label: t('action.undo'), run: () => void this.act('follow', putBack) },
    });
    return undefined;
  }

  private async moreFollows(list: NonNullable<AccountData['follows']>): Promise<undefined> {
    const next = await api.follows.mine(list.next_cursor ?? undefined);
    if (this.data) this.data = { ...this.data, follows: { ...next, items: [...list.items, ...next.items] } };
    return undefined;
  }

  private addressRow(address: Address) {
    return html`<div class="box-row">
      <span>
        ${addressLines(address, countryName(address.country)).map((line) => html`${line}<br />`)}
        ${address.is_default ? html`<span class="tag">${t('account.addresses.default')}</span>` : nothing}
      </span>
      <sc-button
        variant="quiet"
        icon="x"
        label=${t('account.addresses.remove', { name: address.name })}
        @click=${() => void this.act('remove', () => this.removeAddress(address))}
      ></sc-button>
    </div>`;
  }

  /** An address is long to type again: one press puts it back. */
  private async removeAddress({ id, ...address }: Address): Promise<undefined> {
    await api.accounts.removeAddress(id);
    await this.refresh();
    const putBack = async () => {
      await api.accounts.addAddress(address);
      await this.refresh();
      return t('account.addresses.back');
    };
    toast(t('account.addresses.removed'), {
      icon: 'check',
      action: { label: t('action.undo'), run: () => void this.act('address', putBack) },
    });
    return undefined;
  }

  private addresses(list: Address[]) {
    const start = {
      ...EMPTY_ADDRESS,
      name: this.data?.me.person?.display_name ?? '',
      country: likelyCountry(navigator.languages),
    };
    return html`<section class="box">
      <h2>${t('account.addresses')}</h2>
      ${list.length === 0 && !this.adding ? html`<p class="soft">${t('account.addresses.empty')}</p>` : list.map((one) => this.addressRow(one))}
      ${
        this.adding
          ? html`<form class="form" novalidate @submit=${this.saveAddress}>
              ${addressFields(start)}
              ${
                list.length > 0
                  ? html`<label class="checkbox"><input type="checkbox" name="is_default" />${t('account.addresses.make_default')}</label>`
                  : nothing
              }
              <div class="form-foot">
                <sc-button variant="primary" type="submit" ?loading=${this.busy === 'address'}>${t('action.save')}</sc-button>
                <sc-button
                  variant="quiet"
                  @click=${() => {
                    this.adding = false;
                  }}
                  >${t('action.cancel')}</sc-button
                >
              </div>
            </form>`
          : html`<sc-button
              icon="plus"
              @click=${() => {
                this.adding = true;
              }}
              >${t('account.addresses.add')}</sc-button
            >`
      }
    </section>`;
  }

  private payment(methods: PaymentMethods | null) {
    const saved = methods?.saved ?? [];
    return html`<section class="box">
      <h2>${t('account.payment')}</h2>
      ${
        saved.length === 0
          ? html`<p class="soft">${t('account.payment.empty')}</p>`
          : saved.map(
              (one) =>
                html`<div class="box-row">
                  <span class="figures"><sc-icon name="credit-card"></sc-icon> ${one.label}</span>
                  <sc-button
                    variant="quiet"
                    icon="x"
                    label=${t('account.payment.remove', { card: one.label })}
                    @click=${() => {
                      this.removing = one;
                    }}
                  ></sc-button>
                </div>`,
            )
      }
      <sc-sheet
        heading=${t('account.payment.remove.sure', { card: this.removing?.label ?? '' })}
        ?open=${this.removing !== null}
        @sc-close=${() => {
          this.removing = null;
        }}
      >
        <p>${t('account.payment.remove.next')}</p>
        <div class="form-foot">
          <sc-button
            variant="danger"
            ?loading=${this.busy === 'card'}
            @click=${() => void this.act('card', () => this.removeCard())}
            >${t('account.payment.remove.yes')}</sc-button
          >
          <sc-button
            @click=${() => {
              this.removing = null;
            }}
            >${t('account.payment.keep')}</sc-button
          >
        </div>
      </sc-sheet>
    </section>`;
  }

  /** A card removed cannot be put back without typing it again, so this is asked first. */
  private async removeCard(): Promise<string> {
    if (this.removing) await api.sales.removePaymentMethod(this.removing.id);
    this.removing = null;
    await this.refresh();
    return t('account.payment.removed');
  }

  private sessions(list: Session[]) {
    return html`<section class="box">
      <h2>${t('account.sessions')}</h2>
      ${list.map(
        (one) =>
          html`<div class="box-row">
            <span
              >${deviceName(one.device) || one.device || t('account.sessions.unknown')}<br /><span class="small soft"
                >${t('account.sessions.since', { time: dateTime(one.created_at) })}</span
              ></span
            >
            ${
              one.is_current
                ? html`<span class="tag gain">${t('account.sessions.this')}</span>`
                : html`<sc-button
                    size="s"
                    @click=${() =>
                      void this.act('session', async () => {
                        await api.accounts.endSession(one.id);
                        await this.refresh();
                        return t('account.saved');
                      })}
                    >${t('account.sessions.end')}</sc-button
                  >`
            }
          </div>`,
      )}
    </section>`;
  }

  private password() {
    return html`<section class="box">
      <h2>${t('account.password')}</h2>
      <form class="form" novalidate @submit=${this.savePassword}>
        <sc-field name="current" type="password" label=${t('field.password.current')} autocomplete="current-password" required></sc-field>
        <sc-field name="new" type="password" label=${t('field.password.new')} hint=${t('field.password.hint')} autocomplete="new-password" required minlength="10" maxlength="200"></sc-field>
        <sc-button type="submit" ?loading=${this.busy === 'password'}>${t('account.password.change')}</sc-button>
      </form>
    </section>`;
  }

  private organisations(me: Me) {
    if (me.organisations.length === 0) return nothing;
    return html`<section class="box">
      <h2>${t('account.organisations')}</h2>
      ${me.organisations.map(
        (one) =>
          html`<div class="box-row"><span>${one.name}</span><sc-button size="s" href="/console">${t('action.console')}</sc-button></div>`,
      )}
    </section>`;
  }

  protected body(): TemplateResult {
    const { me, addresses, sessions, methods, follows } = this.data as AccountData;
    if (!me.person) {
      return html`<main class="page narrow" id="content">
        <sc-empty icon="user" heading=${t('account.guest')} text=${t('account.guest.next')}>
          <sc-button variant="primary" href="/login?next=/account">${t('action.login')}</sc-button>
          <sc-button href="/register">${t('action.register')}</sc-button>
        </sc-empty>
      </main>`;
    }
    return html`<main class="page narrow" id="content">
      <h1>${t('account.title')}</h1>
      ${this.shopping()} ${this.profile(me)} ${this.addresses(addresses)} ${this.follows(follows)} ${this.payment(methods)} ${this.organisations(me)} ${this.sessions(sessions)}
      ${this.password()}
    </main>`;
  }
}
