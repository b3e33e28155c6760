import { describeCertificates, describePrivateKey, describePublicKey, type Credential } from '@hospay/plugin-sdk';
import { PLATFORM_OWNER, type CredentialSource } from './ports.js';

export type PlatformCredentialPorts = {
  /** Shared secrets with applications and terminals: who, since when, and a fingerprint that only this platform can make. */
  readonly applications: () => Promise<readonly SharedSecret[]>;
  readonly terminals: () => Promise<readonly SharedSecret[]>;
  /** Recognises the key that seals every secret of the platform's database. */
  readonly sealingKey: () => string;
  readonly publishers: () => readonly { readonly keyId: string; readonly publisher: string; readonly publicKeyPem: string; readonly isRoot: boolean }[];
  /** Certificates on this machine that others serve with: in front of the console, at the broker. */
  readonly files: readonly { readonly name: string; readonly title: string; readonly certificateFile: string; readonly privateKeyFile?: string | undefined }[];
  /** Undefined: it is not there, or may not be read. */
  readonly readFile: (path: string) => Promise<string | undefined>;
};
export type SharedSecret = { readonly id: string; readonly title: string; readonly since: Date | undefined; readonly fingerprint: string };

/** The platform's own keys and certificates. */
export function platformCredentials(ports: PlatformCredentialPorts): CredentialSource {
  return {
    async read() {
      const [applications, terminals, files] = await Promise.all([ports.applications(), ports.terminals(), Promise.all(ports.files.map((file) => watchedFile(ports, file)))]);
      const credentials: Credential[] = [
        ...files.flat(),
        { name: 'sealing-key', title: { zh: '数据库密封密钥', en: 'Sealing key of the database' }, use: { zh: '密封终端、应用、插件的密钥；备份恢复时必须有它', en: 'seals keys of terminals, applications and plugins; a restore needs it' }, holder: 'ours', kind: 'sharedSecret', fingerprint: ports.sealingKey() },
        ...applications.map((secret) => shared('application', secret, { zh: '应用签名密钥', en: 'Signing secret of application' }, { zh: '验证应用的请求', en: 'verifies requests of the application' })),
        ...terminals.map((secret) => shared('terminal', secret, { zh: '终端密钥', en: 'Key of terminal' }, { zh: '终端消息签名', en: 'signs messages of the terminal' })),
        ...ports.publishers().map(publisherKey),
      ];
      return [{ owner: PLATFORM_OWNER, credentials, isComplete: true, problem: undefined }];
    },
  };
}

async function watchedFile({ readFile }: PlatformCredentialPorts, { name, title, certificateFile, privateKeyFile }: PlatformCredentialPorts['files'][number]): Promise<Credential[]> {
  const words = { title: { zh: title, en: title }, holder: 'ours' } as const;
  const use = { zh: `加密连接（${certificateFile}）`, en: `serves encrypted connections (${certificateFile})` };
  const [chain, key] = await Promise.all([readFile(certificateFile), privateKeyFile === undefined ? undefined : readFile(privateKeyFile)]);
  const ofKey = `file/${name}/key`;
  const certificates: Credential[] =
    chain === undefined
      ? [{ name: `file/${name}`, ...words, use, kind: 'certificate', problem: 'missing' }]
      : describeCertificates(chain).map((facts, index) => ({ name: index === 0 ? `file/${name}` : `file/${name}/${String(index + 1)}`, ...words, use, ...facts, ...(index === 0 && privateKeyFile !== undefined ? { belongsTo: ofKey } : {}) }));
  if (privateKeyFile === undefined) return certificates;
  const facts = key === undefined ? { kind: 'privateKey' as const, problem: 'missing' as const } : describePrivateKey(key);
  return [...certificates, { name: ofKey, ...words, use: { zh: `加密连接（${privateKeyFile}）`, en: `serves encrypted connections (${privateKeyFile})` }, ...facts }];
}

function shared(what: 'application' | 'terminal', { id, title, since, fingerprint }: SharedSecret, words: { readonly zh: string; readonly en: string }, use: Credential['use']): Credential {
  const called = title.slice(0, 40);
  return { name: `${what}/${id}`, title: { zh: `${words.zh} ${called}`, en: `${words.en} ${called}` }, use, holder: 'ours', kind: 'sharedSecret', fingerprint, ...(since === undefined ? {} : { since: since.toISOString() }) };
}

function publisherKey({ keyId, publisher, publicKeyPem, isRoot }: ReturnType<PlatformCredentialPorts['publishers']>[number]): Credential {
  return {
    name: `${isRoot ? 'trust-root' : 'publisher'}/${keyId}`,
    title: isRoot ? { zh: `信任清单根密钥 ${publisher.slice(0, 40)}`, en: `Root of the trust list ${publisher.slice(0, 40)}` } : { zh: `插件发布者公钥 ${publisher.slice(0, 40)}`, en: `Key of plugin publisher ${publisher.slice(0, 40)}` },
    use: isRoot ? { zh: '签发信任清单', en: 'signs the next trust list' } : { zh: '验证插件包的签名', en: 'verifies plugin packages' },
    holder: 'theirs', serial: keyId, ...describePublicKey(publicKeyPem),
  };
}
