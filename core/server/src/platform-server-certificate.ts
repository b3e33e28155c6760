/** The server certificate joined: its store, its watch, its health. Called by the composition root, of which it is a part. */
import { describeCertificates, describePrivateKey, type Credential } from '@hospay/plugin-sdk';
import type { Configuration } from './config/configuration-schema.js';
import { refused } from './domain/errors.js';
import { serverX509 } from './edges/certificates/server-x509.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { SecretUnreadable } from './edges/database/platform/secret-box.js';
import { livenessEndpoint } from './edges/http/operations-endpoints.js';
import { rootCertificatePage, toConsole } from './edges/http/plain-entrance.js';
import { startHttpServer, type HttpServerOptions, type RunningHttpServer } from './edges/http/http-kit/start-http-server.js';
import { PLATFORM_OWNER, type CredentialSource } from './monitoring/ports.js';
import type { Health } from './operations/health.js';
import type { KeptCertificate, ServerCertificateDesk, ServerCertificatePorts, ServerCertificateStore } from './server-certificate/ports.js';
import { openServerCertificate, type RunningServerCertificate } from './server-certificate/server-certificate-desk.js';

type Parts = Pick<ServerCertificatePorts, 'changed' | 'audit' | 'clock' | 'log'> & { readonly configuration: Configuration; readonly database: Pick<PlatformDatabase, 'platformKeys'>; readonly health: Health };

/** Undefined where TLS is off. */
export async function composeServerCertificate({ configuration: { http, hospital }, database, health, ...ports }: Parts): Promise<RunningServerCertificate | undefined> {
  if (http.tls === undefined) return undefined;
  const opened = await openServerCertificate({ ...ports, x509: serverX509(hospital.name), store: serverCertificateStore(database), names: http.tls.names });
  health.add({ name: 'server certificate', kind: 'notice', deadlineMs: 1_000, check() {
    const problem = opened.problem();
    return problem === undefined ? { ok: true } : { ok: false, reason: problem.en };
  } });
  return opened;
}

export function serverCertificateStore({ platformKeys }: Pick<PlatformDatabase, 'platformKeys'>): ServerCertificateStore {
  return {
    async find(name) {
      try {
        const found = await platformKeys.find(name);
        return found?.certificate === undefined ? undefined : { privateKeyPem: found.key.toString('utf8'), chainPem: found.certificate };
      } catch (error) {
        // Whatever a restore mixed up, the box starts: this one is made or given anew.
        if (error instanceof SecretUnreadable) return undefined;
        throw error;
      }
    },
    put: (name, { privateKeyPem, chainPem }, now, forget) => platformKeys.put(name, { key: Buffer.from(privateKeyPem, 'utf8'), certificate: chainPem }, now, forget),
    forget: (names) => platformKeys.forget(names),
  };
}

/** The console reads that TLS is off. */
export const NO_SERVER_CERTIFICATE: ServerCertificateDesk = {
  read: () => Promise.resolve({ isOn: false, names: [], source: 'applianceAuthority', served: undefined, root: undefined, problem: undefined, pendingRequest: undefined }),
  request: () => isOff(), takeAnswer: () => isOff(), upload: () => isOff(), goBack: () => isOff(),
  root: () => Promise.resolve(refused('NO_SUCH_ITEM')),
};
const isOff = () => Promise.resolve(refused('CONFLICT', { zh: '未启用 HTTPS：请在配置文件中设置 http.tls 并重启', en: 'TLS is off: set http.tls in the configuration and start again' }));

const TITLES = {
  'server-root': { zh: '本机根证书', en: 'Root of the appliance' }, 'server-own': { zh: '本机签发的服务器证书', en: 'Server certificate of the appliance' },
  'server-hospital-pki': { zh: '医院签发的服务器证书', en: 'Server certificate of the hospital’s authority' }, 'server-uploaded': { zh: '上传的服务器证书', en: 'Server certificate that was uploaded' }, 'server-request': { zh: '证书申请', en: 'Certificate request' },
} as const satisfies Record<KeptCertificate, Credential['title']>;
const USE = { zh: '控制台与支付接口的加密连接', en: 'encrypts console and payment API' };

/** The platform's keys with the server's chains and their keys: one owner is read as a whole. */
export function withServerCredentials(platform: CredentialSource, opened: () => RunningServerCertificate | undefined): CredentialSource {
  return {
    async read() {
      const kept = (await opened()?.watched()) ?? [];
      const credentials = kept.flatMap(({ what, chainPem, privateKeyPem }): Credential[] => [
        ...describeCertificates(chainPem).flatMap((facts, index) => (what === 'server-own' && index > 0 ? [] : [{ name: index === 0 ? what : `${what}/${String(index + 1)}`, title: TITLES[what], use: USE, holder: 'ours' as const, ...facts, ...(index === 0 ? { belongsTo: `${what}/key` } : {}) }])),
        { name: `${what}/key`, title: TITLES[what], use: USE, holder: 'ours', ...describePrivateKey(privateKeyPem) },
      ]);
      return (await platform.read()).map((reading) => (reading.owner === PLATFORM_OWNER ? { ...reading, credentials: [...reading.credentials, ...credentials] } : reading));
    },
  };
}

type EntranceParts = Omit<HttpServerOptions, 'port' | 'groups' | 'middleware'> & { readonly http: Configuration['http']; readonly opened: RunningServerCertificate | undefined; readonly health: Health };
export async function startPlainEntrance({ http: { tls, consolePort }, opened, health, ...options }: EntranceParts): Promise<RunningHttpServer | undefined> {
  if (tls === undefined || opened === undefined) return undefined;
  const where = { names: tls.names, consolePort };
  return startHttpServer({ ...options, port: tls.plainPort, groups: [rootCertificatePage({ ...where, root: () => opened.root(), fingerprint: async () => (await opened.read()).root?.fingerprint }), livenessEndpoint(() => health.live())], middleware: [toConsole(where)] });
}
