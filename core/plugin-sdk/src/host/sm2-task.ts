import { createHash } from 'node:crypto';
import { sm2 } from 'sm-crypto-v2';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

const Bytes = Type.Unsafe<Uint8Array>(Type.Refine(Type.Unknown(), (value) => value instanceof Uint8Array));
/** Texts to be signed are a few kilobytes. While the thread digests this much nobody else is served. */
const MOST_BYTES = 1_048_576;
const Data = Type.Unsafe<Uint8Array>(Type.Refine(Type.Unknown(), (value) => value instanceof Uint8Array && value.byteLength <= MOST_BYTES));
const Shared = { data: Data, userId: Type.String({ maxLength: 200 }) };
const Sm2WorkSchema = Type.Union([
  Type.Object({ ...Shared, kind: Type.Literal('sign'), privateKey: Type.String() }),
  Type.Object({ ...Shared, kind: Type.Literal('verify'), publicKey: Type.String(), signature: Bytes }),
  Type.Object({ kind: Type.Literal('publicHalf'), privateKey: Type.String() }),
]);
export type Sm2Work = Static<typeof Sm2WorkSchema>;
export type Sm2Task = Sm2Work & { readonly id: number };
const workCheck = Compile(Sm2WorkSchema);
const idCheck = Compile(Type.Object({ id: Type.Integer() }));

const Sm2AnswerSchema = Type.Object({ id: Type.Integer(), signature: Type.Optional(Bytes), isGenuine: Type.Optional(Type.Boolean()), publicKey: Type.Optional(Type.String()) });
export type Sm2Answer = Static<typeof Sm2AnswerSchema>;
const answerCheck = Compile(Sm2AnswerSchema);

const SIGNATURE_BYTES = 64;

export function isSm2Work(value: unknown): value is Sm2Work {
  return workCheck.Check(value);
}

export function readSm2Task(value: unknown): Sm2Task | undefined {
  return workCheck.Check(value) && idCheck.Check(value) ? value : undefined;
}

export function readSm2Answer(value: unknown): Sm2Answer | undefined {
  return answerCheck.Check(value) ? value : undefined;
}

/** SM3withSM2 (GM/T 0009); signatures are the raw r‖s. No member: the key is none. */
export function answerSm2(task: Sm2Work): Omit<Sm2Answer, 'id'> {
  try {
    if (task.kind === 'publicHalf') return { publicKey: sm2.getPublicKeyFromPrivateKey(privateKeyHex(task.privateKey)) };
    if (task.kind === 'sign') {
      const privateKey = privateKeyHex(task.privateKey);
      return { signature: Buffer.from(sm2.doSignature(digestOf(task, sm2.getPublicKeyFromPrivateKey(privateKey)), privateKey), 'hex') };
    }
    const signature = Buffer.from(task.signature);
    const publicKey = publicKeyHex(task.publicKey);
    return { isGenuine: signature.length === SIGNATURE_BYTES && sm2.doVerifySignature(digestOf(task, publicKey), signature.toString('hex'), pointOf(publicKey)) };
  } catch {
    return task.kind === 'verify' ? { isGenuine: false } : {};
  }
}

/** What is signed (GM/T 0009): SM3 of the user's Z and the data. OpenSSL computes it fifty times faster than the library, and without filling the thread's memory. */
function digestOf({ data, userId }: { readonly data: Uint8Array; readonly userId: string }, publicKey: string): Uint8Array {
  return createHash('sm3').update(sm2.getZ(publicKey, userId)).update(data).digest();
}

function publicKeyHex(publicKey: string): string {
  return /^04[0-9a-fA-F]{128}$/.test(publicKey) ? publicKey : Buffer.from(publicKey, 'base64').toString('hex');
}

/** Each takes two thirds of a megabyte, and the thread has 64: with a hundred of them it ended, and what it was verifying counted as not genuine. */
const MOST_POINTS = 16;
const points = new Map<string, ReturnType<typeof sm2.precomputePublicKey>>();

/** A public key with its multiples worked out: an installation knows a few. */
function pointOf(publicKey: string): ReturnType<typeof sm2.precomputePublicKey> {
  const known = points.get(publicKey) ?? sm2.precomputePublicKey(publicKey);
  const oldest = points.size < MOST_POINTS ? undefined : points.keys().next().value;
  if (oldest !== undefined && !points.has(publicKey)) points.delete(oldest);
  points.set(publicKey, known);
  return known;
}

function privateKeyHex(value: string): string {
  if (/^[0-9a-fA-F]{64}$/.test(value)) return value;
  if (!/^[A-Za-z0-9+/]{43}=$/.test(value)) throw new Error('not 32 bytes in hex or base64');
  return Buffer.from(value, 'base64').toString('hex');
}
