/** The HL7 adapter with the lakeside hospital's mapping, joined to the HIS simulator over MLLP. */
import { readFile } from 'node:fs/promises';
import { createHl7Adapter, readMapping, type Hl7Adapter, type Settings } from '@hospay/hospital-adapter-hl7';
import type { FaultableHisOperation, HospitalFault, HospitalSubject } from '@hospay/plugin-sdk/testkit';
import type { Fault } from '../simulators/his/faults.js';
import { startHisSimulator, type HisSimulator } from '../simulators/his/his-simulator.js';
import { hl7Pusher, NOTICE_SECURITY } from '../simulators/his/notices/hl7-pusher.js';
import { noticeSide } from './his-notice-side.js';
import { startHl7Hospital, type Hl7Hospital, type Hl7HospitalOptions } from '../simulators/his/hl7/hl7-hospital.js';

export type LogLine = { readonly message: string; readonly facts: Readonly<Record<string, string | number | boolean>> };

export type Hl7Subject = HospitalSubject & { readonly adapter: Hl7Adapter; readonly his: HisSimulator; readonly hospital: Hl7Hospital; readonly logLines: readonly LogLine[] };

/** As far as tests change it. */
export type LakesideMapping = { errorCode: string; operations: Record<string, Record<string, unknown>> };

export type SubjectOptions = {
  readonly hospital?: Omit<Hl7HospitalOptions, 'his' | 'answersTo'>;
  readonly settings?: Partial<Settings>;
  readonly changeMapping?: (mapping: LakesideMapping) => void;
  /** Answers come to a listener of the adapter. */
  readonly listens?: boolean;
};

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

const FAULTS: Readonly<Record<HospitalFault, Fault>> = {
  dropBeforeExecution: { kind: 'drop-before-execute' },
  silenceBeforeExecution: { kind: 'no-answer-before-execute' },
  dropAfterCommit: { kind: 'commit-then-drop' },
  silenceAfterCommit: { kind: 'commit-then-no-answer' },
  serverErrorAfterCommit: { kind: 'server-error', number: 50_000, text: '系统忙', afterCommit: true },
  garbageValues: { kind: 'garbage-values' },
  garbageBytes: { kind: 'garbage-bytes' },
};

const patient = { cardType: 'visitCard', cardNo: 'C0000002', patientId: 'P0000002' } as const;

export async function makeHl7Subject(options: SubjectOptions = {}): Promise<Hl7Subject> {
  const his = await startHisSimulator();
  let answerPort = 0;
  const hospital = await startHl7Hospital({ his, ...options.hospital, ...(options.listens === true ? { answersTo: () => ({ host: '127.0.0.1', port: answerPort }) } : {}) });
  const logLines: LogLine[] = [];
  const log = (message: string, facts: LogLine['facts'] = {}): void => { logLines.push({ message, facts }); };
  const mapping: LakesideMapping = JSON.parse(await readFile(new URL('../../../config/hospitals/lakeside/hl7-mapping.json', import.meta.url), 'utf8'));
  options.changeMapping?.(mapping);
  const settings: Settings = {
    host: hospital.host, port: hospital.port,
    // One spoiled call after the other is what these tests are about; the breaker has tests of its own.
    breaker: { failureThreshold: 100 },
    noticeSecurity: NOTICE_SECURITY, noticeListener: { host: '127.0.0.1', port: 0, allowedAddresses: ['127.0.0.1'] },
    ...(options.listens === true ? { answerListener: { host: '127.0.0.1', port: 0 } } : {}),
    ...options.settings,
  };
  const adapter = await createHl7Adapter({ settings, mapping: readMapping(mapping), now: () => new Date(), log: { info: log, warn: log } });
  answerPort = adapter.answerPort ?? 0;
  let bills = 0;
  return {
    adapter, his, hospital, logLines, patient,
    lossyCardNo: 'C䶮000002',
    control: {
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
      failNext: (operation, fault) => {
        his.faults.add({ procedure: PROCEDURES[operation], fault: FAULTS[fault] });
        return Promise.resolve();
      },
      refuseRefund: (tradeNo) => his.hospital.markDispensed(tradeNo),
      makeUnreachable: () => hospital.down(),
      notices: { connect: ({ port = 0 }) => noticeSide(hl7Pusher({ port, charset: (settings.characterSet ?? 'utf-8') === 'utf-8' ? 'utf-8' : 'gbk', wantsCommit: settings.acknowledgement === 'enhanced' })) },
    },
    stop: async () => {
      await adapter.stop();
      await hospital.stop();
      await his.stop();
    },
  };
}
