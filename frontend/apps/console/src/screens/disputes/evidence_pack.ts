// The pack that answers a dispute, as it will be sent: what was sold and said, what was sent, what was written.
import { clockTime, dateTime, duration, t } from '@shopcast/format';
import { html, nothing, type TemplateResult } from 'lit';
import type { Evidence, LineEvidence } from '../../types.ts';
import { money } from '../words.ts';

export function evidencePack(pack: Evidence): TemplateResult {
  return html`<section class="panel"><h2>${t('pack.lines')}</h2>${pack.lines.map(line)}</section>
    <section class="panel"><h2>${t('pack.delivery')}</h2>${delivery(pack)}</section>
    <section class="panel"><h2>${t('pack.timeline')}</h2><ol class="story">${pack.timeline.map(
      (entry) =>
        html`<li><span>${whatWord(entry.what)}${entry.details ? html` <span class="soft">${entry.details}</span>` : nothing}</span><time class="small soft number" datetime=${entry.at}>${dateTime(entry.at)}</time></li>`,
    )}</ol></section>
    <section class="panel"><h2>${t('pack.mails')}</h2>${
      pack.mails.length === 0
        ? html`<p class="soft">${t('pack.no_mails')}</p>`
        : html`<ul class="plain-list">${pack.mails.map((mail) => html`<li><span class="grow">${mailWord(mail.kind)} → ${mail.to}</span><span class="small soft number">${dateTime(mail.at)}</span></li>`)}</ul>`
    }</section>
    <section class="panel"><details><summary><strong>${t('pack.terms')}</strong></summary><p class="wrapped">${pack.terms || t('order.terms_standard')}</p></details></section>`;
}

function line(one: LineEvidence): TemplateResult {
  const facts: [string, unknown][] = [
    [t('evidence.price_shown'), money(one.price_shown)],
    [t('pack.paid'), money(one.paid)],
    [t('evidence.lowest'), one.lowest_30d ? money(one.lowest_30d) : t('evidence.no_history')],
    [t('evidence.host'), one.host_opened_name ?? one.host_placed_name ?? '–'],
    [t('evidence.source'), t(`source.${one.source}`)],
    [t('evidence.opened'), one.opened_at ? `${dateTime(one.opened_at)} (${clockTime(one.opened_at)})` : '–'],
    [t('pack.held'), clockTime(one.held_at)],
    [t('evidence.claims'), one.claims_shown || '–'],
  ];
  const said = one.said_at;
  return html`<div class="pack-line stack"><div class="line between"><strong>${one.item_number === null ? '' : `#${one.item_number} `}${one.title} <span class="soft">${one.variant_title}</span></strong><span class="number">× ${one.quantity}</span></div>
    ${
      said
        ? html`<div class="line wrap"><sc-button icon="circle-play" size="s" href=${said.page_url}>${said.second === null ? t('evidence.watch') : t('pack.watch_at', { time: duration(said.second * 1000) })}</sc-button><span class="small soft">${clockTime(said.from_at)}${said.to_at ? ` – ${clockTime(said.to_at)}` : ''}</span></div>`
        : html`<p class="small soft">${t('evidence.no_clip')}</p>`
    }
    <dl class="facts number">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></div>`;
}

function delivery(pack: Evidence): TemplateResult {
  if (pack.shipments.length === 0)
    return html`<div class="notice warn"><sc-icon name="triangle-alert"></sc-icon><span class="grow">${t('pack.not_sent')}</span></div>`;
  return html`<ul class="plain-list">${pack.shipments.map(
    (one) =>
      html`<li><sc-icon name="truck"></sc-icon><span class="grow stack tight"><strong class="number">${one.carrier} ${one.tracking_url ? html`<a href=${one.tracking_url} target="_blank" rel="noopener">${one.tracking_number}</a>` : one.tracking_number}</strong>
      <span class="small soft number">${t('order.pieces', { n: one.units })} · ${t('pack.sent_at', { when: dateTime(one.shipped_at) })}${one.delivered_at ? ` · ${t('pack.delivered_at', { when: dateTime(one.delivered_at) })}` : ` · ${t('pack.not_delivered')}`}</span></span></li>`,
  )}</ul><address class="small soft">${pack.address.map((row) => html`${row}<br />`)}</address>`;
}

function whatWord(what: string): string {
  const word = t(`pack_what.${what}`);
  return word === `pack_what.${what}` ? what.replaceAll('_', ' ') : word;
}

function mailWord(kind: string): string {
  const word = t(`mail_kind.${kind}`);
  return word === `mail_kind.${kind}` ? kind.replaceAll('_', ' ') : word;
}
