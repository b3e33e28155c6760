/** 机器角色: one image, and two things a machine can be. */
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { writeWhole } from '../update/durable-file.js';
import type { Answers } from './answers.js';

export type MachineRole = { readonly role: 'platform' | 'relay'; readonly relay?: Answers['relay'] };
/** As `@hospay/relay` has them where nothing is said. */
export const RELAY_PORTS = { publicPort: 8_443, tunnelPort: 8_444 } as const;
/** User and group of the relay. */
export const RELAY_GROUP = 701;
/** Its identity and what it has stored for a core that is away. */
const RELAY_FOLDER = 'relay';

export function readRole(state: string): MachineRole {
  const file = join(state, 'role.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as MachineRole) : { role: 'platform' };
}

/** What `hospay-relay.service` reads, gone with the power. The folder being there is what makes the units of the platform stand back. */
export function layOutRelay(run: string, { role, relay = {} }: MachineRole): void {
  const folder = join(run, 'hospay/relay');
  rmSync(folder, { recursive: true, force: true });
  if (role !== 'relay') return;
  mkdirSync(folder, { recursive: true, mode: 0o750 });
  const { tls, ...settings } = relay;
  writeWhole(join(folder, 'relay.yaml'), stringify({ ...RELAY_PORTS, ...settings, ...(tls === undefined ? {} : { tls: { certificateFile: 'certificate.pem', privateKeyFile: 'private-key.pem' } }) }), 0o640);
  if (tls === undefined) return;
  writeWhole(join(folder, 'certificate.pem'), tls.certificate, 0o640);
  writeWhole(join(folder, 'private-key.pem'), tls.privateKey, 0o640);
}

/** As root, at each start. */
export function ownRelay(run: string, state: string): void {
  const folder = join(run, 'hospay/relay');
  if (!existsSync(folder)) return;
  for (const path of ['', 'relay.yaml', 'certificate.pem', 'private-key.pem']) if (existsSync(join(folder, path))) chownSync(join(folder, path), 0, RELAY_GROUP);
  mkdirSync(join(state, RELAY_FOLDER), { recursive: true, mode: 0o700 });
  chownSync(join(state, RELAY_FOLDER), RELAY_GROUP, RELAY_GROUP);
}
