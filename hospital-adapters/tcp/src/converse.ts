/** One request and its answer on one connection. */
import type { Socket } from 'node:net';
import type { Charset } from '@hospay/plugin-sdk/his-mapping';
import { readFrame } from './framing.js';
import type { Wire } from './mapping-schema.js';

export type Conversation =
  | { readonly kind: 'answered'; readonly bytes: Buffer }
  /** The request left, or a part of it: the agent may be at work on it. The connection is of no more use: whoever opened it ends it. */
  | { readonly kind: 'lost'; readonly reason: string };

export type ConversationLimits = { readonly wire: Wire; readonly charset: Charset; readonly maxAnswerBytes: number; readonly signal: AbortSignal };

export function converse(socket: Socket, request: Buffer, { wire, charset, maxAnswerBytes, signal }: ConversationLimits): Promise<Conversation> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const finish = (conversation: Conversation): void => {
      signal.removeEventListener('abort', onAbort);
      socket.removeListener('data', onData).removeListener('end', onEnd).removeListener('close', onClose);
      resolve(conversation);
    };
    const lose = (reason: string): void => { finish({ kind: 'lost', reason }); };
    const look = (ended: boolean): boolean => {
      const frame = readFrame(Buffer.concat(chunks), wire.framing, { charset, ended });
      if (frame.kind === 'more') return false;
      if (frame.kind === 'garbled') lose(frame.reason);
      // Line breaks behind an answer are nobody's; anything else is a second answer, and nobody can say which is ours.
      else if (frame.rest.some((byte) => byte !== 0x0d && byte !== 0x0a)) lose('more than one answer came');
      else finish({ kind: 'answered', bytes: frame.text });
      return true;
    };
    const onData = (chunk: Buffer): void => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > maxAnswerBytes) lose('the answer is too long');
      else look(false);
    };
    const onEnd = (): void => {
      if (length === 0) lose('the connection was closed without an answer');
      else if (!look(true)) lose('the answer was cut: the connection was closed before its end');
    };
    // After an orderly end `onEnd` has spoken; what comes here is a reset, and what arrived before it may not be all.
    const onClose = (): void => { lose('the connection broke'); };
    const onAbort = (): void => { lose('the deadline passed'); };
    if (signal.aborted) {
      resolve({ kind: 'lost', reason: 'the deadline passed' });
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('data', onData).on('end', onEnd).on('close', onClose);
    if (wire.halfClose === true) socket.end(request);
    else socket.write(request);
  });
}
