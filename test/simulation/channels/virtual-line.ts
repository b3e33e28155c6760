/**
 * TCP without a network: production code that calls `connect` of `node:net` for a host that listens here gets a socket of the simulation. Everything
 * else connects as ever.
 */
import { EventEmitter } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

/** What a client holds: as much of a socket as one exchange of records needs. */
export class VirtualSocket extends EventEmitter {
  isDestroyed = false;
  /** Set by who accepts it. */
  onWritten: (record: Uint8Array) => void = () => {};

  write(record: Uint8Array): boolean {
    this.onWritten(record);
    return true;
  }
  destroy(): this {
    this.isDestroyed = true;
    return this;
  }
  /** Tells the client, unless it has hung up. */
  tell(event: 'connect' | 'close' | 'data' | 'error', content?: Error | Buffer): void {
    if (!this.isDestroyed) this.emit(event, content);
  }
}

const listeners = new Map<string, (socket: VirtualSocket) => void>();
let isInstalled = false;

/** Answers connections to a host until the returned function is called. */
export function listenAt(host: string, accept: (socket: VirtualSocket) => void): () => void {
  install();
  listeners.set(host, accept);
  return () => { listeners.delete(host); };
}

function install(): void {
  if (isInstalled) return;
  isInstalled = true;
  const real: unknown = net.connect;
  Reflect.set(net, 'connect', (...given: unknown[]): unknown => {
    const [options] = given;
    const host: unknown = typeof options === 'object' && options !== null ? Reflect.get(options, 'host') : undefined;
    const accept = typeof host === 'string' ? listeners.get(host) : undefined;
    if (accept === undefined) return typeof real === 'function' ? Reflect.apply(real, net, given) : undefined;
    const socket = new VirtualSocket();
    accept(socket);
    return socket;
  });
  syncBuiltinESMExports();
}
