// The numbers of one show, each with its definition, one chart, and a table beside it.
import { duration, formatNumber, language, t } from '@shopcast/format';
import { stats } from '@shopcast/ui/controls/stat.ts';
import { dataTable } from '@shopcast/ui/controls/table.ts';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { Loader } from '../../app/loader.ts';
import { href } from '../../app/router.ts';
import { Screen } from '../../app/screen.ts';
import { metricsOf, type ShownMetric } from '../../lib/metrics.ts';
import type { Numbers } from '../../types.ts';
import { money } from '../words.ts';
import { lineChart } from './line_chart.ts';

@customElement('screen-numbers')
export class ScreenNumbers extends Screen {
  readonly #numbers = new Loader<Numbers>(this, (signal) =>
    this.app.api.get<Numbers>(`/v1/shows/${this.param('id')}/numbers`, undefined, signal),
  );

  override render() {
    const id = this.param('id');
    return html`<div class="page"><a class="back" href=${href(`/shows/${id}`)}><sc-icon name="arrow-left"></sc-icon>${t('numbers.back')}</a>
      <div class="page-head"><div class="titles"><h1>${t('shows.numbers')}</h1></div><div class="actions"><sc-button icon="download" href=${`/v1/shows/${id}/numbers.csv`}>${t('orders.export')}</sc-button></div></div>
      ${this.#numbers.view((numbers) => this.#page(numbers))}</div>`;
  }

  #page(numbers: Numbers): TemplateResult {
    const metrics = metricsOf(numbers, language());
    return html`<section class="panel">${stats(metrics.map((metric) => ({ label: label(metric.key), value: shown(metric), definition: metric.definition, ...(metric.key.includes('net') ? { tone: 'gain' as const } : {}) })))}</section>
      ${this.#chart(numbers)}
      ${
        numbers.items && numbers.items.length > 0
          ? html`<section class="panel"><h2>${t('numbers.items')}</h2>${dataTable({
              caption: t('numbers.items'),
              rows: numbers.items,
              columns: [
                {
                  label: t('numbers.item'),
                  cell: (row) => html`<span class="number">${row.number}</span> · ${row.title}`,
                },
                { label: t('numbers.requests'), cell: (row) => formatNumber(row.requests), align: 'end' },
                { label: t('numbers.holds'), cell: (row) => formatNumber(row.holds), align: 'end' },
                { label: t('numbers.units'), cell: (row) => formatNumber(row.units), align: 'end' },
                { label: t('numbers.sales_net'), cell: (row) => money(row.net), align: 'end' },
              ],
            })}</section>`
          : nothing
      }`;
  }

  #chart(numbers: Numbers): TemplateResult | typeof nothing {
    const minutes = numbers.per_minute ?? [];
    const [first] = minutes;
    if (!first || minutes.length < 2) return nothing;
    const points = minutes.map((minute) => ({ x: minute.at_ms - first.at_ms, y: minute.viewers }));
    return html`<section class="panel"><h2>${t('numbers.viewers_over_time')}</h2><div class="chart-and-table">${lineChart(t('numbers.viewers_over_time'), points, (x) => duration(x), formatNumber)}
      <details><summary>${t('numbers.as_table')}</summary><div class="chart-table">${dataTable({
        caption: t('numbers.viewers_over_time'),
        rows: minutes,
        columns: [
          { label: t('numbers.minute'), cell: (row) => duration(row.at_ms - first.at_ms) },
          { label: t('numbers.viewers'), cell: (row) => formatNumber(row.viewers), align: 'end' },
          { label: t('numbers.orders'), cell: (row) => formatNumber(row.orders), align: 'end' },
        ],
      })}</div></details></div></section>`;
  }
}

function label(key: string): string {
  const words = t(`numbers.${key}`);
  return words === `numbers.${key}` ? key : words;
}

function shown({ value, unit }: ShownMetric): string {
  if (value === null) return '–';
  if (typeof value !== 'number') return money(value);
  return unit === 'seconds' ? t('numbers.seconds', { n: value }) : formatNumber(value);
}
