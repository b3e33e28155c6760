/**
 * Minimal Lower Layer Protocol, release 1: VT, the message, FS, CR. Held here and not by a library's client: those decode each message to text
 * before anybody can see its bytes or correlate it, and a message without MSH-18 must be decoded by the hospital's setting.
 */

const VT = 0x0b;
const FS = 0x1c;
const CR = 0x0d;
const LF = 0x0a;
/** Single bytes in a frame of their own, by MLLP release 2: the transport took the message, or did not. */
const ACK = 0x06;
const NAK = 0x15;

export type Framed =
  | { readonly kind: 'message'; readonly bytes: Buffer }
  | { readonly kind: 'transportAck' }
  | { readonly kind: 'transportNak' };

/** The other side does not speak MLLP, or not any more. */
export class NotMllp extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'NotMllp';
  }
}

export function frame(message: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(VT), message, Buffer.of(FS, CR)]);
}

/** Cuts a stream of bytes into frames, however they were split or merged on the way. */
export class FrameReader {
  readonly #largest: number;
  #pending: Buffer = Buffer.alloc(0);
  #searchedTo = 0;

  /** @param largest bytes of one message; a longer one is refused */
  constructor(largest: number) {
    this.#largest = largest;
  }

  /** Whether a frame has begun and not ended. */
  get isWithinFrame(): boolean {
    return this.#pending.length > 0;
  }

  /** @throws NotMllp when the bytes cannot be MLLP; nothing after them can be trusted */
  read(chunk: Uint8Array): Framed[] {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    const frames: Framed[] = [];
    for (let one = this.#next(); one !== undefined; one = this.#next()) frames.push(one);
    return frames;
  }

  #next(): Framed | undefined {
    this.#skipLineEnds();
    if (this.#pending.length === 0) return undefined;
    if (this.#pending[0] !== VT) throw new NotMllp('bytes outside of an MLLP frame');
    const end = this.#pending.indexOf(FS, Math.max(1, this.#searchedTo));
    if (end > this.#largest || (end < 0 && this.#pending.length > this.#largest)) throw new NotMllp(`a message of more than ${this.#largest} bytes`);
    if (this.#pending.subarray(1, end < 0 ? undefined : end).includes(VT)) throw new NotMllp('a frame begins inside of another');
    if (end < 0 || end + 1 === this.#pending.length) {
      this.#searchedTo = end < 0 ? this.#pending.length : end;
      return undefined;
    }
    if (this.#pending[end + 1] !== CR) throw new NotMllp('a frame does not end in FS CR');
    const bytes = this.#pending.subarray(1, end);
    this.#pending = this.#pending.subarray(end + 2);
    this.#searchedTo = 0;
    return framed(bytes);
  }

  /** Some engines end the frame with a line end more. */
  #skipLineEnds(): void {
    let at = 0;
    while (this.#pending[at] === CR || this.#pending[at] === LF) at += 1;
    if (at > 0) this.#pending = this.#pending.subarray(at);
  }
}

function framed(bytes: Buffer): Framed {
  if (bytes.length === 1 && bytes[0] === ACK) return { kind: 'transportAck' };
  if (bytes.length === 1 && bytes[0] === NAK) return { kind: 'transportNak' };
  return { kind: 'message', bytes };
}
