// Tab "details": the show's fields and cover, changeable until the end.
import { t } from '@shopcast/format';
import '@shopcast/ui/controls/file_drop.ts';
import type { FileChosen } from '@shopcast/ui/controls/index.ts';
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { problemText, refusedField } from '../../app/problem.ts';
import {
  changesOf,
  type DraftProblems,
  draftOf,
  problemsOf,
  SHOW_FIELDS,
  type ShowDraft,
  showForm,
} from './details_form.ts';
import { ShowPart } from './part.ts';
import { PICTURE_LIMIT } from './show_new.ts';

@customElement('show-details')
export class ShowDetails extends ShowPart {
  @state() private draft: ShowDraft | null = null;
  @state() private problems: DraftProblems = {};
  @state() private busy = false;

  override render() {
    const { show } = this.manage;
    const draft = this.draft ?? draftOf(show);
    const dirty = this.draft !== null;
    return html`<div class="sides">
      <form class="form panel" novalidate @submit=${this.#save}>
        ${showForm(draft, this.problems, (next) => {
          this.draft = next;
          this.app.router.guard(() => confirm(t('state.unsaved')));
        })}
        <div class="form-foot"><sc-button type="submit" variant="primary" ?disabled=${!dirty} ?loading=${this.busy}>${t('action.save')}</sc-button>
          ${dirty ? html`<sc-button variant="quiet" @click=${this.#discard}>${t('action.discard')}</sc-button>` : nothing}</div>
      </form>
      <section class="panel"><h2>${t('show.cover')}</h2>
        ${show.cover_url ? html`<img class="cover" src=${show.cover_url} alt=${t('show.cover_of', { title: show.title })} />` : html`<p class="soft">${t('show.cover_none')}</p>`}
        <shopcast-file-drop accept="image/*" .limit=${PICTURE_LIMIT} label=${t('show.cover_drop')} hint=${t('show.cover_hint')} .tooLarge=${t('state.file_too_large', { size: '10 MB' })} @file-chosen=${this.#cover}></shopcast-file-drop></section>
    </div>`;
  }

  readonly #discard = () => {
    this.draft = null;
    this.problems = {};
    this.app.router.guard(null);
  };

  readonly #cover = (event: CustomEvent<FileChosen>) => {
    void this.change(() => this.app.api.upload(this.path('/cover'), event.detail.file), { done: t('state.saved') });
  };

  readonly #save = async (event: SubmitEvent) => {
    event.preventDefault();
    const { draft } = this;
    if (!draft || this.busy) return;
    this.problems = problemsOf(draft);
    if (Object.keys(this.problems).length > 0) return;
    this.busy = true;
    const saved = await this.change(
      () => this.app.api.patch(this.path(), changesOf(draft, draftOf(this.manage.show))),
      {
        done: t('state.saved'),
        refused: (problem) => {
          const field = refusedField(problem, SHOW_FIELDS);
          if (field) this.problems = { [field]: problemText(problem) };
          return field !== null;
        },
      },
    );
    this.busy = false;
    if (saved) this.#discard();
  };
}
