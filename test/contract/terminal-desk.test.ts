/** Whatever a terminal (or somebody posing as one) sends, the core answers something clear and signed, and loses nothing. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { hasShape, openMessage, orderShape, presettlementShape, sealRequest, signMessage, topics, type Order } from '@hospay/terminal-sdk';
import { StoreUnavailable } from '@hospay/server/domain/money-store.js';
import { createTerminalDesk } from '@hospay/server/terminals/terminal-desk.js';
import type { TerminalUseCases } from '@hospay/server/terminals/ports.js';
import { createTerminalBench, keyOf, type TerminalBench } from './terminal-bench.js';

let bench: TerminalBench;
beforeEach(() => {
  bench = createTerminalBench();
});
afterEach(() => bench.close());

const kiosk = (deviceId = 'kiosk-1') => ({ deviceId, key: keyOf(deviceId) });
let counter = 0;
const envelope = (op: string, body: object, set: Partial<Parameters<typeof sealRequest>[1]> = {}) => {
  const ts = Date.now();
  return { id: `message-${String((counter += 1)).padStart(16, '0')}`, op, ts, exp: ts + 30_000, cid: `call-${String(counter)}`, seq: counter, body, ...set };
};
const bytes = (text: string) => new TextEncoder().encode(text);
/** What the terminal makes of the answer: undefined when it cannot be believed. */
const send = async (payload: string | Uint8Array, { device = 'kiosk-1', operation = 'session.resume' } = {}) => {
  const answer = await bench.desk.answer({ device, operation, payload: typeof payload === 'string' ? bytes(payload) : payload });
  return { raw: answer, opened: openMessage(kiosk(device), bytes(answer)) };
};
const ask = async (op: string, body: object, set: Parameters<typeof envelope>[2] = {}, deviceId = 'kiosk-1') => {
  const { opened } = await send(sealRequest(kiosk(deviceId), envelope(op, body, set)), { device: deviceId, operation: op });
  assert.ok(opened !== undefined, 'the answer is signed');
  return opened;
};
const codeOf = (message: { readonly body: unknown } | undefined): string | undefined => {
  const error = member(message?.body, 'error');
  for (const text of ['zh', 'en', 'nextZh', 'nextEn']) if (error !== undefined) assert.equal(typeof member(error, text), 'string');
  const code = member(error, 'code');
  return typeof code === 'string' ? code : undefined;
};
const valueOf = (message: { readonly body: unknown }): unknown => {
  assert.equal(member(message.body, 'kind'), 'ok', JSON.stringify(message.body));
  return member(message.body, 'value');
};
const orderOf = (message: { readonly body: unknown }): Order => {
  const value = valueOf(message);
  assert.ok(hasShape(orderShape, value));
  return value;
};
const member = (value: unknown, key: string): unknown => (typeof value === 'object' && value !== null ? Object.entries(value).find(([name]) => name === key)?.[1] : undefined);
const text = (value: unknown, key: string): string => String(member(value, key));

async function quote(deviceId = 'kiosk-1'): Promise<string> {
  await ask('patient.find', { cardType: 'visitCard', cardNo: 'CARD0001' }, {}, deviceId);
  return text(valueOf(await ask('bill.quote', { patientId: 'P10001', billNos: ['B1'] }, {}, deviceId)), 'quoteId');
}
const create = async (quoteId: string, set: Parameters<typeof envelope>[2] = {}, deviceId = 'kiosk-1') => ask('payment.create', { quoteId, amountFen: 3_000, method: 'nativeQr' }, { idem: `${deviceId}:1-a`, ...set }, deviceId);

