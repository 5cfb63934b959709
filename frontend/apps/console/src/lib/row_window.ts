// Which rows of a long list are worth drawing: those on screen and a little around them. Pure but for the heights it learns.

const ESTIMATE_PX = 44;
const AROUND_PX = 400;

export interface Rows {
  readonly from: number;
  readonly to: number;
  /** What stands for the rows that are not drawn. */
  readonly beforePx: number;
  readonly afterPx: number;
}

export class RowWindow {
  readonly #heights = new Map<number, number>();

  /** A row that was drawn says how high it is; says whether that was news. */
  learn(id: number, px: number): boolean {
    if (px <= 0 || this.#heights.get(id) === px) return false;
    this.#heights.set(id, px);
    return true;
  }

  heightOf(id: number): number {
    return this.#heights.get(id) ?? ESTIMATE_PX;
  }

  rows(ids: readonly number[], scrollTop: number, viewPx: number): Rows {
    let top = 0;
    let from = 0;
    while (from < ids.length && top + this.heightOf(ids[from] as number) < scrollTop - AROUND_PX) {
      top += this.heightOf(ids[from] as number);
      from += 1;
    }
    const beforePx = top;
    let to = from;
    while (to < ids.length && top < scrollTop + viewPx + AROUND_PX) {
      top += this.heightOf(ids[to] as number);
      to += 1;
    }
    let afterPx = 0;
    for (let index = to; index < ids.length; index += 1) afterPx += this.heightOf(ids[index] as number);
    return { from, to, beforePx, afterPx };
  }

  /** Forgets rows that are not in the list any more, now and then. */
  keep(ids: ReadonlySet<number>): void {
    if (this.#heights.size < 2 * ids.size + 500) return;
    for (const id of this.#heights.keys()) if (!ids.has(id)) this.#heights.delete(id);
  }
}
