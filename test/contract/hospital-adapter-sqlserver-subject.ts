/** The SQL Server adapter with the demo hospital's mapping, joined to the HIS simulator over real TDS. */
import { readFile } from 'node:fs/promises';
import { createSqlServerAdapter, readMapping, type Settings, type SqlServerAdapter } from '@hospay/hospital-adapter-sqlserver';
import type { FaultableHisOperation, HospitalControl, HospitalFault, HospitalSubject } from '@hospay/plugin-sdk/testkit';
import type { Fault } from '../simulators/his/faults.js';
import { makeFacetControls } from './hospital-facet-controls.js';
import type { ServerIdentity } from '../simulators/his/tds/encryption.js';
import { defaultLogin, startHisSimulator, type HisSimulator } from '../simulators/his/his-simulator.js';

export type LogLine = { readonly message: string; readonly facts: Readonly<Record<string, string | number | boolean>> };

export type SqlServerSubject = HospitalSubject & { readonly adapter: SqlServerAdapter; readonly his: HisSimulator; readonly logLines: readonly LogLine[] };

export type SubjectOptions = { readonly settings?: Partial<Settings>; readonly changeMapping?: (mapping: DemoMapping) => void; /** The clock of the HIS. */ readonly hisNow?: () => Date; /** The HIS encrypts. */ readonly identity?: ServerIdentity; /** A HIS that books in two steps (确认到账). */ readonly twoSteps?: true };

/** As far as tests change it. */
export type DemoMapping = { router?: { parameters: object[] }; notices?: object; operations: Record<string, Record<string, unknown>>; dictionaries: Record<string, Record<string, unknown>> };

const PROCEDURES: Readonly<Record<FaultableHisOperation, string>> = {
  findPatient: 'usp_hospay_find_patient',
  listOpenBills: 'usp_hospay_list_open_bills',
  presettle: 'usp_hospay_presettle',
  confirm: 'usp_hospay_confirm',
  queryConfirmation: 'usp_hospay_query_confirmation',
  approveRefund: 'usp_hospay_refund',
  queryRefundApproval: 'usp_hospay_query_refund',
  listDay: 'usp_hospay_day_list',
};

export const FAULTS: Readonly<Record<HospitalFault, Fault>> = {
  dropBeforeExecution: { kind: 'drop-before-execute' },
  silenceBeforeExecution: { kind: 'no-answer-before-execute' },
  dropAfterCommit: { kind: 'commit-then-drop' },
  silenceAfterCommit: { kind: 'commit-then-no-answer' },
  serverErrorAfterCommit: { kind: 'server-error', number: 50_000, text: '系统忙', afterCommit: true },
  garbageValues: { kind: 'garbage-values' },
  garbageBytes: { kind: 'garbage-bytes' },
};

/** The procedure the mapping names for an operation. */
function procedureOf(mapping: DemoMapping, operation: string): string {
  const procedure = mapping.operations[operation]?.['procedure'];
  if (typeof procedure !== 'string') throw new Error(`the mapping has no procedure for ${operation}`);
  return procedure.replace(/^dbo\./, '');
}

/** The mapping of a hospital whose HIS books in two steps: the first leaves a state that counts as absent until the second is told. */
function bookInTwoSteps({ operations }: DemoMapping): void {
  for (const name of ['confirm', 'confirmInsured']) {
    const parameters = operations[name]?.['parameters'];
    delete operations[name]?.['leftOut'];
    if (Array.isArray(parameters)) parameters.push({ name: 'await_arrival', type: 'int', constant: 1 });
  }
  operations['queryConfirmation'] = { ...operations['queryConfirmation'], state: { column: 'status', booked: ['0', '1', '2'], absent: ['3', '4'] } };
  operations['confirmArrival'] = {
    procedure: 'dbo.usp_hospay_confirm_arrival',
    parameters: [
      { name: 'trade_no', type: 'varchar(32)', from: 'tradeNo' }, { name: 'settlement_no', type: 'varchar(32)', from: 'settlementNo' }, { name: 'amount', type: 'decimal(12,2)', from: 'amountFen', money: 'yuan' },
      { name: 'channel_trade_no', type: 'varchar(64)', from: 'channelTradeNo' }, { name: 'ret_code', type: 'int', direction: 'out' }, { name: 'ret_msg', type: 'nvarchar(200)', direction: 'out' },
    ],
    codes: { from: { out: 'ret_code' }, message: { out: 'ret_msg' }, ok: ['0'], rejected: ['190101'], mismatch: ['190104'], unknown: ['99'] },
    fields: {},
  };
}

/** What the HIS's next version calls differently. */
const RENAMED = { presettle: ['@self_pay', '@own_pay'], queryConfirmation: ['settlement_no,', 'settlement_no AS jsdh,'], listOpenBills: ['b.amount,', 'b.amount AS je,'] } as const;

export const patient = { cardType: 'visitCard', cardNo: 'C0000002', patientId: 'P0000002' } as const;

