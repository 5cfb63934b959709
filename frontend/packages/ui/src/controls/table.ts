// A table of rows that becomes a list of cards on a phone; knows nothing of what the rows are.
import { html, nothing, type TemplateResult } from 'lit';

export interface Column<Row> {
  readonly label: string;
  readonly cell: (row: Row) => unknown;
  /** Numbers stand right; the first column is the row's heading. */
  readonly align?: 'end';
  /** On a phone: beside the heading, in the line under it, or left out. Unset: a line of its own, with its label. */
  readonly phone?: 'corner' | 'under' | 'hidden';
  readonly hideLabel?: boolean;
  /** Stands before the heading, for a box to tick. */
  readonly lead?: boolean;
}

export interface TableOptions<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly href?: (row: Row) => string;
}

export function dataTable<Row>(options: TableOptions<Row>): TemplateResult {
  return html`<table class=${options.columns.some((column) => column.phone === 'corner') ? 'table compact' : 'table'}>
    <caption class="hidden-text">${options.caption}</caption>
    <thead>
      <tr>${options.columns.map((column) => html`<th scope="col" class=${classes(column)}>${column.hideLabel ? html`<span class="hidden-text">${column.label}</span>` : column.label}</th>`)}</tr>
    </thead>
    <tbody>
      ${options.rows.map((row) => html`<tr class=${options.href ? 'opens' : ''}>${options.columns.map((column, index) => bodyCell(options, row, column, index))}</tr>`)}
    </tbody>
  </table>`;
}

function bodyCell<Row>(options: TableOptions<Row>, row: Row, column: Column<Row>, index: number): TemplateResult {
  const content = column.cell(row);
  if (index !== options.columns.findIndex((one) => !one.lead))
    return html`<td class=${classes(column)} data-label=${column.hideLabel ? nothing : column.label}>${content}</td>`;
  return html`<th scope="row" class=${classes(column)}>${options.href ? html`<a class="row-link" href=${options.href(row)}>${content}</a>` : content}</th>`;
}

function classes<Row>(column: Column<Row>): string {
  return [column.align === 'end' ? 'end' : '', column.lead ? 'lead' : '', column.phone ?? ''].filter(Boolean).join(' ');
}
