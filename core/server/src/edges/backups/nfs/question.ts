/**
 * What the core may ask of an NFS export (NFS 导出), and what comes back: between the core and the unit of the machine that mounts (`hospay-nfs@.service`). One question a connection: a line of JSON, then what is to be
 * written, raw. Back come frames: a byte for the kind, four for the length, then so many.
 */
import { Type, type Static } from 'typebox';
import { Check } from 'typebox/value';
import { NFS_PATTERNS, NFS_VERSIONS } from '../../../domain/nfs-place.js';

/** What rclone calls the folder of the export that holds the sets. */
export const NFS_REMOTE = 'T';
const MOST_QUESTION_BYTES = 8_192;

const NfsPlaceSchema = Type.Object(
  { host: Type.String({ pattern: NFS_PATTERNS.host }), port: Type.Integer({ minimum: 1, maximum: 65_535 }), exportPath: Type.String({ pattern: NFS_PATTERNS.exportPath }), folder: Type.Optional(Type.String({ pattern: NFS_PATTERNS.folder })), version: Type.Enum(NFS_VERSIONS) },
  { additionalProperties: false },
);
export type NfsExport = Static<typeof NfsPlaceSchema>;

const NAME = '[A-Za-z0-9.][A-Za-z0-9._-]{0,250}';
const In = Type.String({ pattern: `^${NFS_REMOTE}:${NAME}$` });
/** The commands of rclone a target is made of, and no other option: whoever took the core over gets no more of the machine than this. */
const WordsSchema = Type.Union([
  Type.Tuple([Type.Literal('lsjson'), Type.Literal('--files-only'), Type.Literal('--no-modtime'), Type.Literal('--no-mimetype'), Type.Literal(`${NFS_REMOTE}:`)]),
  Type.Tuple([Type.Literal('about'), Type.Literal('--json'), Type.Literal(`${NFS_REMOTE}:`)]),
  Type.Tuple([Type.Enum(['rcat', 'cat', 'deletefile'] as const), In]),
  Type.Tuple([Type.Literal('moveto'), In, In]),
]);
const QuestionSchema = Type.Object({ place: NfsPlaceSchema, words: WordsSchema, /** How long a connection may take to come about, and may be silent. */ connectMs: Type.Integer({ minimum: 1, maximum: 600_000 }), idleMs: Type.Integer({ minimum: 1, maximum: 600_000 }) }, { additionalProperties: false });
export type NfsQuestion = Static<typeof QuestionSchema>;

/** Undefined: it is none, and nothing is done. */
export function readQuestion(line: string): NfsQuestion | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  return Check(QuestionSchema, value) ? value : undefined;
}

/** Takes a stream apart into its first line and what follows. @throws Error when the line is longer than a question */
export class FirstLine {
  #held: Buffer = Buffer.alloc(0);
  /** Undefined: not yet. */
  take(chunk: Buffer): { readonly line: string; readonly rest: Buffer } | undefined {
    this.#held = Buffer.concat([this.#held, chunk]);
    const end = this.#held.indexOf('\n');
    if (end > MOST_QUESTION_BYTES || (end === -1 && this.#held.length > MOST_QUESTION_BYTES)) throw new Error('the question is too long');
    return end === -1 ? undefined : { line: this.#held.subarray(0, end).toString('utf8'), rest: this.#held.subarray(end + 1) };
  }
}

/** `alive`: nothing to tell, and the unit still works: a write that fails is how it sees that nobody waits any more. `end`: its code, or nothing when a signal ended it. */
const FRAMES = { alive: 0, output: 1, told: 2, end: 3 } as const;
type FrameKind = keyof typeof FRAMES;
const HEAD_BYTES = 5;
/** As much as a pipe gives at a time, with room. */
const MOST_FRAME_BYTES = 1_048_576;

export function frame(kind: FrameKind, bytes: Uint8Array = new Uint8Array()): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt8(FRAMES[kind], 0);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

export class FrameReader {
  #held: Buffer = Buffer.alloc(0);
  /** The frames that are whole by now. @throws Error at what is no frame */
  take(chunk: Buffer): readonly { readonly kind: FrameKind; readonly bytes: Buffer }[] {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const frames: { readonly kind: FrameKind; readonly bytes: Buffer }[] = [];
    while (this.#held.length >= HEAD_BYTES) {
      const code = this.#held.readUInt8(0);
      const length = this.#held.readUInt32BE(1);
      const kind = (Object.keys(FRAMES) as FrameKind[]).find((one) => FRAMES[one] === code);
      if (kind === undefined || length > MOST_FRAME_BYTES) throw new Error('what the machine sent is no frame');
      if (this.#held.length < HEAD_BYTES + length) break;
      frames.push({ kind, bytes: this.#held.subarray(HEAD_BYTES, HEAD_BYTES + length) });
      this.#held = this.#held.subarray(HEAD_BYTES + length);
    }
    return frames;
  }
}
