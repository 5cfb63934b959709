// A small stand-in for the server, for looking at pages and for element tests: the contract's API with canned data, a room
// that talks, and a canned stream played as if live. Nothing is kept. Needs the built pages and ffmpeg.
// Usage: node dev/mock-server.mjs [port]

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { cannedStream } from './mock-stream.mjs';
import { makeWorld } from './mock-world.mjs';

const STATIC =
  process.env.SHOPCAST_STATIC_DIR ?? fileURLToPath(new URL('../../src/shopcast/web/static/', import.meta.url));
const TYPES = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.m4s': 'video/iso.segment',
  '.mp4': 'video/mp4',
};
const CSP =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self' ws:; worker-src blob:; frame-ancestors 'self'";

const PAGES = [
  [/^\/$/, 'home', 'home'],
  [/^\/search$/, 'home', 'search'],
  [/^\/(login|register|reset|account)$/, 'account', null],
  [/^\/(?:reset|verify-email)\/.+$/, 'account', 'reset'],
  [/^\/orders$/, 'order', 'orders'],
  [/^\/orders\/[^/]+$/, 'order', 'order'],
  [/^\/shows\/([^/]+)$/, 'viewer', 'viewer'],
  [/^\/shows\/([^/]+)\/list$/, 'list', 'list'],
  [/^\/cart$/, 'cart', 'cart'],
  [/^\/(standing|subscriptions|restrictions|coupons)$/, 'plans', null],
  [/^\/console/, 'console', 'console'],
];

async function shell(path, language, withData, world) {
  const found = PAGES.find(([pattern]) => pattern.test(path));
  if (!found) return null;
  const [pattern, entry, page] = found;
  const entries = JSON.parse(await readFile(join(STATIC, 'entries.json'), 'utf8'));
  const { js, css, preload } = entries[entry];
  const show = world.shows.get(pattern.exec(path)[1] ?? '');
  const data =
    withData && show
      ? `<script type="application/json" id="shopcast-data">${JSON.stringify(world.showPage(show)).replaceAll('<', '\\u003c')}</script>`
      : '';
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>Shopcast</title>
<link rel="icon" href="/static/icon.svg" type="image/svg+xml"><meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
${css.map((one) => `<link rel="stylesheet" href="/static/${one}">`).join('')}
${preload.map((one) => `<link rel="modulepreload" href="/static/${one}">`).join('')}
<script type="module" src="/static/${js}"></script></head>
<body data-page="${page ?? path.slice(1)}">${data}<div id="app"></div></body></html>`;
}

export async function startMock({ port = 0, seconds = 40, portrait = false, talk = true } = {}) {
  const stream = await cannedStream({ seconds, portrait });
  const world = makeWorld(stream, { talk });
  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      response.writeHead(500).end(String(error.stack));
    });
  });

  async function handle(request, response) {
    const url = new URL(request.url, 'http://mock');
    const path = decodeURIComponent(url.pathname);
    const language =
      /language=(en|zh)/.exec(request.headers.cookie ?? '')?.[1] ??
      (/^zh/.test(request.headers['accept-language'] ?? '') ? 'zh' : 'en');
    const send = (status, body, type = 'application/json', headers = {}) => {
      response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store', ...headers });
      response.end(body);
    };
    if (path.startsWith('/static/')) {
      const file = join(STATIC, normalize(path.slice(8)));
      if (!file.startsWith(STATIC) || !existsSync(file)) return send(404, 'not found', 'text/plain');
      return send(200, await readFile(file), TYPES[extname(file)] ?? 'application/octet-stream');
    }
    if (path.startsWith('/live/')) {
      const answer = await stream.answer(path, url.searchParams, world);
      return answer ? send(200, answer.body, answer.type) : send(404, '', 'text/plain');
    }
    if (path.startsWith('/images/')) return send(200, world.image(path), 'image/svg+xml');
    if (path.startsWith('/v1/')) {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      const answer = await world.api(request.method, path, url.searchParams, text ? JSON.parse(text) : null, {
        language,
        host: request.headers.host,
        key: request.headers['idempotency-key'],
      });
      return send(answer.status, answer.body === undefined ? '' : JSON.stringify(answer.body));
    }
    const html = await shell(path, language, !url.searchParams.has('nodata'), world);
    return html
      ? send(200, html, 'text/html; charset=utf-8', {
          'Content-Security-Policy': CSP,
          'Set-Cookie': 'shopcast_csrf=mock; Path=/',
        })
      : send(404, 'not found', 'text/plain');
  }

  const sockets = new WebSocketServer({ server, path: '/ws/rooms' });
  sockets.on('connection', (socket, request) => world.join(socket, new URL(request.url, 'http://mock').searchParams));
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    world,
    url: `http://127.0.0.1:${server.address().port}`,
    close() {
      world.stop();
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      server.close();
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const mock = await startMock({ port: Number(process.argv[2] ?? 8090), portrait: process.env.PORTRAIT === '1' });
  console.log(`${mock.url}/  ${mock.url}/shows/shw_live  ${mock.url}/shows/shw_replay`);
}
