// Which shelf item the host's thumb would pin next: pure choice over the room's state.

export interface ShelfCard {
  readonly id: string;
  readonly number: number;
  readonly hidden: boolean;
  readonly left: number;
}
export interface Wanted {
  readonly item_id: string;
  readonly number: number;
  readonly count: number;
  readonly since_ms: number;
}

/** The visible item after the one on air in shelf order; sold-out items are passed over while others are left. */
export function nextItem<Card extends ShelfCard>(
  order: readonly string[],
  items: Readonly<Record<string, Card>>,
  onAirId: string | null,
): Card | null {
  const visible = order
    .map((id) => items[id])
    .filter((card): card is Card => card !== undefined && (!card.hidden || card.id === onAirId));
  if (visible.length === 0) return null;
  const at = visible.findIndex((card) => card.id === onAirId);
  const rotated = [...visible.slice(at + 1), ...visible.slice(0, Math.max(0, at))].filter((card) => !card.hidden);
  return rotated.find((card) => card.left > 0) ?? rotated[0] ?? null;
}

/** The most wanted item that is not on air; the longest waiting one of equals. */
export function mostWanted(requests: readonly Wanted[], onAirId: string | null): Wanted | null {
  const open = requests.filter((request) => request.item_id !== onAirId && request.count > 0);
  return [...open].sort((a, b) => b.count - a.count || a.since_ms - b.since_ms)[0] ?? null;
}
