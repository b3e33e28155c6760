/** TLS to the HIS: its certificate is held against one authority, ours is shown; and a server of another hand is understood. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createHl7Adapter, readMapping, type Settings } from '@hospay/hospital-adapter-hl7';
import { HospitalBench } from '@hospay/plugin-sdk/testkit';
import { Hl7Message, Hl7Segment } from '@medplum/core';
import { Hl7Server, type Hl7MessageEvent } from '@medplum/hl7';
import { readFile } from 'node:fs/promises';
import { selfSignedCertificate } from '../simulators/machinery/certificate-writer.js';
import { privatePem, randomSerial, rsaKeys } from '../simulators/machinery/key-pairs.js';
import { freePort } from '../simulators/free-port.js';
import { makeHl7Subject } from './hospital-adapter-hl7-subject.js';

const DAY_MS = 86_400_000;

async function identity(commonName: string): Promise<{ readonly certificatePem: string; readonly privateKeyPem: string }> {
  const keys = await rsaKeys();
  const certificatePem = selfSignedCertificate({
    ...keys, commonName, organisation: 'Lakeside', serialNumber: randomSerial(), notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + 30 * DAY_MS),
  });
  return { certificatePem, privateKeyPem: privatePem(keys.privateKey) };
}

const [his, ours, stranger] = await Promise.all([identity('his.lakeside'), identity('hospay'), identity('stranger')]);

async function findOver(context: TestContext, settings: Partial<Settings>) {
  const subject = await makeHl7Subject({
    hospital: { tls: { cert: his.certificatePem, key: his.privateKeyPem, ca: ours.certificatePem, requestCert: true, rejectUnauthorized: true } },
    settings: { tls: true, serverName: 'his.lakeside', caPem: his.certificatePem, ...ours, ...settings },
  });
  context.after(() => subject.stop?.());
  const bench = new HospitalBench(subject);
  return { subject, found: await subject.adapter.findPatient({ cardType: 'visitCard', cardNo: 'C0000002' }, bench.context(3_000)), bench };
}

test('with its own authority and our certificate the HIS is reached over TLS', async (context) => {
  const { found, subject, bench } = await findOver(context, {});
  assert.equal(found.kind, 'ok', JSON.stringify(found));
  const { credentials } = (await subject.adapter.listCredentials?.({}, bench.context())) ?? { credentials: [] };
  assert.deepEqual(credentials.map(({ name, holder, kind }) => [name, holder, kind]), [['caPem', 'theirs', 'certificate'], ['certificatePem', 'ours', 'certificate'], ['privateKeyPem', 'ours', 'privateKey']]);
});

test('a HIS that shows the certificate of another authority, or another name, is told nothing', async (context) => {
  for (const settings of [{ caPem: stranger.certificatePem }, { serverName: 'somebody.else' }]) {
    const { found, subject } = await findOver(context, settings);
    assert.match(found.kind === 'unknown' ? found.reason : JSON.stringify(found), /^notSent: cannot connect/);
    assert.deepEqual(subject.hospital.received, []);
  }
});

test('a HIS that wants another certificate of us answers nothing, and nothing is carried out', async (context) => {
  const { found, subject } = await findOver(context, { certificatePem: stranger.certificatePem, privateKeyPem: stranger.privateKeyPem });
  assert.equal(found.kind, 'unknown', JSON.stringify(found));
  assert.deepEqual(subject.hospital.received, []);
});

test('an MLLP server written by others is understood, and understands', async (context) => {
  const port = await freePort();
  const server = new Hl7Server((connection) => {
    connection.addEventListener('message', ({ message }: Hl7MessageEvent) => {
      const reply = message.buildAck();
      reply.segments[0]?.setField(9, 'RSP^K22^RSP_K22');
      reply.segments.push(new Hl7Segment(['QAK', message.getSegment('QPD')?.getField(2).toString() ?? '', 'OK']));
      reply.segments.push(...Hl7Message.parse('MSH|^~\\&|\rPID|1||P1^^^HIS^PI||O\\T\\Neill^李||19840313|F').segments.slice(1));
      connection.send(reply);
    });
  });
  await server.start(port);
  const adapter = await createHl7Adapter({
    settings: { host: '127.0.0.1', port }, mapping: readMapping(JSON.parse(await readFile(new URL('../../../config/hospitals/lakeside/hl7-mapping.json', import.meta.url), 'utf8'))),
    now: () => new Date(), log: { info: () => undefined, warn: () => undefined },
  });
  context.after(async () => {
    await adapter.stop();
    await server.stop();
  });
  const found = await adapter.findPatient({ cardType: 'visitCard', cardNo: 'A|B^1' }, { deadline: new Date(Date.now() + 5_000).toISOString(), signal: new AbortController().signal });
  assert.deepEqual(found, { kind: 'ok', value: [{ patientId: 'P1', name: 'O&Neill', sex: 'female', birthday: '1984-03-13' }] });
});
