/** The envelope around every message: who, what, when, in answer to what, signed. */
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { ERRORS, refused, type ErrorCode, type Outcome, type Refused } from '../domain/errors.js';
import { describeMismatches, listMismatches } from '../domain/schema-mismatch.js';

export const ENVELOPE_VERSION = 1;
/** A clock further off than this is refused, with the core's time in the answer. */
export const LARGEST_CLOCK_SKEW_MS = 120_000;
/** A request may not ask to stay valid for longer. */
export const LONGEST_LIFE_MS = 300_000;
/** A whole message. The largest honest one is a list of bills. */
export const LARGEST_MESSAGE_BYTES = 65_536;
/** Stands in `kid` and `sig` of an answer the core cannot sign because it knows no key for the device. Terminals believe none of its words. */
export const UNSIGNED = 'none';

const closed = { additionalProperties: false } as const;
const Name = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: '^[0-9A-Za-z_.-]+$' });
const Milliseconds = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'milliseconds since 1970-01-01T00:00:00Z' });
const Signature = Type.String({ minLength: 43, maxLength: 43, pattern: '^[0-9A-Za-z_-]+$', description: 'HMAC-SHA256, base64url' });
const KeyId = Type.String({ pattern: '^[0-9a-f]{16}$' });

/** Device to core. `body` is checked by the operation's own schema. */
export const RequestEnvelopeSchema = Type.Object(
  {
    v: Type.Literal(ENVELOPE_VERSION),
    id: Type.String({ minLength: 16, maxLength: 64, pattern: '^[0-9A-Za-z_-]+$', description: 'new for every message sent' }),
    op: Name(64),
    ts: Milliseconds,
    exp: Milliseconds,
    cid: Name(64),
    replyTo: Type.String({ minLength: 1, maxLength: 200 }),
    idem: Type.Optional(Type.String({ minLength: 3, maxLength: 128, description: 'device:localSequence' })),
    seq: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    boot: Type.Optional(Type.String({ pattern: '^[0-9A-Za-z_-]{8,32}$', description: 'one run of the software: random at each start' })),
    body: Type.Record(Type.String(), Type.Unknown()),
    kid: KeyId,
    sig: Signature,
  },
  closed,
);
export type RequestEnvelope = Static<typeof RequestEnvelopeSchema>;

/** What every refusal looks like: the code is the contract, the texts are for people. */
export const ErrorBodySchema = Type.Object(
  { code: Type.String({ minLength: 1, maxLength: 64 }), zh: Type.String(), en: Type.String(), nextZh: Type.String(), nextEn: Type.String(), detail: Type.Optional(Type.String()) },
  closed,
);
export type ErrorBody = Static<typeof ErrorBodySchema>;

/** Core to device: an answer (`body` ok or refused) or a push (`body` is the operation's own). `ts` is the core's time. */
export type DownEnvelope = {
  readonly v: typeof ENVELOPE_VERSION;
  readonly id: string;
  readonly op: string;
  readonly ts: number;
  readonly exp: number;
  readonly cid: string;
  readonly idem?: string;
  readonly seq: number;
  readonly body: object;
  readonly kid: string;
};

const requestEnvelope = Compile(RequestEnvelopeSchema);

/** What of a message that cannot be accepted is still good for addressing the answer. Believed for nothing else. */
export type Addressing = { readonly cid: string; readonly op: string };

/** Parses a message. A refusal carries what can be said about it; nothing in the message is believed before its signature is. */
export function readRequestEnvelope(payload: Uint8Array): { readonly outcome: Outcome<RequestEnvelope>; readonly addressing: Addressing } {
  const nobody: Addressing = { cid: UNSIGNED, op: UNSIGNED };
  if (payload.byteLength > LARGEST_MESSAGE_BYTES) return { outcome: refused('BODY_TOO_LARGE', `${String(payload.byteLength)} of at most ${String(LARGEST_MESSAGE_BYTES)} bytes`), addressing: nobody };
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    return { outcome: refused('MALFORMED_REQUEST', 'not JSON in UTF-8'), addressing: nobody };
  }
  const addressing = { cid: shortName(value, 'cid') ?? nobody.cid, op: shortName(value, 'op') ?? nobody.op };
  if (requestEnvelope.Check(value)) return { outcome: { kind: 'ok', value }, addressing };
  return { outcome: refused('MALFORMED_REQUEST', describeMismatches(listMismatches(RequestEnvelopeSchema, value)).slice(0, 300)), addressing };
}

export function errorBody({ code, detail }: Refused): ErrorBody {
  const { zh, en, nextZh, nextEn } = ERRORS[code satisfies ErrorCode];
  return detail === undefined ? { code, zh, en, nextZh, nextEn } : { code, zh, en, nextZh, nextEn, detail };
}

function shortName(value: unknown, key: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const found: unknown = Object.entries(value).find(([name]) => name === key)?.[1];
  return typeof found === 'string' && /^[0-9A-Za-z_.-]{1,64}$/.test(found) ? found : undefined;
}
