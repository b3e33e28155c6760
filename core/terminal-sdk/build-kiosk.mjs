// Bundles the reference terminals: dist/kiosk, and dist/counter for windows and doctor stations. Three files each that any web server can serve, with nothing fetched from elsewhere.
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
for (const page of ['kiosk', 'counter']) {
  const out = join(here, 'dist', page);
  mkdirSync(out, { recursive: true });
  await build({
    entryPoints: [join(here, page, 'main.ts')],
    outfile: join(out, `${page}.js`),
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    // Terminals are updated rarely: Chromium of 2020.
    target: 'chrome86',
    charset: 'utf8',
    legalComments: 'linked',
    logLevel: 'warning',
  });
  for (const file of ['index.html', `${page}.css`]) copyFileSync(join(here, page, file), join(out, file));
}
