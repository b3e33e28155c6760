import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parse } from 'yaml';
import { readAnswers } from './answers.js';

import { environmentFile, layOutState, type BoxFolders, type GivenAnswers } from './lay-out-state.js';
import { KEPT_SECRETS, putBack, restoreEnded, setAside, takeRestored } from './restore-box.js';

function boxOf(context: TestContext): BoxFolders {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-box-'));
  context.after(() => { rmSync(folder, { recursive: true, force: true }); });
  const product = join(folder, 'product');
  mkdirSync(join(product, 'config/hospitals/demo'), { recursive: true });
  writeFileSync(join(product, 'config/defaults.yaml'), 'a: 1\n');
  writeFileSync(join(product, 'config/hospitals/demo/sqlserver-mapping.json'), '{}');
  return { state: join(folder, 'state'), product, run: join(folder, 'run'), data: join(folder, 'data') };
}
const given = (text: string): GivenAnswers => ({ text, answers: readAnswers(text) });

test('a new machine has the profile of a box nobody has set up, and what the version brings by links', (context) => {
  const box = boxOf(context);
  layOutState(box);
  const profile = parse(readFileSync(join(box.state, 'config/profiles/appliance.yaml'), 'utf8')) as { channels: unknown; users: unknown };
  assert.deepEqual([profile.channels, profile.users], [[], { separatedDuties: true }]);
  assert.equal(readlinkSync(join(box.state, 'config/defaults.yaml')), join(box.product, 'config/defaults.yaml'));
  assert.equal(readlinkSync(join(box.state, 'plugins')), join(box.product, 'plugins'));
  assert.equal(readFileSync(join(box.run, 'hospay/secrets.env'), 'utf8'), 'HOSPAY_HIS_PASSWORD="not-set"\n');
});

test('secrets are for root alone; a further answers file that says one of them keeps the others', (context) => {
  const box = boxOf(context);
  layOutState(box, given('secrets: { HOSPAY_HIS_PASSWORD: old, HOSPAY_KEY: stays }\n'));
  layOutState(box, given('secrets: { HOSPAY_HIS_PASSWORD: new }\n'));
  rmSync(box.run, { recursive: true });
  layOutState(box);
  assert.equal(readFileSync(join(box.run, 'hospay/secrets.env'), 'utf8'), 'HOSPAY_HIS_PASSWORD="new"\nHOSPAY_KEY="stays"\n');
  for (const file of [join(box.state, 'secrets.json'), join(box.run, 'hospay/secrets.env')]) assert.equal(statSync(file).mode & 0o777, 0o600, file);
});

test('a mapping of the answers file lies where the profile reads it, and whoever runs the core may read it', (context) => {
  const box = boxOf(context);
  layOutState(box, given('files: { hospitals/own/mapping.json: "{}" }\n'));
  assert.equal(statSync(join(box.state, 'config/hospitals/own/mapping.json')).mode & 0o777, 0o644);
});

test('what a hospital changed stays over every start, and over a new version', (context) => {
  const box = boxOf(context);
  layOutState(box);
  const mapping = join(box.state, 'config/hospitals/demo/sqlserver-mapping.json');
  writeFileSync(mapping, '{"own":true}');
  writeFileSync(join(box.state, 'config/profiles/appliance.yaml'), 'hospital: {}\n');
  layOutState({ ...box, product: box.product });
  assert.equal(readFileSync(mapping, 'utf8'), '{"own":true}');
  assert.equal(readFileSync(join(box.state, 'config/profiles/appliance.yaml'), 'utf8'), 'hospital: {}\n');
});

