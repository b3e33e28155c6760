/** Serves one of the reference terminals with its configuration beside it, to this machine only: the configuration carries the terminal's key, as its own local agent would give it. */
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { ROOT } from './built-artefacts.js';

export type TerminalPage = { readonly url: string; stop(): Promise<void> };

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.json': 'application/json', '.map': 'application/json' };

export async function serveTerminalPage({ page, configuration, port }: { readonly page: 'kiosk' | 'counter'; readonly configuration: object; readonly port: number }): Promise<TerminalPage> {
  const folder = join(ROOT, 'core/terminal-sdk/dist', page);
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://terminal').pathname;
    if (path === `/${page}-config.json`) {
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(configuration));
      return;
    }
    const file = join(folder, normalize(path === '/' ? '/index.html' : path));
    const type = TYPES[extname(file)];
    if (!file.startsWith(folder) || type === undefined || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': type }).end(readFileSync(file));
  });
  server.listen(port, '127.0.0.1');
  await Promise.race([once(server, 'listening'), once(server, 'error').then(([error]) => { throw new Error(`the ${page} page cannot listen on port ${String(port)}: ${String(error)}`); })]);
  const address = server.address();
  const listeningOn = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://127.0.0.1:${String(listeningOn)}/`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

