// Making a show: its fields and a cover; the shelf and the stream come after.
import { language, t } from '@shopcast/format';
import '@shopcast/ui/controls/file_drop.ts';
import type { FileChosen } from '@shopcast/ui/controls/index.ts';
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { problemText, refusedField } from '../../app/problem.ts';
import { href } from '../../app/router.ts';
import { Screen } from '../../app/screen.ts';
import type { Show } from '../../types.ts';
import {
  bodyOf,
  type DraftProblems,
  emptyDraft,
  problemsOf,
  SHOW_FIELDS,
  type ShowDraft,
  showForm,
} from './details_form.ts';

/** The server refuses larger pictures; no phone needs one. */
export const PICTURE_LIMIT = 10 * 1024 * 1024;

@customElement('screen-show-new')
export class ScreenShowNew extends Screen {
  @state() private draft: ShowDraft = emptyDraft(language());
  @state() private problems: DraftProblems = {};
  @state() private cover: File | null = null;
  @state() private coverUrl = '';
  @state() private busy = false;

  override disconnectedCallback(): void {
    if (this.coverUrl) URL.revokeObjectURL(this.coverUrl);
    super.disconnectedCallback();
  }

  override render() {
    return html`<div class="page narrow">
      <a class="back" href=${href('/shows')}><sc-icon name="arrow-left"></sc-icon>${t('nav.shows')}</a>
      <h1>${t('shows.new')}</h1>
      <form class="form" novalidate @submit=${this.#save}>
        ${showForm(this.draft, this.problems, (draft) => {
          this.draft = draft;
          this.app.router.guard(() => confirm(t('state.unsaved')));
        })}
        <div class="stack tight"><span class="label">${t('show.cover')}</span>
          ${this.coverUrl ? html`<img class="cover" src=${this.coverUrl} alt="" />` : nothing}
          <shopcast-file-drop accept="image/*" .limit=${PICTURE_LIMIT} label=${this.cover?.name ?? t('show.cover_drop')} hint=${t('show.cover_hint')} .tooLarge=${t('state.file_too_large', { size: '10 MB' })} @file-chosen=${this.#choose}></shopcast-file-drop></div>
        <div class="form-foot"><sc-button type="submit" variant="primary" ?loading=${this.busy}>${t('shows.create')}</sc-button><sc-button variant="quiet" href=${href('/shows')}>${t('action.cancel')}</sc-button></div>
      </form></div>`;
  }

  readonly #choose = (event: CustomEvent<FileChosen>) => {
    if (this.coverUrl) URL.revokeObjectURL(this.coverUrl);
    this.cover = event.detail.file;
    this.coverUrl = URL.createObjectURL(event.detail.file);
  };

  readonly #save = async (event: SubmitEvent) => {
    event.preventDefault();
    this.problems = problemsOf(this.draft);
    if (this.busy || Object.keys(this.problems).length > 0) return;
    this.busy = true;
    const made = await this.app.act(() => this.app.api.post<Show>(this.app.org('/shows'), bodyOf(this.draft)), {
      refused: (problem) => {
        const field = refusedField(problem, SHOW_FIELDS);
        if (field) this.problems = { [field]: problemText(problem) };
        return field !== null;
      },
    });
    const cover = this.cover;
    if (made && cover) await this.app.act(() => this.app.api.upload(`/v1/shows/${made.value.id}/cover`, cover));
    this.busy = false;
    if (!made) return;
    this.app.router.guard(null);
    this.app.router.go(`/shows/${made.value.id}/shelf`);
  };
}
