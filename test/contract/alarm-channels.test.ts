import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { lineOf } from '@hospay/server/alarms/message-view.js';
import type { AlarmMessage } from '@hospay/server/alarms/ports.js';
import { isSignedBy, readAuthorization } from '@hospay/server/applications/ports.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { emailChannel, type EmailSettings } from '@hospay/server/edges/alarm-delivery/email-channel.js';
import { syslogChannel, type SyslogSettings } from '@hospay/server/edges/alarm-delivery/syslog-channel.js';
import { webhookChannel, type WebhookSettings } from '@hospay/server/edges/alarm-delivery/webhook-channel.js';
import { SYSTEM_CLOCK } from '@hospay/server/edges/machine/system-clock.js';
import { SYSTEM_RANDOM } from '@hospay/server/edges/machine/system-random.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { eventually } from '../end-to-end/appliance-under-test.js';
import { localhostCertificate, startMailServer, startReceiver, startSilent, startSyslogStream, startSyslogUdp, type MailServerSettings } from './alarm-listeners.js';

const TLS = localhostCertificate();
const PORTS = { clock: SYSTEM_CLOCK, timers: SYSTEM_TIMERS, random: SYSTEM_RANDOM, log: SILENT_LOG };
const at = new Date('2026-11-27T01:00:00.000Z');
const raised = lineOf({ id: 7, rule: 'channel-out', subject: 'wechat-main', severity: 1, value: 1, raisedAt: at, acknowledgedAt: undefined, acknowledgedBy: undefined, clearedAt: undefined }, 'raised');
const slow = lineOf({ id: 8, rule: 'his-slow', subject: '', severity: 2, value: 4_200, raisedAt: at, acknowledgedAt: undefined, acknowledgedBy: undefined, clearedAt: undefined }, 'raised');
const MESSAGE: AlarmMessage = { id: 'mail-1-2-2', hospital: '示范医院', at: at.toISOString(), isTest: false, lines: [raised, slow], more: 3 };
const TEST: AlarmMessage = { ...MESSAGE, id: 'mail-test-1', isTest: true, lines: [], more: 0 };

async function mailServer(context: TestContext, settings: MailServerSettings = {}) {
  const server = await startMailServer(settings);
  context.after(() => server.stop());
  const channel = (more: Partial<EmailSettings> = {}) =>
    emailChannel({ id: 'mail', leastSeverity: 3, host: 'localhost', port: server.port, security: 'startTls', username: 'alarms', password: 'canary-password', authorityPem: TLS.cert, clientName: 'hospay.test', from: 'hospay@hospital.test', to: ['li@hospital.test'], ...more }, PORTS);
  return { server, channel };
}
/** The text of a mail as its reader sees it. */
function bodyOf(mail: string): string {
  return Buffer.from(mail.split('\r\n\r\n')[1] ?? '', 'base64').toString('utf8');
}

test('a mail goes out under STARTTLS with its password inside TLS only, readable in Chinese, the most severe first', async (context) => {
  const { server, channel } = await mailServer(context, { tls: TLS, password: 'canary-password' });
  assert.deepEqual(await channel().send(MESSAGE), { ok: true });
  const [mail] = server.mails;
  assert.deepEqual([mail?.from, mail?.to, mail?.wasEncrypted, mail?.login], ['hospay@hospital.test', ['li@hospital.test'], true, 'alarms']);
  assert.deepEqual(server.heard.slice(0, 4), ['EHLO hospay.test', 'STARTTLS', 'EHLO hospay.test', 'AUTH PLAIN …'], 'nothing but the greeting before TLS');
  const text = bodyOf(mail?.text ?? '');
  for (const words of ['紧急 支付渠道无应答', 'wechat-main', '2026-11-27 09:00:00', '处理建议：检查外网线路', '（4200 ms）', '另有 3 条']) assert.ok(text.includes(words), words);
  assert.ok((mail?.text ?? '').split('\r\n').every((line) => line.length <= 78), 'no line is too long for a relay');
  assert.match(mail?.text ?? '', /Subject: =\?utf-8\?B\?/);
});

test('the same message has the same Message-ID when it is sent again', async (context) => {
  const { server, channel } = await mailServer(context, { tls: TLS, password: 'canary-password' });
  await channel().send(MESSAGE);
  await channel().send(MESSAGE);
  await channel().send(TEST);
  const numbers = server.mails.map(({ text }) => /Message-ID: (\S+)/.exec(text)?.[1]);
  assert.equal(numbers[0], numbers[1]);
  assert.notEqual(numbers[0], numbers[2]);
});

test('a server with AUTH LOGIN only is spoken to in its way; a wrong password is told by its code and never by the server’s words', async (context) => {
  const { server, channel } = await mailServer(context, { tls: TLS, offers: ['AUTH LOGIN'], password: 'canary-password' });
  assert.deepEqual(await channel().send(TEST), { ok: true });
  assert.equal(server.mails[0]?.login, 'alarms');
  assert.deepEqual(await channel({ password: 'wrong' }).send(TEST), { ok: false, problem: 'the mail server answered 535 to AUTH' });
});

