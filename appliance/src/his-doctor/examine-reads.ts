/** The adapter's own reads, called as the platform calls them, n times each. Nothing that books, quotes or locks is among them. */
import { member } from './examine-sql-server.js';
import type { Finding, ReadTimes } from './finding.js';

/** Sample values of the hospital; what is not given is not called. */
export type Samples = { readonly cardType: string; readonly cardNo?: string | undefined; readonly patientId?: string | undefined; readonly inpatientNo?: string | undefined; readonly visitId?: string | undefined; readonly departmentCode?: string | undefined; readonly tradeNo: string; readonly day: string };

type Read = { readonly name: string; readonly given: readonly unknown[]; /** Money cannot do without it. */ readonly needed?: true };

function readsFor({ cardType, cardNo, patientId, inpatientNo, visitId, departmentCode, tradeNo, day }: Samples, dictionaries: readonly string[]): Read[] {
  const days = { from: day, to: day };
  return [
    { name: 'ping', given: [] },
    { name: 'queryConfirmation', given: [{ tradeNo }], needed: true },
    { name: 'listDay', given: [{ day, page: 1, pageSize: 100 }] },
    { name: 'queryRefundApproval', given: [{ refundNo: tradeNo, tradeNo }], needed: true },
    ...(cardNo === undefined ? [] : [{ name: 'findPatient', given: [{ cardType, cardNo }], needed: true } as const]),
    ...(patientId === undefined ? [] : [
      { name: 'listOpenBills', given: [{ patientId }], needed: true } as const, { name: 'accountBalance', given: [{ patientId }] }, { name: 'listAccountMovements', given: [{ patientId }] },
      { name: 'listRegistrations', given: [{ patientId, ...days }] }, { name: 'listReports', given: [{ patientId, ...days }] }, { name: 'queuePlaces', given: [{ patientId }] },
    ]),
    { name: 'listDepartments', given: [{}] },
    ...(departmentCode === undefined ? [] : [{ name: 'listDoctors', given: [{ departmentCode }] }, { name: 'listSchedules', given: [{ departmentCode, ...days }] }]),
    ...(inpatientNo === undefined || visitId === undefined ? [] : [
      { name: 'findInpatient', given: [{ cardType: 'inpatientNo', cardNo: inpatientNo }] }, { name: 'listDeposits', given: [{ inpatientNo, visitId }] }, { name: 'listDailyFees', given: [{ inpatientNo, visitId, day }] },
      { name: 'sumFees', given: [{ inpatientNo, visitId }] }, { name: 'checkDischarge', given: [{ inpatientNo, visitId }] },
    ]),
    { name: 'listPrices', given: [{ kind: 'drug', initials: 'A' }] },
    ...dictionaries.map((name) => ({ name: 'loadDictionary', given: [{ name }] })),
  ];
}

const READ_TIMEOUT_MS = 15_000;
const LARGEST_CLOCK_DIFFERENCE_MS = 60_000;

export async function examineReads(adapter: object, samples: Samples, calls: number): Promise<{ readonly reads: ReadTimes[]; readonly findings: Finding[] }> {
  const reads: ReadTimes[] = [];
  const findings: Finding[] = [];
  const declared: unknown = Reflect.get(adapter, 'dictionaries');
  for (const { name, given, needed } of readsFor(samples, Array.isArray(declared) ? declared.map(String) : [])) {
    const method: unknown = Reflect.get(adapter, name);
    if (typeof method !== 'function') continue;
    const times: number[] = [];
    let answer: unknown;
    for (let call = 1; call <= calls; call += 1) {
      const startedAt = performance.now();
      answer = await Reflect.apply(method, adapter, [...given, { deadline: new Date(Date.now() + READ_TIMEOUT_MS).toISOString(), signal: new AbortController().signal }]);
      times.push(Math.round(performance.now() - startedAt));
    }
    const outcome = wordOf(answer);
    const value = member(answer, 'value');
    times.sort((one, other) => one - other);
    reads.push({ operation: name, calls, outcome, rows: Array.isArray(value) ? value.length : undefined, minMs: times[0] ?? 0, medianMs: times[times.length >> 1] ?? 0, maxMs: times.at(-1) ?? 0 });
    if (outcome !== 'ok' && outcome !== 'absent') findings.push({ level: needed === true ? 'missing' : 'attention', about: name, text: `answered ${outcome}` });
    if (name === 'ping' && outcome === 'ok') findings.push(clockFinding(member(value, 'hisTime')));
  }
  return { reads, findings };
}

/** The kind, and of a refusal its code. Messages and reasons stay where they are: a HIS may put a name into them. */
function wordOf(answer: unknown): string {
  const kind = member(answer, 'kind');
  const code = member(answer, 'code');
  const reason = member(answer, 'reason');
  const mapping = typeof reason === 'string' ? /HIS_MAPPING_\d+|^notSent|SQL error \d+/.exec(reason)?.[0] : undefined;
  return [kind, code, mapping].filter((word) => typeof word === 'string').join(' ').slice(0, 80);
}

function clockFinding(hisTime: unknown): Finding {
  const differenceMs = Date.parse(String(hisTime)) - Date.now();
  return { level: Math.abs(differenceMs) <= LARGEST_CLOCK_DIFFERENCE_MS ? 'fine' : 'attention', about: 'clock', text: `the HIS's clock differs by ${Math.round(differenceMs / 1000)} s from this machine's` };
}

