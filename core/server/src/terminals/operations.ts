/** The operations of a terminal: one table. Each has the schema of its request and of its answer, and the use case it reaches. */
import { createHash } from 'node:crypto';
import { BillSchema, CARD_TERMINAL_OPERATIONS, CardTypeSchema, InsuranceVoucherSchema, PaymentMethodSchema, type PaymentMethod } from '@hospay/plugin-sdk';
import { Type } from 'typebox';
import { ok, refused } from '../domain/errors.js';
import { ownTillNo } from '../domain/own-till.js';
import { canonicalJson } from './canonical-json.js';
import { FAULT_COMPONENTS, FAULT_LEVELS } from '../fleet/ports.js';
import { FORM_OPERATIONS } from './form-operations.js';
import { HOSPITAL_OPERATIONS } from './hospital-operations.js';
import { COUNTER_OPERATIONS } from './counter-operations.js';
import { PUBLIC_KEY_PATTERN } from './key-agreement.js';
import { closed, Id, mayCountCash, operation, operatorIdOf, ownerOf, tenantOf, type Operation, type OperationContext } from './operation.js';
import { OPERATOR_OPERATIONS } from './operator-operations.js';
import type { Terminal } from './ports.js';
import { PATIENT_OPERATIONS } from './patient-operations.js';
import { SHIFT_OPERATIONS } from './shift-operations.js';
import {
  CardTerminalOperationSchema, DischargeViewSchema, InsuredPersonViewSchema, IssuedCheckoutSchema, OrderViewSchema, OwnedCheckoutSchema, OwnTillsSchema, PatientViewSchema, PresettlementViewSchema, QuoteViewSchema, TerminalConfigurationSchema, TillOpeningSchema,
} from './views.js';

const Amount = Type.Integer({ minimum: 1, maximum: 1_000_000_000 });
/** How and with what a payment is made: the same for the first and for a further one. */
const TENDER = {
  method: PaymentMethodSchema,
  channel: Type.Optional(Id(64)),
  authCode: Type.Optional(Id(128)),
  tenderedFen: Type.Optional(Amount),
  operatorId: Type.Optional(Id(64)),
  presettlementNo: Type.Optional(Id(64)),
};
const TradeNo = Type.Object({ tradeNo: Id(32) }, closed);
const PresettlementNo = Type.Object({ presettlementNo: Id(30) }, closed);
const CheckoutNo = Type.Object({ checkoutNo: Id(32) }, closed);
const CardNo = Type.String({ minLength: 1, maxLength: 64, pattern: '^[0-9A-Za-z*=_.:/+-]+$' });