test('a server without STARTTLS gets neither password nor mail', async (context) => {
  const { server, channel } = await mailServer(context, { offersStartTls: false, password: 'canary-password' });
  assert.deepEqual(await channel().send(TEST), { ok: false, problem: 'the mail server offers no STARTTLS' });
  assert.deepEqual([server.mails.length, server.heard], [0, ['EHLO hospay.test']]);
});

test('what somebody writes on the line before TLS is refused', async (context) => {
  const { server, channel } = await mailServer(context, { tls: TLS, password: 'canary-password', afterStartTls: '250 injected\r\n' });
  assert.deepEqual(await channel().send(TEST), { ok: false, problem: 'the mail server wrote on before TLS' });
  assert.equal(server.mails.length, 0);
});

test('a certificate of an authority nobody named is refused', async (context) => {
  const { server, channel } = await mailServer(context, { tls: TLS, password: 'canary-password' });
  const sent = await channel({ authorityPem: undefined }).send(TEST);
  assert.deepEqual([sent.ok, server.mails.length], [false, 0]);
  assert.match(sent.ok ? '' : sent.problem, /CERT/);
});

test('one recipient who is gone keeps the mail from nobody else; none left is a failure without a name in it', async (context) => {
  const { server, channel } = await mailServer(context, { tls: TLS, password: 'canary-password', refuses: ['gone@hospital.test'] });
  assert.deepEqual(await channel({ to: ['gone@hospital.test', 'li@hospital.test'] }).send(TEST), { ok: true });
  assert.deepEqual(server.mails[0]?.to, ['li@hospital.test']);
  assert.deepEqual(await channel({ to: ['gone@hospital.test'] }).send(TEST), { ok: false, problem: 'the mail server answered 550 to RCPT' });
});

test('a relay inside the house takes mail without TLS and password; one that has no room is tried again later', async (context) => {
  const room = { is: true };
  const { server, channel } = await mailServer(context, { takes: () => (room.is ? '250 ok' : '452 4.3.1 full') });
  const plain = channel({ security: 'none', username: undefined, password: undefined });
  assert.deepEqual(await plain.send(TEST), { ok: true });
  assert.match(bodyOf(server.mails[0]?.text ?? ''), /测试告警/);
  room.is = false;
  assert.deepEqual(await plain.send(TEST), { ok: false, problem: 'the mail server answered 452 to the message' });
  assert.deepEqual(await channel({ security: 'none' }).send(TEST), { ok: false, problem: 'a password is not sent without TLS' });
  await server.stop();
  assert.deepEqual(await plain.send(TEST), { ok: false, problem: 'ECONNREFUSED' });
});

async function receiver(context: TestContext) {
  const stand = await startReceiver();
  context.after(() => stand.stop());
  const channel = (more: Partial<WebhookSettings> = {}) => webhookChannel({ id: 'hook', leastSeverity: 3, url: stand.url, template: 'hospay', secret: 'a-secret-of-the-receiver-0001', ...more }, PORTS);
  return { stand, channel };
}

test('a webhook is signed as notifications to applications are, and carries ids, values and repairs', async (context) => {
  const { stand, channel } = await receiver(context);
  assert.deepEqual(await channel().send(MESSAGE), { ok: true });
  const [post] = stand.posted;
  const credentials = readAuthorization(post?.headers.authorization);
  assert.ok(credentials.kind === 'ok' && post !== undefined);
  const { app, timestamp, nonce, signature } = credentials.value;
  const parts = { method: 'POST', target: post.path, timestamp, nonce, body: post.body };
  assert.equal(app, 'hook');
  assert.ok(isSignedBy('a-secret-of-the-receiver-0001', parts, signature));
  assert.ok(!isSignedBy('a-secret-of-the-receiver-0001', { ...parts, body: Buffer.from('{}') }, signature));
  const body = JSON.parse(post.body.toString('utf8')) as { eventId: string; alarms: { rule: string; repairZh: string }[]; more: number };
  assert.deepEqual([body.eventId, post.headers['x-hospay-event-id'], body.alarms.map(({ rule }) => rule), body.more], ['mail-1-2-2', 'mail-1-2-2', ['channel-out', 'his-slow'], 3]);
});

test('anything but 2xx is not delivered, and a redirect is not followed', async (context) => {
  const { stand, channel } = await receiver(context);
  stand.scene.answer = () => ({ status: 500 });
  assert.deepEqual(await channel().send(TEST), { ok: false, problem: 'HTTP 500' });
  stand.scene.answer = () => ({ status: 302 });
  assert.deepEqual(await channel().send(TEST), { ok: false, problem: 'HTTP 302' });
});

