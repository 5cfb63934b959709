/** Fetches what only a shopper who buys needs to see, after the picture's first requests. */

function once(load: () => Promise<unknown>): () => Promise<unknown> {
  let loading: Promise<unknown> | null = null;
  return () => {
    loading ??= load().catch((error: unknown) => {
      // The next tap tries again.
      loading = null;
      throw error;
    });
    return loading;
  };
}

export const loadBuySheet = once(() => import('./sc-buy-sheet.ts'));
export const loadKeepSheet = once(() => import('../keep/sheets.ts'));
