/** Finds cards by what a shopper types: "7", "#7", "red M", "围巾". Pure. */
import type { Card } from '@shopcast/api-client';

function normal(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** "7", "#7", "no. 7", "7号" → 7; anything else null. */
export function typedNumber(text: string): number | null {
  const match = /^\s*(?:#|no\.?\s*|number\s+|第)?\s*(\d{1,3})\s*(?:号|號)?\s*$/i.exec(text.normalize('NFKC'));
  return match ? Number(match[1]) : null;
}

/** All words must be found; a number finds that number first and then titles with it. */
export function searchShelf(cards: readonly Card[], typed: string): readonly Card[] {
  const words = normal(typed).split(/\s+/).filter(Boolean);
  if (words.length === 0) return cards;
  const number = typedNumber(typed);
  if (number !== null) {
    const exact = cards.filter((card) => card.number === number);
    const begins = cards.filter((card) => card.number !== number && String(card.number).startsWith(String(number)));
    return [...exact, ...begins];
  }
  return cards.filter((card) => {
    const text = normal(`${card.title} ${card.claim} ${card.seller_name}`);
    return words.every(
      (word) =>
        text.includes(word) ||
        card.variants.some((one) =>
          one.options.some((option) => normal(option) === word || (word.length > 2 && normal(option).includes(word))),
        ),
    );
  });
}
