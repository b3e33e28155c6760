/** The SOAP adapter with one of the example mappings, joined to the HIS simulator over real HTTP. */
import { readFile } from 'node:fs/promises';
import { createSoapAdapter, readMapping, type Settings, type SoapAdapter } from '@hospay/hospital-adapter-soap';
import { createGuestHttp } from '@hospay/plugin-sdk/host';
import type { HospitalSubject } from '@hospay/plugin-sdk/testkit';
import { startHisSimulator, type HisSimulator } from '../simulators/his/his-simulator.js';
import type { SoapDialect } from '../simulators/his/soap/dialect.js';
import { encryptedCredentials, encryptedDialect } from '../simulators/his/soap/encrypted-dialect.js';
import { pinyinCredentials, pinyinDialect } from '../simulators/his/soap/pinyin-dialect.js';
import { requestCredentials, requestDialect } from '../simulators/his/soap/request-dialect.js';
import { startSoapHis, type SoapHis } from '../simulators/his/soap/soap-his.js';
import { NOTICE_PASSWORD, soapPusher } from '../simulators/his/notices/soap-pusher.js';
import { noticeSide } from './his-notice-side.js';
import { hospitalControl, textPatient, type LogLine } from './his-text-subject.js';

type Personality = { readonly dialect: SoapDialect; readonly mapping: string; readonly credentials: Partial<Settings> };

export const PERSONALITIES = {
  selfService: { dialect: requestDialect, mapping: 'soap-self-service', credentials: requestCredentials },
  gbk: { dialect: pinyinDialect, mapping: 'soap-gbk', credentials: pinyinCredentials },
  encrypted: { dialect: encryptedDialect, mapping: 'soap-encrypted', credentials: encryptedCredentials },
} as const satisfies Readonly<Record<string, Personality>>;

export type SoapSubject = HospitalSubject & { readonly adapter: SoapAdapter; readonly his: HisSimulator; readonly service: SoapHis; readonly logLines: readonly LogLine[] };
/** As far as tests change it. */
export type SoapMapping = { service: Record<string, unknown>; operations: Record<string, Record<string, unknown>> } & Record<string, unknown>;
export type SoapSubjectOptions = { readonly settings?: Partial<Settings>; readonly changeMapping?: (mapping: SoapMapping) => void };

export async function readExample(name: string): Promise<SoapMapping> {
  const mapping: SoapMapping = JSON.parse(await readFile(new URL(`../../../config/hospitals/${name}/soap-mapping.json`, import.meta.url), 'utf8'));
  return mapping;
}

export async function makeSoapSubject(personality: keyof typeof PERSONALITIES, options: SoapSubjectOptions = {}): Promise<SoapSubject> {
  const { dialect, mapping: name, credentials } = PERSONALITIES[personality];
  const his = await startHisSimulator();
  const service = await startSoapHis(his, dialect);
  const logLines: LogLine[] = [];
  const log = (message: string, facts: LogLine['facts'] = {}): void => { logLines.push({ message, facts }); };
  const mapping = await readExample(name);
  options.changeMapping?.(mapping);
  // One spoiled call after the other is what these tests are about; the breaker has tests of its own.
  const settings: Settings = { url: service.url, ...credentials, breaker: { failureThreshold: 100 }, noticePassword: NOTICE_PASSWORD, noticeListener: { host: '127.0.0.1', port: 0, allowedAddresses: ['127.0.0.1'] }, ...options.settings };
  const http = createGuestHttp({ isAllowed: (url) => url.href.startsWith(service.url), secretOf: () => undefined });
  const adapter = createSoapAdapter({ settings, mapping: readMapping(mapping), http, now: () => new Date(), log: { info: log, warn: log } });
  return {
    adapter, his, service, logLines, patient: textPatient,
    lossyCardNo: 'C䶮000002',
    control: { ...hospitalControl(his, () => service.down()), notices: { connect: ({ port: at = 0 }) => noticeSide(soapPusher(personality, at)) } },
    stop: async () => {
      await adapter.stop();
      http.stop();
      await service.down();
      await his.stop();
    },
  };
}
