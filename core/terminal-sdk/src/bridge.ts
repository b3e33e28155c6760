/**
 * The hardware bridge (外设桥): a small program on the terminal's own machine that knows its printer, readers, scanner, cash acceptor and display, and speaks JSON over a WebSocket of 127.0.0.1 with the page.
 * It moves no money and decides nothing: what it reads is a scan like any other, what it is asked to print was confirmed before. Documented with examples in core/docs/hardware-bridge.md.
 */
import { anyOf, hasShape, integer, listOf, object, oneOf, text, type Shape, type ValueOf } from './shape.js';

export const BRIDGE_VERSION = 1;
const device = oneOf('printer', 'cardReader', 'idReader', 'scanner', 'cashAcceptor', 'display');
const state = oneOf('ready', 'offline', 'paperLow', 'paperOut', 'jam', 'full', 'error');
const deviceState = object({ device, state }, { code: text, message: text });

/** What a bridge may say. `re` repeats the id of the request it answers. */
export const bridgeMessageShape = anyOf(
  object({ v: integer, type: oneOf('welcome'), re: text, name: text, version: text, devices: listOf(deviceState) }),
  object({ v: integer, type: oneOf('done'), re: text }),
  object({ v: integer, type: oneOf('failed'), re: text, code: text, message: text }),
  object({ v: integer, type: oneOf('read'), re: text, text }),
  object({ v: integer, type: oneOf('scanned'), text }),
  object({ v: integer, type: oneOf('noteStacked'), noteNo: text, noteFen: integer, totalFen: integer }),
  object({ v: integer, type: oneOf('state'), device, state }, { code: text, message: text }),
);
/** What a page may ask. */
const line = object({ label: text }, { value: text });
export const bridgeRequestShape = anyOf(
  object({ v: integer, type: oneOf('hello'), id: text, software: text }),
  object({ v: integer, type: oneOf('print'), id: text, title: text, lines: listOf(line) }),
  object({ v: integer, type: oneOf('read'), id: text, device: oneOf('cardReader', 'idReader'), timeoutSeconds: integer }),
  object({ v: integer, type: oneOf('acceptCash'), id: text, isOn: oneOf('yes', 'no') }),
  object({ v: integer, type: oneOf('display'), id: text, text, amountFen: integer }, { qr: text }),
);
export type BridgeMessage = ValueOf<typeof bridgeMessageShape>;
export type BridgeRequest = ValueOf<typeof bridgeRequestShape>;
export type BridgeDevice = ValueOf<typeof device>;
export type BridgeDeviceState = ValueOf<typeof deviceState>;
export type ReceiptLine = ValueOf<typeof line>;

export type BridgeAnswer = { readonly kind: 'done'; readonly text?: string } | { readonly kind: 'failed'; readonly code: string; readonly message: string };
export type BridgeEvents = {
  scanned?(text: string): void;
  /** A note lies in the box: it is counted by its number, once, whatever is repeated. */
  noteStacked?(note: { readonly noteNo: string; readonly noteFen: number; readonly totalFen: number }): void;
  /** Connected, gone, or a device changed: also what an error board wants to know. */
  changed?(devices: readonly BridgeDeviceState[], isConnected: boolean): void;
};
export type Bridge = {
  readonly isConnected: boolean;
  readonly devices: readonly BridgeDeviceState[];
  print(receipt: { readonly title: string; readonly lines: readonly ReceiptLine[] }): Promise<BridgeAnswer>;
  /** Waits for a card or document; `text` is what is on it. */
  read(device: 'cardReader' | 'idReader', timeoutSeconds: number): Promise<BridgeAnswer>;
  acceptCash(isOn: 'yes' | 'no'): Promise<BridgeAnswer>;
  display(shown: { readonly text: string; readonly amountFen: number; readonly qr?: string }): Promise<BridgeAnswer>;
  close(): void;
};

const ANSWER_MS = 20_000;
const AGAIN_MS = 3_000;
/** What cannot be sent is known at once: the caller prints in another way. */
const GONE: BridgeAnswer = { kind: 'failed', code: 'BRIDGE_OFFLINE', message: 'the hardware bridge is not connected' };

