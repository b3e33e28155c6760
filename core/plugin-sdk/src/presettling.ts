/**
 * What a medical-insurance channel (医保) contributes beside taking money: who is insured, and what the insurance will pay of a visit. A pre-settlement
 * moves no money; the payment that names its number (`presettlementNo`) with method `medicalInsurance` settles it, for exactly fund + personal account.
 */
import { Type, type Static } from 'typebox';
import type { CallContext } from './payment-channel.js';

const closedObject = { additionalProperties: false } as const;
const Name = Type.String({ minLength: 1, maxLength: 100 });
const Code = Type.String({ minLength: 1, maxLength: 50 });
const Time = Type.String({ format: 'date-time', description: 'RFC 3339 with offset or Z' });
const Fen = Type.Integer({ minimum: 0, description: 'integer fen' });

/** What the patient shows: electronic voucher (医保电子凭证), ID card or social-security card. `authorization`: the token of an app's authorisation, for mobile payment. */
export const InsuranceVoucherSchema = Type.Object(
  { kind: Type.Enum(['electronicVoucher', 'idCard', 'socialCard', 'authorization']), number: Type.String({ minLength: 1, maxLength: 512 }), cardSerial: Type.Optional(Code) },
  closedObject,
);
export type InsuranceVoucher = Static<typeof InsuranceVoucherSchema>;

export const InsuredPersonSchema = Type.Object(
  {
    personNo: Code,
    name: Name,
    /** One per insurance the person has: 310 employees, 390 residents … */
    insurances: Type.Array(Type.Object({ type: Code, place: Type.String({ maxLength: 6 }), accountBalanceFen: Type.Optional(Fen), isActive: Type.Boolean() }, closedObject)),
  },
  closedObject,
);
export type InsuredPerson = Static<typeof InsuredPersonSchema>;

const Doctor = Type.Object({ no: Code, name: Name }, closedObject);
const Department = Type.Object({ code: Code, name: Name, category: Code }, closedObject);

export const PresettlementRequestSchema = Type.Object(
  {
    /**
     * Fixed by the caller; a repeat goes on where the one before stopped, and no fee counts twice. Other fees under it replace those before where the centre can take
     * them back; another person or visit, or other fees of a mobile order, are `notSent`. One that was abandoned, or whose order was closed, is `declined` (ABANDONED).
     */
    presettlementNo: Type.String({ minLength: 6, maxLength: 30, pattern: '^[0-9A-Za-z_-]+$' }),
    voucher: InsuranceVoucherSchema,
    personNo: Code,
    /** For mobile payment, which names the person itself. */
    person: Type.Optional(Type.Object({ name: Name, idType: Code, idNo: Type.String({ minLength: 4, maxLength: 30 }) }, closedObject)),
    insuranceType: Code,
    insuredPlace: Type.Optional(Type.String({ pattern: '^[0-9]{6}$' })),
    usesAccount: Type.Boolean(),
    operatorId: Type.Optional(Type.String({ maxLength: 30 })),
    visit: Type.Object(
      { hospitalVisitNo: Code, startedAt: Time, medicalType: Code, complaint: Type.String({ maxLength: 200 }), doctor: Doctor, department: Department, diagnoses: Type.Array(Type.Object({ kind: Code, code: Code, name: Name }, closedObject), { minItems: 1, maxItems: 50 }) },
      closedObject,
    ),
    fees: Type.Array(
      Type.Object(
        {
          feeNo: Type.String({ minLength: 1, maxLength: 30 }),
          prescriptionNo: Type.Optional(Code),
          nationalCode: Code,
          hospitalCode: Code,
          amountFen: Type.Integer({ minimum: 1 }),
          quantity: Type.String({ pattern: '^\\d{1,12}(\\.\\d{1,4})?$' }),
          unitPriceYuan: Type.String({ pattern: '^\\d{1,10}(\\.\\d{1,6})?$' }),
          occurredAt: Time,
        },
        closedObject,
      ),
      { minItems: 1, maxItems: 2_000 },
    ),
  },
  closedObject,
);
export type PresettlementRequest = Static<typeof PresettlementRequestSchema>;

/** Fund + personal account + cash is the whole, to the fen. */
const Presettled = Type.Object(
  {
    kind: Type.Literal('presettled'),
    presettlementNo: Type.String(),
    visitNo: Type.String(),
    totalFen: Fen,
    fundFen: Fen,
    accountFen: Fen,
    cashFen: Fen,
    /**
     * Mobile payment (医保移动支付): the centre's order (payOrdId) and the number we gave it (medOrgOrd). An app that settles the order itself, such as WeChat's mixed
     * payment with the medical insurance, names it by both.
     */
    mobileOrder: Type.Optional(Type.Object({ payOrderId: Type.String({ minLength: 1, maxLength: 64 }), ownOrderNo: Type.String({ minLength: 1, maxLength: 64 }) }, closedObject)),
  },
  closedObject,
);
const Declined = Type.Object({ kind: Type.Literal('declined'), code: Type.String({ maxLength: 64 }), message: Type.String({ maxLength: 500 }) }, closedObject);
const NotSent = Type.Object({ kind: Type.Literal('notSent'), reason: Type.String({ maxLength: 500 }) }, closedObject);
/** Ask again with the same number. */
const Unknown = Type.Object({ kind: Type.Literal('unknown'), reason: Type.String({ maxLength: 500 }) }, closedObject);

export const PresettlementOutcomeSchema = Type.Union([Presettled, Declined, NotSent, Unknown]);
export type PresettlementOutcome = Static<typeof PresettlementOutcomeSchema>;

export const FindInsuredOutcomeSchema = Type.Union([Type.Object({ kind: Type.Literal('found'), person: InsuredPersonSchema }, closedObject), Declined, NotSent, Unknown]);
export type FindInsuredOutcome = Static<typeof FindInsuredOutcomeSchema>;

/** `settled`: a payment has settled it, or may have; that payment is refunded instead. */
export const AbandonOutcomeSchema = Type.Union([Type.Object({ kind: Type.Literal('abandoned') }, closedObject), Type.Object({ kind: Type.Literal('settled') }, closedObject), Declined, NotSent, Unknown]);
export type AbandonOutcome = Static<typeof AbandonOutcomeSchema>;

export type Presettling = {
  findInsured(request: { readonly voucher: InsuranceVoucher; readonly operatorId?: string }, context: CallContext): Promise<FindInsuredOutcome>;
  presettle(request: PresettlementRequest, context: CallContext): Promise<PresettlementOutcome>;
  /** Takes fees and registration back from the centre; also after the payment that settled it was undone. Repeating it is harmless. */
  abandon(request: { readonly presettlementNo: string }, context: CallContext): Promise<AbandonOutcome>;
};
