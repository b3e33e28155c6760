import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { TestContext } from 'node:test';

export type Delivery = { readonly body: Buffer; readonly headers: IncomingMessage['headers'] };

/** An application's own server: keeps what it was sent, answers what the test says. */
export async function startReceiver(context: TestContext) {
  const deliveries: Delivery[] = [];
  const answers: (number | 'hang' | 'redirect')[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      deliveries.push({ body: Buffer.concat(chunks), headers: request.headers });
      const answer = answers.shift() ?? 204;
      if (answer === 'hang') response.destroy();
      else if (answer === 'redirect') response.writeHead(307, { location: '/elsewhere' }).end();
      else response.writeHead(answer).end();
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  context.after(() => { server.closeAllConnections(); server.close(); });
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return { deliveries, answers, url: `http://127.0.0.1:${String(address.port)}/hospay/news?from=platform` };
}
