/** The SQL Server adapter with the mapping of each kind of hospital, joined to that personality of the HIS simulator over real TDS. */
import { readFile } from 'node:fs/promises';
import { createSqlServerAdapter, readMapping, type Settings } from '@hospay/hospital-adapter-sqlserver';
import type { FaultableHisOperation, HospitalFault } from '@hospay/plugin-sdk/testkit';
import type { JobHabits } from '../simulators/his/personalities/middle-tables.js';
import type { PersonalityName } from '../simulators/his/personalities/personality-of.js';
import { defaultLogin, startHisSimulator } from '../simulators/his/his-simulator.js';
import { middleTablePusher } from '../simulators/his/notices/middle-table-pusher.js';
import { noticeSide } from './his-notice-side.js';
import { FAULTS, hospitalControl, patient, type DemoMapping, type LogLine, type SqlServerSubject } from './hospital-adapter-sqlserver-subject.js';

export type Shape = Exclude<PersonalityName, 'procedures'>;

export type ShapeOptions = { readonly settings?: Partial<Settings>; readonly changeMapping?: (mapping: DemoMapping) => void; readonly job?: JobHabits };

type Face = {
  readonly folder: string;
  /** What a fault of an operation is planned for. */
  readonly calls: Readonly<Record<FaultableHisOperation, string>>;
  readonly settings?: Partial<Settings>;
};

const READS = { findPatient: 'usp_hospay_find_patient', listOpenBills: 'usp_hospay_list_open_bills', listDay: 'usp_hospay_day_list' } as const;
const QUESTIONS = { queryConfirmation: 'usp_hospay_query_confirmation', queryRefundApproval: 'usp_hospay_query_refund' } as const;

export const BASKET_IDENTITIES = [1, 2, 3, 4].map((number) => ({ terminal: `00-50-56-00-00-0${number}`, operator: '999999' }));

const FACES: Readonly<Record<Shape, Face>> = {
  router: {
    folder: 'router',
    calls: {
      findPatient: 'usp_gateway/PatientQuery', listOpenBills: 'usp_gateway/BillList', presettle: 'usp_gateway/PreSettle', confirm: 'usp_gateway/Settle', queryConfirmation: 'usp_gateway/SettleQuery',
      approveRefund: 'usp_gateway/Refund', queryRefundApproval: 'usp_gateway/RefundQuery', listDay: 'usp_gateway/DayList',
    },
  },
  basket: {
    folder: 'basket',
    calls: { ...READS, ...QUESTIONS, presettle: 'usp_sf_submit/0', confirm: 'usp_sf_submit/2', approveRefund: 'usp_hospay_refund' },
    settings: { basketIdentities: BASKET_IDENTITIES },
  },
  views: {
    folder: 'views',
    calls: {
      findPatient: 'vw_sf_patient', listOpenBills: 'vw_sf_open_bill', listDay: 'vw_sf_day_list', queryConfirmation: 'vw_sf_receipt', queryRefundApproval: 'vw_sf_refund',
      presettle: 'usp_hospay_presettle', confirm: 'usp_hospay_confirm', approveRefund: 'usp_hospay_refund',
    },
  },
  middleTables: {
    folder: 'middle-tables',
    calls: { ...READS, queryConfirmation: 'vw_mid_booking', queryRefundApproval: 'vw_mid_reversal', presettle: 'usp_hospay_presettle', confirm: 'insert mid_payment', approveRefund: 'insert mid_refund' },
  },
};

/** How often an outcome is asked for, so that a spoiled answer is spoiled for the whole of a call. */
const ASKED_TIMES = 15;

export async function makeShapeSubject(shape: Shape, options: ShapeOptions = {}): Promise<SqlServerSubject> {
  const face = FACES[shape];
  const mapping = readMapping(await readFaceMapping(shape, options), options.settings?.version);
  const his = await startHisSimulator({ personality: shape, ...(options.job === undefined ? {} : { job: options.job }) });
  const logLines: LogLine[] = [];
  const log = (message: string, facts: LogLine['facts'] = {}): void => { logLines.push({ message, facts }); };
  const settings: Settings = {
    server: his.host, port: his.port, database: his.databaseName, user: defaultLogin.user, password: defaultLogin.password, breaker: { failureThreshold: 100 }, ...face.settings, ...options.settings,
  };
  const adapter = createSqlServerAdapter({ settings, mapping, now: () => new Date(), log: { info: log, warn: log } });
  const spoiledReads = new Set<string>();
  /** A busy machine reads an answer less often than is planned for while it is waited for: what is left is not for who asks later. */
  const readRight = (): void => {
    for (const procedure of spoiledReads) his.faults.clear(procedure);
    spoiledReads.clear();
  };
  return {
    adapter, his, logLines, patient,
    lossyCardNo: 'C䶮000002',
    control: {
      ...hospitalControl(his),
      failNext: (operation, fault) => {
        const which = spoiled(shape, operation, fault, face.calls[operation]);
        if (which.times !== undefined) spoiledReads.add(which.procedure);
        his.faults.add({ ...which, fault: FAULTS[fault] });
        return Promise.resolve();
      },
      ...(shape === 'middleTables' ? { letHisWork: () => { readRight(); return his.letWork(); }, notices: { connect: () => noticeSide(middleTablePusher(his), []) } } : {}),
    },
    stop: async () => {
      await adapter.stop();
      await his.stop();
    },
  };
}

async function readFaceMapping(shape: Shape, { changeMapping }: ShapeOptions): Promise<DemoMapping> {
  const mapping: DemoMapping = JSON.parse(await readFile(new URL(`../../../config/hospitals/${FACES[shape].folder}/sqlserver-mapping.json`, import.meta.url), 'utf8'));
  // Tests have no patience.
  if (shape === 'middleTables') for (const name of ['confirm', 'approveRefund']) Object.assign(mapping.operations[name]?.['handOver'] ?? {}, { askEveryMs: 20, askForMs: 20 * (ASKED_TIMES - 1) });
  if (shape === 'middleTables') Object.assign(mapping.notices ?? {}, { everyMs: 20, againAfterMs: 0 });
  changeMapping?.(mapping);
  return mapping;
}

/** A row that goes in answers with nothing: its values are spoiled when what became of it is read. */
function spoiled(shape: Shape, operation: FaultableHisOperation, fault: HospitalFault, procedure: string): { readonly procedure: string; readonly times?: number } {
  const isHandedOver = shape === 'middleTables' && (operation === 'confirm' || operation === 'approveRefund');
  return isHandedOver && fault === 'garbageValues' ? { procedure: procedure.replace('insert ', ''), times: ASKED_TIMES } : { procedure };
}
