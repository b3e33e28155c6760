/** What host and guest process say to each other. Structured clones over the IPC channel; whatever arrives from the guest is checked before it is used. */
import { Type, type Static } from 'typebox';

/** Work the guest asks its host for: everything it may do in the world. */
export const SERVICES = ['store.get', 'store.put', 'store.claim', 'store.delete', 'store.list', 'http.request', 'keys.sign', 'keys.verify', 'keys.decryptAesGcm', 'keys.digestWithSecret', 'notices.deliver', 'reports.ask'] as const;
export type Service = (typeof SERVICES)[number];

export type ToGuest =
  | { readonly kind: 'load'; readonly entry: string }
  | { readonly kind: 'activate'; readonly settings: unknown; readonly nowMs: number }
  | { readonly kind: 'call'; readonly id: number; readonly place: Place; readonly operation: string; readonly request: unknown; readonly context: { readonly deadline: string; readonly attempt: number } }
  | { readonly kind: 'abort'; readonly id: number }
  | { readonly kind: 'served'; readonly id: number; readonly value?: unknown; readonly error?: string }
  | { readonly kind: 'elapsed'; readonly id: number }
  | { readonly kind: 'ping'; readonly id: number }
  | { readonly kind: 'stop' };

/** Which contribution a call is for. */
export type Place = { readonly kind: 'channels' | 'hospitalAdapters' | 'reports' | 'tills' | 'cardTerminals' | 'presettling' | 'agreements'; readonly name: string };

const Name = Type.String({ minLength: 1, maxLength: 64 });
const Id = Type.Integer({ minimum: 0 });
const closed = { additionalProperties: false } as const;
const Answer = Type.Object({ status: Type.Integer(), headers: Type.Record(Type.String(), Type.String()), body: Type.String({ maxLength: 65_536 }) }, closed);

/** What belongs to a channel, under its name. `terminalIds`, `longestMs`: of card terminals. */
const Companions = Type.Record(Name, Type.Object({ operations: Type.Array(Name, { maxItems: 20 }), terminalIds: Type.Optional(Type.Array(Name, { maxItems: 500 })), longestMs: Type.Optional(Type.Number()) }, closed));

/** A contribution as the guest describes it once: what it is for, and which operations it has. */
export const DescriptionSchema = Type.Object(
  {
    channels: Type.Record(
      Name,
      Type.Object(
        {
          merchantNo: Type.String({ minLength: 1, maxLength: 64 }),
          methods: Type.Array(Name, { maxItems: 20 }),
          operations: Type.Array(Name, { maxItems: 40 }),
          refunds: Type.Optional(Name),
          /** Said once, so that a notification is answered although the guest has died meanwhile. */
          answers: Type.Optional(Type.Object({ stored: Answer, refused: Answer, retryLater: Answer }, closed)),
        },
        closed,
      ),
    ),
    hospitalAdapters: Type.Record(Name, Type.Object({ dictionaries: Type.Optional(Type.Array(Name, { maxItems: 100 })), operations: Type.Array(Name, { maxItems: 60 }) }, closed)),
    /** What a report says of itself is checked where every contribution is. */
    reports: Type.Record(Name, Type.Object({ declaration: Type.Record(Type.String(), Type.Unknown()), operations: Type.Array(Name, { maxItems: 20 }) }, closed)),
    tills: Companions,
    cardTerminals: Companions,
    presettling: Companions,
    agreements: Companions,
    other: Type.Array(Name, { maxItems: 20 }),
  },
  closed,
);
export type Description = Static<typeof DescriptionSchema>;

const Facts = Type.Record(Type.String({ maxLength: 64 }), Type.Union([Type.String({ maxLength: 500 }), Type.Number(), Type.Boolean()]));
export const FromGuestSchema = Type.Union([
  Type.Object({ kind: Type.Literal('loaded'), settings: Type.Unknown() }, closed),
  Type.Object({ kind: Type.Literal('activated'), description: DescriptionSchema }, closed),
  Type.Object({ kind: Type.Literal('failed'), reason: Type.String({ maxLength: 1_000 }) }, closed),
  Type.Object({ kind: Type.Literal('answer'), id: Id, value: Type.Unknown() }, closed),
  Type.Object({ kind: Type.Literal('threw'), id: Id, reason: Type.String({ maxLength: 500 }) }, closed),
  Type.Object({ kind: Type.Literal('ask'), id: Id, service: Type.Enum(SERVICES), request: Type.Unknown() }, closed),
  Type.Object({ kind: Type.Literal('cancel'), id: Id }, closed),
  Type.Object({ kind: Type.Literal('after'), id: Id, milliseconds: Type.Number({ minimum: 0, maximum: 86_400_000 }) }, closed),
  Type.Object({ kind: Type.Literal('log'), level: Type.Enum(['info', 'warn'] as const), message: Type.String({ maxLength: 500 }), facts: Facts }, closed),
  Type.Object({ kind: Type.Literal('pong'), id: Id }, closed),
  Type.Object({ kind: Type.Literal('stopped') }, closed),
]);
export type FromGuest = Static<typeof FromGuestSchema>;
