// Serves the console alone, on canned answers: npx vite --config apps/console/dev/vite.config.ts
import { defineConfig } from 'vite';

export default defineConfig({
  root: new URL('.', import.meta.url).pathname,
  server: { host: '127.0.0.1', fs: { allow: [new URL('../../..', import.meta.url).pathname] } },
  appType: 'spa',
});
