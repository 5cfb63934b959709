/**
 * The way back from a provider's second step. In the provider's new tab the page asks whether the tab that began is still
 * there; if it is, that one goes on (with its picture and sound), if not, this one does.
 */

const CHANNEL = 'shopcast.checkout';
/** Tabs of one browser answer within a few milliseconds; a sleeping phone needs some more. */
const ANSWER_WITHIN_MS = 500;

interface Said {
  kind: 'back' | 'taken';
  checkoutId: string;
}

/** Calls `back` when another tab of this browser returned for a checkout that `isMine`; gives what ends the listening. */
export function awaitReturn(isMine: (checkoutId: string) => boolean, back: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = (event: MessageEvent<Said>) => {
    const { kind, checkoutId } = event.data;
    if (kind !== 'back' || !isMine(checkoutId)) return;
    channel.postMessage({ kind: 'taken', checkoutId } satisfies Said);
    back();
  };
  return () => channel.close();
}

/** True when the tab that began this checkout goes on with it. */
export function handBack(checkoutId: string): Promise<boolean> {
  return new Promise((resolve) => {
    const channel = new BroadcastChannel(CHANNEL);
    const finish = (taken: boolean) => {
      channel.close();
      resolve(taken);
    };
    const timer = window.setTimeout(() => finish(false), ANSWER_WITHIN_MS);
    channel.onmessage = (event: MessageEvent<Said>) => {
      if (event.data.kind !== 'taken' || event.data.checkoutId !== checkoutId) return;
      window.clearTimeout(timer);
      finish(true);
    };
    channel.postMessage({ kind: 'back', checkoutId } satisfies Said);
  });
}
