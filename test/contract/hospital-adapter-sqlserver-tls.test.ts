/** TLS to the HIS's SQL Server: its certificate is held against one authority and one name; nobody else is logged in to. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Settings } from '@hospay/hospital-adapter-sqlserver';
import { HospitalBench } from '@hospay/plugin-sdk/testkit';
import { selfSignedCertificate } from '../simulators/machinery/certificate-writer.js';
import { privatePem, randomSerial, rsaKeys } from '../simulators/machinery/key-pairs.js';
import { makeSqlServerSubject } from './hospital-adapter-sqlserver-subject.js';

const DAY_MS = 86_400_000;

async function identity(commonName: string) {
  const keys = await rsaKeys();
  const certificatePem = selfSignedCertificate({ ...keys, commonName, organisation: 'Demo', serialNumber: randomSerial(), notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + 30 * DAY_MS) });
  return { certificatePem, privateKeyPem: privatePem(keys.privateKey) };
}

/** As SQL Server makes one for itself when nobody gave it another. */
const OWN_NAME = 'SSL_Self_Signed_Fallback';
const [his, stranger] = await Promise.all([identity(OWN_NAME), identity(OWN_NAME)]);

async function open(context: TestContext, settings: Partial<Settings>) {
  const subject = await makeSqlServerSubject({ identity: his, settings: { version: 'sql2022', caPem: his.certificatePem, serverName: OWN_NAME, ...settings } });
  context.after(() => subject.stop?.());
  const bench = new HospitalBench(subject);
  return { subject, bench };
}

test('with its own certificate as authority the server is reached over TLS, and a payment is booked and found', async (context) => {
  const { subject, bench } = await open(context, {});
  const { request } = await bench.newPayment();
  const booked = await bench.book(request);
  assert.deepEqual(await bench.query(request.tradeNo), { kind: 'ok', value: booked });
  assert.ok(subject.his.logins.length > 0 && subject.his.logins.every(({ isEncrypted }) => isEncrypted));
  const { credentials } = (await subject.adapter.listCredentials?.({}, bench.context())) ?? { credentials: [] };
  assert.deepEqual(credentials.map(({ name, holder, kind }) => [name, holder, kind]), [['caPem', 'theirs', 'certificate']]);
});

test('a server of an older generation that offers TLS 1.2 is encrypted where the hospital says so', async (context) => {
  const { subject, bench } = await open(context, { version: 'sql2008r2', encrypt: true });
  const { request } = await bench.newPayment();
  await bench.book(request);
  assert.ok(subject.his.logins.every(({ isEncrypted }) => isEncrypted));
});

test('a server with the certificate of another authority, or another name, hears no password', async (context) => {
  for (const settings of [{ caPem: stranger.certificatePem }, { serverName: 'his.other' }]) {
    const { subject, bench } = await open(context, settings);
    const found = await subject.adapter.findPatient({ cardType: 'visitCard', cardNo: 'C0000002' }, bench.context(3_000));
    assert.match(found.kind === 'unknown' ? found.reason : JSON.stringify(found), /^notSent: cannot connect/);
    assert.deepEqual(subject.his.logins, []);
  }
});

test('without an authority a certificate the machine does not know is refused; only "trust any" takes it', async (context) => {
  const settings = (trustServerCertificate: boolean) => ({ server: '127.0.0.1', trustServerCertificate });
  for (const [trusts, kind] of [[false, 'unknown'], [true, 'ok']] as const) {
    const subject = await makeSqlServerSubject({ identity: his, settings: { version: 'sql2022', ...settings(trusts) } });
    context.after(() => subject.stop?.());
    const found = await subject.adapter.findPatient({ cardType: 'visitCard', cardNo: 'C0000002' }, new HospitalBench(subject).context(3_000));
    assert.equal(found.kind, kind, JSON.stringify(found));
  }
});
