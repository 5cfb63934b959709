/** What show elements ask of the page. Bubbling, so that an embedding page can listen too. */
import type { Card, CardVariant, Source } from '@shopcast/api-client';

export interface BuyDetail {
  card: Card;
  source: Source;
  variant?: CardVariant;
}

export interface CardDetail {
  card: Card;
}

export interface SeekDetail {
  atMs: number;
}

export function ask<Detail>(element: HTMLElement, name: string, detail: Detail): void {
  element.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
}
