/** Documents that must equal the code are written from it: `npm run docs`. A test compares them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { configurationJsonSchema } from './config/configuration-schema.js';
import { AGREEMENT_STATES, agreementTransitions } from './domain/agreement-states.js';
import { confirmationTransitions, CONFIRMATION_STATES } from './domain/confirmation-states.js';
import { MEASURES, measureOf } from './domain/alarm-measures.js';
import { ALARM_RULES, type AlarmRule } from './domain/alarm-rules.js';
import { ERRORS } from './domain/errors.js';
import { CHART } from './domain/ledger.js';
import { CASE_KINDS } from './domain/order-change.js';
import { PREPAYMENT_RETURN_STATES, PREPAYMENT_RUN_STATES, prepaymentReturnTransitions } from './domain/prepayment-states.js';
import { PAYOUT_STATES, payoutTransitions } from './domain/payout-states.js';
import { DISCHARGE_STATES, dischargeTransitions } from './domain/discharge-states.js';
import { INVOICE_STATES, invoiceTransitions } from './domain/invoice-states.js';
import { HIS_NOTICE_STATES, hisNoticeTransitions } from './domain/his-notice-states.js';
import { paymentTransitions, PAYMENT_STATES } from './domain/payment-states.js';
import { DAY_STATES, DIFFERENCE_CLASSES } from './domain/reconciliation.js';
import { presettlementTransitions, PRESETTLEMENT_STATES } from './domain/presettlement-states.js';
import { refundTransitions, REFUND_STATES } from './domain/refund-states.js';

type Line = { readonly from: readonly string[]; readonly to: string; readonly by: readonly string[]; readonly why: string };

export function errorsDocument(): string {
  const rows = Object.entries(ERRORS).map(([code, error]) => `| \`${code}\` | ${String(error.httpStatus)} | ${error.zh} | ${error.nextZh} | ${error.en} | ${error.nextEn} |`);
  return `# Errors 错误码

Generated from \`core/server/src/domain/errors.ts\` by \`npm run docs\`. The code is the contract; texts may improve.

| Code | HTTP | 含义 | 下一步 | Meaning | Next step |
|---|---|---|---|---|---|
${rows.join('\n')}
`;
}

export function statesDocument(): string {
  return `# Payment, confirmation, refund, pre-settlement, discharge, prepayment, payout, invoice, notice and agreement states

Generated from the transition tables in \`core/server/src/domain/\` by \`npm run docs\`. A state changes only by a line of these tables, and each change
leaves an event row with the fact that justified it.

${section('Payment: did the money move?', 'submitted', paymentTransitions.transitions)}
${section('Confirmation: does the hospital know?', 'none', confirmationTransitions.transitions)}
${section('Refund: is the money on its way back?', 'reserved', refundTransitions.transitions)}
${section('Pre-settlement: does the insurance centre hold something for us?', 'requested', presettlementTransitions.transitions)}
${section('Discharge: is the stay settled, and is what is left on its way back?', 'requested', dischargeTransitions.transitions)}
${section('Return of a prepayment account: is it empty, and is what lay on it on its way back?', 'planned', prepaymentReturnTransitions.transitions)}
${section('Payout: did the bank pay what it was told to?', 'proposed', payoutTransitions.transitions)}
${section('Invoice: does an electronic invoice say what the hospital holds?', 'issuing', invoiceTransitions.transitions)}
${section('Notice of the HIS: is what it asks for done?', 'kept', hisNoticeTransitions.transitions)}
${section('Agreement: may this card be charged?', 'requested', agreementTransitions.transitions)}`;
}

export function alarmRulesDocument(): string {
  const unitOf = ({ measure }: AlarmRule): string => ({ count: '', flag: '', seconds: ' s', milliseconds: ' ms', percent: ' %', megabytes: ' MB' })[measureOf(measure).unit];
  const limit = (rule: AlarmRule, value: number): string => `${rule.wrong === 'above' ? (value === rule.raise ? '≥' : '≤') : value === rule.raise ? '≤' : '≥'} ${String(value)}${unitOf(rule)}`;
  const rows = ALARM_RULES.map((rule: AlarmRule) => `| \`${rule.id}\` | ${String(rule.severity)} | ${rule.zh} | ${rule.en} | \`${rule.measure}\` | ${limit(rule, rule.raise)}, ${String(rule.raiseAfterSeconds)} s | ${limit(rule, rule.clear)}, ${String(rule.clearAfterSeconds)} s | ${rule.repairZh} | ${rule.repairEn} |`);
  const measures = MEASURES.map(({ id, group, unit, zh, en }) => `| \`${id}\` | ${group} | ${unit} | ${zh} | ${en} |`);
  return `# Alarm rules 告警规则

Generated from \`core/server/src/domain/alarm-rules.ts\` and \`alarm-measures.ts\` by \`npm run docs\`. Severity: 1 urgent 紧急, 2 important 重要, 3 to know 提示. A rule raises when its measure is
wrong for the time given, and clears when it is well for the time given; what lies between the two values changes nothing. \`monitoring.rules\` of the configuration changes severity, values and times by the id, or switches a rule off.

| Rule | Severity | 告警 | Alarm | Measure | Raises | Clears | 处理建议 | Suggested repair |
|---|---|---|---|---|---|---|---|---|
${rows.join('\n')}

## Measures 测点

| Measure | Group | Unit | 测点 | What |
|---|---|---|---|---|
${measures.join('\n')}
`;
}

/** The part of the operator's manual that lists every rule, between its two marks. */
export function alarmRulesForOperators(manual: string): string {
  const severity = { 1: '紧急', 2: '重要', 3: '提示' } as const;
  const rows = ALARM_RULES.map((rule: AlarmRule) => `| ${severity[rule.severity]} | ${rule.zh} | ${rule.repairZh} | \`${rule.id}\` |`);
  return manual.replace(/(<!-- rules -->\n)[^]*(<!-- \/rules -->)/, (_whole, begin: string, end: string) => `${begin}| 级别 | 告警 | 处理建议 | 规则编号 |\n|---|---|---|---|\n${rows.join('\n')}\n${end}`);
}

