/** What terminals show beside money: reports, prices, queues, the visit behind a guide sheet. Reads only. */
import { Type, type Static } from 'typebox';
import { closedObject, CountSchema, FenSchema, Id, Instant, Text, type HisCallContext, type HisResult } from './his-result.js';

export const ReportSchema = Type.Object(
  { reportId: Id(64), kind: Type.Enum(['laboratory', 'imaging', 'other']), title: Text(200), reportedAt: Instant, timesPrinted: CountSchema, hindrance: Type.Optional(Text(200)) },
  closedObject,
);
export type Report = Static<typeof ReportSchema>;
export const ReportItemSchema = Type.Object({ name: Text(200), value: Text(500), unit: Type.Optional(Text(40)), range: Type.Optional(Text(100)), flag: Type.Optional(Text(20)) }, closedObject);
export type ReportItem = Static<typeof ReportItemSchema>;
export const PriceSchema = Type.Object({ code: Id(64), name: Text(200), spec: Type.Optional(Text(100)), unit: Type.Optional(Text(40)), priceFen: FenSchema, insuranceClass: Type.Optional(Text(40)) }, closedObject);
export type Price = Static<typeof PriceSchema>;
export const QueuePlaceSchema = Type.Object({ departmentName: Text(100), doctorName: Text(100), queueNo: Text(40), ahead: CountSchema, place: Text(200) }, closedObject);
export type QueuePlace = Static<typeof QueuePlaceSchema>;
/** Who and what stands behind the code of a guide sheet the HIS printed. */
export const GuidedVisitSchema = Type.Object({ patientId: Id(32), visitNo: Text(64) }, closedObject);
export type GuidedVisit = Static<typeof GuidedVisitSchema>;

export type Reports = {
  listReports(request: { readonly patientId: string; readonly from: string; readonly to: string }, context: HisCallContext): Promise<HisResult<Report[]>>;
  readReport(request: { readonly reportId: string }, context: HisCallContext): Promise<HisResult<ReportItem[]>>;
};
export type Prices = { listPrices(request: { readonly kind: 'drug' | 'service'; readonly initials: string }, context: HisCallContext): Promise<HisResult<Price[]>> };
export type Queues = { queuePlaces(request: { readonly patientId: string }, context: HisCallContext): Promise<HisResult<QueuePlace[]>> };
export type GuideCodes = { resolveGuideCode(request: { readonly code: string }, context: HisCallContext): Promise<HisResult<Static<typeof GuidedVisitSchema>>> };