describe('every operation, over the real use cases', () => {
  test('a window asks the insurance: who is insured, what it pays, giving it up; the key stands for the business, not for the voucher', async () => {
    const voucher = { kind: 'electronicVoucher', number: 'EC-0001' };
    assert.equal(text(valueOf(await ask('insurance.find', { voucher })), 'name'), '张*三');
    const quoteId = await quote();
    const body = { quoteId, voucher, personNo: '4400', insuranceType: '310', usesAccount: true };
    assert.equal(codeOf(await ask('insurance.presettle', body)), 'MALFORMED_REQUEST', 'idem is required');
    bench.centre.presettleAnswers = [{ kind: 'unknown', reason: 'timeout' }];
    const first = valueOf(await ask('insurance.presettle', body, { idem: 'kiosk-1:pre-1' }));
    assert.ok(hasShape(presettlementShape, first) && first.state === 'unknown', JSON.stringify(first));
    const again = valueOf(await ask('insurance.presettle', { ...body, voucher: { ...voucher, number: 'EC-0002' } }, { idem: 'kiosk-1:pre-1' }));
    assert.ok(hasShape(presettlementShape, again) && again.presettlementNo === first.presettlementNo && again.split?.insuredFen === 7_500, JSON.stringify(again));
    assert.equal(codeOf(await ask('insurance.query', { presettlementNo: first.presettlementNo }, {}, 'kiosk-2')), 'PRESETTLEMENT_NOT_FOUND');
    assert.equal(text(valueOf(await ask('insurance.query', { presettlementNo: first.presettlementNo })), 'state'), 'presettled');
    assert.equal(text(valueOf(await ask('insurance.abandon', { presettlementNo: first.presettlementNo })), 'state'), 'abandoned');
  });

  test('a kiosk walks from card to receipt', async () => {
    const found = valueOf(await ask('patient.find', { cardType: 'visitCard', cardNo: 'CARD0001' }));
    assert.deepEqual(member(member(found, 'patients'), '0'), { patientId: 'P10001', name: '张*三', sex: 'male', cardNo: '****0001', idNo: '**************0000' });
    assert.equal(text(member(member(valueOf(await ask('bill.list', { patientId: 'P10001' })), 'bills'), '0'), 'billNo'), 'B1');
    const order = orderOf(await create(await quote()));
    assert.equal(order.payments[0]?.state, 'paying');
    assert.equal(order.patientLabel, '张*三');
    bench.patientPays(order.payments[0].paymentNo, 3_000);
    assert.equal(orderOf(await ask('payment.query', { tradeNo: order.tradeNo })).confirmation.state, 'toConfirm');
    await bench.tellHospital();
    const session = valueOf(await ask('session.resume', {}));
    assert.equal(text(member(member(session, 'openOrders'), '0'), 'tradeNo'), order.tradeNo);
    assert.equal(text(member(session, 'configuration'), 'hospitalName'), '示范医院');
    const printed = orderOf(await ask('receipt.printed', { tradeNo: order.tradeNo }));
    assert.equal(printed.confirmation.receiptNo, 'R1');
    assert.ok(printed.confirmation.receiptPrintedAt);
    assert.deepEqual(member(valueOf(await ask('session.resume', {})), 'openOrders'), []);
  });

  test('an unpaid order is cancelled only after the channel was asked and has closed it', async () => {
    const order = orderOf(await create(await quote()));
    const cancelled = orderOf(await ask('payment.cancel', { tradeNo: order.tradeNo }));
    assert.equal(cancelled.payments[0]?.state, 'closed');
    assert.deepEqual(bench.channel.calls.map((call) => call.split(' ')[0]), ['charge', 'query', 'close']);
  });

  test('the label on a quote is the core\'s own: a patient this terminal never looked up is a masked number', async () => {
    const quoteId = text(valueOf(await ask('bill.quote', { patientId: 'P10001', billNos: ['B1'] })), 'quoteId');
    assert.equal((await bench.store.findQuote(quoteId))?.patientLabel, '****0001');
  });

  test('refusals of business come with code, words and next step in both languages', async () => {
    assert.equal(codeOf(await ask('patient.find', { cardType: 'visitCard', cardNo: 'CARD9999' })), 'PATIENT_NOT_FOUND');
    assert.equal(codeOf(await ask('bill.quote', { patientId: 'P10001', billNos: ['B9'] })), 'BILL_NOT_FOUND');
    assert.equal(codeOf(await create('no-such-quote')), 'QUOTE_NOT_FOUND');
    const quoteId = await quote();
    assert.equal(codeOf(await ask('payment.create', { quoteId, amountFen: 1, method: 'nativeQr' }, { idem: 'kiosk-1:2' })), 'AMOUNT_MISMATCH');
    assert.equal(codeOf(await ask('payment.query', { tradeNo: 'H00000000000000' })), 'ORDER_NOT_FOUND');
    assert.equal(codeOf(await ask('payment.cancel', { tradeNo: 'H00000000000000' })), 'ORDER_NOT_FOUND');
  });
});

