// Bundles the reference kiosk into dist/kiosk/: three files that any web server can serve, with nothing fetched from elsewhere.
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, 'dist', 'kiosk');
mkdirSync(out, { recursive: true });
await build({
  entryPoints: [join(here, 'kiosk', 'main.ts')],
  outfile: join(out, 'kiosk.js'),
  bundle: true,
  minify: true,
  format: 'iife',
  platform: 'browser',
  // Kiosks are updated rarely: Chromium of 2020.
  target: 'chrome86',
  charset: 'utf8',
  legalComments: 'linked',
  logLevel: 'warning',
});
for (const file of ['index.html', 'kiosk.css']) copyFileSync(join(here, 'kiosk', file), join(out, file));