export async function makeSqlServerSubject(options: SubjectOptions = {}): Promise<SqlServerSubject> {
  const his = await startHisSimulator({ ...(options.hisNow === undefined ? {} : { now: options.hisNow }), ...(options.identity === undefined ? {} : { identity: options.identity }) });
  const logLines: LogLine[] = [];
  const log = (message: string, facts: LogLine['facts'] = {}): void => { logLines.push({ message, facts }); };
  const settings: Settings = {
    server: his.host, port: his.port, database: his.databaseName, user: defaultLogin.user, password: defaultLogin.password,
    // One spoiled call after the other is what these tests are about; the breaker has tests of its own.
    breaker: { failureThreshold: 100 },
    ...options.settings,
  };
  const mapping: DemoMapping = JSON.parse(await readFile(new URL('../../../config/hospitals/demo/sqlserver-mapping.json', import.meta.url), 'utf8'));
  if (options.twoSteps === true) bookInTwoSteps(mapping);
  options.changeMapping?.(mapping);
  const adapter = createSqlServerAdapter({ settings, mapping: readMapping(mapping), now: () => new Date(), log: { info: log, warn: log } });
  return {
    adapter, his, logLines, patient,
    lossyCardNo: 'C䶮000002',
    control: {
      ...hospitalControl(his),
      failNext: (operation, fault) => {
        his.faults.add({ procedure: PROCEDURES[operation], fault: FAULTS[fault] });
        return Promise.resolve();
      },
      failNextOperation: (operation, fault) => {
        his.faults.add({ procedure: procedureOf(mapping, operation), fault: FAULTS[fault] });
        return Promise.resolve();
      },
      dispense: (tradeNo) => his.hospital.markDispensed(tradeNo),
      makeFreeBill: async () => {
        const billNo = await his.hospital.addBill({ patientId: 'P0000022', lines: [{ itemName: '阿莫西林胶囊', priceFen: 4_321 }] });
        return { patientId: 'P0000022', billNo, amountFen: 4_321 };
      },
      slowDown: (delayMs) => {
        his.faults.add({ procedure: '*', fault: { kind: 'delay-before', delayMs }, times: 'always' });
        return Promise.resolve();
      },
      connections: () => Promise.resolve({ most: his.mostConnections, allowed: settings.poolMax ?? 4 }),
      renameColumn: (operation) => his.hospital.renameAnswer(procedureOf(mapping, operation), RENAMED[operation]),
      ...(options.twoSteps === true ? { countArrivals: (tradeNo: string) => Promise.resolve(his.hospital.countArrivals(tradeNo)) } : {}),
      ...makeFacetControls(his),
      registration: {
        makeSlot: (places) => his.hospital.registration.addSlot(places),
        fillSlot: (slot) => his.hospital.registration.fillSlot(slot),
        stopClinic: ({ scheduleId }) => his.hospital.registration.stopClinic(scheduleId),
        expireHolds: ({ slotId }) => his.hospital.registration.expireHolds(slotId),
        checkIn: (tradeNo) => his.hospital.registration.checkIn(tradeNo),
        countLocks: (lockNo) => Promise.resolve(his.hospital.registration.countLocks(lockNo)),
        countHolds: (registrationNo) => Promise.resolve(his.hospital.registration.countHolds(registrationNo)),
        countBookings: (tradeNo) => Promise.resolve(his.hospital.registration.countPayments(tradeNo)),
        countRefunds: (refundNo) => Promise.resolve(his.hospital.registration.countRefunds(refundNo)),
      },
    },
    stop: async () => {
      await adapter.stop();
      await his.stop();
    },
  };
}

/** The simulated hospital in the hands of the suite, whatever face it shows; how a call is spoiled is the face's own. */
export function hospitalControl(his: HisSimulator): Omit<HospitalControl, 'failNext'> {
  let bills = 0;
  return {
    makeBill: async () => {
      bills += 1;
      const amountFen = 12_345 + bills;
      const billNo = await his.hospital.addBill({ patientId: patient.patientId, lines: [{ itemName: '阿莫西林胶囊', priceFen: amountFen }] });
      return { patientId: patient.patientId, billNo, amountFen };
    },
    changeBill: ({ billNo, amountFen }) => his.hospital.changeBill(billNo, { amountFen: amountFen + 100 }),
    payAtWindow: async ({ billNo }) => { await his.hospital.settleAtWindow([billNo]); },
    countBookings: (tradeNo) => Promise.resolve(his.hospital.listSettlements().filter((settlement) => settlement.tradeNo === tradeNo).length),
    countRefunds: (refundNo) => Promise.resolve(his.hospital.listRefunds().filter((refund) => refund.refundNo === refundNo).length),
    faults: ['dropBeforeExecution', 'silenceBeforeExecution', 'dropAfterCommit', 'silenceAfterCommit', 'serverErrorAfterCommit', 'garbageValues', 'garbageBytes'],
    refuseRefund: (tradeNo) => his.hospital.markDispensed(tradeNo),
    makeUnreachable: () => his.down(),
  };
}
