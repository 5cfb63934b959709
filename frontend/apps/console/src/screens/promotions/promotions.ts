// All promotions of the organisation, how each stands, and the picture of how they stack.
import { dateTime, formatNumber, t } from '@shopcast/format';
import { dataTable } from '@shopcast/ui/controls/table.ts';
import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { Pager } from '../../app/pager.ts';
import { href } from '../../app/router.ts';
import { Screen } from '../../app/screen.ts';
import type { Page, Promotion } from '../../types.ts';
import { searchToolbar } from '../search_toolbar.ts';
import { couponWorth, promotionState } from './promotion_words.ts';
import { stacking } from './stacking.ts';

/** On a phone the list comes first; the picture opens with a tap. */
const WIDE = matchMedia('(min-width: 60.01rem)');
const STATES = ['active', 'paused', 'ended'];

@customElement('screen-promotions')
export class ScreenPromotions extends Screen {
  readonly #promotions = new Pager<Promotion>(this, (cursor, signal) =>
    this.app.api.get<Page<Promotion>>(
      this.app.org('/promotions'),
      { state: this.app.router.route.query.get('state'), cursor, limit: 100 },
      signal,
    ),
  );

  override render() {
    const chosen = this.app.router.route.query.get('state') ?? '';
    const { items } = this.#promotions;
    return html`<div class="page"><div class="page-head"><div class="titles"><h1>${t('nav.promotions')}</h1></div>
        <div class="actions"><sc-button icon="shopping-bag" href=${href('/promotions/try')}>${t('try_cart.open')}</sc-button>${this.app.canManage() ? html`<sc-button variant="primary" icon="plus" href=${href('/promotions/new')}>${t('promotions.new')}</sc-button>` : ''}</div></div>
      <section class="panel"><details ?open=${WIDE.matches}><summary><h2>${t('lanes.title')}</h2></summary>${stacking(items)}</details></section>
      ${searchToolbar({
        placeholder: '',
        words: '',
        search: null,
        filterLabel: t('orders.filter'),
        choices: [
          { value: '', label: t('orders.all') },
          ...STATES.map((value) => ({ value, label: t(`promotions_state.${value}`) })),
        ],
        chosen,
        choose: (state) => {
          this.app.router.setQuery({ state: state || null });
          void this.#promotions.restart();
        },
      })}
      ${this.#promotions.view(
        (rows) => this.#table(rows),
        () =>
          chosen
            ? html`<sc-empty icon="search" heading=${t('promotions.none_match')}></sc-empty>`
            : html`<sc-empty icon="tag" heading=${t('promotions.empty')} text=${t('promotions.empty_text')}><sc-button variant="primary" icon="plus" href=${href('/promotions/new')}>${t('promotions.new')}</sc-button></sc-empty>`,
      )}</div>`;
  }

  #table(rows: Promotion[]): TemplateResult {
    return html`<div class="panel flush">${dataTable<Promotion>({
      caption: t('nav.promotions'),
      rows,
      href: (row) => href(`/promotions/${row.id}`),
      columns: [
        { label: t('promotion.name'), cell: (row) => row.name },
        { label: t('promotion.worth'), cell: (row) => couponWorth(row), phone: 'under' },
        { label: t('promotion.lane'), cell: (row) => t(`lane.${row.lane}`), phone: 'under' },
        {
          label: t('promotion.until'),
          cell: (row) => (row.ends_at ? dateTime(row.ends_at) : t('promotion.no_end')),
          phone: 'hidden',
        },
        {
          label: t('promotion.used'),
          cell: (row) =>
            row.usage_limit === null
              ? formatNumber(row.used)
              : t('promotion.used_of', { n: row.used, of: row.usage_limit }),
          align: 'end',
          phone: 'under',
        },
        { label: t('order.state'), cell: (row) => promotionState(row.state), align: 'end', phone: 'corner' },
      ],
    })}</div>`;
  }
}
