/** Connections to the agent: a bounded number, each serving one call at a time. What a connection brings unasked ends it. */
import { createConnection, type Socket } from 'node:net';
import type { Charset } from '@hospay/plugin-sdk/his-mapping';
import { converse, type Conversation } from './converse.js';
import type { Wire } from './mapping-schema.js';
import { Places } from './places.js';

export type AgentAddress = {
  readonly server: string;
  readonly port: number;
  readonly wire: Wire;
  readonly charset: Charset;
  readonly connections: number;
  readonly connectTimeoutMs: number;
  readonly keptIdleMs: number;
  readonly maxAnswerBytes: number;
};

export type Conversed = Conversation | { readonly kind: 'notSent'; readonly reason: string };

export class AgentConnections {
  readonly #address: AgentAddress;
  readonly #places: Places;
  /** Free connections, the longest idle first, with the time since when and what lets go of them. */
  readonly #idle = new Map<Socket, { readonly since: number; readonly release: () => void }>();
  #isClosed = false;

  constructor(address: AgentAddress) {
    this.#address = address;
    this.#places = new Places(address.connections);
  }

  /** Sends one request and waits for its answer, the caller's signal, or the end of the connection. */
  async call(request: Buffer, signal: AbortSignal): Promise<Conversed> {
    if (!(await this.#places.take(signal))) return { kind: 'notSent', reason: 'no connection was free before the deadline' };
    try {
      const socket = this.#takeIdle() ?? (await this.#connect(signal));
      if (typeof socket === 'string') return { kind: 'notSent', reason: socket };
      const { wire, charset, maxAnswerBytes } = this.#address;
      const conversation = await converse(socket, request, { wire, charset, maxAnswerBytes, signal });
      if (wire.connection === 'kept' && conversation.kind === 'answered' && !this.#isClosed) this.#keep(socket);
      else socket.destroy();
      return conversation;
    } finally {
      this.#places.give();
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const socket of this.#idle.keys()) socket.destroy();
    this.#idle.clear();
  }

  #takeIdle(): Socket | undefined {
    for (const [socket, { since, release }] of this.#idle) {
      release();
      if (performance.now() - since <= this.#address.keptIdleMs && !socket.destroyed && socket.writable && socket.readable) return socket;
      socket.destroy();
    }
    return undefined;
  }

  #keep(socket: Socket): void {
    if (socket.destroyed) return;
    // An answer nobody waits for would be taken for the next one's.
    const onData = (): void => { socket.destroy(); };
    const release = (): void => {
      this.#idle.delete(socket);
      socket.removeListener('data', onData).removeListener('close', release);
    };
    this.#idle.set(socket, { since: performance.now(), release });
    socket.on('data', onData).on('close', release);
  }

  /** The connection, or why there is none. */
  #connect(signal: AbortSignal): Promise<Socket | string> {
    const { server, port, connectTimeoutMs } = this.#address;
    if (signal.aborted) return Promise.resolve('the deadline passed before the connection stood');
    return new Promise((resolve) => {
      const socket = createConnection({ host: server, port, noDelay: true, keepAlive: true });
      const finish = (result: Socket | string): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        socket.removeListener('connect', onConnect);
        // Errors after this are followed by `close`, which whoever holds the connection hears.
        if (typeof result === 'string') socket.destroy();
        resolve(result);
      };
      const onAbort = (): void => { finish('the deadline passed before the connection stood'); };
      const onConnect = (): void => { finish(socket); };
      const timer = setTimeout(() => { finish(`no connection within ${String(connectTimeoutMs)} ms`); }, connectTimeoutMs);
      signal.addEventListener('abort', onAbort, { once: true });
      socket.on('connect', onConnect);
      socket.on('error', (error) => { finish(`no connection: ${'code' in error ? String(error.code) : error.name}`); });
    });
  }
}