/** Connects and stays connected. @throws when the address is not on this machine: receipts and cards are nobody else's business. */
export function connectBridge({ url, software, events = {} }: { readonly url: string; readonly software: string; readonly events?: BridgeEvents }): Bridge {
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'ws:' || !['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) throw new Error('the hardware bridge listens on this machine only: ws://127.0.0.1:…');
  const pending = new Map<string, (answer: BridgeAnswer) => void>();
  const devices = new Map<BridgeDevice, BridgeDeviceState>();
  let socket: WebSocket | undefined;
  let isConnected = false;
  let isClosed = false;
  let sequence = 0;
  const told = () => events.changed?.([...devices.values()], isConnected);

  const open = (): void => {
    const made = new WebSocket(url);
    socket = made;
    made.addEventListener('open', () => made.send(JSON.stringify({ v: BRIDGE_VERSION, type: 'hello', id: 'hello', software })));
    made.addEventListener('message', ({ data }) => { if (typeof data === 'string') received(data); });
    made.addEventListener('close', () => {
      isConnected = false;
      devices.clear();
      for (const finish of pending.values()) finish({ kind: 'failed', code: 'BRIDGE_LOST', message: 'the hardware bridge went away before it answered' });
      told();
      if (!isClosed) setTimeout(open, AGAIN_MS);
    });
    made.addEventListener('error', () => undefined);
  };
  const received = (data: string): void => {
    const message = readBridgeMessage(data);
    if (message === undefined) return;
    if (message.type === 'welcome') {
      isConnected = true;
      for (const one of message.devices) devices.set(one.device, one);
      told();
    } else if (message.type === 'state') {
      const { v: _v, type: _type, ...one } = message;
      devices.set(one.device, one);
      told();
    } else if (message.type === 'scanned') events.scanned?.(message.text);
    else if (message.type === 'noteStacked') events.noteStacked?.({ noteNo: message.noteNo, noteFen: message.noteFen, totalFen: message.totalFen });
    else if (message.type === 'failed') pending.get(message.re)?.({ kind: 'failed', code: message.code, message: message.message });
    else if (message.type === 'read') pending.get(message.re)?.({ kind: 'done', text: message.text });
    else pending.get(message.re)?.({ kind: 'done' });
  };
  const ask = (request: object, answerMs = ANSWER_MS): Promise<BridgeAnswer> => {
    if (!isConnected || socket === undefined) return Promise.resolve(GONE);
    const id = `q${String((sequence += 1))}`;
    const sent = socket;
    return new Promise((resolve) => {
      const finish = (answer: BridgeAnswer): void => {
        clearTimeout(timer);
        pending.delete(id);
        resolve(answer);
      };
      const timer = setTimeout(() => finish({ kind: 'failed', code: 'NO_ANSWER', message: 'the hardware bridge did not answer in time' }), answerMs);
      pending.set(id, finish);
      sent.send(JSON.stringify({ v: BRIDGE_VERSION, id, ...request }));
    });
  };

  open();
  return {
    get isConnected() {
      return isConnected;
    },
    get devices() {
      return [...devices.values()];
    },
    print: (receipt) => ask({ type: 'print', ...receipt }),
    read: (wanted, timeoutSeconds) => ask({ type: 'read', device: wanted, timeoutSeconds }, timeoutSeconds * 1_000 + ANSWER_MS),
    acceptCash: (isOn) => ask({ type: 'acceptCash', isOn }),
    display: (shown) => ask({ type: 'display', ...shown }),
    close() {
      isClosed = true;
      socket?.close();
    },
  };
}

/** A message of this version and shape; anything else is nothing. */
export function readBridgeMessage(data: string): BridgeMessage | undefined {
  return readAs(bridgeMessageShape, data);
}
/** For whoever writes a bridge in JavaScript. */
export function readBridgeRequest(data: string): BridgeRequest | undefined {
  return readAs(bridgeRequestShape, data);
}

function readAs<Value extends { readonly v: number }>(shape: Shape<Value>, data: string): Value | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return hasShape(shape, value) && value.v === BRIDGE_VERSION ? value : undefined;
  } catch {
    return undefined;
  }
}
