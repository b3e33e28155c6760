/** Shapes of files, cards, reports, prices and queues in the payment API: the contract's own, under the names of the document. */
import { CardCheckSchema, CardTypeSchema, GuidedVisitSchema, NewPatientSchema, PatientFileSchema, PriceSchema, QueuePlaceSchema, ReportItemSchema, ReportSchema } from '@hospay/plugin-sdk';
import { Type, type Static } from 'typebox';
import { DaySchema } from './schemas.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const Id = (maxLength: number) => Type.String({ minLength: 1, maxLength });

const Report = Type.Object(ReportSchema.properties, named('Report'));
const ReportItem = Type.Object(ReportItemSchema.properties, named('ReportItem'));
const Price = Type.Object(PriceSchema.properties, named('Price'));
const QueuePlace = Type.Object(QueuePlaceSchema.properties, named('QueuePlace'));

export const FunctionListSchema = Type.Object({ functions: Type.Array(Type.String({ description: '本院已开通的功能 / An operation of the HIS that is there' })) }, named('FunctionList'));
export const NewPatientBodySchema = Type.Object(NewPatientSchema.properties, named('NewPatient'));
export const PatientFileAnswerSchema = Type.Object(PatientFileSchema.properties, named('PatientFile'));
export const PatientChangeBodySchema = Type.Object({ patientId: Id(32), phone: Id(20), address: Type.Optional(Id(200)) }, named('PatientChange'));
export const ChangedPatientSchema = Type.Object({ patientId: Type.String() }, named('ChangedPatient'));
export const CardSearchSchema = Type.Object({ cardType: CardTypeSchema, cardNo: Id(64) }, named('CardSearch'));
export const CardCheckAnswerSchema = Type.Object(CardCheckSchema.properties, named('CardCheck'));
export const ReportSearchSchema = Type.Object({ patientId: Id(32), from: DaySchema, to: DaySchema }, named('ReportSearch'));
export const ReportRequestSchema = Type.Object({ patientId: Id(32), from: DaySchema, to: DaySchema, reportId: Id(64) }, named('ReportRequest'));
export const ReportListSchema = Type.Object({ reports: Type.Array(Report) }, named('ReportList'));
export const ReadReportSchema = Type.Object({ report: Report, items: Type.Array(ReportItem) }, named('ReadReport'));
export const PriceQuerySchema = Type.Object({ kind: Type.Enum(['drug', 'service'], { description: 'drug 药品 / service 诊疗项目' }), initials: Type.String({ pattern: '^[A-Za-z0-9]{1,20}$', description: '拼音首字母 / Initials of its pinyin' }) }, { additionalProperties: false });
export const PriceListSchema = Type.Object({ prices: Type.Array(Price) }, named('PriceList'));
export const QueueSearchSchema = Type.Object({ patientId: Id(32) }, named('QueueSearch'));
export const QueuePlaceListSchema = Type.Object({ places: Type.Array(QueuePlace) }, named('QueuePlaceList'));
export const GuideCodeSchema = Type.Object({ code: Type.String({ minLength: 1, maxLength: 64, pattern: '^[!-~]+$' }) }, named('GuideCode'));
export const GuidedVisitAnswerSchema = Type.Object(GuidedVisitSchema.properties, named('GuidedVisit'));

/** The shapes by their names in the document. */
export type PatientApiShapes = {
  readonly NewPatient: Static<typeof NewPatientBodySchema>;
  readonly PatientFile: Static<typeof PatientFileAnswerSchema>;
  readonly PatientChange: Static<typeof PatientChangeBodySchema>;
  readonly CardSearch: Static<typeof CardSearchSchema>;
  readonly CardCheck: Static<typeof CardCheckAnswerSchema>;
  readonly ReportSearch: Static<typeof ReportSearchSchema>;
  readonly ReportRequest: Static<typeof ReportRequestSchema>;
  readonly Report: Static<typeof Report>;
  readonly ReportItem: Static<typeof ReportItem>;
  readonly ReadReport: Static<typeof ReadReportSchema>;
  readonly Price: Static<typeof Price>;
  readonly QueuePlace: Static<typeof QueuePlace>;
  readonly GuidedVisit: Static<typeof GuidedVisitAnswerSchema>;
};
