export { AgreementBench } from './agreements/agreement-bench.js';
export { runAgreementConformance, type AgreementConformanceOptions } from './agreements/agreement-conformance.js';
export { AGREEMENT_RULES } from './agreements/agreement-rules.js';
export { AGREEMENT_FAULTS, type AgreementControl, type AgreementFault, type AgreementOperation, type AgreementRule, type AgreementSubject } from './agreements/agreement-subject.js';
export { BankLinkBench } from './bank-link/bank-link-bench.js';
export { runBankLinkConformance, type BankLinkConformanceOptions } from './bank-link/bank-link-conformance.js';
export { BANK_LINK_RULES } from './bank-link/bank-link-rules.js';
export { BANK_LINK_FAULTS, missingBankLinkNeeds, type BankLinkControl, type BankLinkFault, type BankLinkRule, type BankLinkSubject, type FaultableBankOperation } from './bank-link/bank-link-subject.js';
export { ChannelBench, type CallOptions } from './channel/channel-bench.js';
export { REPORT_VARIABLE, runChannelConformance, type ChannelConformanceOptions } from './channel/channel-conformance.js';
export { CHANNEL_RULES } from './channel/channel-rules.js';
export {
  CHANNEL_FAULTS,
  missingNeeds,
  RuleBroken,
  type ChannelControl,
  type ChannelFault,
  type ChannelNeed,
  type ChannelRule,
  type ChannelSubject,
  type FaultableOperation,
  type NotificationVariation,
} from './channel/channel-subject.js';
export { runHospitalAdapterConformance, type HospitalConformanceOptions } from './hospital-adapter-conformance.js';
export { HospitalBench } from './hospital/hospital-bench.js';
export { HOSPITAL_RULES } from './hospital/hospital-rules.js';
export type { HospitalRule } from './hospital/hospital-rule.js';
export {
  HOSPITAL_FAULTS,
  type FaultableHisOperation,
  type HospitalControl,
  type HospitalFault,
  type HospitalSubject,
  type OpenBill,
} from './hospital/hospital-subject.js';
export type { HisNoticeSide, NoticeControl, NoticeSpoil, ToldRefund } from './hospital/notice-control.js';
export type { OpenSlot, RegistrationControl } from './hospital/registration-control.js';
export type { OfficeControl, OpenStay, WardControl } from './hospital/ward-control.js';
export { notApplicable } from './channel/not-applicable.js';
export { Mortality } from './channel/mortality.js';
export { resultsOfPackage, runReportConformance, type ReportConformanceOptions } from './report/report-conformance.js';
export { REPORT_RULES, type ReportRule, type ReportSubject } from './report/report-rules.js';
export { sampleFigures, sampleRows, type SampleOptions } from './report/sample-figures.js';
export { makeTestContext, type TestContextOptions } from './test-context.js';