/** Words the glossary must explain. */
export function glossaryWords(): string[] {
  return [...new Set<string>([...PAYMENT_STATES, ...CONFIRMATION_STATES, ...REFUND_STATES, ...PRESETTLEMENT_STATES, ...DISCHARGE_STATES, ...PREPAYMENT_RETURN_STATES, ...PREPAYMENT_RUN_STATES, ...PAYOUT_STATES, ...INVOICE_STATES, ...HIS_NOTICE_STATES, ...AGREEMENT_STATES, ...Object.keys(CHART), ...CASE_KINDS, ...DAY_STATES, ...DIFFERENCE_CLASSES])];
}

function section(title: string, first: string, transitions: readonly Line[]): string {
  const arrows = transitions.flatMap((line) => line.from.map((from) => `    ${from} --> ${line.to}: ${line.by.join(', ')}`));
  const rows = transitions.map((line) => `| ${line.from.join(', ')} | ${line.to} | ${line.by.join(', ')} | ${line.why} |`);
  return `## ${title}

\`\`\`mermaid
stateDiagram-v2
    [*] --> ${first}
${arrows.join('\n')}
\`\`\`

| From | To | By | Why |
|---|---|---|---|
${rows.join('\n')}
`;
}

if (process.argv[1] === import.meta.filename) {
  const folder = resolve(import.meta.dirname, '../../docs');
  writeFileSync(join(folder, 'errors.md'), errorsDocument());
  writeFileSync(join(folder, 'payment-states.md'), statesDocument());
  writeFileSync(join(folder, 'alarm-rules.md'), alarmRulesDocument());
  const manual = resolve(import.meta.dirname, '../../../appliance/docs/monitoring-manual.zh-CN.md');
  writeFileSync(manual, alarmRulesForOperators(readFileSync(manual, 'utf8')));
  writeFileSync(resolve(import.meta.dirname, '../../../config/schemas/configuration.schema.json'), `${JSON.stringify(configurationJsonSchema(), undefined, 2)}\n`);
  process.stdout.write(`wrote ${join(folder, 'errors.md')}, payment-states.md, alarm-rules.md, the rules in the monitoring manual and config/schemas/configuration.schema.json\n`);
}
