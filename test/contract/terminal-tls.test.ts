/** TLS with terminals' certificates: the platform's authority, the embedded broker, and Mosquitto with the files the core writes. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { brokerPasswordOf, enrolByApproval, enrol } from '@hospay/terminal-sdk';
import { isRenewalDue, makeCertificateRequest, pemOfCertificate, renewCertificate } from '@hospay/terminal-sdk/certificate-request.js';
import { connect, connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { startEmbeddedBroker } from '@hospay/server/edges/mqtt/embedded-broker.js';
import { revokeTerminal } from '@hospay/server/terminals/revoke-terminal.js';
import { startMosquitto } from './mosquitto-for-tests.js';
import { keyOf, until } from './terminal-bench.js';
import { openFleetStand, type FleetStand } from './terminal-fleet-stand.js';

let folder: string;
let server: { readonly certificateFile: string; readonly privateKeyFile: string; readonly certificatePem: string; readonly privateKeyPem: string };
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'hospay-tls-'));
  const [certificateFile, privateKeyFile] = [join(folder, 'broker.pem'), join(folder, 'broker.key')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', privateKeyFile, '-out', certificateFile, '-days', '30', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'], { stdio: 'ignore' });
  server = { certificateFile, privateKeyFile, certificatePem: readFileSync(certificateFile, 'utf8'), privateKeyPem: readFileSync(privateKeyFile, 'utf8') };
});
after(() => { rmSync(folder, { recursive: true, force: true }); });

let stand: FleetStand;
const open: MqttClient[] = [];
beforeEach(async () => { stand = await openFleetStand({ devices: ['kiosk-1', 'kiosk-2'] }); });
afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.endAsync(true)));
  await stand.close();
});

/** What a terminal holds after it asked over its signed line. */
async function certified(deviceId = 'kiosk-1') {
  const { client } = await stand.openTerminal({ deviceId, key: keyOf(deviceId) });
  const { csr, privateKeyPem } = makeCertificateRequest();
  const answer = await client.call('certificate.issue', { csr });
  assert.equal(answer.kind, 'ok', JSON.stringify(answer));
  await client.stop();
  return { cert: pemOfCertificate(answer.value.certificate), key: privateKeyPem, authority: pemOfCertificate(answer.value.authority), notAfter: answer.value.notAfter };
}

type Own = { readonly cert?: string; readonly key?: string };
function signIn(port: number, deviceId: string, { cert, key }: Own = {}, password = brokerPasswordOf(keyOf(deviceId)), scheme = 'mqtts'): Promise<MqttClient> {
  const options: IClientOptions = { clientId: deviceId, username: deviceId, password, reconnectPeriod: 0, ca: server.certificatePem, connectTimeout: 5_000, ...(cert === undefined || key === undefined ? {} : { cert, key }) };
  const client = connect(`${scheme}://127.0.0.1:${String(port)}`, options);
  open.push(client);
  return new Promise((resolve, reject) => {
    client.on('connect', () => resolve(client));
    client.on('error', reject);
    // TLS 1.3: a refused certificate is told after the handshake, as an end of the line.
    client.on('close', () => reject(new Error('the line was closed')));
  });
}

test('a certificate is in the terminal\'s name whatever the request says, for signing in only, by an authority that signs nothing but these', async () => {
  const { cert, authority, notAfter } = await certified();
  const [leaf, root] = [new X509Certificate(cert), new X509Certificate(authority)];
  assert.equal(leaf.subject, 'CN=kiosk-1');
  assert.ok(leaf.checkIssued(root) && leaf.verify(root.publicKey));
  assert.equal(leaf.ca, false);
  assert.deepEqual(leaf.keyUsage, ['1.3.6.1.5.5.7.3.2']);
  assert.equal(new Date(leaf.validTo).getTime(), Date.parse(notAfter));
  assert.ok(root.ca && root.checkIssued(root));
  assert.equal((await stand.database.terminalCertificates.listLive(new Date(), 'kiosk-1'))[0]?.fingerprint, createHash('sha256').update(leaf.raw).digest('hex'));
  // The authority is the same after a restart, and its key is not in the file in clear.
  assert.equal(root.raw.toString('base64'), new X509Certificate(stand.authority.certificatePem).raw.toString('base64'));
});