test('a robot is written to in its own shape: WeCom within its 2048 bytes, DingTalk with its signature, and errcode decides', async (context) => {
  const { stand, channel } = await receiver(context);
  stand.scene.answer = () => ({ status: 200, body: '{"errcode":0,"errmsg":"ok"}' });
  const many: AlarmMessage = { ...MESSAGE, lines: Array.from({ length: 20 }, () => raised) };
  assert.deepEqual(await channel({ template: 'wecom', secret: undefined }).send(many), { ok: true });
  const content = (index: number) => (JSON.parse(stand.posted[index]?.body.toString('utf8') ?? '{}') as { msgtype: string; text: { content: string } }).text.content;
  assert.ok(Buffer.byteLength(content(0), 'utf8') <= 2_048 && content(0).endsWith('…') && !content(0).includes('\uFFFD'));
  const secret = 'SEC0123456789abcdef0123456789';
  assert.deepEqual(await channel({ template: 'dingtalk', secret }).send(MESSAGE), { ok: true });
  const { searchParams } = new URL(stand.posted[1]?.path ?? '', 'http://localhost');
  const timestamp = searchParams.get('timestamp') ?? '';
  assert.equal(searchParams.get('sign'), createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64'));
  assert.equal(searchParams.get('house'), '1');
  stand.scene.answer = () => ({ status: 200, body: '{"errcode":310000,"errmsg":"sign not match"}' });
  assert.deepEqual(await channel({ template: 'dingtalk', secret }).send(MESSAGE), { ok: false, problem: 'the robot answered errcode 310000' });
});

const syslog = (more: Partial<SyslogSettings> & { readonly port: number }) => syslogChannel({ id: 'log', leastSeverity: 3, host: 'localhost', transport: 'tcp', facility: 16, authorityPem: TLS.cert, hostname: 'hospay-1', ...more }, PORTS);

test('syslog over TCP and TLS counts octets, and each message is RFC 5424 with the alarm as structured data', async (context) => {
  for (const transport of ['tcp', 'tls'] as const) {
    const collector = await startSyslogStream(transport === 'tls' ? TLS : undefined);
    context.after(() => collector.stop());
    assert.deepEqual(await syslog({ port: collector.port, transport }).send(MESSAGE), { ok: true });
    await eventually('three messages', () => (collector.messages.length === 3 ? true : undefined));
    // local0 (16) × 8 + critical (2)
    assert.match(collector.messages[0] ?? '', /^<130>1 2026-11-27T01:00:00\.000Z hospay-1 hospay \d+ ALARM_RAISED \[hospay@32473 alarm="7" rule="channel-out" subject="wechat-main" severity="1" value=""\] \uFEFF支付渠道无应答/);
    assert.match(collector.messages[1] ?? '', /^<131>1 .*value="4200 ms"/);
    assert.match(collector.messages[2] ?? '', /ALARM_MORE .*more="3"/);
  }
});

test('syslog over UDP is one datagram for each alarm; a collector over TCP that is not there is a failure', async (context) => {
  const collector = await startSyslogUdp();
  context.after(() => { collector.stop(); });
  assert.deepEqual(await syslog({ port: collector.port, host: '127.0.0.1', transport: 'udp' }).send({ ...MESSAGE, more: 0 }), { ok: true });
  await eventually('two datagrams', () => (collector.messages.length === 2 ? true : undefined));
  const stopped = await startSyslogStream();
  await stopped.stop();
  assert.deepEqual(await syslog({ port: stopped.port }).send(TEST), { ok: false, problem: 'ECONNREFUSED' });
});

test('a mail server that writes without end is not listened to', async (context) => {
  const { server, channel } = await mailServer(context, { offers: Array.from({ length: 2_000 }, () => 'X-LONG-EXTENSION') });
  const plain = channel({ security: 'none', username: undefined, password: undefined });
  assert.deepEqual(await plain.send(TEST), { ok: false, problem: 'the mail server writes without end' });
  assert.equal(server.mails.length, 0);
});

test('a far side that takes the connection and says nothing is given up', async (context) => {
  const silent = await startSilent();
  context.after(() => silent.stop());
  // The same deadlines, in a hundredth of the time.
  const ports = { ...PORTS, timers: { after: (ms: number, task: () => void) => SYSTEM_TIMERS.after(ms / 100, task) } };
  const late = { ok: false, problem: 'no answer in time' };
  const mail = emailChannel({ id: 'mail', leastSeverity: 3, host: 'localhost', port: silent.port, security: 'none', username: undefined, password: undefined, authorityPem: undefined, clientName: 'hospay.test', from: 'hospay@hospital.test', to: ['li@hospital.test'] }, ports);
  assert.deepEqual(await mail.send(TEST), late);
  assert.deepEqual(await webhookChannel({ id: 'hook', leastSeverity: 3, url: `http://localhost:${String(silent.port)}/`, template: 'hospay', secret: 'a-secret-of-the-receiver-0001' }, ports).send(TEST), late);
  assert.deepEqual(await syslogChannel({ id: 'log', leastSeverity: 3, host: 'localhost', port: silent.port, transport: 'tls', facility: 16, authorityPem: TLS.cert, hostname: 'hospay-1' }, ports).send(TEST), late);
});

test('structured data cannot be broken out of', async (context) => {
  const collector = await startSyslogStream();
  context.after(() => collector.stop());
  await syslog({ port: collector.port }).send({ ...MESSAGE, lines: [{ ...raised, subject: 'a"]\\b' }], more: 0 });
  await eventually('one message', () => (collector.messages.length === 1 ? true : undefined));
  assert.ok(collector.messages[0]?.includes('subject="a\\"\\]\\\\b"'));
});
