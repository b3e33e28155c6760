import { sm2 } from 'sm-crypto-v2';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

const Shared = { id: Type.Integer(), text: Type.String(), userId: Type.String() };
const Sm2TaskSchema = Type.Union([
  Type.Object({ ...Shared, kind: Type.Literal('sign'), privateKey: Type.String() }),
  Type.Object({ ...Shared, kind: Type.Literal('verify'), publicKey: Type.String(), signature: Type.String() }),
]);
export type Sm2Task = Static<typeof Sm2TaskSchema>;
const taskCheck = Compile(Sm2TaskSchema);

const Sm2AnswerSchema = Type.Object({ id: Type.Integer(), signature: Type.Optional(Type.String()), isGenuine: Type.Optional(Type.Boolean()) });
export type Sm2Answer = Static<typeof Sm2AnswerSchema>;
const answerCheck = Compile(Sm2AnswerSchema);

export function readSm2Task(value: unknown): Sm2Task | undefined {
  return taskCheck.Check(value) ? value : undefined;
}

export function readSm2Answer(value: unknown): Sm2Answer | undefined {
  return answerCheck.Check(value) ? value : undefined;
}

/** SM3withSM2 over UTF-8; signatures are base64 of the raw r‖s. Neither member: the key or the signature is none. */
export function answerSm2(task: Sm2Task): Omit<Sm2Answer, 'id'> {
  try {
    const text = new TextEncoder().encode(task.text);
    if (task.kind === 'sign') return { signature: Buffer.from(sm2.doSignature(text, hexOf(task.privateKey), { hash: true, userId: task.userId }), 'hex').toString('base64') };
    const signature = Buffer.from(task.signature, 'base64');
    return { isGenuine: signature.length === 64 && sm2.doVerifySignature(text, signature.toString('hex'), pointOf(task.publicKey), { hash: true, userId: task.userId }) };
  } catch {
    return task.kind === 'sign' ? {} : { isGenuine: false };
  }
}

const points = new Map<string, ReturnType<typeof sm2.precomputePublicKey>>();

/** A public key with its multiples worked out: an installation knows one or two. */
function pointOf(publicKey: string): ReturnType<typeof sm2.precomputePublicKey> {
  const known = points.get(publicKey) ?? sm2.precomputePublicKey(hexOf(publicKey));
  points.set(publicKey, known);
  return known;
}

function hexOf(key: string): string {
  return /^(04)?([0-9a-fA-F]{64}){1,2}$/.test(key) ? key : Buffer.from(key, 'base64').toString('hex');
}
