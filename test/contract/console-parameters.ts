/** A configuration as a hospital writes it, loaded from real files: values from a profile, from defaults, from the environment and from a secret file, plugin settings with and without a schema, and one money part approved otherwise than the file says. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfiguration } from '@hospay/server/config/load-configuration.js';
import type { PlatformDatabase } from '@hospay/server/edges/database/platform/open-platform-database.js';
import { composeParameters } from '@hospay/server/platform-parameters.js';

const CONFIG = join(import.meta.dirname, '../../../config');
/** What no answer may hold. */
export const SECRET_CANARIES = ['canary-env', 'canary-file', 'canary-plain', 'canary-key', 'canary-robot', 'canary-user', 'canary-unknown', 'canary-app', 'canary-rand'] as const;

const PROFILE = `
hospital: { id: demo, name: 示范医院, campuses: [{ id: main, name: 总院 }], merchants: [{ merchantNo: '1900000001', name: 示范医院（微信）, campus: main }] }
http: { consolePort: 9090 }
mqtt: { corePassword: canary-plain-1 }
his: { id: his-main, plugin: sqlserver, settings: { server: his.hospital.local, password: { secret: HIS_PASSWORD }, mapping: { fromFile: mapping.json } } }
channels: [{ id: wechat-main, plugin: wechat-pay, merchantNo: '1900000001', enabled: true, settings: { appid: wx0000000000000001, apiV3Key: canary-key-2, merchantPrivateKeyPem: { secretFile: merchant.pem }, addedLater: canary-unknown-3 } }]
payments: { qrLifetimeSeconds: 240 }
payouts: { accounts: [{ id: icbc-main, title: 基本户, accountNo: '0200001009200012345', accountName: 示范医院, bankName: 工商银行 }], secondApprovalFromFen: 3000000 }
queue: { sinks: [{ name: hub, kind: mqtt, url: 'mqtts://hub.hospital.local:8883', topic: hospay/events, protocolVersion: 5, username: { secret: HUB_USER }, password: canary-plain-4 }] }
monitoring: { delivery: { email: [{ id: duty, leastSeverity: 1, host: mail.hospital.local, port: 25, security: none, from: hospay@hospital.local, to: [zhang.duty@hospital.local] }], webhooks: [{ id: robot, leastSeverity: 1, url: 'https://qyapi.example/cgi-bin/webhook/send?key=canary-robot-5', template: wecom, secret: canary-plain-signing-6 }] } }
provision: { operators: [{ operatorNo: '0101', displayName: 王收费, role: cashier, password: canary-plain-7 }], applications: [{ id: app, title: 医院 APP, secret: canary-app-secret-of-at-least-32-characters, permissions: [read] }] }
`;

export function consoleParameters({ folder, database }: { readonly folder: string; readonly database: Pick<PlatformDatabase, 'approvedConfiguration' | 'keyedFingerprint'> }) {
  const [config, data] = [join(folder, 'config'), join(folder, 'config-data')];
  mkdirSync(join(config, 'profiles'), { recursive: true });
  mkdirSync(data, { recursive: true });
  cpSync(join(CONFIG, 'defaults.yaml'), join(config, 'defaults.yaml'));
  writeFileSync(join(config, 'profiles/house.yaml'), PROFILE);
  writeFileSync(join(config, 'mapping.json'), JSON.stringify({ version: 1, patient: { view: 'canary-unknown-view' } }));
  writeFileSync(join(data, 'merchant.pem'), '-----BEGIN PRIVATE KEY-----\ncanary-file-8\n-----END PRIVATE KEY-----\n');
  const { configuration, ...loaded } = loadConfiguration({ profile: 'house', profileFolder: join(config, 'profiles'), environment: { HIS_PASSWORD: 'canary-env-9', HUB_USER: 'canary-user-10' }, dataFolder: data });
  const running = { isPending: false };
  const settingsSchema = { type: 'object', properties: { appid: { type: 'string' }, apiV3Key: { type: 'string', secret: true }, merchantPrivateKeyPem: { type: 'string', secret: true } } };
  const host = { inspect: () => [{ configuration: { id: 'wechat-main' }, settingsSchema }, { configuration: { id: 'his-main' }, settingsSchema: { type: 'object', properties: { server: { type: 'string' } } } }] as never };
  return {
    running,
    loaded: { ...loaded, configuration },
    list: () => composeParameters({
      // Two persons approved another limit than the file has by now.
      effective: running.isPending ? { ...configuration, payouts: { ...configuration.payouts, secondApprovalFromFen: 5_000_000 } } : configuration,
      loaded: { ...loaded, configuration }, isPending: running.isPending, database, host,
    }).list(),
  };
}
