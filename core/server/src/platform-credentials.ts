/** 证书与密钥 joined: whose keys and certificates are watched, and how one is replaced. Part of the composition root. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Configuration } from './config/configuration-schema.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { sharedSecrets } from './edges/database/platform/shared-secrets.js';
import { createCertificateWatch } from './monitoring/certificate-watch.js';
import { platformCredentials, type PlatformCredentialPorts } from './monitoring/platform-credentials.js';
import type { WatchPolicy } from './monitoring/ports.js';
import { createRotationDesk } from './monitoring/rotation-desk.js';
import { give, TOKENS } from './platform-container.js';
import type { Running } from './platform-opened.js';
import type { PlatformOptions } from './platform-options.js';
import type { Plugins } from './platform-plugins.js';
import { withServerCredentials } from './platform-server-certificate.js';
import type { TrustedPublishers } from './plugin-host/packages/trusted-publishers.js';
import { pluginCredentials } from './plugin-host/plugin-credentials.js';

export function composeCredentials({ configuration, configFolder, clock, timers, log }: PlatformOptions, running: Running, database: PlatformDatabase, { trust, stageOf }: Pick<Plugins, 'trust' | 'stageOf'>): void {
  give(TOKENS.certificates, (get) => createCertificateWatch({
    sources: [pluginCredentials(get(TOKENS.pluginHost), database.keyedFingerprint), withServerCredentials(platformCredentials(platformKeys(configuration, configFolder, database, trust)), () => running.serverCertificate)],
    store: database.credentials,
    rehearsedFingerprints: (owner) => database.rotations.rehearsedFingerprints(owner),
    policy: watchPolicyOf(configuration),
    clock, timers, log, audit: get(TOKENS.audit),
  }));
  give(TOKENS.rotations, (get) => createRotationDesk({
    stage: stageOf(get),
    rotations: database.rotations, policy: watchPolicyOf(configuration), clock, audit: get(TOKENS.audit),
  }));
}

/** What the platform itself holds: secrets shared with applications and terminals, publishers' keys, certificates on this machine. */
function platformKeys({ certificates: { watchedFiles }, monitoring: { auditCollectors } }: Configuration, configFolder: string, database: PlatformDatabase, trust: TrustedPublishers): PlatformCredentialPorts {
  return {
    ...sharedSecrets(database),
    publishers() {
      const { roots, publishers } = trust.current();
      return [...roots.map((key) => ({ ...key, isRoot: true })), ...publishers.map((key) => ({ ...key, isRoot: false }))];
    },
    files: [
      ...watchedFiles,
      ...auditCollectors.flatMap(({ id, clientCertificateFile }) => (clientCertificateFile === undefined ? [] : [{ name: `audit-collector-${id}`, title: `审计外送客户端证书 audit collector ${id}`, certificateFile: clientCertificateFile, privateKeyFile: undefined }])),
    ].map((file) => ({ ...file, certificateFile: resolve(configFolder, file.certificateFile), privateKeyFile: file.privateKeyFile === undefined ? undefined : resolve(configFolder, file.privateKeyFile) })),
    readFile: (path) => readFile(path, 'utf8').catch(() => undefined),
  };
}

function watchPolicyOf({ certificates: { alarmDays, sharedSecretDays } }: Configuration): WatchPolicy {
  return { alarmDays, sharedSecretDays };
}
