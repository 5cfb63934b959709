// What a person typed as a count; never through a float, full-width digits welcome.

/** Null when it is no whole number between the bounds, both included. */
export function wholeNumber(text: string, least: number, most: number): number | null {
  const plain = text.normalize('NFKC').trim();
  if (!/^\d{1,12}$/.test(plain)) return null;
  const value = Number(plain);
  return value >= least && value <= most ? value : null;
}

/** Tenths and hundredths of a percent as typed ("12.5") in basis points; null when it is none between 0.01 and `most` %. */
export function basisPoints(text: string, most = 100): number | null {
  const match = /^(\d{1,3})(?:[.,](\d{1,2}))?$/.exec(text.normalize('NFKC').replace(/[\s%]/g, ''));
  if (!match) return null;
  const value = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
  return value > 0 && value <= most * 100 ? value : null;
}

export function percentText(points: number): string {
  const rest = points % 100;
  const tail = rest === 0 ? '' : `.${String(rest).padStart(2, '0').replace(/0$/, '')}`;
  return `${Math.floor(points / 100)}${tail}`;
}
