/**
 * The platform's own names on both sides of a mapping: what an operation can send (`from`) and what it must or may give back (`fields`).
 * A mapping that uses any other name is refused when it is read.
 */

export type RequestFieldKind = 'text' | 'list' | 'money' | 'time' | 'day' | 'integer';

/** `id` is kept exactly; `text` is for reading by people and is cut at `maxLength`, so that a long guide line never spoils a booked payment. */
export type ResultFieldKind = 'id' | 'text' | 'money' | 'time' | 'date' | 'word';

export type ResultField = {
  readonly kind: ResultFieldKind;
  /** `needed`: the mapping must declare it and the HIS must fill it. `blank`: becomes '' when absent. `optional`: left out when absent. */
  readonly presence: 'needed' | 'blank' | 'optional';
  readonly maxLength: number;
};

/** How many rows an operation answers with. `found`: none (absent) or one. `row`: exactly one, or OUT parameters alone. */
export type AnswerShape = 'list' | 'row' | 'found';

export type CanonicalOperation = {
  readonly shape: AnswerShape;
  /** A lost answer may have had its effect at the HIS: never retried by itself, never called rejected by a SQL error. */
  readonly books: boolean;
  readonly request: Readonly<Record<string, RequestFieldKind>>;
  readonly result: Readonly<Record<string, ResultField>>;
};

const id = (maxLength: number): ResultField => ({ kind: 'id', presence: 'needed', maxLength });
const optionalId = (maxLength: number): ResultField => ({ kind: 'id', presence: 'optional', maxLength });
const text = (maxLength: number): ResultField => ({ kind: 'text', presence: 'blank', maxLength });
const optionalText = (maxLength: number): ResultField => ({ kind: 'text', presence: 'optional', maxLength });
const money: ResultField = { kind: 'money', presence: 'needed', maxLength: 32 };
const time: ResultField = { kind: 'time', presence: 'needed', maxLength: 40 };

const confirmation = {
  settlementNo: id(64),
  receiptNo: text(64),
  pickupWindow: optionalText(100),
  guide: optionalText(500),
  amountFen: money,
  /** The trade number the HIS has booked: compared with ours, never passed on. */
  bookedTradeNo: optionalId(64),
} as const;

const confirmRequest = {
  tradeNo: 'text', patientId: 'text', quoteNo: 'text', billNos: 'list', amountFen: 'money', paidAt: 'time', channel: 'text', channelTradeNo: 'text', terminalId: 'text',
} as const;
const insuredBills = { patientId: 'text', quoteNo: 'text', billNos: 'list' } as const;

export const CANONICAL_OPERATIONS = {
  findPatient: {
    shape: 'list', books: false,
    request: { cardType: 'text', cardNo: 'text' },
    result: {
      patientId: id(32), name: text(100), sex: { kind: 'word', presence: 'blank', maxLength: 16 }, birthday: { kind: 'date', presence: 'optional', maxLength: 10 },
      idNo: optionalText(32), cardNo: optionalText(32), phone: optionalText(20), feeCategory: optionalText(40),
    },
  },
  listOpenBills: {
    shape: 'list', books: false,
    request: { patientId: 'text' },
    result: { billNo: id(32), billType: text(40), billedAt: text(40), departmentName: text(100), doctorName: text(100), amountFen: money },
  },
  listBillLines: {
    shape: 'list', books: false,
    request: { patientId: 'text', billNo: 'text' },
    result: {
      lineNo: id(32), itemCode: text(64), itemName: text(200), spec: optionalText(100), unit: optionalText(40), quantity: text(20), amountFen: money,
    },
  },
  presettle: {
    shape: 'row', books: false,
    request: { patientId: 'text', billNos: 'list' },
    result: { quoteNo: id(64), totalFen: money, fundFen: money, personalAccountFen: money, selfPayFen: money, validUntil: time },
  },
  confirm: {
    shape: 'row', books: true,
    request: confirmRequest,
    result: confirmation,
  },
  /** The same booking where the platform settled the insurance: `amountFen` is the whole, with the centre's numbers and split. */
  confirmInsured: {
    shape: 'row', books: true,
    request: { ...confirmRequest, insuranceSettlementNo: 'text', insuranceVisitNo: 'text', fundFen: 'money', accountFen: 'money', cashFen: 'money' },
    result: confirmation,
  },
  insuranceVisit: {
    shape: 'row', books: false,
    request: insuredBills,
    result: {
      hospitalVisitNo: id(50), startedAt: time, medicalType: id(50), complaint: text(200), doctorNo: id(50), doctorName: id(100), departmentCode: id(50), departmentName: id(100), departmentCategory: id(50),
      personName: optionalText(100), personIdType: optionalId(50), personIdNo: optionalId(30),
    },
  },
  insuranceDiagnoses: { shape: 'list', books: false, request: insuredBills, result: { kind: id(50), code: id(50), name: id(100) } },
  insuranceFees: {
    shape: 'list', books: false,
    request: insuredBills,
    result: { feeNo: id(30), prescriptionNo: optionalId(50), nationalCode: id(50), hospitalCode: id(50), amountFen: money, quantity: id(20), unitPriceYuan: id(20), occurredAt: time },
  },
  queryConfirmation: { shape: 'found', books: false, request: { tradeNo: 'text' }, result: confirmation },
  approveRefund: {
    shape: 'row', books: true,
    request: { tradeNo: 'text', refundNo: 'text', refundFen: 'money', totalFen: 'money', reason: 'text' },
    result: { hisRefundNo: id(64), bookedRefundNo: optionalId(64) },
  },
  queryRefundApproval: {
    shape: 'found', books: false,
    request: { refundNo: 'text', tradeNo: 'text' },
    result: { hisRefundNo: id(64), bookedRefundNo: optionalId(64) },
  },
  listDay: {
    shape: 'list', books: false,
    request: { day: 'day', page: 'integer', pageSize: 'integer' },
    result: {
      kind: { kind: 'word', presence: 'needed', maxLength: 16 }, tradeNo: id(64), refundNo: optionalId(64), settlementNo: id(64), amountFen: money, paidAt: time,
    },
  },
  ping: { shape: 'row', books: false, request: {}, result: { hisTime: time } },
  dictionary: {
    shape: 'list', books: false,
    request: {},
    result: { code: id(64), name: text(200) },
  },
} as const satisfies Readonly<Record<string, CanonicalOperation>>;

export type OperationName = keyof typeof CANONICAL_OPERATIONS;

/** For hospitals whose insurance the platform settles: all of them or none. */
export const INSURANCE_OPERATIONS = ['insuranceVisit', 'insuranceDiagnoses', 'insuranceFees', 'confirmInsured'] as const satisfies readonly OperationName[];

/** Without these an adapter may not take money; `queryConfirmation` decides what a lost answer meant. */
export const MANDATORY_OPERATIONS = ['findPatient', 'listOpenBills', 'presettle', 'confirm', 'queryConfirmation'] as const satisfies readonly OperationName[];
