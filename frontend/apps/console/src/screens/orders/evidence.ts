// What the buyer saw and heard when they bought: one order line with the seconds that sold it.
import { clockTime, dateTime, t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import type { OrderLine } from '../../types.ts';
import '../live/preview_player.ts';
import { money } from '../words.ts';

export function evidence(line: OrderLine): TemplateResult {
  const facts: [string, unknown][] = [
    [t('evidence.price_shown'), money(line.price_shown)],
    [t('evidence.lowest'), line.lowest_30d ? money(line.lowest_30d) : t('evidence.no_history')],
    [t('evidence.host'), line.host_name ?? '–'],
    [t('evidence.show'), line.show_id ? html`<a href=${`/shows/${line.show_id}`}>${t('evidence.open_show')}</a>` : '–'],
    [t('evidence.second'), line.media_at_ms === null ? '–' : clockTime(line.media_at_ms)],
    [t('evidence.source'), t(`source.${line.source}`)],
    [t('evidence.opened'), line.opened_at ? dateTime(line.opened_at) : '–'],
    [t('evidence.claims'), line.claims_shown || '–'],
    [t('evidence.seller'), line.seller.name],
    [t('evidence.terms'), termsWord(line.terms_version)],
  ];
  return html`${line.clip_url ? html`<div class="stack tight"><span class="label">${t('evidence.said_at')}</span><console-preview class="preview" controls .url=${line.clip_url}></console-preview></div>` : html`<p class="soft">${t('evidence.no_clip')}</p>`}
    ${line.said_at_url ? html`<div><sc-button size="s" icon="circle-play" href=${line.said_at_url}>${t('evidence.watch')}</sc-button></div>` : nothing}
    <dl class="facts number">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

/** Stored as "<organisation>/<version>"; version 0 is what holds where a seller has written none. */
function termsWord(stored: string): string {
  const version = stored.slice(stored.lastIndexOf('/') + 1);
  if (version === '0') return t('order.terms_standard');
  return t('order.terms_version', { n: version });
}
