/** Keeps a card for later without charging it; where the bank wants a second step, waits for it. */
import { type ApiClient, newIdempotencyKey, Problem } from '@shopcast/api-client';
import { repeating } from '../buy/payment.ts';

const POLL_EVERY_MS = 1500;
/** Somebody who looks for the bank's app needs some minutes. */
const MAX_POLLS = 160;

export async function keepCard(
  api: ApiClient,
  token: string,
  confirm: (url: string) => void,
  pause = (ms: number) => new Promise<void>((resolve) => window.setTimeout(resolve, ms)),
): Promise<string> {
  const key = newIdempotencyKey();
  let setup = await repeating(() => api.methods.keep({ token, return_path: location.pathname }, key));
  let shown = false;
  for (let polls = 0; polls < MAX_POLLS; polls += 1) {
    if (setup.state === 'saved' && setup.method) return setup.method.id;
    if (setup.state === 'failed') throw new Problem(setup.failure?.code ?? 'failed', 402, setup.failure?.message ?? '');
    if (setup.state === 'needs_action' && setup.next_action_url && !shown) {
      shown = true;
      confirm(setup.next_action_url);
    }
    await pause(POLL_EVERY_MS);
    const { id } = setup;
    setup = await repeating(() => api.methods.setup(id));
  }
  throw new Problem('timeout', 0, '');
}

/** "saved:pm_1" is kept already; "new:tok" is kept first. */
export async function methodId(api: ApiClient, choice: string, confirm: (url: string) => void): Promise<string> {
  const [kind, value = ''] = choice.split(/:(.*)/s);
  return kind === 'saved' ? value : keepCard(api, value, confirm);
}
