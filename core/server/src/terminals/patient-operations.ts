/** Files, cards, reports, prices, queues and guide sheets at a terminal. What a hospital does not have is refused with FUNCTION_NOT_OFFERED; `session.resume` says beforehand what it has. */
import { CardCheckSchema, CardTypeSchema, GuidedVisitSchema, NewPatientSchema, PatientFileSchema, PriceSchema, QueuePlaceSchema, ReportItemSchema, ReportSchema } from '@hospay/plugin-sdk';
import { Type, type TSchema } from 'typebox';
import { ok, refused, type Outcome, type Refused } from '../domain/errors.js';
import { closed, Id, needsOperator, operation, tenantOf, type OperationContext } from './operation.js';

const Day = Type.String({ format: 'date' });
const PatientId = Type.Object({ patientId: Id(32) }, closed);
const OfDays = { patientId: Id(32), from: Day, to: Day };
const Card = Type.Object({ patientId: Id(32), cardNo: Id(32) }, closed);
const list = <Name extends string>(name: Name, row: TSchema) => Type.Object({ [name]: Type.Array(row) }, closed);

/** A list is answered under its own name. */
async function named(name: string, listed: Promise<Outcome<readonly unknown[]>>): Promise<Outcome<object>> {
  const outcome = await listed;
  return outcome.kind === 'ok' ? ok({ [name]: outcome.value }) : outcome;
}

export const PATIENT_OPERATIONS = {
  'patient.create': operation({
    operator: 'required',
    request: NewPatientSchema,
    reply: PatientFileSchema,
    async handle(context, file) {
      return whyNoFiles(context) ?? context.ports.useCases.createPatient({ ...file, hospitalId: context.terminal.hospitalId, by: byOf(context) });
    },
  }),
  'patient.update': operation({
    operator: 'required',
    request: Type.Object({ patientId: Id(32), phone: Type.String({ minLength: 1, maxLength: 20 }), address: Type.Optional(Id(200)) }, closed),
    reply: PatientId,
    async handle(context, change) {
      return whyNotSeen(context) ?? context.ports.useCases.updatePatient({ ...change, hospitalId: context.terminal.hospitalId, by: byOf(context) });
    },
  }),
  'card.check': operation({
    request: Type.Object({ cardType: CardTypeSchema, cardNo: Id(64) }, closed),
    reply: CardCheckSchema,
    handle: ({ ports, terminal }, body) => ports.useCases.checkCard({ hospitalId: terminal.hospitalId, ...body }),
  }),
  'card.reportLost': operation({
    operator: 'required',
    request: Card,
    reply: PatientId,
    async handle(context, card) {
      return whyNotSeen(context) ?? context.ports.useCases.reportCardLost({ ...card, hospitalId: context.terminal.hospitalId, by: byOf(context) });
    },
  }),
  'card.reissue': operation({
    operator: 'required',
    request: Card,
    reply: PatientFileSchema,
    async handle(context, card) {
      return whyNotSeen(context) ?? context.ports.useCases.reissueCard({ ...card, hospitalId: context.terminal.hospitalId, by: byOf(context) });
    },
  }),
  'report.list': operation({
    operator: 'required',
    request: Type.Object(OfDays, closed),
    reply: list('reports', ReportSchema),
    handle: ({ ports, terminal }, body) => named('reports', ports.useCases.listReports({ hospitalId: terminal.hospitalId, ...body })),
  }),
  'report.read': operation({
    operator: 'required',
    request: Type.Object({ ...OfDays, reportId: Id(64) }, closed),
    reply: Type.Object({ report: ReportSchema, items: Type.Array(ReportItemSchema) }, closed),
    handle: ({ ports, terminal }, body) => ports.useCases.readReport({ hospitalId: terminal.hospitalId, ...body }),
  }),
  'price.list': operation({
    request: Type.Object({ kind: Type.Enum(['drug', 'service']), initials: Type.String({ pattern: '^[A-Za-z0-9]{1,20}$' }) }, closed),
    reply: list('prices', PriceSchema),
    handle: ({ ports, terminal }, body) => named('prices', ports.useCases.listPrices({ hospitalId: terminal.hospitalId, ...body })),
  }),
  'queue.places': operation({
    request: PatientId,
    reply: list('places', QueuePlaceSchema),
    handle: ({ ports, terminal }, body) => named('places', ports.useCases.queuePlaces({ hospitalId: terminal.hospitalId, ...body })),
  }),
  'guide.resolve': operation({
    request: Type.Object({ code: Type.String({ minLength: 1, maxLength: 64, pattern: '^[!-~]+$' }) }, closed),
    reply: GuidedVisitSchema,
    handle: ({ ports, terminal }, body) => ports.useCases.resolveGuideCode({ hospitalId: terminal.hospitalId, ...body }),
  }),
} as const;

/** Files are made at kiosks and windows; a doctor's station has the HIS itself. */
function whyNoFiles({ terminal: { kind } }: OperationContext): Refused | undefined {
  return kind === 'kiosk' || kind === 'window' ? undefined : refused('NOT_PERMITTED', 'files of patients are made at kiosks and windows');
}
/** What is somebody's already is changed, and his card made anew, by a person who has seen his papers. */
function whyNotSeen({ terminal: { kind } }: OperationContext): Refused | undefined {
  return kind === 'window' ? undefined : refused('NOT_PERMITTED', 'files are changed and cards made anew at windows');
}
function byOf({ terminal, operator }: OperationContext): string {
  return needsOperator(terminal) && operator !== undefined ? operator.operatorNo : tenantOf(terminal);
}
