// Tabs: one kind moves between addresses (links), one swaps panels in place (tablist with arrow keys).
import { html, nothing, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';

export interface Tab {
  readonly id: string;
  readonly label: string;
  readonly href?: string;
  readonly mark?: string | number | null;
}

export function linkTabs(label: string, tabs: readonly Tab[], current: string): TemplateResult {
  return html`<nav class="tabs" aria-label=${label}>
    ${tabs.map((tab) => html`<a href=${tab.href ?? '#'} aria-current=${tab.id === current ? 'page' : nothing} ${ref(tab.id === current ? intoView : undefined)}>${tab.label}${markOf(tab)}</a>`)}
  </nav>`;
}

export function panelTabs(
  label: string,
  tabs: readonly Tab[],
  current: string,
  choose: (id: string) => void,
): TemplateResult {
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const index = tabs.findIndex((tab) => tab.id === current);
    const next = tabs[(index + step + tabs.length) % tabs.length];
    if (!next) return;
    choose(next.id);
    (event.currentTarget as HTMLElement).querySelector<HTMLElement>(`#tab-${next.id}`)?.focus();
  };
  return html`<div class="tabs panels" role="tablist" aria-label=${label} @keydown=${onKey}>
    ${tabs.map(
      (
        tab,
      ) => html`<button type="button" role="tab" id=${`tab-${tab.id}`} aria-selected=${tab.id === current ? 'true' : 'false'} aria-controls=${`panel-${tab.id}`}
        tabindex=${tab.id === current ? 0 : -1} @click=${() => choose(tab.id)}>${tab.label}${markOf(tab)}</button>`,
    )}
  </div>`;
}

function markOf(tab: Tab): TemplateResult | typeof nothing {
  return tab.mark === undefined || tab.mark === null || tab.mark === 0
    ? nothing
    : html` <span class="count">${tab.mark}</span>`;
}

/** On a phone the row of tabs scrolls; the one that is open must be seen. */
function intoView(element: Element | undefined): void {
  if (!element) return;
  requestAnimationFrame(() => {
    const row = element.parentElement;
    if (row)
      row.scrollLeft =
        (element as HTMLElement).offsetLeft - (row.clientWidth - (element as HTMLElement).offsetWidth) / 2;
  });
}