describe('a payment is taken once', () => {
  test('the same message twice is refused as a replay, and charges once', async () => {
    const request = sealRequest(kiosk(), envelope('payment.create', { quoteId: await quote(), amountFen: 3_000, method: 'nativeQr' }, { idem: 'kiosk-1:7' }));
    assert.equal(codeOf((await send(request, { operation: 'payment.create' })).opened), undefined);
    assert.equal(codeOf((await send(request, { operation: 'payment.create' })).opened), 'REPLAYED');
    assert.equal(bench.channel.calls.length, 1);
  });

  test('the same key in a new message answers what became of the first; with another body it is refused', async () => {
    const quoteId = await quote();
    const first = orderOf(await create(quoteId));
    assert.equal(orderOf(await create(quoteId)).tradeNo, first.tradeNo);
    assert.equal(codeOf(await ask('payment.create', { quoteId, amountFen: 3_000, method: 'h5' }, { idem: 'kiosk-1:1-a' })), 'IDEMPOTENCY_KEY_REUSED');
    assert.equal(bench.channel.calls.length, 1);
  });

  test('a terminal that knows only its own key finds its order; another terminal with the same key finds nothing', async () => {
    const order = orderOf(await create(await quote()));
    assert.equal(orderOf(await ask('payment.query', { idem: 'kiosk-1:1-a' })).tradeNo, order.tradeNo);
    assert.equal(codeOf(await ask('payment.query', { idem: 'kiosk-1:1-a' }, {}, 'kiosk-2')), 'ORDER_NOT_FOUND');
  });

  test('two kiosks, one bill: the second is told that it is being paid', async () => {
    await create(await quote());
    assert.equal(codeOf(await create(await quote('kiosk-2'), {}, 'kiosk-2')), 'BILL_IN_PAYMENT');
  });

  test('another terminal can neither see, cancel nor print an order, nor pay on its quote', async () => {
    const quoteId = await quote();
    assert.equal(codeOf(await create(quoteId, {}, 'kiosk-2')), 'QUOTE_NOT_FOUND');
    const { tradeNo } = orderOf(await create(quoteId));
    for (const op of ['payment.query', 'payment.cancel', 'receipt.printed']) assert.equal(codeOf(await ask(op, { tradeNo }, {}, 'kiosk-2')), 'ORDER_NOT_FOUND', op);
    assert.deepEqual(member(valueOf(await ask('session.resume', {}, {}, 'kiosk-2')), 'openOrders'), []);
  });

  test('a payment without its own key is refused before anything happens', async () => {
    const quoteId = await quote();
    for (const idem of [undefined, 'kiosk-2:1', 'kiosk-1:', 'kiosk-1:a b']) {
      const { idem: _given, ...rest } = envelope('payment.create', { quoteId, amountFen: 3_000, method: 'nativeQr' });
      const { opened } = await send(sealRequest(kiosk(), { ...rest, ...(idem === undefined ? {} : { idem }) }), { operation: 'payment.create' });
      assert.equal(codeOf(opened), 'MALFORMED_REQUEST', String(idem));
    }
    assert.deepEqual(bench.channel.calls, []);
  });
});

