/** The TCP adapter with one of the example mappings, joined to the HIS simulator over real connections. */
import { readFile } from 'node:fs/promises';
import { createTcpAdapter, readMapping, type Settings, type TcpAdapter } from '@hospay/hospital-adapter-tcp';
import type { HospitalSubject } from '@hospay/plugin-sdk/testkit';
import { startHisSimulator, type HisSimulator } from '../simulators/his/his-simulator.js';
import { agentCredentials, agentDialect } from '../simulators/his/tcp/agent-dialect.js';
import type { TcpDialect } from '../simulators/his/tcp/dialect.js';
import { frontMachineCredentials, frontMachineDialect } from '../simulators/his/tcp/front-machine-dialect.js';
import { startTcpHis, type TcpHis } from '../simulators/his/tcp/tcp-his.js';
import { NOTICE_KEY, tcpPusher } from '../simulators/his/notices/tcp-pusher.js';
import { noticeSide } from './his-notice-side.js';
import { hospitalControl, textPatient, type LogLine } from './his-text-subject.js';

type Personality = { readonly dialect: TcpDialect; readonly mapping: string; readonly credentials: Partial<Settings> };

export const PERSONALITIES = {
  agent: { dialect: agentDialect, mapping: 'tcp-agent', credentials: agentCredentials },
  frontMachine: { dialect: frontMachineDialect, mapping: 'tcp-front-machine', credentials: frontMachineCredentials },
} as const satisfies Readonly<Record<string, Personality>>;

export type TcpSubject = HospitalSubject & { readonly adapter: TcpAdapter; readonly his: HisSimulator; readonly agent: TcpHis; readonly logLines: readonly LogLine[] };
/** As far as tests change it. */
export type TcpMapping = { operations: Record<string, Record<string, unknown>> } & Record<string, unknown>;
export type TcpSubjectOptions = { readonly settings?: Partial<Settings>; readonly changeMapping?: (mapping: TcpMapping) => void };

export async function readExample(name: string): Promise<TcpMapping> {
  const mapping: TcpMapping = JSON.parse(await readFile(new URL(`../../../config/hospitals/${name}/tcp-mapping.json`, import.meta.url), 'utf8'));
  return mapping;
}

export async function makeTcpSubject(personality: keyof typeof PERSONALITIES, options: TcpSubjectOptions = {}): Promise<TcpSubject> {
  const { dialect, mapping: name, credentials } = PERSONALITIES[personality];
  const his = await startHisSimulator();
  const agent = await startTcpHis(his, dialect);
  const logLines: LogLine[] = [];
  const log = (message: string, facts: LogLine['facts'] = {}): void => { logLines.push({ message, facts }); };
  const mapping = await readExample(name);
  options.changeMapping?.(mapping);
  // One spoiled call after the other is what these tests are about; the breaker has tests of its own.
  const settings: Settings = { server: '127.0.0.1', port: agent.port, ...credentials, breaker: { failureThreshold: 100 }, noticeKey: NOTICE_KEY, noticeListener: { host: '127.0.0.1', port: 0, allowedAddresses: ['127.0.0.1'] }, ...options.settings };
  const adapter = createTcpAdapter({ settings, mapping: readMapping(mapping), now: () => new Date(), log: { info: log, warn: log } });
  return {
    adapter, his, agent, logLines, patient: textPatient,
    lossyCardNo: 'C䶮000002',
    control: { ...hospitalControl(his, () => agent.down()), notices: { connect: ({ port: at = 0 }) => noticeSide(tcpPusher(personality, at)) } },
    stop: async () => {
      await adapter.stop();
      await agent.down();
      await his.stop();
    },
  };
}
