// The fields of a show, for making one and for changing one; knows nothing of how they are sent.
import { t } from '@shopcast/format';
import '@shopcast/ui/controls/date_time.ts';
import type { WallTimeChanged } from '@shopcast/ui/controls/index.ts';
import { html, type TemplateResult } from 'lit';
import { browserTimeZone, instantOf, timeZones, wallTime } from '../../lib/zoned_time.ts';
import type { Show, Visibility } from '../../types.ts';

export interface ShowDraft {
  readonly title: string;
  readonly description: string;
  readonly category: string;
  readonly language: string;
  readonly visibility: Visibility;
  readonly wall: string;
  readonly timeZone: string;
}

export type DraftProblems = Readonly<Partial<Record<string, string>>>;

/** Fields whose refusal the form shows beside them. */
export const SHOW_FIELDS = ['title', 'description', 'starts_at'];

const CATEGORIES = ['fashion', 'beauty', 'home', 'food', 'electronics', 'children', 'sport', 'collectibles', 'other'];
/** As long as a show card shows on two lines of a phone. */
const TITLE_LIMIT = 120;
const DESCRIPTION_LIMIT = 2000;
const ZONES = timeZones();

export function emptyDraft(language: string): ShowDraft {
  return {
    title: '',
    description: '',
    category: 'fashion',
    language,
    visibility: 'public',
    wall: '',
    timeZone: browserTimeZone(),
  };
}

export function draftOf(show: Show): ShowDraft {
  const { title, description, category, language, visibility } = show;
  const timeZone = show.time_zone || browserTimeZone();
  return {
    title,
    description,
    category,
    language,
    visibility,
    timeZone,
    wall: show.starts_at ? wallTime(new Date(show.starts_at), timeZone) : '',
  };
}

export function problemsOf(draft: ShowDraft): DraftProblems {
  const problems: Record<string, string> = {};
  if (draft.title.trim() === '') problems.title = t('show.title_needed');
  if (draft.wall !== '' && instantOf(draft.wall, draft.timeZone) === null) problems.starts_at = t('show.time_wrong');
  return problems;
}

/** What the server is sent. */
export function bodyOf(draft: ShowDraft) {
  const starts = draft.wall === '' ? null : instantOf(draft.wall, draft.timeZone);
  return {
    title: draft.title.trim(),
    description: draft.description.trim(),
    category: draft.category,
    language: draft.language,
    visibility: draft.visibility,
    starts_at: starts?.toISOString() ?? null,
    time_zone: draft.timeZone,
  };
}

/** Only what was changed: a start shown to the minute must not move one kept to the second. */
export function changesOf(draft: ShowDraft, known: ShowDraft): Record<string, unknown> {
  const before: Record<string, unknown> = bodyOf(known);
  return Object.fromEntries(Object.entries(bodyOf(draft)).filter(([name, value]) => value !== before[name]));
}

export function showForm(
  draft: ShowDraft,
  problems: DraftProblems,
  change: (draft: ShowDraft) => void,
): TemplateResult {
  const set = (name: keyof ShowDraft) => (event: Event) =>
    change({ ...draft, [name]: (event.target as HTMLInputElement).value });
  const categories =
    CATEGORIES.includes(draft.category) || draft.category === '' ? CATEGORIES : [...CATEGORIES, draft.category];
  const time = (event: CustomEvent<WallTimeChanged>) =>
    change({ ...draft, wall: event.detail.wall, timeZone: event.detail.timeZone });
  const labelled = (values: readonly string[], prefix: string) =>
    values.map((value) => ({
      value,
      label: t(`${prefix}.${value}`) === `${prefix}.${value}` ? value : t(`${prefix}.${value}`),
    }));
  return html`
    <sc-field label=${t('show.title')} maxlength=${TITLE_LIMIT} required .value=${draft.title} .error=${problems.title ?? ''} @input=${set('title')}></sc-field>
    <sc-field label=${t('show.description')} hint=${t('show.description_hint')} multiline optional rows="4" maxlength=${DESCRIPTION_LIMIT} .value=${draft.description} .error=${problems.description ?? ''} @input=${set('description')}></sc-field>
    <shopcast-date-time label=${t('show.starts_at')} zoneLabel=${t('show.time_zone')} .wall=${draft.wall} .timeZone=${draft.timeZone} .zones=${ZONES} @wall-time-changed=${time}></shopcast-date-time>
    ${problems.starts_at ? html`<p class="problem" role="alert">${problems.starts_at}</p>` : html`<p class="hint">${t('show.starts_hint')}</p>`}
    <div class="row">
      <sc-field label=${t('show.category')} .value=${draft.category} .choices=${labelled(categories, 'category')} @change=${set('category')}></sc-field>
      <sc-field label=${t('show.language')} .value=${draft.language} .choices=${[{ value: 'en', label: 'English' }, { value: 'zh', label: '简体中文' }]} @change=${set('language')}></sc-field>
      <sc-field label=${t('show.visibility')} .value=${draft.visibility} .choices=${labelled(['public', 'unlisted', 'private'], 'visibility')} @change=${set('visibility')}></sc-field>
    </div>
    <p class="hint">${t(`visibility.${draft.visibility}_hint`)}</p>`;
}
