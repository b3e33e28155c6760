import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parse } from 'yaml';
import { readAnswers } from './answers.js';
import { layOutState, type BoxFolders } from './lay-out-state.js';

const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const KEY = '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n';

function boxOf(context: TestContext): BoxFolders {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-role-'));
  context.after(() => { rmSync(folder, { recursive: true, force: true }); });
  mkdirSync(join(folder, 'product/config/hospitals'), { recursive: true });
  return { state: join(folder, 'state'), product: join(folder, 'product'), run: join(folder, 'run'), data: join(folder, 'data') };
}
const take = (box: BoxFolders, answers: object): readonly string[] => { const text = JSON.stringify(answers); return layOutState(box, { text, answers: readAnswers(text) }); };
const firewall = (box: BoxFolders): string => readFileSync(join(box.run, 'hospay/firewall/role.nft'), 'utf8');

test('a new machine is the platform: its ports are let in, and nothing stands for a relay', (context) => {
  const box = boxOf(context);
  layOutState(box);
  assert.match(firewall(box), /tcp dport \{ 8000, 8080, 8090, 1883, 1884, 8883, 9001 \} accept/);
  assert.equal(existsSync(join(box.run, 'hospay/relay')), false);
});

test('an answers file makes a relay of it: its settings and certificate are laid out at each start, its two ports are let in, and it may open nothing itself', (context) => {
  const box = boxOf(context);
  take(box, { role: 'relay', relay: { publicPort: 443, tls: { certificate: CERTIFICATE, privateKey: KEY } } });
  rmSync(box.run, { recursive: true });
  layOutState(box);
  const folder = join(box.run, 'hospay/relay');
  assert.deepEqual(parse(readFileSync(join(folder, 'relay.yaml'), 'utf8')), { publicPort: 443, tunnelPort: 8444, tls: { certificateFile: 'certificate.pem', privateKeyFile: 'private-key.pem' } });
  assert.deepEqual([readFileSync(join(folder, 'certificate.pem'), 'utf8'), readFileSync(join(folder, 'private-key.pem'), 'utf8')], [CERTIFICATE, KEY]);
  assert.match(firewall(box), /input tcp dport \{ 443, 8444 \} accept[^]*output[^]*policy drop/);
  assert.doesNotMatch(firewall(box), /8090|8080|1883/);
});

test('a machine that holds a ledger becomes no relay, and nothing of such a file is taken', (context) => {
  const box = boxOf(context);
  layOutState(box);
  mkdirSync(join(box.data, 'keys'), { recursive: true });
  writeFileSync(join(box.data, 'hospay.db'), '');
  assert.throws(() => take(box, { role: 'relay', network: { address: '10.0.0.2/24' } }), /holds a ledger/);
  assert.deepEqual([existsSync(join(box.state, 'role.json')), existsSync(join(box.state, 'network.json'))], [false, false]);
});

test('a further file changes what it says of the relay and leaves the role', (context) => {
  const box = boxOf(context);
  take(box, { role: 'relay' });
  take(box, { relay: { tunnelPort: 9444 } });
  assert.match(firewall(box), /\{ 8443, 9444 \}/);
});