export const OPERATIONS = {
  'patient.find': operation({
    request: Type.Object({ cardType: CardTypeSchema, cardNo: CardNo }, closed),
    reply: Type.Object({ patients: Type.Array(PatientViewSchema) }, closed),
    async handle({ ports, terminal, labels }, { cardType, cardNo }) {
      const found = await ports.useCases.findPatient({ hospitalId: terminal.hospitalId, cardType, cardNo });
      if (found.kind !== 'ok') return found;
      for (const patient of found.value) labels.remember(terminal.deviceId, patient);
      return ok({ patients: found.value });
    },
  }),
  'bill.list': operation({
    request: Type.Object({ patientId: Id(32) }, closed),
    reply: Type.Object({ bills: Type.Array(BillSchema) }, closed),
    async handle({ ports, terminal }, { patientId }) {
      const listed = await ports.useCases.listOpenBills({ hospitalId: terminal.hospitalId, patientId });
      return listed.kind === 'ok' ? ok({ bills: listed.value }) : listed;
    },
  }),
  'bill.quote': operation({
    request: Type.Object({ patientId: Id(32), billNos: Type.Array(Id(32), { minItems: 1, maxItems: 50 }) }, closed),
    reply: QuoteViewSchema,
    handle: ({ ports, terminal, labels }, { patientId, billNos }) =>
      // The label is the one the core itself showed this terminal: a terminal cannot put a name on a receipt.
      ports.useCases.quoteBills({ hospitalId: terminal.hospitalId, owner: ownerOf(terminal), patientId, patientLabel: labels.of(terminal.deviceId, patientId), billNos }),
  }),
  ...HOSPITAL_OPERATIONS,
  'insurance.find': operation({
    operator: 'required',
    request: Type.Object({ voucher: InsuranceVoucherSchema, operatorId: Type.Optional(Id(30)) }, closed),
    reply: InsuredPersonViewSchema,
    handle(context, { voucher, operatorId }) {
      const { ports, terminal } = context;
      return ports.useCases.findInsured({ hospitalId: terminal.hospitalId, owner: ownerOf(terminal), terminalKind: terminal.kind, voucher, ...writtenUnder(context, operatorId) });
    },
  }),
  'insurance.presettle': operation({
    idem: 'required',
    operator: 'required',
    request: Type.Object(
      { quoteId: Id(64), voucher: InsuranceVoucherSchema, personNo: Id(50), insuranceType: Id(50), insuredPlace: Type.Optional(Type.String({ pattern: '^[0-9]{6}$' })), usesAccount: Type.Boolean(), operatorId: Type.Optional(Id(30)) },
      closed,
    ),
    reply: PresettlementViewSchema,
    handle(context, { operatorId, ...body }) {
      const { ports, terminal, idem } = context;
      // An electronic voucher is shown anew for a repeat, which is still the same piece of business.
      const { voucher: _voucher, ...rest } = body;
      const requestHash = createHash('sha256').update(canonicalJson(rest)).digest('hex');
      return ports.useCases.presettle({ owner: ownerOf(terminal), terminalKind: terminal.kind, idempotency: { tenant: tenantOf(terminal), key: idem ?? '', requestHash }, ...body, ...writtenUnder(context, operatorId) });
    },
  }),
  'insurance.query': operation({
    request: PresettlementNo,
    reply: PresettlementViewSchema,
    handle: ({ ports, terminal }, { presettlementNo }) => ports.useCases.findPresettlement({ owner: ownerOf(terminal), presettlementNo }),
  }),
  'insurance.abandon': operation({
    operator: 'required',
    request: PresettlementNo,
    reply: PresettlementViewSchema,
    handle: ({ ports, terminal }, { presettlementNo }) => ports.useCases.abandonPresettlement({ owner: ownerOf(terminal), presettlementNo, by: `terminal/${terminal.deviceId}` }),
  }),
  'payment.create': operation({
    idem: 'required',
    operator: 'required',
    request: Type.Object(
      { quoteId: Id(64), amountFen: Type.Integer({ minimum: 0, maximum: 1_000_000_000 }), tenderFen: Type.Optional(Amount), ...TENDER },
      closed,
    ),
    reply: OrderViewSchema,
    async handle(context, { operatorId, ...body }) {
      const { ports, terminal, idem } = context;
      if (!mayTake(terminal, body.method)) return refused('NOT_PERMITTED', 'a doctor station takes no cash');
      // Who works here may change between two deliveries of one request: it stays the same request.
      const requestHash = createHash('sha256').update(canonicalJson(body)).digest('hex');
      return ports.useCases.createPayment({
        owner: ownerOf(terminal),
        merchantId: terminal.merchantId,
        idempotency: { tenant: tenantOf(terminal), key: idem ?? '', requestHash },
        terminalKind: terminal.kind,
        ...body,
        ...writtenUnder(context, operatorId),
      });
    },
  }),
  'payment.add': operation({
    idem: 'required',
    operator: 'required',
    request: Type.Object({ tradeNo: Id(32), tenderFen: Type.Optional(Amount), ...TENDER }, closed),
    reply: OrderViewSchema,
    async handle(context, { operatorId, ...body }) {
      const { ports, terminal, idem } = context;
      if (!mayTake(terminal, body.method)) return refused('NOT_PERMITTED', 'a doctor station takes no cash');
      const requestHash = createHash('sha256').update(canonicalJson(body)).digest('hex');
      return ports.useCases.addPayment({ owner: ownerOf(terminal), idempotency: { tenant: tenantOf(terminal), key: idem ?? '', requestHash }, terminalKind: terminal.kind, ...body, ...writtenUnder(context, operatorId) });
    },
  }),
  'payment.query': operation({
    request: Type.Union([TradeNo, Type.Object({ idem: Id(128) }, closed)]),
    reply: OrderViewSchema,
    handle: ({ ports, terminal }, body) =>
      ports.useCases.findOrder({ owner: ownerOf(terminal), freshness: 'fresh', ...('tradeNo' in body ? { tradeNo: body.tradeNo } : { tenant: tenantOf(terminal), key: body.idem }) }),
  }),
  'payment.cancel': operation({
    operator: 'required',
    request: TradeNo,
    reply: OrderViewSchema,
    handle: ({ ports, terminal }, { tradeNo }) => ports.useCases.cancelPayment({ owner: ownerOf(terminal), tradeNo, by: tenantOf(terminal) }),
  }),
  'checkout.issue': operation({
    operator: 'required',
    request: Type.Union([
      Type.Object({ quoteId: Id(64) }, closed),
      Type.Object({ patientId: Id(32), billNos: Type.Array(Id(32), { minItems: 1, maxItems: 50 }), lifetimeSeconds: Type.Optional(Type.Integer({ minimum: 60, maximum: 86_400 })) }, closed),
    ]),
    reply: IssuedCheckoutSchema,
    handle({ ports, terminal, labels }, body) {
      const what = 'quoteId' in body ? body : { ...body, patientLabel: labels.of(terminal.deviceId, body.patientId) };
      return ports.useCases.issueCheckoutCode({ hospitalId: terminal.hospitalId, owner: ownerOf(terminal), merchantId: terminal.merchantId, terminalKind: terminal.kind, description: PAYMENT_DESCRIPTION, ...what });
    },
  }),
  'checkout.query': operation({
    request: CheckoutNo,
    reply: OwnedCheckoutSchema,
    handle: ({ ports, terminal }, { checkoutNo }) => ports.useCases.findCheckout({ owner: ownerOf(terminal), checkoutNo }),
  }),
  'checkout.revoke': operation({
    operator: 'required',
    request: CheckoutNo,
    reply: OwnedCheckoutSchema,
    handle: ({ ports, terminal }, { checkoutNo }) => ports.useCases.revokeCheckoutCode({ owner: ownerOf(terminal), checkoutNo }),
  }),
  'cardTerminal.operate': operation({
    idem: 'required',
    operator: 'required',
    request: Type.Object({ operation: Type.Enum(CARD_TERMINAL_OPERATIONS), operatorId: Type.Optional(Id(64)), channel: Type.Optional(Id(64)) }, closed),
    reply: CardTerminalOperationSchema,
    async handle({ ports, terminal, idem, operator }, { operatorId: _named, ...body }) {
      if (terminal.kind !== 'window' || operator === undefined) return refused('NOT_PERMITTED', 'card terminals stand at windows');
      return ports.useCases.operateCardTerminal({ terminalId: terminal.deviceId, ...body, asker: { by: tenantOf(terminal), operatorId: operator.operatorNo }, asked: { tenant: tenantOf(terminal), key: idem ?? '' } });
    },
  }),
  'cardTerminal.query': operation({
    request: Type.Object({ operationNo: Id(40) }, closed),
    reply: CardTerminalOperationSchema,
    handle: ({ ports, terminal }, { operationNo }) => ports.useCases.findCardTerminalOperation({ operationNo, terminalId: terminal.deviceId }),
  }),
  'till.open': operation({
    idem: 'required',
    operator: 'required',
    request: Type.Object({ amountFen: Type.Integer({ minimum: 0, maximum: 1_000_000_000 }), operatorId: Type.Optional(Id(64)), channel: Type.Optional(Id(64)) }, closed),
    reply: TillOpeningSchema,
    async handle(context, { operatorId: named, ...body }) {
      const { ports, terminal, idem } = context;
      if (!mayCountCash(terminal)) return refused('NOT_PERMITTED', 'cash is counted at windows and kiosks');
      const operatorId = operatorIdOf(context, named);
      if (operatorId === undefined) return refused('MALFORMED_REQUEST', 'operatorId: who fills this machine');
      const opened = await ports.useCases.openTill({ ...body, tillNo: ownTillNo(terminal, operatorId), asker: { by: tenantOf(terminal), operatorId }, asked: { tenant: tenantOf(terminal), key: idem ?? '' } });
      if (opened.kind !== 'ok') return opened;
      const { openingNo, channel, tillNo, amountFen, state, message, openedAt } = opened.value;
      return ok({ openingNo, channel, tillNo, amountFen, state, message, openedAt: openedAt.toISOString() });
    },
  }),
  'till.day': operation({
    operator: 'required',
    request: Type.Object({ day: Type.String({ format: 'date' }), operatorId: Type.Optional(Id(64)) }, closed),
    reply: OwnTillsSchema,
    async handle(context, { day, operatorId: named }) {
      const { ports, terminal } = context;
      if (!mayCountCash(terminal)) return refused('NOT_PERMITTED', 'cash is counted at windows and kiosks');
      // A kiosk's till is the machine's, whoever looks.
      return ports.useCases.readOwnTills({ day, tillNo: ownTillNo(terminal, operatorIdOf(context, named) ?? '') });
    },
  }),
  ...SHIFT_OPERATIONS,
  ...COUNTER_OPERATIONS,
  ...FORM_OPERATIONS,
  ...PATIENT_OPERATIONS,
  ...OPERATOR_OPERATIONS,
  'receipt.printed': operation({
    request: TradeNo,
    reply: OrderViewSchema,
    handle: ({ ports, terminal }, { tradeNo }) => ports.useCases.markReceiptPrinted({ owner: ownerOf(terminal), tradeNo }),
  }),
  'device.report': operation({
    request: Type.Object(
      {
        software: Id(100), machine: Type.Optional(Type.String({ minLength: 8, maxLength: 64, pattern: '^[0-9A-Za-z_-]+$' })), clockMs: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
        faults: Type.Array(Type.Object({ component: Type.Enum(FAULT_COMPONENTS), code: Type.String({ minLength: 1, maxLength: 64, pattern: '^[0-9A-Za-z._-]+$' }), level: Type.Enum(FAULT_LEVELS), detail: Type.Optional(Id(200)) }, closed), { maxItems: 50 }),
      },
      closed,
    ),
    reply: Type.Object({ serverTimeMs: Type.Integer({ minimum: 0 }), reportEverySeconds: Type.Integer({ minimum: 1 }) }, closed),
    handle: ({ ports, terminal }, body) => ports.fleet.report(terminal.deviceId, body),
  }),
  'key.rotate': operation({
    request: Type.Object({ publicKey: Type.String({ pattern: PUBLIC_KEY_PATTERN }) }, closed),
    reply: Type.Object({ publicKey: Type.String(), kid: Type.String(), overlapSeconds: Type.Integer({ minimum: 0 }) }, closed),
    async handle({ ports, terminal }, { publicKey }) {
      const agreed = await ports.registry.agreeNextKey(terminal.deviceId, publicKey);
      return agreed.kind === 'ok' ? ok({ publicKey: agreed.value.corePublicKey, kid: agreed.value.kid, overlapSeconds: agreed.value.overlapSeconds }) : agreed;
    },
  }),
  'certificate.issue': operation({
    request: Type.Object({ csr: Type.String({ minLength: 100, maxLength: 8_000, pattern: '^[0-9A-Za-z+/=]+$' }) }, closed),
    reply: Type.Object({ certificate: Type.String(), authority: Type.String(), notAfter: Type.String() }, closed),
    handle: ({ ports, terminal }, { csr }) => ports.fleet.issueCertificate(terminal.deviceId, csr),
  }),
  'session.resume': operation({
    request: Type.Object({}, closed),
    reply: Type.Object(
      {
        serverTimeMs: Type.Integer({ minimum: 0 }), openOrders: Type.Array(OrderViewSchema), recentDischarges: Type.Array(DischargeViewSchema), configuration: TerminalConfigurationSchema, noticeKey: Type.Optional(Type.String()),
        rotateKey: Type.Optional(Type.Boolean()),
      },
      closed,
    ),
    async handle({ ports, terminal }) {
      const [openOrders, recentDischarges] = await Promise.all([ports.useCases.listOpenOrders(ownerOf(terminal)), ports.useCases.listRecentDischarges(ownerOf(terminal))]);
      return ok({
        serverTimeMs: ports.clock.now().getTime(), openOrders, recentDischarges, configuration: ports.configurationOf(terminal), noticeKey: ports.fleet.noticeKey,
        ...(terminal.rotationAskedAt === undefined ? {} : { rotateKey: true }),
      });
    },
  }),
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;

/** Pushed by the core: agree on another key (`key.rotate`) now. Empty body. */
export const KEY_ROTATE = 'key.rotate';

/** Pushed by the core when an order of the terminal changed; its body is the order. */
export const PAYMENT_CHANGED = 'payment.changed';

/** What the patient reads in the wallet who scans an aggregated code. */
const PAYMENT_DESCRIPTION = '门诊缴费';

export function findOperation(name: string): Operation | undefined {
  return Object.entries(OPERATIONS).find(([known]) => known === name)?.[1];
}

/** What a consulting room takes: no drawer of notes stands there. */
function mayTake({ kind }: Terminal, method: PaymentMethod): boolean {
  return kind !== 'doctorStation' || method !== 'cash';
}

function writtenUnder(context: OperationContext, named: string | undefined): { readonly operatorId?: string } {
  const operatorId = operatorIdOf(context, named);
  return operatorId === undefined ? {} : { operatorId };
}
