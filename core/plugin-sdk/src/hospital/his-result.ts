/** The results of calls to a HIS, and the pieces their schemas are made of. */
import { Type, type TSchema } from 'typebox';

export const closedObject = { additionalProperties: false } as const;
/** Integer fen. */
export const FenSchema = Type.Integer({ minimum: 0, description: 'integer fen' });
/** A whole number that is no money: places left, pages, times printed. */
export const CountSchema = Type.Integer({ minimum: 0, maximum: 1_000_000_000 });
/** For reading by people; '' when the HIS does not say. */
export const Text = (maxLength: number) => Type.String({ maxLength });
/** A number or code: never empty, never cut. */
export const Id = (maxLength: number) => Type.String({ minLength: 1, maxLength });
export const Instant = Type.String({ format: 'date-time' });
/** A day of the hospital's calendar, yyyy-MM-dd. */
export const Day = Type.String({ format: 'date' });

const Rejected = Type.Object({ kind: Type.Literal('rejected'), code: Text(64), message: Text(500) }, closedObject);
const Mismatch = Type.Object({ kind: Type.Literal('mismatch'), code: Text(64), message: Text(500) }, closedObject);
const Unknown = Type.Object({ kind: Type.Literal('unknown'), reason: Text(500) }, closedObject);

export const result = <Value extends TSchema>(value: Value) =>
  Type.Union([Type.Object({ kind: Type.Literal('ok'), value }, closedObject), Rejected, Mismatch, Unknown]);

/** `absent` is a definite answer: the HIS has nothing under this number now. */
export const queried = <Value extends TSchema>(value: Value) =>
  Type.Union([
    Type.Object({ kind: Type.Literal('ok'), value }, closedObject),
    Type.Object({ kind: Type.Literal('absent') }, closedObject),
    Unknown,
  ]);

export type HisResult<Value> =
  | { readonly kind: 'ok'; readonly value: Value }
  | { readonly kind: 'rejected'; readonly code: string; readonly message: string }
  | { readonly kind: 'mismatch'; readonly code: string; readonly message: string }
  | { readonly kind: 'unknown'; readonly reason: string };

export type HisQueryResult<Value> =
  | { readonly kind: 'ok'; readonly value: Value }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown'; readonly reason: string };

export type HisCallContext = { readonly deadline: string; readonly signal: AbortSignal };

/** An operation that changed something and has nothing to tell. */
export const DoneSchema = Type.Object({}, closedObject);
