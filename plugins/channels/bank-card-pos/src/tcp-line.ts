import { connect } from 'node:net';

export type LineAnswer =
  | { readonly kind: 'answered'; readonly record: Uint8Array }
  | { readonly kind: 'notSent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

export type LineRequest = {
  readonly host: string;
  readonly port: number;
  readonly record: Uint8Array;
  readonly framing: 'fixedLength' | 'twoByteLength';
  /** Length of an answer without a length of its own. */
  readonly answerBytes: number;
  readonly signal: AbortSignal;
};

const inUse = new Map<string, number>();

/** A connection of this process stands or is being made. A candidate of a rotation has a store of its own and cannot see in its book that a card-holder is at the terminal. */
export function isLineInUse({ host, port }: Pick<LineRequest, 'host' | 'port'>): boolean {
  return (inUse.get(`${host}:${String(port)}`) ?? 0) > 0;
}

function use(line: string, by: 1 | -1): void {
  const left = (inUse.get(line) ?? 0) + by;
  if (left > 0) inUse.set(line, left);
  else inUse.delete(line);
}

/** One record there, one back, one connection. Never throws; what fails before the connection stands is `notSent`, all later failures are `unknown`. */
export function sendRecord({ host, port, record, framing, answerBytes, signal }: LineRequest): Promise<LineAnswer> {
  if (signal.aborted) return Promise.resolve({ kind: 'notSent', reason: 'the deadline had passed before sending' });
  const { promise, resolve } = Promise.withResolvers<LineAnswer>();
  const line = `${host}:${String(port)}`;
  use(line, 1);
  const socket = connect({ host, port, noDelay: true });
  let isOver = false;
  let connected = false;
  let received = Buffer.alloc(0);
  const end = (answer: LineAnswer): void => {
    if (isOver) return;
    isOver = true;
    use(line, -1);
    signal.removeEventListener('abort', aborted);
    socket.destroy();
    resolve(answer);
  };
  const failed = (reason: string): void => { end(connected ? { kind: 'unknown', reason } : { kind: 'notSent', reason: `no connection to the terminal: ${reason}` }); };
  const aborted = (): void => { failed('no answer in time'); };
  signal.addEventListener('abort', aborted, { once: true });
  socket.on('connect', () => {
    connected = true;
    socket.write(framing === 'twoByteLength' ? Buffer.concat([lengthOf(record), record]) : record);
  });
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    const whole = wholeRecord(received, framing, answerBytes);
    if (whole !== undefined) end({ kind: 'answered', record: whole });
  });
  socket.on('error', (error) => { failed('code' in error && typeof error.code === 'string' ? error.code : 'the connection failed'); });
  socket.on('close', () => { failed('the connection broke before a whole answer'); });
  return promise;
}

function wholeRecord(received: Buffer, framing: LineRequest['framing'], answerBytes: number): Uint8Array | undefined {
  if (framing === 'fixedLength') return received.length >= answerBytes ? received.subarray(0, answerBytes) : undefined;
  const length = received.length >= 2 ? received.readUInt16BE(0) : undefined;
  return length !== undefined && received.length >= length + 2 ? received.subarray(2, length + 2) : undefined;
}

function lengthOf(record: Uint8Array): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(record.length);
  return length;
}
