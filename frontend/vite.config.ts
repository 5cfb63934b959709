// Builds every page's entry into the server's static folder and lists, per entry, what a shell must link.
import { existsSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

const ENTRIES: Record<string, string> = {
  viewer: 'apps/viewer/src/viewer.ts',
  list: 'apps/viewer/src/list.ts',
  home: 'apps/viewer/src/home.ts',
  account: 'apps/viewer/src/account.ts',
  order: 'apps/viewer/src/order.ts',
  console: 'apps/console/src/main.ts',
};

/** While one app is being written the others can be left out: SHOPCAST_ENTRIES=viewer,list npm run build. */
const wanted = process.env.SHOPCAST_ENTRIES?.split(',') ?? Object.keys(ENTRIES);

interface EntryFiles {
  js: string;
  css: string[];
  preload: string[];
}

/** Writes entries.json: the flattened form of the manifest, so that a Jinja shell needs one lookup and no recursion. */
function entriesFile(): Plugin {
  return {
    name: 'shopcast-entries',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const entries: Record<string, EntryFiles> = {};
        for (const chunk of Object.values(bundle)) {
          if (chunk.type !== 'chunk' || !chunk.isEntry) continue;
          const css = new Set<string>();
          const preload = new Set<string>();
          const visit = (fileName: string) => {
            const part = bundle[fileName];
            if (part?.type !== 'chunk') return;
            for (const imported of part.imports) {
              if (preload.has(imported)) continue;
              preload.add(imported);
              visit(imported);
            }
            for (const sheet of part.viteMetadata?.importedCss ?? []) css.add(sheet);
          };
          visit(chunk.fileName);
          entries[chunk.name] = { js: chunk.fileName, css: [...css], preload: [...preload] };
        }
        this.emitFile({ type: 'asset', fileName: 'entries.json', source: JSON.stringify(entries, null, 1) });
      },
    },
  };
}

export default defineConfig({
  base: '/static/',
  publicDir: 'public',
  plugins: [entriesFile()],
  build: {
    outDir: process.env.SHOPCAST_STATIC_DIR ?? '../src/shopcast/web/static',
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rollupOptions: {
      input: Object.fromEntries(Object.entries(ENTRIES).filter(([name, path]) => wanted.includes(name) && existsSync(path))),
      output: {
        entryFileNames: 'assets/[name]-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
  test: {
    include: ['packages/**/*.test.ts', 'apps/**/*.test.ts', 'tests/**/*.test.ts'],
    testTimeout: 10_000,
  },
} as Parameters<typeof defineConfig>[0]);
