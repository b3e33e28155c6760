/** What the conformance suite does not know of: envelopes, signatures, character sets, proxies and web servers, over real HTTP. */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { test, type TestContext } from 'node:test';
import soapPlugin, { SettingsSchema } from '@hospay/hospital-adapter-soap';
import { HospitalBench, makeTestContext } from '@hospay/plugin-sdk/testkit';
import { readXml, type XmlElement } from '@hospay/plugin-sdk/his-mapping';
import iconv from 'iconv-lite';
import { Check } from 'typebox/value';
import { seal } from '../simulators/his/soap/encrypted-dialect.js';
import type { SoapWireFault } from '../simulators/his/soap/soap-his.js';
import { makeSoapSubject, PERSONALITIES, type SoapSubject, type SoapSubjectOptions } from './hospital-adapter-soap-subject.js';

type Personality = keyof typeof PERSONALITIES;
const ALL: readonly Personality[] = ['selfService', 'gbk', 'encrypted'];

async function openSubject(context: TestContext, personality: Personality, options: SoapSubjectOptions = {}) {
  const subject = await makeSoapSubject(personality, options);
  context.after(() => subject.stop?.());
  const bench = new HospitalBench(subject);
  return { subject, bench, service: subject.service, find: (cardNo = 'C0000002') => subject.adapter.findPatient({ cardType: 'visitCard', cardNo }, bench.context()) };
}

const nameIn = (found: Awaited<ReturnType<SoapSubject['adapter']['findPatient']>>): string | undefined => (found.kind === 'ok' ? found.value[0]?.name : found.kind);

test('envelopes are what the WSDL of the service promises: namespace, action, the arguments in their order', async (context) => {
  for (const personality of ALL) {
    const { service, find } = await openSubject(context, personality);
    const wsdl = readXml(await (await fetch(`${service.url}?wsdl`)).text());
    assert.equal(wsdl.kind, 'document');
    assert.equal((await find()).kind, 'ok');
    const { headers, body } = service.requests.at(-1) ?? assert.fail('nothing was sent');
    const { dialect } = PERSONALITIES[personality];
    const text = iconv.decode(body, dialect.charset);
    const wsdlText = await (await fetch(`${service.url}?wsdl`)).text();
    const elementsOf = (name: string) => [...(new RegExp(`<s:element name="${name}">(.*?)</s:complexType>`).exec(wsdlText)?.[1] ?? '').matchAll(/name="(\w+)"/g)].map((match) => match[1]);
    const sent = readXml(text);
    const [method] = sent.kind === 'document' ? (sent.root.children[0]?.children ?? []) : [];
    assert.deepEqual(method?.children.map(({ name }: XmlElement) => name), elementsOf(method?.name ?? ''));
    assert.ok(text.includes(`<${method?.name ?? ''} xmlns="${/targetNamespace="([^"]*)"/.exec(wsdlText)?.[1] ?? '?'}">`));
    const action = /soapAction="([^"]*)"/.exec(wsdlText)?.[1] ?? '?';
    assert.ok(`${String(headers['soapaction'])} ${String(headers['content-type'])}`.includes(`"${action}"`));
  }
});

test('a Fault is never a refusal of a booking; of a read only one that is the caller\'s own and listed', async (context) => {
  const { bench, service, find } = await openSubject(context, 'gbk');
  const fault = (side: 'client' | 'server'): SoapWireFault => ({ kind: 'fault', side, text: '参数错误' });
  service.spoilNext(fault('client'));
  assert.deepEqual(await find(), { kind: 'rejected', code: 'HIS_FAULT_Client', message: '参数错误' });
  service.spoilNext(fault('server'));
  assert.equal((await find()).kind, 'unknown');
  const { request } = await bench.newPayment();
  service.spoilNext(fault('client'));
  assert.equal((await bench.confirm(request)).kind, 'unknown', 'it was booked: the Fault came from further on');
  assert.equal((await bench.query(request.tradeNo)).kind, 'ok');
  service.spoilNext(fault('client'));
  assert.equal((await bench.query(request.tradeNo)).kind, 'unknown');
  const unlisted = await openSubject(context, 'selfService');
  unlisted.service.spoilNext(fault('client'));
  assert.equal((await unlisted.find()).kind, 'unknown');
});

