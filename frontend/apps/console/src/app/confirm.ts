// Asks before something that cannot be taken back; resolves to what the person chose.
import { t } from '@shopcast/format';
import { html, nothing, render } from 'lit';

export interface Question {
  readonly heading: string;
  readonly text: string;
  readonly confirm: string;
  readonly danger?: boolean;
}

export function ask(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    const place = document.createElement('div');
    const answer = (value: boolean) => {
      render(nothing, place);
      place.remove();
      resolve(value);
    };
    document.body.append(place);
    render(
      html`<sc-sheet heading=${question.heading} open @sc-close=${() => answer(false)}>
        <div class="stack loose"><p>${question.text}</p>
          <div class="dialog-foot"><sc-button @click=${() => answer(false)}>${t('action.keep')}</sc-button><sc-button variant=${question.danger ? 'danger' : 'primary'} @click=${() => answer(true)}>${question.confirm}</sc-button></div>
        </div></sc-sheet>`,
      place,
    );
  });
}
