import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Mortality } from '@hospay/plugin-sdk/testkit';

/**
 * A line to a simulator that is cut where its owner dies: each request is two steps, before it is passed on and after it was executed. For plugins that
 * speak HTTP by a library of their own, so that the suite can kill them between sending and hearing.
 */
export async function openMortalLine(baseUrl: string, mortality: Mortality): Promise<{ readonly baseUrl: string; close(): void }> {
  const target = new URL(baseUrl);
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => { chunks.push(chunk); });
    incoming.on('end', () => {
      void mortality.step().then(() => {
        const { host: _host, ...headers } = incoming.headers;
        const onward = send({ host: target.hostname, port: target.port, method: incoming.method, path: incoming.url, headers: { ...headers, host: target.host } }, (answer) => {
          void mortality.step().then(() => {
            outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
            answer.pipe(outgoing);
          });
        });
        onward.on('error', () => { outgoing.destroy(); });
        onward.end(Buffer.concat(chunks));
      });
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${String(port)}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
