import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { writeWhole } from '../update/durable-file.js';
import type { Answers } from './answers.js';
import { OWNER_KEPT } from './factory-reset.js';
import { firewallRules } from './firewall-rules.js';
import { layOutRelay, readRole } from './machine-role.js';
import { NEW_BOX_PROFILE, NEW_BOX_SECRETS } from './new-box.js';
import { KEPT_SECRETS } from './restore-box.js';

/** Where things are on the appliance. */
export type BoxFolders = {
  /** The partition of the state: configuration and what the machine is. */
  readonly state: string;
  /** The product of the running slot, read-only. */
  readonly product: string;
  /** Gone with the next start: networkd and chrony read here. */
  readonly run: string;
  /** The data folder of the core. */
  readonly data: string;
};
/** An answers file as it lay on its drive. */
export type GivenAnswers = { readonly answers: Answers; readonly text: string };

/** What the running version brings itself: linked, so that it changes with the version. */
const OF_THE_VERSION = ['defaults.yaml', 'schemas'];
const PLUGIN_FOLDERS = ['plugins', 'hospital-adapters'];

/**
 * Lays out what the core reads on this machine. Runs at each start, before anything else of Hospay; doing it twice changes nothing.
 * An answers file counts once: what was changed since at the machine stays until another file is given.
 * @returns what was done, a line each, for the journal.
 * @throws Error when the answers file would make a relay of a machine that holds a ledger; nothing was taken of it then
 */
export function layOutState({ state, product, run, data }: BoxFolders, given?: GivenAnswers): readonly string[] {
  const done: string[] = [];
  const config = join(state, 'config');
  mkdirSync(join(run, 'hospay'), { recursive: true });
  if (given?.answers.role === 'relay') refuseOverLedger(state, data);
  for (const folder of ['profiles', 'hospitals']) mkdirSync(join(config, folder), { recursive: true });
  for (const name of OF_THE_VERSION) if (existsSync(join(product, 'config', name))) link(join(product, 'config', name), join(config, name));
  for (const name of PLUGIN_FOLDERS) link(join(product, name), join(state, name));
  // Examples of mappings; a hospital's own lie beside them and are never touched.
  for (const name of readdirSync(join(product, 'config/hospitals'))) {
    if (!existsSync(join(config, 'hospitals', name))) cpSync(join(product, 'config/hospitals', name), join(config, 'hospitals', name), { recursive: true });
  }
  const profile = join(config, 'profiles/appliance.yaml');
  const secrets = join(state, 'secrets.json');
  if (!existsSync(profile)) {
    const owner = readJson<object>(join(state, OWNER_KEPT));
    writeWhole(profile, stringify({ ...NEW_BOX_PROFILE, ...(owner === undefined ? {} : { hospital: owner }) }), 0o640);
    done.push('a new machine: the profile of a box that nobody has set up');
  }
  if (given !== undefined) done.push(takeAnswers({ state, config, profile, secrets }, given));
  const network = readJson<Answers['network']>(join(state, 'network.json'));
  const time = readJson<Answers['time']>(join(state, 'time.json'));
  const machine = readRole(state);
  layOutRelay(run, machine);
  mkdirSync(join(run, 'hospay/firewall'), { recursive: true });
  writeWhole(join(run, 'hospay/firewall/role.nft'), firewallRules(machine), 0o644);
  mkdirSync(join(run, 'systemd/network'), { recursive: true });
  mkdirSync(join(run, 'hospay/time'), { recursive: true });
  // What the service of the core reads; gone with the power.
  const known = readJson<Readonly<Record<string, string>>>(secrets);
  writeWhole(join(run, 'hospay/secrets.env'), environmentFile(secretsOf(state)), 0o600);
  if (known !== undefined) {
    // A backup is of the data folder: without this a restored machine would stand there without its keys.
    mkdirSync(dirname(join(data, KEPT_SECRETS)), { recursive: true, mode: 0o700 });
    writeWhole(join(data, KEPT_SECRETS), JSON.stringify(known), 0o600);
  }
  const authorities = readJson<Answers['authorities']>(join(state, 'authorities.json'));
  writeWhole(join(run, 'hospay/core.env'), authorities === undefined ? '' : environmentFile({ NODE_EXTRA_CA_CERTS: join(run, 'hospay/authorities.pem') }), 0o644);
  if (authorities !== undefined) writeWhole(join(run, 'hospay/authorities.pem'), authorities.map((pem) => `${pem.trim()}\n`).join(''), 0o644);
  render(join(run, 'systemd/network/10-answers.network'), network === undefined ? undefined : networkFile(network));
  render(join(run, 'hospay/time/answers.sources'), time?.map((server) => `server ${server} iburst\n`).join(''));
  return done;
}

