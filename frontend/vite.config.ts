// Builds every page's entry into the server's static folder and lists, per entry, what a shell must link.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const ENTRIES: Record<string, string> = {
  viewer: 'apps/viewer/src/viewer.ts',
  list: 'apps/viewer/src/list.ts',
  home: 'apps/viewer/src/home.ts',
  account: 'apps/viewer/src/account.ts',
  order: 'apps/viewer/src/order.ts',
  cart: 'apps/viewer/src/cart.ts',
  plans: 'apps/viewer/src/plans.ts',
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

/** Takes comments and needless white space out of css`` templates, which no other tool looks into. */
function compactStyles(): Plugin {
  return {
    name: 'shopcast-compact-styles',
    apply: 'build',
    transform(code, id) {
      if (!id.endsWith('.ts') || !code.includes('css`')) return null;
      const compact = (_whole: string, text: string) =>
        `css\`${text
          .replace(/\/\*[\s\S]*?\*\//g, '')
          .replace(/\s+/g, ' ')
          .replace(/ ?([{};,]) ?/g, '$1')}\``;
      return { code: code.replace(/css`([^`]*)`/g, compact), map: null };
    },
  };
}

const COMPRESSED = /\.(js|css|json|svg)$/;

/** Puts .br and .gz beside every text file, so that the server compresses nothing at run time. */
function compressedFiles(): Plugin {
  return {
    name: 'shopcast-compressed',
    apply: 'build',
    writeBundle(options) {
      const folder = options.dir ?? '';
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        if (!COMPRESSED.test(name)) continue;
        const path = join(folder, name);
        const content = readFileSync(path);
        writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
        writeFileSync(`${path}.br`, brotliCompressSync(content));
      }
    },
  };
}

export default defineConfig({
  base: '/static/',
  publicDir: 'public',
  plugins: [compactStyles(), entriesFile(), compressedFiles()],
  build: {
    outDir: process.env.SHOPCAST_STATIC_DIR ?? '../src/shopcast/web/static',
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rollupOptions: {
      input: Object.fromEntries(
        Object.entries(ENTRIES).filter(([name, path]) => wanted.includes(name) && existsSync(path)),
      ),
      output: {
        entryFileNames: 'assets/[name]-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
  test: {
    // The pages in a real browser are a run of their own (npm run test:browser): they build first and take longer.
    include: process.env.SHOPCAST_BROWSER_TESTS
      ? ['tests/browser/*.test.ts']
      : ['packages/**/*.test.ts', 'apps/**/*.test.ts', 'tests/*.test.ts'],
    testTimeout: 15_000,
  },
} as Parameters<typeof defineConfig>[0]);
