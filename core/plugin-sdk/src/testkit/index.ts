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
export {
  HOSPITAL_FAULTS,
  HOSPITAL_RULES,
  HospitalBench,
  runHospitalAdapterConformance,
  type FaultableHisOperation,
  type HospitalConformanceOptions,
  type HospitalControl,
  type HospitalFault,
  type HospitalRule,
  type HospitalSubject,
  type OpenBill,
} from './hospital-adapter-conformance.js';
export { notApplicable } from './channel/not-applicable.js';
export { Mortality } from './channel/mortality.js';
export { makeTestContext, type TestContextOptions } from './test-context.js';