describe('bad messages get a clear error and touch nothing', () => {
  test('what is not an envelope', async () => {
    for (const garbage of ['', 'hello', '[]', 'null', '{"v":1}', '{"v":2}', '{', '"text"', new Uint8Array([0xff, 0xfe, 0x00])]) {
      const { opened } = await send(garbage);
      assert.equal(codeOf(opened), 'MALFORMED_REQUEST', String(garbage));
    }
  });

  test('an unknown member, in the envelope or in the body', async () => {
    const good: unknown = JSON.parse(sealRequest(kiosk(), envelope('session.resume', {})));
    assert.equal(codeOf((await send(JSON.stringify({ ...Object(good), amount: 1 }))).opened), 'MALFORMED_REQUEST');
    assert.equal(codeOf(await ask('patient.find', { cardType: 'visitCard', cardNo: 'CARD0001', name: '张三' })), 'MALFORMED_REQUEST');
    assert.equal(codeOf(await ask('payment.query', { tradeNo: 'H1', idem: 'kiosk-1:1' })), 'MALFORMED_REQUEST');
    assert.equal(codeOf(await ask('patient.find', { cardType: 'visitCard', cardNo: "' OR 1=1 --" })), 'MALFORMED_REQUEST');
  });

  test('a message above 64 KB', async () => {
    const { opened } = await send(sealRequest(kiosk(), envelope('patient.find', { cardType: 'visitCard', cardNo: 'x'.repeat(70_000) })), { operation: 'patient.find' });
    assert.equal(codeOf(opened), 'BODY_TOO_LARGE');
  });

  test('a body with fractions, lone surrogates or nesting beyond reason: it has no signed form', async () => {
    const honest = sealRequest(kiosk(), envelope('session.resume', {}));
    for (const body of ['{"amountFen":0.1}', '{"name":"\\ud800"}', `{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`]) {
      assert.equal(codeOf((await send(honest.replace('"body":{}', `"body":${body}`))).opened), 'MALFORMED_REQUEST', body.slice(0, 20));
    }
  });

  test('an expired request and a clock that is off, with the core\'s time inside', async () => {
    const ts = Date.now();
    for (const set of [{ ts: ts - 10_000, exp: ts - 1 }, { ts: ts - 121_000, exp: ts + 30_000 }, { ts: ts + 125_000, exp: ts + 200_000 }]) {
      const message = await ask('session.resume', {}, set);
      assert.equal(codeOf(message), 'REQUEST_EXPIRED');
      assert.match(text(member(message.body, 'error'), 'detail'), /^server time \d{4}-/);
      assert.ok(Math.abs(message.ts - Date.now()) < 60_000);
    }
    assert.equal(codeOf(await ask('session.resume', {}, { ts, exp: ts + 400_000 })), 'MALFORMED_REQUEST');
  });

  test('a forged request: changed after signing, signed with another key, or a reply sent back as a request', async () => {
    const honest: object = Object(JSON.parse(sealRequest(kiosk(), envelope('receipt.printed', { tradeNo: 'H1' }))));
    assert.equal(codeOf((await send(JSON.stringify({ ...honest, body: { tradeNo: 'H2' } }), { operation: 'receipt.printed' })).opened), 'SIGNATURE_INVALID');
    const stranger = { deviceId: 'kiosk-1', key: keyOf('somebody else') };
    assert.equal(codeOf((await send(sealRequest(stranger, envelope('session.resume', {})))).opened), 'SIGNATURE_INVALID');
    const { sig: _sig, ...unsigned } = { ...honest, sig: '' };
    const reflected = { ...unsigned, sig: signMessage(keyOf('kiosk-1'), { direction: 'dn', device: 'kiosk-1', unsigned }) };
    assert.equal(codeOf((await send(JSON.stringify(reflected), { operation: 'receipt.printed' })).opened), 'SIGNATURE_INVALID');
  });

  test('a device that speaks on another device\'s topic', async () => {
    const { opened } = await send(sealRequest(kiosk('kiosk-2'), envelope('session.resume', {})), { device: 'kiosk-1' });
    assert.equal(codeOf(opened), 'SIGNATURE_INVALID');
    const wrongReply: object = { v: 1, ...envelope('session.resume', {}), replyTo: topics.reply('kiosk-2'), kid: text(JSON.parse(sealRequest(kiosk(), envelope('session.resume', {}))), 'kid') };
    const signed = { ...wrongReply, sig: signMessage(keyOf('kiosk-1'), { direction: 'up', device: 'kiosk-1', unsigned: wrongReply }) };
    assert.equal(codeOf((await send(JSON.stringify(signed))).opened), 'NOT_PERMITTED');
  });

  test('an operation that is not the topic\'s, or does not exist', async () => {
    assert.equal(codeOf((await send(sealRequest(kiosk(), envelope('payment.cancel', { tradeNo: 'H1' })), { operation: 'session.resume' })).opened), 'MALFORMED_REQUEST');
    assert.equal(codeOf(await ask('ledger.drop', {})), 'UNSUPPORTED_OPERATION');
    assert.equal(codeOf(await ask('toString', {})), 'UNSUPPORTED_OPERATION');
  });

  test('an unknown and a revoked device are told so, without a signature that could be believed', async () => {
    const unknown = await send(sealRequest(kiosk('kiosk-9'), envelope('session.resume', {})), { device: 'kiosk-9' });
    assert.match(unknown.raw, /UNKNOWN_CALLER/);
    assert.equal(unknown.opened, undefined);
    await bench.registry.revoke('kiosk-2');
    const revoked = await send(sealRequest(kiosk('kiosk-2'), envelope('session.resume', {})), { device: 'kiosk-2' });
    assert.match(revoked.raw, /UNKNOWN_CALLER/);
    assert.equal(revoked.opened, undefined);
  });

  test('too many at once is a signed refusal that names the call', async () => {
    const answer = await bench.desk.refuse({ device: 'kiosk-1', operation: 'session.resume', payload: bytes(sealRequest(kiosk(), envelope('session.resume', {}, { cid: 'mine' }))) }, 'TOO_MANY_REQUESTS');
    const opened = openMessage(kiosk(), bytes(answer));
    assert.equal(codeOf(opened), 'TOO_MANY_REQUESTS');
    assert.equal(opened?.cid, 'mine');
  });
});

describe('trouble inside the core', () => {
  const failing = (set: Partial<TerminalUseCases>) => {
    const desk = createTerminalDesk({ ...bench.ports, useCases: { ...bench.ports.useCases, ...set } });
    return async (op: string, body: object) => openMessage(kiosk(), bytes(await desk.answer({ device: 'kiosk-1', operation: op, payload: bytes(sealRequest(kiosk(), envelope(op, body))) })));
  };

  test('a store that is unavailable and a bug are different codes, and neither throws', async () => {
    assert.equal(codeOf(await failing({ listOpenBills: () => Promise.reject(new StoreUnavailable('disk full')) })('bill.list', { patientId: 'P1' })), 'STORE_UNAVAILABLE');
    assert.equal(codeOf(await failing({ listOpenBills: () => { throw new TypeError('bug'); } })('bill.list', { patientId: 'P1' })), 'INTERNAL');
  });

  test('an answer of the wrong shape never reaches a terminal as data', async () => {
    const broken = failing({ listOpenBills: () => Promise.resolve({ kind: 'ok', value: [JSON.parse('{"billNo":"System.NullReferenceException at ..."}')] }) });
    assert.equal(codeOf(await broken('bill.list', { patientId: 'P1' })), 'INTERNAL');
  });
});