/** What was rendered before and is said no longer goes: the screen changes it while the machine runs. */
function render(file: string, text: string | undefined): void {
  if (text === undefined) rmSync(file, { force: true });
  else writeWhole(file, text, 0o644);
}

function refuseOverLedger(state: string, data: string): void {
  if (readRole(state).role === 'relay' || !existsSync(data) || readdirSync(data).every((name) => name === 'keys')) return;
  throw new Error('本机存有账务数据，不能改作中继；确实不再需要时先在屏幕菜单恢复出厂 this machine holds a ledger and becomes no relay: reset it at its screen first, if nobody needs it any more');
}

function takeAnswers({ state, config, profile, secrets }: { readonly state: string; readonly config: string; readonly profile: string; readonly secrets: string }, { answers, text }: GivenAnswers): string {
  const taken = join(state, 'answers-taken.json');
  const sha256 = createHash('sha256').update(text).digest('hex');
  if (readJson<{ sha256: string }>(taken)?.sha256 === sha256) return 'the answers file was taken before';
  if (answers.network !== undefined) writeWhole(join(state, 'network.json'), JSON.stringify(answers.network), 0o644);
  if (answers.time !== undefined) writeWhole(join(state, 'time.json'), JSON.stringify(answers.time), 0o644);
  if (answers.role !== undefined || answers.relay !== undefined) writeWhole(join(state, 'role.json'), JSON.stringify({ ...readRole(state), ...(answers.role === undefined ? {} : { role: answers.role }), ...(answers.relay === undefined ? {} : { relay: answers.relay }) }), 0o600);
  if (answers.authorities !== undefined) writeWhole(join(state, 'authorities.json'), JSON.stringify(answers.authorities), 0o644);
  for (const [name, content] of Object.entries(answers.files ?? {})) {
    mkdirSync(dirname(join(config, name)), { recursive: true });
    // Mappings hold no secret, and the core, which is not root, reads them.
    writeWhole(join(config, name), content, 0o644);
  }
  // Before the profile that names them: a power cut in between leaves a profile that is whole.
  if (answers.secrets !== undefined) writeWhole(secrets, JSON.stringify({ ...readJson<object>(secrets), ...answers.secrets }), 0o600);
  if (answers.profile !== undefined) writeWhole(profile, stringify(answers.profile), 0o640);
  writeWhole(taken, JSON.stringify({ sha256 }), 0o644);
  return `the answers file was taken: ${Object.keys(answers).join(', ')}`;
}

/** What the profile of this machine names by `{ secret: NAME }`. */
export function secretsOf(state: string): Readonly<Record<string, string>> {
  return { ...NEW_BOX_SECRETS, ...readJson<Readonly<Record<string, string>>>(join(state, 'secrets.json')) };
}

/** As systemd reads it (systemd.exec, EnvironmentFile=): in double quotes, where a line may go on. */
export function environmentFile(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${value.replaceAll(/[\\"`$]/g, (one) => `\\${one}`)}"\n`)
    .join('');
}

/** systemd.network(5). Nothing given is asked of DHCP. */
function networkFile({ address, gateway, dns = [] }: NonNullable<Answers['network']>): string {
  const lines = ['[Match]', 'Type=ether', '', '[Network]', 'LLMNR=no', 'MulticastDNS=no', 'LinkLocalAddressing=no'];
  lines.push(address === undefined ? 'DHCP=yes' : `Address=${address}`);
  if (gateway !== undefined) lines.push(`Gateway=${gateway}`);
  lines.push(...dns.map((server) => `DNS=${server}`));
  return `${lines.join('\n')}\n`;
}

function readJson<Value>(file: string): Value | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Value) : undefined;
}

function link(target: string, at: string): void {
  const draft = `${at}.new`;
  rmSync(draft, { force: true });
  symlinkSync(target, draft);
  renameSync(draft, at);
}
