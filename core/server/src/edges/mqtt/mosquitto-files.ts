/**
 * Configuration for a Mosquitto beside the core (external broker): sign-in from derived passwords, rules by pattern, no dynamic-security
 * plugin. Each file appears whole or not at all; Mosquitto reads them anew on SIGHUP.
 */
import { pbkdf2Sync } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isDeviceId, TOPIC_ROOT, topics, type BrokerCredential, type BrokerCredentials } from '../../terminals/ports.js';
import { EVERYBODY } from '../../fleet/ports.js';
import { LARGEST_PACKET_BYTES } from './embedded-broker.js';

/** Mosquitto's own default. The passwords are 256 bits of derived randomness: stretching adds nothing to them. */
const ITERATIONS = 101;
const SALT_BYTES = 12;
const HASH_BYTES = 64;

export type MosquittoListeners = {
  readonly host: string;
  readonly port: number;
  readonly websocketPort?: number;
  /** The system user Mosquitto becomes when root starts it; its own default when absent. It must be able to read the files. */
  readonly runAs?: string;
  readonly tls?: MosquittoTls;
};
/** A listener with TLS. With `required` a terminal's certificate is its identity there, and what is revoked stands in the list. */
export type MosquittoTls = {
  readonly port: number;
  readonly websocketPort?: number | undefined;
  readonly certificateFile: string;
  readonly privateKeyFile: string;
  readonly clients?: { readonly authorityPem: string; readonly revocationListPem: string } | undefined;
};
export type MosquittoFiles = { readonly configuration: string; readonly passwords: string; readonly rules: string; readonly authority: string; readonly revocationList: string };

/** Writes `mosquitto.conf`, `passwd` and `acl` into the folder. `randomBytes` salts the password file. */
export async function writeMosquittoFiles(request: {
  readonly folder: string;
  readonly listeners: MosquittoListeners;
  readonly credentials: BrokerCredentials;
  readonly randomBytes: (length: number) => Uint8Array;
}): Promise<MosquittoFiles> {
  const { folder, listeners, credentials, randomBytes } = request;
  const terminals = (await credentials.list()).filter(({ deviceId }) => isDeviceId(deviceId));
  const files: MosquittoFiles = { configuration: join(folder, 'mosquitto.conf'), passwords: join(folder, 'passwd'), rules: join(folder, 'acl'), authority: join(folder, 'terminal-authority.pem'), revocationList: join(folder, 'terminal-revocations.pem') };
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const users = [credentials.core, ...terminals.map(({ deviceId, passwords: [password = ''] }) => ({ username: deviceId, password }))];
  writeWhole(files.passwords, users.map(({ username, password }) => passwordLine(username, password, randomBytes(SALT_BYTES))).join(''));
  writeWhole(files.rules, rulesFor(credentials.core.username, terminals));
  const clients = listeners.tls?.clients;
  if (clients !== undefined) {
    writeWhole(files.authority, clients.authorityPem);
    writeWhole(files.revocationList, clients.revocationListPem);
  }
  writeWhole(files.configuration, configurationFor(files, listeners));
  return files;
}

/** One line of a Mosquitto password file: `$7$` is PBKDF2 with SHA-512. */
export function passwordLine(username: string, password: string, salt: Uint8Array): string {
  const hash = pbkdf2Sync(password, salt, ITERATIONS, HASH_BYTES, 'sha512');
  return `${username}:$7$${String(ITERATIONS)}$${Buffer.from(salt).toString('base64')}$${hash.toString('base64')}\n`;
}

function rulesFor(coreUsername: string, terminals: readonly Pick<BrokerCredential, 'deviceId' | 'groups'>[]): string {
  const device = (kind: string) => `${TOPIC_ROOT}/d/%u/${kind}`;
  const lines = [
    '# Written by Hospay. Everything not listed is denied. %u is the user name, which is the device id.',
    `pattern write ${device('up/+')}`,
    `pattern write ${device('state')}`,
    `pattern write ${device('config/reported')}`,
    `pattern read ${device('dn/reply')}`,
    `pattern read ${device('dn/cmd/+')}`,
    `pattern read ${device('config/desired')}`,
    `pattern read ${topics.groupNotice(EVERYBODY)}`,
    `pattern read ${topics.ownNotice('%u')}`,
    '',
    `user ${coreUsername}`,
    `topic readwrite ${TOPIC_ROOT}/#`,
  ];
  for (const { deviceId, groups } of terminals) lines.push('', `user ${deviceId}`, ...groups.map((group) => `topic read ${topics.groupNotice(group)}`));
  return `${lines.join('\n')}\n`;
}

function configurationFor(files: MosquittoFiles, { host, port, websocketPort, runAs, tls }: MosquittoListeners): string {
  const encrypted = (at: number, { certificateFile, privateKeyFile, clients }: MosquittoTls) => [
    ...listener(at), `certfile ${certificateFile}`, `keyfile ${privateKeyFile}`, 'tls_version tlsv1.2',
    ...(clients === undefined ? [] : [`cafile ${files.authority}`, `crlfile ${files.revocationList}`, 'require_certificate true', 'use_identity_as_username true']),
  ];
  const listener = (at: number) => [`listener ${String(at)} ${host}`, 'use_username_as_clientid true', 'max_connections 20000'];
  return `${[
    '# Written by Hospay. Disposable: no message of money outlives this broker, nothing is kept on disk.',
    'per_listener_settings false',
    ...(runAs === undefined ? [] : [`user ${runAs}`]),
    'allow_anonymous false',
    `password_file ${files.passwords}`,
    `acl_file ${files.rules}`,
    'persistence false',
    'set_tcp_nodelay true',
    `message_size_limit ${String(LARGEST_PACKET_BYTES)}`,
    'max_queued_messages 1000',
    'max_inflight_messages 20',
    'retain_available true',
    'connection_messages false',
    'log_dest stderr',
    'log_type error',
    'log_type warning',
    '',
    ...listener(port),
    ...(websocketPort === undefined ? [] : ['', ...listener(websocketPort), 'protocol websockets']),
    ...(tls === undefined ? [] : ['', ...encrypted(tls.port, tls)]),
    ...(tls?.websocketPort === undefined ? [] : ['', ...encrypted(tls.websocketPort, tls), 'protocol websockets']),
  ].join('\n')}\n`;
}

/** The reader sees the old file or the new one, also after a power cut. */
function writeWhole(path: string, text: string): void {
  const unfinished = `${path}.new`;
  const file = openSync(unfinished, 'w', 0o640);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(unfinished, path);
}
