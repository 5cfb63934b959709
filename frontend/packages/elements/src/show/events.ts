/** What show elements ask of the page. Bubbling, so that an embedding page can listen too. */
import type { Card, CardVariant, Source, SubscriptionOffer } from '@shopcast/api-client';

export interface BuyDetail {
  card: Card;
  source: Source;
  variant?: CardVariant;
}

export interface CardDetail {
  card: Card;
}

/** Something that goes on after the sheet: a place in the queue, a standing order, a subscription. */
export interface KeepDetail {
  kind: 'waitlist' | 'standing' | 'subscription';
  card: Card;
  variant: CardVariant | null;
  offer: SubscriptionOffer | null;
}

export interface SeekDetail {
  atMs: number;
}

export function ask<Detail>(element: HTMLElement, name: string, detail: Detail): void {
  element.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
}
