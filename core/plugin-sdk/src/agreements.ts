/**
 * Quick pay (快捷支付): a bank card is bound once by agreement (签约), and paid with by the agreement's token ever after. The plugin gives this beside a channel whose method is
 * `quickPay`: binding is here, money is the channel's, with the token in `ChargeRequest.agreementToken`.
 *
 * Rules every gateway keeps (the conformance suite checks them):
 * - name, identity number, card number and mobile are given for the one call: never kept, never logged, never part of an answer;
 * - the token is the gateway's own word: no card number, nor anything a card number can be read from;
 * - `bindingNo` and `unbindingNo` are fixed before the call and sent unchanged for ever; a binding that was confirmed is found by its number;
 * - whatever has no definite answer is `unknown`; `notSent` only when no byte can have left the machine.
 */
import { Type, type Static } from 'typebox';
import { PaymentReferenceSchema, type CallContext, type PaymentReference } from './payment-channel.js';

const closedObject = { additionalProperties: false } as const;
const Time = Type.String({ format: 'date-time', description: 'RFC 3339 with offset or Z' });
const Number = Type.String({ pattern: '^[0-9A-Za-z]{8,32}$' });
const Code = Type.String({ pattern: '^[0-9]{4,8}$', description: 'the code of the short message' });

/** What the gateway calls an agreement. Kept sealed by the core, told to nobody. */
export const AgreementTokenSchema = Type.String({ minLength: 8, maxLength: 128, pattern: '^[0-9A-Za-z_.+/=-]+$' });

/** 四要素: whose card it is, as the bank knows the person. In memory for one call. */
export const CardHolderSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 60 }),
    idNo: Type.String({ pattern: '^([0-9]{15}|[0-9]{17}[0-9Xx])$', description: 'resident identity number (居民身份证)' }),
    cardNo: Type.String({ pattern: '^[0-9]{12,19}$' }),
    mobile: Type.String({ pattern: '^1[0-9]{10}$' }),
  },
  closedObject,
);
export type CardHolder = Static<typeof CardHolderSchema>;

export const BindingRequestSchema = Type.Object(
  {
    bindingNo: Number,
    requestedAt: Time,
    cardHolder: CardHolderSchema,
    /** Nothing is bound: the gateway only proves that the holder of this agreement stands there (the four elements are those of its card, and the code was read). */
    agreementToken: Type.Optional(AgreementTokenSchema),
  },
  closedObject,
);
export type BindingRequest = Static<typeof BindingRequestSchema>;

/** A binding as questions name it. */
export const BindingReferenceSchema = Type.Object({ bindingNo: Number, requestedAt: Time }, closedObject);
export type BindingReference = Static<typeof BindingReferenceSchema>;

export const CARD_KINDS = ['debit', 'credit'] as const;
export type CardKind = (typeof CARD_KINDS)[number];

export const BoundCardSchema = Type.Object(
  { token: AgreementTokenSchema, bankName: Type.String({ minLength: 1, maxLength: 60 }), cardKind: Type.Enum(CARD_KINDS), lastFour: Type.String({ pattern: '^[0-9]{4}$' }) },
  closedObject,
);
export type BoundCard = Static<typeof BoundCardSchema>;

/** `elementsDisagree`: the bank knows the person or the card otherwise. `cardUnsupported`: this bank or kind of card is not taken. `tooManyCodes`: no further short message now. */
export const BINDING_REFUSALS = ['elementsDisagree', 'cardUnsupported', 'tooManyCodes', 'other'] as const;
export type BindingRefusal = (typeof BINDING_REFUSALS)[number];

const Declined = Type.Object({ kind: Type.Literal('declined'), why: Type.Enum(BINDING_REFUSALS), code: Type.String({ maxLength: 64 }), message: Type.String({ maxLength: 500 }) }, closedObject);
const NotSent = Type.Object({ kind: Type.Literal('notSent'), reason: Type.String({ maxLength: 500 }) }, closedObject);
const Unknown = Type.Object({ kind: Type.Literal('unknown'), reason: Type.String({ maxLength: 500 }) }, closedObject);
const Bound = Type.Object({ kind: Type.Literal('bound'), bindingNo: Type.String(), card: BoundCardSchema }, closedObject);
/** Of a request that named an agreement: its holder stands there. */
const Verified = Type.Object({ kind: Type.Literal('verified'), bindingNo: Type.String() }, closedObject);
const CodeWrong = Type.Object({ kind: Type.Literal('codeWrong') }, closedObject);
const CodeExpired = Type.Object({ kind: Type.Literal('codeExpired') }, closedObject);

