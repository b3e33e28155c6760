import type { IncomingMessage } from 'node:http';
import { getRawBody } from 'raw-body';
import { ok, refused, type Outcome } from '../../../domain/errors.js';

/** A refused body is read away up to this many limits, so that its sender gets to see the answer; a longer one finds the connection closed. */
const LIMITS_READ_AWAY = 4;

/** Reads the body as it is, up to the limit. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Outcome<Uint8Array>> {
  if (request.headers['content-encoding'] !== undefined) return refused('MALFORMED_REQUEST', 'header content-encoding: compressed bodies are not taken');
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limitBytes) return refuseTooLarge(request, limitBytes);
  try {
    return ok(await getRawBody(request, { limit: limitBytes }));
  } catch (error) {
    if (error instanceof Error && 'type' in error && error.type === 'entity.too.large') return refuseTooLarge(request, limitBytes);
    return refused('MALFORMED_REQUEST', 'body: could not be read to its end');
  }
}

async function refuseTooLarge(request: IncomingMessage, limitBytes: number): Promise<Outcome<Uint8Array>> {
  const done = Promise.withResolvers<void>();
  let left = limitBytes * LIMITS_READ_AWAY;
  request.on('data', (chunk: Buffer) => {
    left -= chunk.byteLength;
    if (left < 0) done.resolve();
  });
  for (const event of ['end', 'error', 'close']) request.once(event, () => { done.resolve(); });
  request.resume();
  if (!request.readableEnded && !request.destroyed) await done.promise;
  return refused('BODY_TOO_LARGE', `at most ${String(limitBytes)} bytes`);
}