test('a request that is no request, is signed by another key, or has a weak key gets no certificate', async () => {
  const { client } = await stand.openTerminal();
  const { csr } = makeCertificateRequest();
  const turned = Buffer.from(csr, 'base64');
  turned.writeUInt8((turned.at(-1) ?? 0) ^ 1, turned.length - 1);
  const weak = execFileSync('openssl', ['req', '-new', '-newkey', 'rsa:1024', '-nodes', '-keyout', '/dev/null', '-subj', '/CN=kiosk-2', '-outform', 'DER'], { stdio: ['ignore', 'pipe', 'ignore'] });
  for (const [given, why] of [['A'.repeat(200), /PKCS #10/], [turned.toString('base64'), /not signed by its own key/], [weak.toString('base64'), /2,048/]] as const) {
    const answer = await client.call('certificate.issue', { csr: given });
    assert.ok(answer.kind === 'refused' && answer.error.code === 'CERTIFICATE_REFUSED', JSON.stringify(answer));
    assert.match(answer.error.detail ?? '', why);
  }
  assert.deepEqual(await stand.database.terminalCertificates.listLive(new Date()), []);
});

test('a certificate comes with the key in either way of enrolment, and enrolling anew revokes those before', async () => {
  stand.rows.add({ id: 'window-3', hospital: 'demo', kind: 'window', title: '三号窗口' });
  const offered = await stand.registry.offerClaim('window-3');
  assert.equal(offered.kind, 'ok');
  const typed = await enrol({ url: stand.enrolUrl(), claimCode: offered.value.code, csr: makeCertificateRequest().csr });
  assert.ok(typed.kind === 'enrolled' && typed.certificate !== undefined);
  assert.equal(new X509Certificate(Buffer.from(typed.certificate.certificate, 'base64')).subject, 'CN=window-3');
  let code = '';
  const asking = enrolByApproval({ url: stand.enrolUrl(), software: 'acme', csr: makeCertificateRequest().csr, askEveryMs: 50, onCode: ({ code: shown, state }) => { if (state === 'waiting') code = shown; } });
  await until(() => code !== '', 'the code');
  await stand.enrolment.approve({ code, terminal: { id: 'window-3', kind: 'window', title: '三号窗口', campus: undefined, group: undefined }, replaces: true });
  const shown = await asking;
  assert.ok(shown.kind === 'enrolled' && shown.certificate !== undefined);
  const states = (await stand.database.terminalCertificates.listLive(new Date(), 'window-3')).map(({ revokedAt }) => revokedAt !== undefined);
  assert.deepEqual(states.toSorted(), [false, true]);
});

test('in the last third of its life a terminal gets another certificate, and the old one stays good until its end', async () => {
  const { cert } = await certified();
  const { validFrom, validTo } = new X509Certificate(cert);
  const [from, to] = [Date.parse(validFrom), Date.parse(validTo)];
  const [early, late] = [new Date(from + ((to - from) * 2) / 3 - 60_000), new Date(from + ((to - from) * 2) / 3 + 60_000)];
  assert.deepEqual([isRenewalDue(cert, early), isRenewalDue(cert, late), isRenewalDue(cert, new Date(to + 1))], [false, true, true]);
  const { client } = await stand.openTerminal();
  const renewed = await renewCertificate(client);
  assert.ok(renewed.kind === 'ok', JSON.stringify(renewed));
  const { certificatePem, privateKeyPem, authorityPem } = renewed.value;
  const leaf = new X509Certificate(certificatePem);
  assert.ok(leaf.subject === 'CN=kiosk-1' && leaf.checkPrivateKey(createPrivateKey(privateKeyPem)) && leaf.checkIssued(new X509Certificate(authorityPem)));
  await client.stop();
  const live = await stand.database.terminalCertificates.listLive(new Date(), 'kiosk-1');
  assert.deepEqual(live.map(({ revokedAt }) => revokedAt), [undefined, undefined]);
});

describe('the embedded broker behind TLS', () => {
  const start = (mode: 'optional' | 'required' | 'none') =>
    startEmbeddedBroker({
      host: '127.0.0.1', port: 0, websocketPort: 0, credentials: stand.credentials, log: SILENT_LOG,
      tls: { port: 0, websocketPort: 0, ...server, clients: mode === 'none' ? undefined : { mode, authorityPem: stand.authority.certificatePem, isGood: (deviceId, serial) => stand.authority.isGood(deviceId, serial) } },
    });

  test('required: with certificate and password a terminal signs in; without either, with another\'s, or with one of a stranger it does not', async () => {
    const broker = await start('required');
    const [one, two] = [await certified('kiosk-1'), await certified('kiosk-2')];
    await signIn(broker.tlsPort, 'kiosk-1', one);
    await assert.rejects(signIn(broker.tlsPort, 'kiosk-1'));
    await assert.rejects(signIn(broker.tlsPort, 'kiosk-1', one, 'wrong'));
    await assert.rejects(signIn(broker.tlsPort, 'kiosk-1', two));
    await assert.rejects(signIn(broker.tlsPort, 'kiosk-1', { cert: server.certificatePem, key: server.privateKeyPem }));
    // Browsers and other clients over WebSocket meet the same rule.
    await signIn(broker.tlsWebsocketPort, 'kiosk-2', two, undefined, 'wss');
    await assert.rejects(signIn(broker.tlsWebsocketPort, 'kiosk-2', {}, undefined, 'wss'));
    await broker.stop();
  });

  test('a revoked terminal is cut off at once and its certificate opens nothing, also after it was enrolled again with its old key', async () => {
    const broker = await start('required');
    const own = await certified();
    const line = await signIn(broker.tlsPort, 'kiosk-1', own);
    const closed = new Promise<void>((resolve) => line.once('close', () => resolve()));
    assert.equal(await revokeTerminal({ registry: stand.registry, authority: stand.authority, log: SILENT_LOG }, 'kiosk-1'), true);
    await closed;
    await assert.rejects(signIn(broker.tlsPort, 'kiosk-1', own));
    await stand.registry.enrol({ id: 'kiosk-1', kind: 'kiosk', title: 'K', campus: undefined, group: undefined }, { key: keyOf('kiosk-1'), replaces: true });
    await assert.rejects(signIn(broker.tlsPort, 'kiosk-1', own), 'the revoked certificate');
    await signIn(broker.tlsPort, 'kiosk-1', await certified());
    await broker.stop();
  });

  test('optional: a terminal without a certificate signs in with its password, one with another\'s does not; none: nobody is asked', async () => {
    const optional = await start('optional');
    const two = await certified('kiosk-2');
    await signIn(optional.tlsPort, 'kiosk-1');
    await assert.rejects(signIn(optional.tlsPort, 'kiosk-1', two));
    await optional.stop();
    const none = await start('none');
    await signIn(none.tlsPort, 'kiosk-1');
    await none.stop();
  });
});

test('Mosquitto with the files the core writes: the certificate is the identity, and the list of revoked ones is obeyed after a reload', async () => {
  const tlsOf = async () => ({ ...server, clients: { authorityPem: stand.authority.certificatePem, revocationListPem: await stand.authority.revocationListPem() } });
  const mosquitto = await startMosquitto(stand.credentials, tlsOf);
  const [one, two] = [await certified('kiosk-1'), await certified('kiosk-2')];
  const core = await connectAsync(`mqtt://127.0.0.1:${String(mosquitto.port)}`, { ...stand.credentials.core, clientId: 'core', reconnectPeriod: 0 });
  open.push(core);
  const heard: string[] = [];
  core.on('message', (topic) => heard.push(topic));
  await core.subscribeAsync('hospay/v1/d/+/up/+');
  const line = await signIn(mosquitto.tlsPort, 'kiosk-1', one, 'whatever');
  await line.publishAsync('hospay/v1/d/kiosk-1/up/bill.list', 'mine', { qos: 1 });
  await line.publishAsync('hospay/v1/d/kiosk-2/up/bill.list', 'not mine', { qos: 1 }).catch(() => undefined);
  await until(() => heard.length > 0, 'the message');
  assert.deepEqual(heard, ['hospay/v1/d/kiosk-1/up/bill.list']);
  await assert.rejects(signIn(mosquitto.tlsPort, 'kiosk-1'), 'without a certificate');
  await revokeTerminal({ registry: stand.registry, authority: stand.authority, log: SILENT_LOG }, 'kiosk-1');
  await mosquitto.reload();
  await until(() => signIn(mosquitto.tlsPort, 'kiosk-1', one).then(() => false, () => true), 'the revoked certificate is refused');
  await signIn(mosquitto.tlsPort, 'kiosk-2', two);
  await mosquitto.stop();
});
