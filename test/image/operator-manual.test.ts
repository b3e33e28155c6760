/** The first start as the manual for operators has it (一体机运维手册): its own answers file, the address it gives, HTTPS with the machine's own root, three administrators by the code on the screen. */
import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ROOT } from '../end-to-end/appliance-under-test.js';
import { PASSWORD, READY, SETUP_CODE } from './hospital-outside.js';
import { VirtualMachine } from './virtual-machine.js';

/** Of the manual's answers file. */
const ADDRESS = '10.20.0.5';
const NAME = 'pay.hospital.example';
/** A recipient whose identity nobody has: nothing is backed up here. */
const RECIPIENT = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';

let machine: VirtualMachine;
let root = '';
before(async () => {
  const manual = readFileSync(join(ROOT, 'appliance/docs/operator-manual.zh-CN.md'), 'utf8');
  const answers = /^```yaml answers-first-start\n([^]*?)^```$/m.exec(manual)?.[1] ?? assert.fail('the manual has no answers file');
  machine = await VirtualMachine.create({ answers: answers.replace('<医院备份公钥>', RECIPIENT), network: { subnet: '10.20.0.0/24', host: '10.20.0.2', machine: ADDRESS } });
});
after(() => machine.remove());

test('the screen shows the address of the file, by HTTPS, and a setup code', async (context) => {
  const since = Date.now();
  machine.start();
  await machine.says(READY);
  context.diagnostic(`ready after ${String(Math.round((Date.now() - since) / 1000))} s`);
  await machine.says(new RegExp(`Console 控制台 {2}https://${ADDRESS.replaceAll('.', '\\.')}:8090/`));
  await machine.says(SETUP_CODE);
  assert.doesNotMatch(machine.serial, /Answers file not taken/);
});

test('the root certificate is fetched from the plain port, its fingerprint stands there, and the console is believed by it under the name of the file', async () => {
  const plain = `http://127.0.0.1:${String(machine.ports.plain)}`;
  const page = await (await fetch(`${plain}/`)).text();
  const der = Buffer.from(await (await fetch(`${plain}/hospay-root.cer`)).arrayBuffer());
  assert.ok(page.toLowerCase().replaceAll(/[^0-9a-f]/g, '').includes(createHash('sha256').update(der).digest('hex')));
  root = new X509Certificate(der).toString();
  const { status, body } = await ask('GET', '/state');
  assert.deepEqual([status, body['firstLogin'], body['separatedDuties'], body['hospitalName']], [200, true, true, '示范医院']);
});

test('the code on the screen makes the three administrators', async () => {
  const code = (await machine.says(SETUP_CODE))[1] ?? '';
  const made = await ask('POST', '/first-login', { code, login: 'an.quan', displayName: '安全', password: PASSWORD, others: { system: { login: 'xi.tong', displayName: '系统' }, audit: { login: 'shen.ji', displayName: '审计' } } });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  assert.equal((await ask('GET', '/state')).body['firstLogin'], false);
});

/** As a browser with the root installed: the certificate must be for the name, by that root. */
function ask(method: string, path: string, body?: object): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    request({ method, host: '127.0.0.1', port: machine.ports.console, servername: NAME, ca: root, path: `/console-api/v1${path}`, headers: { host: NAME, 'content-length': Buffer.byteLength(text), ...(body === undefined ? {} : { 'content-type': 'application/json' }) } }, (answer) => {
      let told = '';
      answer.setEncoding('utf8').on('data', (part: string) => { told += part; }).once('end', () => { resolve({ status: answer.statusCode ?? 0, body: JSON.parse(told) as Record<string, unknown> }); });
    }).once('error', reject).end(text);
  });
}
