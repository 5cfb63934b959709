// Sales so far, in one line that does not shout.
import { formatNumber, t } from '@shopcast/format';
import { html, type TemplateResult } from 'lit';
import type { Sales } from '../../lib/live_view.ts';
import { money } from '../words.ts';

export function salesLine(sales: Sales | null): TemplateResult {
  return html`<dl class="sales-line number" aria-label=${t('live.sales')}>
    <div><dt>${t('live.net')}</dt><dd class="gain">${sales?.total ? money(sales.total) : '–'}</dd></div>
    <div><dt>${t('live.orders')}</dt><dd>${sales ? formatNumber(sales.orders) : '–'}</dd></div>
    <div><dt>${t('live.units')}</dt><dd>${sales ? formatNumber(sales.units) : '–'}</dd></div>
  </dl>`;
}
