/** One TCP or TLS connection that carries MLLP frames. Whoever holds it hears of every frame, and of its end exactly once. */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { frame, FrameReader, NotMllp, type Framed } from './mllp-frames.js';

export type Destination = {
  readonly host: string;
  readonly port: number;
  readonly connectTimeoutMs: number;
  readonly largestMessageBytes: number;
  /** Undefined: TCP in the clear. */
  readonly tls: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername'> | undefined;
};

export type Holder = { frame(received: Framed): void; lost(reason: string): void };

/** No connection could be had; nothing was sent. */
export class NotConnected extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotConnected';
  }
}

export class MllpConnection {
  readonly #socket: Socket;
  readonly #reader: FrameReader;
  #holder: Holder | undefined;
  #lost: string | undefined;

  constructor(socket: Socket, largestMessageBytes: number) {
    this.#socket = socket;
    this.#reader = new FrameReader(largestMessageBytes);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 30_000);
    socket.on('data', (chunk: Buffer) => { this.#receive(chunk); });
    socket.on('error', (error) => { this.#end(`the connection failed: ${error.message}`); });
    socket.on('close', () => { this.#end('the connection was closed'); });
  }

  /** Whether it is open and nothing came that nobody asked for. */
  get isClean(): boolean {
    return this.#lost === undefined && this.#socket.writable && !this.#reader.isWithinFrame;
  }

  /** From now on this one hears what comes; undefined where nobody waits: whatever comes then spoils the connection. */
  hold(holder: Holder | undefined): void {
    this.#holder = holder;
    if (holder !== undefined && this.#lost !== undefined) holder.lost(this.#lost);
  }

  send(message: Uint8Array): void {
    this.#socket.write(frame(message));
  }

  /** Ends at once; what was written may still arrive. */
  destroy(): void {
    this.#end('closed by us');
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    if (this.#lost !== undefined) return;
    try {
      for (const received of this.#reader.read(chunk)) {
        if (this.#holder === undefined) throw new NotMllp('a message that nobody asked for');
        this.#holder.frame(received);
      }
    } catch (error) {
      if (!(error instanceof NotMllp)) throw error;
      this.#end(error.message);
      this.#socket.destroy();
    }
  }

  #end(reason: string): void {
    if (this.#lost !== undefined) return;
    this.#lost = reason;
    this.#holder?.lost(reason);
  }
}

/** @param signal gives up connecting. @throws NotConnected */
export function openConnection(destination: Destination, signal: AbortSignal): Promise<MllpConnection> {
  const { host, port, tls, connectTimeoutMs, largestMessageBytes } = destination;
  if (signal.aborted) return Promise.reject(new NotConnected('the deadline passed before connecting'));
  return new Promise((resolve, reject) => {
    const socket = tls === undefined ? connectTcp({ host, port }) : connectTls({ host, port, minVersion: 'TLSv1.2', ...tls });
    const leave = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.off('error', onError);
    };
    const fail = (why: string): void => {
      leave();
      socket.on('error', () => { /* it is being destroyed */ });
      socket.destroy();
      reject(new NotConnected(`cannot connect: ${why}`));
    };
    const onAbort = (): void => { fail('the deadline passed'); };
    const onError = (error: Error): void => { fail(error.message); };
    const timer = setTimeout(() => { fail(`no connection within ${connectTimeoutMs} ms`); }, connectTimeoutMs);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', onError);
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
      leave();
      resolve(new MllpConnection(socket, largestMessageBytes));
    });
  });
}
