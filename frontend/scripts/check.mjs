// Everything CI runs for the front end: types, lint, build, sizes, tests. The first four run side by side.
import { spawn } from 'node:child_process';

function run(name, command, ...args) {
  const started = Date.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], shell: false });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.on('close', (code) => {
      console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
      if (code !== 0 || name === 'sizes') console.log(output);
      resolve(code === 0);
    });
  });
}

const first = await Promise.all([
  run('generated', 'node', 'scripts/generate-api.mjs', '--check'),
  run('types', 'npx', 'tsc', '--noEmit'),
  run('lint', 'npx', 'biome', 'check', '--error-on-warnings', '.'),
  run('build', 'npx', 'vite', 'build'),
]);
const second = first[3]
  ? [await run('sizes', 'node', 'scripts/check-size.mjs'), await run('tests', 'npx', 'vitest', 'run')]
  : [false];
if (![...first, ...second].every(Boolean)) process.exit(1);
