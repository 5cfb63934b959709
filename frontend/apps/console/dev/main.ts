// Puts canned answers in front of the network, then starts the console as it is.
import { answer } from './answers.ts';
import { MockSocket } from './mock_room.ts';

const mode = new URLSearchParams(location.search).get('mock') ?? sessionStorage.getItem('mock') ?? '';
sessionStorage.setItem('mock', mode);
const drop = new URLSearchParams(location.search).get('drop');
if (drop !== null) sessionStorage.setItem('drop', drop);
/** Long enough to see a skeleton, short enough not to wait for it. */
const LATENCY_MS = mode === 'slow' ? 60_000 : 30;

globalThis.fetch = async (input, init) => {
  const url = new URL(String(input), location.href);
  await new Promise((resolve) => setTimeout(resolve, url.pathname === '/v1/me' ? 0 : LATENCY_MS));
  if (mode === 'offline' && url.pathname !== '/v1/me') throw new TypeError('Failed to fetch');
  const body = typeof init?.body === 'string' ? JSON.parse(init.body) : null;
  const { status, json } = answer(init?.method ?? 'GET', url, body, mode);
  return new Response(status === 204 ? null : JSON.stringify(json), {
    status,
    headers: { 'Content-Type': 'application/json' },
  });
};
Object.assign(globalThis, { WebSocket: MockSocket });
await import('../src/main.ts');