test('a redirect, a page of a proxy, any status but 200: nobody knows, nothing is followed, and the booking is found', async (context) => {
  const { bench, service } = await openSubject(context, 'selfService');
  const faults: SoapWireFault[] = [{ kind: 'redirect' }, ...[401, 404, 500, 502, 503, 504].map((status): SoapWireFault => ({ kind: 'status', status })), { kind: 'status', status: 200, body: '<html><body>请先登录</body></html>' }, { kind: 'status', status: 200, body: '' }, { kind: 'status', status: 204, body: '' }, { kind: 'relabel', status: 202 }, { kind: 'relabel', status: 500 }, { kind: 'relabel', status: 503 }, { kind: 'packed' }];
  for (const fault of faults) {
    const { request } = await bench.newPayment();
    service.spoilNext(fault);
    const before = service.requests.length;
    const result = await bench.confirm(request);
    assert.ok(result.kind === 'unknown' && !result.reason.startsWith('notSent:'), JSON.stringify([fault, result]));
    if (fault.kind === 'redirect') assert.match(result.reason, /HTTP 302: redirects are not followed/);
    assert.equal(service.requests.length, before + 1);
    assert.equal((await bench.query(request.tradeNo)).kind, 'ok');
  }
});

test('a forged answer is not believed: not a booking, not a refusal, not "absent"', async (context) => {
  const { bench, service } = await openSubject(context, 'encrypted');
  const forgeries: readonly ((text: string) => string)[] = [
    (text) => text.replace(/(<SIGN><!\[CDATA\[)[0-9A-F]{4}/, '$10000'),
    (text) => text.replace(/<SIGN>.*?<\/SIGN>/, ''),
    (text) => text.replace('<SIGN_TYPE><![CDATA[MD5]]>', '<SIGN_TYPE><![CDATA[NONE]]>'),
    (text) => text.replace(/<RETURN_CODE>.*?<\/RETURN_CODE>/, '<RETURN_CODE>300303</RETURN_CODE>'),
    (text) => text.replace(/<RES_ENCRYPTED>.*?<\/RES_ENCRYPTED>/, '<RES_ENCRYPTED></RES_ENCRYPTED>'),
    () => '<ROOT><RETURN_CODE>300303</RETURN_CODE><RETURN_MSG>已关闭</RETURN_MSG></ROOT>',
  ];
  for (const change of forgeries) {
    const { request } = await bench.newPayment();
    service.spoilNext({ kind: 'tamper', change });
    const confirmed = await bench.confirm(request);
    assert.equal(confirmed.kind, 'unknown', JSON.stringify(confirmed));
    service.spoilNext({ kind: 'tamper', change: (text) => change(text.replace(/<RETURN_CODE>.*?<\/RETURN_CODE>/, '<RETURN_CODE>300401</RETURN_CODE>')) });
    assert.equal((await bench.query(request.tradeNo)).kind, 'unknown');
    assert.equal((await bench.query(request.tradeNo)).kind, 'ok', 'and it is booked');
  }
});

test('a signed answer without its message is no "nothing": neither a list nor a booking is missing', async (context) => {
  const { bench, service, find } = await openSubject(context, 'encrypted');
  for (const content of ['', '<RES></RES>']) {
    service.spoilNext({ kind: 'tamper', change: () => seal('0', '成功', content) });
    assert.equal((await find()).kind, 'unknown', content);
  }
  const { request } = await bench.newPayment();
  await bench.book(request);
  service.spoilNext({ kind: 'tamper', change: () => seal('0', '成功', '') });
  assert.equal((await bench.query(request.tradeNo)).kind, 'unknown');
});

test('an answer to another request is none, however well it is signed', async (context) => {
  for (const personality of ALL) {
    const { bench, service, find } = await openSubject(context, personality);
    const booked = (await bench.newPayment()).request;
    const other = (await bench.newPayment()).request;
    await bench.book(booked);
    await bench.query(booked.tradeNo);
    service.spoilNext({ kind: 'replay' });
    assert.equal((await bench.query(other.tradeNo)).kind, 'unknown', `${personality}: the booking of another`);
    assert.equal((await find('C0000003')).kind, 'ok');
    service.spoilNext({ kind: 'replay' });
    assert.equal((await find('C0000002')).kind, 'unknown', `${personality}: another patient`);
    service.spoilNext({ kind: 'replay' });
    assert.equal((await bench.confirm(other)).kind, 'unknown', `${personality}: an answer to something else`);
  }
  // Where each message has a number, even "nothing" is known to be the answer to another question.
  const { bench, service } = await openSubject(context, 'encrypted');
  const { request } = await bench.newPayment();
  await bench.book(request);
  assert.deepEqual(await bench.query(bench.newNumber('CT')), { kind: 'absent' });
  service.spoilNext({ kind: 'replay' });
  assert.equal((await bench.query(request.tradeNo)).kind, 'unknown');
});

test('names are read in the character set of the mapping, whatever the answer declares and however its packets are cut', async (context) => {
  const { service, find } = await openSubject(context, 'gbk');
  service.spoilNext({ kind: 'declare', contentType: 'text/xml; charset=utf-8' });
  assert.equal(nameIn(await find()), '李清照', 'GBK that says it is UTF-8');
  service.spoilNext({ kind: 'declare', contentType: 'text/xml' });
  assert.equal(nameIn(await find()), '李清照', 'GBK that says nothing');
  for (const bytes of [1, 3, 7]) {
    service.spoilNext({ kind: 'packets', bytes });
    assert.equal(nameIn(await find()), '李清照', `packets of ${String(bytes)}`);
  }
  service.spoilNext({ kind: 'encode', charset: 'gb18030' });
  assert.equal(nameIn(await find('C0000003')), '王龑䶮', 'a HIS that holds more than GBK');
  for (const contentType of ['text/xml; charset=gbk', 'text/xml; charset=utf-8']) {
    service.spoilNext({ kind: 'encode', charset: 'utf-8', contentType });
    assert.equal(nameIn(await find()), 'unknown', 'UTF-8 is not taken for GBK');
  }
  const unicode = await openSubject(context, 'selfService');
  for (const contentType of ['text/xml; charset=utf-8', 'text/xml; charset=gbk']) {
    unicode.service.spoilNext({ kind: 'encode', charset: 'gbk', contentType });
    assert.equal(nameIn(await unicode.find()), 'unknown', 'GBK is not taken for UTF-8');
  }
});

test('an answer that is too long is cut off and unknown, and the next call works again', async (context) => {
  const { bench, service, find } = await openSubject(context, 'selfService', { settings: { maxAnswerBytes: 65_536 } });
  service.spoilNext({ kind: 'huge', bytes: 1_000_000 });
  assert.equal((await find()).kind, 'unknown');
  const { request } = await bench.newPayment();
  service.spoilNext({ kind: 'huge', bytes: 1_000_000 });
  assert.equal((await bench.confirm(request)).kind, 'unknown');
  assert.equal((await bench.query(request.tradeNo)).kind, 'ok');
});

test('markup, ends of sections and separators in a value are characters of that value', async (context) => {
  for (const personality of ALL) {
    const { subject, bench, find } = await openSubject(context, personality);
    for (const cardNo of [']]></a>', 'x]]>]]>y', '<a>1</a>', '&lt;&amp;', 'a|b"c\'d']) {
      assert.deepEqual(await find(cardNo), { kind: 'ok', value: [] }, `${personality} ${cardNo}`);
      assert.equal(subject.his.calls.at(-1)?.values.get('@card_no'), cardNo, personality);
    }
    const { request } = await bench.newPayment();
    await bench.book(request);
    const refund = { ...bench.refundOf(request), reason: '患者<退费>]]></TUIFEIYY><TUIFEIJE>0.01</TUIFEIJE>' };
    assert.equal((await bench.approveRefund(refund)).kind, 'ok');
    assert.equal(subject.his.hospital.findRefund(refund.refundNo)?.amountFen, refund.refundFen, personality);
  }
});

test('rare characters are refused before anything is sent, and control characters too', async (context) => {
  for (const personality of ALL) {
    const { service, find } = await openSubject(context, personality);
    for (const character of ['䶮', '㛃', '𠮷', '\u0001', '\ud800']) {
      const found = await find(`C${character}`);
      assert.equal(found.kind === 'rejected' && found.code, 'HIS_VALUE_NOT_REPRESENTABLE', `${personality} ${JSON.stringify(character)}`);
    }
    assert.equal(service.requests.length, 0);
  }
});

test('one connection serves many calls', async (context) => {
  const { service, find } = await openSubject(context, 'encrypted');
  for (let count = 0; count < 5; count += 1) assert.equal((await find()).kind, 'ok');
  assert.equal(service.connections(), 1);
});

test('"already paid" is ours when the booking is, and a refusal when a cashier was first', async (context) => {
  for (const personality of ALL) {
    const { subject, bench } = await openSubject(context, personality);
    const own = (await bench.newPayment()).request;
    subject.his.faults.add({ procedure: 'usp_hospay_confirm', fault: { kind: 'already-paid', by: 'ourselves' } });
    const confirmed = await bench.confirm(own);
    assert.equal(confirmed.kind === 'ok' && confirmed.value.amountFen, own.amountFen, personality);
    const others = (await bench.newPayment()).request;
    subject.his.faults.add({ procedure: 'usp_hospay_confirm', fault: { kind: 'already-paid', by: 'window' } });
    assert.equal((await bench.confirm(others)).kind, 'rejected', personality);
    const wrong = (await bench.newPayment()).request;
    subject.his.faults.add({ procedure: 'usp_hospay_confirm', fault: { kind: 'wrong-amount', differenceFen: 100 } });
    await bench.confirm(wrong);
    assert.equal((await bench.confirm(wrong)).kind, 'unknown', `${personality}: our number with another amount`);
  }
});

test('neither a key, nor a password, nor a patient is in a log line or a result', async (context) => {
  const personal = /kiosk-2024|zzj-2024|k7Yw2Qm9Rt4Vx8Zb|C0000002|李清照|990101198403130022/;
  for (const personality of ALL) {
    const { subject, bench, find } = await openSubject(context, personality, { settings: { slowCallMs: 1, basicAuthentication: personality === 'selfService' } });
    const results: unknown[] = [];
    for (const fault of ['serverErrorAfterCommit', 'garbageBytes', 'dropAfterCommit', 'garbageValues'] as const) {
      await subject.control.failNext('findPatient', fault);
      results.push(await find());
    }
    const { request } = await bench.newPayment();
    results.push(await bench.confirm(request), await bench.query(request.tradeNo));
    assert.doesNotMatch(JSON.stringify([results, subject.logLines]), personal, personality);
    const authorization = personality === 'selfService' ? `Basic ${Buffer.from('HOSPAY:kiosk-2024').toString('base64')}` : undefined;
    assert.equal(subject.service.requests.at(-1)?.headers.authorization, authorization);
    assert.ok(subject.logLines.some(({ message }) => message === 'HIS call was slow'), 'slow calls are told');
  }
});

test('a HIS that does not know us refuses a read; what became of a booking stays unknown', async (context) => {
  const { bench, find } = await openSubject(context, 'selfService', { settings: { password: 'another' } });
  assert.deepEqual(await find(), { kind: 'rejected', code: '4', message: '用户或密码错误' });
  const confirmed = await bench.confirm({ tradeNo: 'CT0000000001', patientId: 'P0000002', quoteNo: 'Q1', billNos: ['B1'], amountFen: 100, paidAt: new Date().toISOString(), channel: 'WX', channelTradeNo: '42', terminalId: 'K1' });
  assert.equal(confirmed.kind, 'unknown');
  const signed = await openSubject(context, 'encrypted', { settings: { signingKey: 'another-key' } });
  assert.equal((await signed.find()).kind, 'unknown', 'the answer that says so is signed with a key we do not have');
});

test('the plugin reads its mapping from a file and says what is wrong with one', async (context) => {
  const mappingFile = (name: string): string => fileURLToPath(new URL(`../../../config/hospitals/${name}/soap-mapping.json`, import.meta.url));
  const settings = { url: 'http://127.0.0.1:9/his.asmx', user: 'HOSPAY', password: 'x', mappingFile: mappingFile('soap-self-service') };
  assert.ok(Check(SettingsSchema, settings));
  const lines: string[] = [];
  const plugin = await soapPlugin.activate(makeTestContext({ settings, logged: (line) => { lines.push(line); } }));
  context.after(() => plugin.stop?.());
  assert.deepEqual(Object.keys(plugin.hospitalAdapters ?? {}), ['soap']);
  assert.deepEqual(lines, ['HIS mapping read {"hospital":"example: self-service interface, one XML string, UTF-8","server":"127.0.0.1:9"}']);
  await assert.rejects(Promise.resolve(soapPlugin.activate(makeTestContext({ settings: { ...settings, mappingFile: mappingFile('soap-encrypted') } }))), /settings\.encryptionKey: expected 16 bytes/);
  await assert.rejects(Promise.resolve(soapPlugin.activate(makeTestContext({ settings: { ...settings, mappingFile: '/nowhere.json' } }))), /settings\.mappingFile: cannot read/);
  assert.ok(!Check(SettingsSchema, { ...settings, url: 'http://user:pwd@host/x.asmx' }), 'a password does not belong into an address');
});
