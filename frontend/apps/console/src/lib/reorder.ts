// Moving entries of an ordered list: owns positions only, knows nothing of what is moved.

export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const target = Math.max(0, Math.min(list.length - 1, to));
  const copy = [...list];
  if (from < 0 || from >= list.length || from === target) return copy;
  const [entry] = copy.splice(from, 1);
  copy.splice(target, 0, entry as T);
  return copy;
}

export type MoveKey = 'ArrowUp' | 'ArrowDown' | 'Home' | 'End';

/** Where an entry lands for a key, or null when the key does not move it. */
export function targetForKey(key: string, index: number, length: number): number | null {
  const target =
    key === 'ArrowUp'
      ? index - 1
      : key === 'ArrowDown'
        ? index + 1
        : key === 'Home'
          ? 0
          : key === 'End'
            ? length - 1
            : null;
  if (target === null || target < 0 || target >= length || target === index) return null;
  return target;
}

/** Index of the row whose middle lies nearest below `y`; the end of the list when none does. */
export function dropIndex(middles: readonly number[], y: number): number {
  const index = middles.findIndex((middle) => y < middle);
  return index === -1 ? middles.length : index;
}