export const BindingRequestOutcomeSchema = Type.Union([Type.Object({ kind: Type.Literal('codeSent'), expiresAt: Time }, closedObject), Declined, NotSent, Unknown]);
/** `codeSent`: the bank has sent its short message; whether it arrives nobody knows. */
export type BindingRequestOutcome = Static<typeof BindingRequestOutcomeSchema>;

export const ConfirmBindingOutcomeSchema = Type.Union([Bound, Verified, CodeWrong, CodeExpired, Declined, NotSent, Unknown]);
/** `codeWrong`: may be tried again. `codeExpired`, `declined`: this number is over. */
export type ConfirmBindingOutcome = Static<typeof ConfirmBindingOutcomeSchema>;

export const BindingNewsSchema = Type.Union([Bound, Verified, Type.Object({ kind: Type.Literal('awaitingCode') }, closedObject), Type.Object({ kind: Type.Literal('ended') }, closedObject), Type.Object({ kind: Type.Literal('notFound') }, closedObject), Unknown]);
/** `ended`: this number can never be bound any more. `notFound`: the gateway has no such number now; before its code's time is over one may still arrive. */
export type BindingNews = Static<typeof BindingNewsSchema>;

export const UnbindOutcomeSchema = Type.Union([Type.Object({ kind: Type.Literal('unbound') }, closedObject), NotSent, Unknown]);
/** `unbound`: the token can never be charged again, because of this call or since long. */
export type UnbindOutcome = Static<typeof UnbindOutcomeSchema>;

export const AgreementNewsSchema = Type.Union([Type.Object({ kind: Type.Literal('active') }, closedObject), Type.Object({ kind: Type.Literal('ended') }, closedObject), Unknown]);
export type AgreementNews = Static<typeof AgreementNewsSchema>;

export const PaymentCodeOutcomeSchema = Type.Union([Type.Object({ kind: Type.Literal('taken') }, closedObject), CodeWrong, CodeExpired, NotSent, Unknown]);
/** `taken`: the code was right; what became of the payment is for `query` to say. */
export type PaymentCodeOutcome = Static<typeof PaymentCodeOutcomeSchema>;

/** Binding and unbinding, under the name of the channel that charges the tokens. */
export type Agreements = {
  /** Checks the four elements and has the bank send its code. */
  requestBinding(request: BindingRequest, context: CallContext): Promise<BindingRequestOutcome>;
  confirmBinding(request: BindingReference & { readonly code: string }, context: CallContext): Promise<ConfirmBindingOutcome>;
  /** What became of a binding whose confirmation had no answer. */
  queryBinding(request: BindingReference, context: CallContext): Promise<BindingNews>;
  /** Ends an agreement. Repeating it is harmless. */
  unbind(request: { readonly unbindingNo: string; readonly agreementToken: string }, context: CallContext): Promise<UnbindOutcome>;
  /** Whether the token can still be charged: a card-holder may cancel it at the bank. */
  queryAgreement(request: { readonly agreementToken: string }, context: CallContext): Promise<AgreementNews>;
  /** The code a payment waits for (its presentation is `smsCode`). */
  confirmPayment(request: { readonly payment: PaymentReference; readonly code: string }, context: CallContext): Promise<PaymentCodeOutcome>;
};

/** What each operation is given: the boundary's own record of the contract. */
export const AGREEMENT_OPERATIONS = ['requestBinding', 'confirmBinding', 'queryBinding', 'unbind', 'queryAgreement', 'confirmPayment'] as const;

/** What a code is entered for; for plugins that check what they are given. */
export const PaymentCodeRequestSchema = Type.Object({ payment: PaymentReferenceSchema, code: Code }, closedObject);