test('an answers file counts once: what was changed since stays until another file is given', (context) => {
  const box = boxOf(context);
  const first = given('network: { address: 10.20.0.5/16, gateway: 10.20.0.1, dns: [10.20.0.2] }\ntime: [ntp.hospital.local]\nprofile: { hospital: { id: one } }\nsecrets: { HOSPAY_HIS_PASSWORD: "a\\"b$c" }\n');
  assert.deepEqual(layOutState(box, first).slice(-1), ['the answers file was taken: network, time, profile, secrets']);
  const profile = join(box.state, 'config/profiles/appliance.yaml');
  assert.deepEqual(parse(readFileSync(profile, 'utf8')), { hospital: { id: 'one' } });
  assert.match(readFileSync(join(box.run, 'hospay/secrets.env'), 'utf8'), /^HOSPAY_HIS_PASSWORD="a\\"b\\\$c"$/m);
  assert.match(readFileSync(join(box.run, 'systemd/network/10-answers.network'), 'utf8'), /Address=10\.20\.0\.5\/16\nGateway=10\.20\.0\.1\nDNS=10\.20\.0\.2\n/);
  assert.equal(readFileSync(join(box.run, 'hospay/time/answers.sources'), 'utf8'), 'server ntp.hospital.local iburst\n');
  writeFileSync(profile, 'hospital: { id: changed }\n');
  layOutState(box, first);
  assert.deepEqual(parse(readFileSync(profile, 'utf8')), { hospital: { id: 'changed' } });
  layOutState(box, given('profile: { hospital: { id: two } }\n'));
  assert.deepEqual(parse(readFileSync(profile, 'utf8')), { hospital: { id: 'two' } });
});

test('the network of the answers file is there again after a start without its drive', (context) => {
  const box = boxOf(context);
  layOutState(box, given('network: { address: 10.20.0.5/16 }\n'));
  rmSync(box.run, { recursive: true });
  layOutState(box);
  assert.match(readFileSync(join(box.run, 'systemd/network/10-answers.network'), 'utf8'), /Address=10\.20\.0\.5\/16/);
});

test('an answers file that does not fit says where, and repeats no secret', () => {
  assert.throws(() => readAnswers('secrets: { lower: geheim }\n'), (error: Error) => error.message.includes('secrets') && !error.message.includes('geheim'));
  assert.throws(() => readAnswers('network: { address: 10.20.0.5 }\n'), /network\.address/);
  assert.throws(() => readAnswers('a: [\n'), /not well-formed YAML/);
  assert.throws(() => readAnswers('files: { "../../etc/passwd": x }\n'), /files/);
});

test('secrets of several lines, quotes and dollars come out of the environment file of systemd as they went in', () => {
  assert.equal(environmentFile({ A: 'x\ny', B: '`$"\\' }), 'A="x\ny"\nB="\\`\\$\\"\\\\"\n');
});

test('an authority of the hospital is trusted by the core besides those of the system, over every start', (context) => {
  const box = boxOf(context);
  layOutState(box);
  assert.equal(readFileSync(join(box.run, 'hospay/core.env'), 'utf8'), '');
  layOutState(box, given('authorities: ["-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----"]\n'));
  rmSync(box.run, { recursive: true });
  layOutState(box);
  assert.equal(readFileSync(join(box.run, 'hospay/core.env'), 'utf8'), `NODE_EXTRA_CA_CERTS="${join(box.run, 'hospay/authorities.pem')}"\n`);
  assert.equal(readFileSync(join(box.run, 'hospay/authorities.pem'), 'utf8'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
});

test('secrets lie in the data folder too, so that a backup holds them; a restored machine takes them and the profile of the set, where its answers file gave none', (context) => {
  const old = boxOf(context);
  layOutState(old, given('profile: { hospital: { id: old } }\nsecrets: { HOSPAY_KEY: of-the-old, HOSPAY_OTHER: too }\n'));
  assert.equal(statSync(join(old.data, KEPT_SECRETS)).mode & 0o777, 0o600);
  // As the core's own restore leaves it.
  const box = boxOf(context);
  layOutState(box, given('secrets: { HOSPAY_KEY: of-the-new }\n'));
  cpSync(old.data, box.data, { recursive: true });
  mkdirSync(join(box.data, 'restored-configuration/profiles'), { recursive: true });
  cpSync(join(old.state, 'config/profiles/appliance.yaml'), join(box.data, 'restored-configuration/profiles/appliance.yaml'));
  mkdirSync(join(box.data, 'restored-configuration/hospitals/own'), { recursive: true, mode: 0o700 });
  writeFileSync(join(box.data, 'restored-configuration/hospitals/own/mapping.json'), '{"of":"old"}', { mode: 0o600 });
  assert.deepEqual(takeRestored({ dataFolder: box.data, state: box.state, given: { profile: false } }), ['profile and mappings of the set', 'secrets of the set']);
  layOutState(box);
  const mapping = join(box.state, 'config/hospitals/own/mapping.json');
  assert.deepEqual([readFileSync(mapping, 'utf8'), statSync(mapping).mode & 0o777, statSync(join(box.state, 'config/hospitals/own')).mode & 0o777], ['{"of":"old"}', 0o644, 0o755], 'whoever runs the core may read it');
  assert.deepEqual(parse(readFileSync(join(box.state, 'config/profiles/appliance.yaml'), 'utf8')), { hospital: { id: 'old' } });
  assert.equal(readFileSync(join(box.run, 'hospay/secrets.env'), 'utf8'), 'HOSPAY_HIS_PASSWORD="not-set"\nHOSPAY_KEY="of-the-new"\nHOSPAY_OTHER="too"\n');
  assert.deepEqual(takeRestored({ dataFolder: box.data, state: box.state, given: { profile: true } }), ['secrets of the set']);
});

const NOW = new Date('2026-11-29T00:00:00Z');
/** A machine with a ledger, of whose data a restore takes the place. */
function machineWithLedger(context: TestContext): { readonly dataFolder: string; readonly state: string; readonly ledger: () => string | undefined } {
  const { data: dataFolder, state } = boxOf(context);
  mkdirSync(dataFolder, { recursive: true });
  mkdirSync(state);
  writeFileSync(join(dataFolder, 'ledger'), 'own');
  return { dataFolder, state, ledger: () => (existsSync(join(dataFolder, 'ledger')) ? readFileSync(join(dataFolder, 'ledger'), 'utf8') : undefined) };
}

test('a restore that does not come to its end, wherever the power cuts it, leaves the machine with its own data', (context) => {
  const untouched = machineWithLedger(context);
  assert.deepEqual([putBack(untouched, NOW), untouched.ledger()], [[], 'own']);
  // Cut off after what it held was set aside: nothing is there, or half of the other.
  for (const half of [false, true]) {
    const box = machineWithLedger(context);
    setAside(box, NOW);
    assert.equal(box.ledger(), undefined);
    if (half) {
      mkdirSync(box.dataFolder);
      writeFileSync(join(box.dataFolder, 'ledger'), 'half');
    }
    assert.equal(putBack(box, NOW).length, 1);
    assert.deepEqual([box.ledger(), putBack(box, NOW)], ['own', []]);
    assert.equal(readdirSync(join(box.dataFolder, '..')).some((name) => name.includes('failed-restore')), half, 'nothing is thrown away');
  }
  // Cut off between the note and the deed.
  const early = machineWithLedger(context);
  setAside(early, NOW);
  renameSync(`${early.dataFolder}.before-restore-2026-11-29T00-00-00-000Z`, early.dataFolder);
  assert.deepEqual([putBack(early, NOW), early.ledger()], [[], 'own']);
});

test('a restore that came to its end stays, and what was there before lies beside it', (context) => {
  const box = machineWithLedger(context);
  setAside(box, NOW);
  mkdirSync(box.dataFolder);
  writeFileSync(join(box.dataFolder, 'ledger'), 'restored');
  restoreEnded(box.state);
  assert.deepEqual([putBack(box, NOW), box.ledger()], [[], 'restored']);
  assert.equal(readFileSync(join(`${box.dataFolder}.before-restore-2026-11-29T00-00-00-000Z`, 'ledger'), 'utf8'), 'own');
});
