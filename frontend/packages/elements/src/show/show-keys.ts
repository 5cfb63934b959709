/** The keyboard of a show: space, arrows, M, F, / for chat, a number then Enter to see an item. */

export interface KeyActions {
  play: () => void;
  step: (seconds: number) => void;
  mute: () => void;
  full: () => void;
  chat: () => void;
  item: (number: number) => void;
  close: () => void;
}

const STEP_S = 10;
/** Digits typed further apart than this do not belong together. */
const NUMBER_WITHIN_MS = 2500;

function isTyping(event: KeyboardEvent): boolean {
  return event.composedPath().some((one) => {
    const element = one as HTMLElement;
    return element.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT', 'DIALOG'].includes(element.tagName);
  });
}

/** Space and Enter on a focused control belong to the control. */
function isControl(event: KeyboardEvent): boolean {
  return event.composedPath().some((one) => ['BUTTON', 'A', 'SC-BUTTON'].includes((one as HTMLElement).tagName));
}

export class ShowKeys {
  private digits = '';
  private digitAt = 0;

  constructor(private readonly actions: KeyActions) {}

  readonly onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event)) return;
    if (this.handle(event)) event.preventDefault();
  };

  private handle(event: KeyboardEvent): boolean {
    const { key } = event;
    if (/^\d$/.test(key)) return this.digit(key, event.timeStamp);
    if (key === 'Enter' && this.digits && event.timeStamp - this.digitAt < NUMBER_WITHIN_MS) {
      this.actions.item(Number(this.digits));
      this.digits = '';
      return true;
    }
    this.digits = '';
    if (isControl(event) && (key === ' ' || key === 'Enter')) return false;
    const run: Record<string, () => void> = {
      ' ': this.actions.play,
      ArrowLeft: () => this.actions.step(-STEP_S),
      ArrowRight: () => this.actions.step(STEP_S),
      m: this.actions.mute,
      M: this.actions.mute,
      f: this.actions.full,
      F: this.actions.full,
      '/': this.actions.chat,
    };
    const action = run[key];
    action?.();
    return action !== undefined;
  }

  private digit(key: string, at: number): boolean {
    this.digits = at - this.digitAt < NUMBER_WITHIN_MS ? (this.digits + key).slice(-3) : key;
    this.digitAt = at;
    return true;
  }
}
