/** The window desk as a window's software reaches it: signed messages, one press one operation, its own till and its own card terminal only. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cardTerminalShape, closedShiftShape, hasShape, memoryStorage, openMessage, OPERATIONS, orderShape, sealRequest, TerminalClient, tillOpeningShape, topics, type CallResult, type Transport } from '@hospay/terminal-sdk';
import { createNumberedFormDesk } from '@hospay/server/numbered-forms/form-desk.js';
import { createTerminalBench, keyOf, type TerminalBench } from './terminal-bench.js';
import { startWindowDeskStand, type WindowDeskStand } from './window-desk-stand.js';

const DAY = '2026-03-02';
let stand: WindowDeskStand;
let bench: TerminalBench;
before(async () => {
  stand = await startWindowDeskStand({ terminals: 2 });
  bench = createTerminalBench({ windowDesk: stand.desk, shifts: stand.shifts });
  await bench.sitsDown('window-1', '0101');
  await bench.sitsDown('doctor-1', 'd0101');
});
after(async () => {
  await bench.close();
  await stand.stop();
});

const bytes = (text: string) => new TextEncoder().encode(text);
let counter = 0;
const ask = async (op: string, body: object, { deviceId = 'window-1', idem }: { readonly deviceId?: string; readonly idem?: string } = {}): Promise<{ readonly code?: unknown; readonly value?: unknown }> => {
  counter += 1;
  const device = { deviceId, key: keyOf(deviceId) };
  const ts = Date.now();
  const payload = sealRequest(device, { id: `message-${String(counter).padStart(16, '0')}`, op, ts, exp: ts + 30_000, cid: `call-${String(counter)}`, seq: counter, body, ...(idem === undefined ? {} : { idem: `${deviceId}:${idem}` }) });
  const opened = openMessage(device, bytes(await bench.desk.answer({ device: deviceId, operation: op, payload: bytes(payload) })));
  assert.ok(opened !== undefined, 'the answer is signed');
  const answer = opened.body;
  if (typeof answer !== 'object' || answer === null) return {};
  return 'value' in answer ? { value: answer.value } : 'error' in answer && typeof answer.error === 'object' && answer.error !== null && 'code' in answer.error ? { code: answer.error.code } : {};
};

test('a window works its own card terminal, named by the window itself, never another one', async () => {
  const done = await ask('cardTerminal.operate', { operation: 'signIn', operatorId: '0101' }, { idem: 'press-1' });
  assert.ok(hasShape(cardTerminalShape, done.value) && done.value.state === 'done', JSON.stringify(done));
  assert.deepEqual([done.value.terminalId, done.value.channel, done.value.operatorId], ['window-1', 'pos-main', '0101']);
  const again = await ask('cardTerminal.query', { operationNo: done.value.operationNo });
  assert.deepEqual(again.value, done.value);
  assert.equal((await ask('cardTerminal.query', { operationNo: done.value.operationNo }, { deviceId: 'kiosk-1' })).code, 'NO_SUCH_ITEM');
  assert.equal((await ask('cardTerminal.operate', { operation: 'settle', operatorId: '0101', terminalId: 'window-2' }, { idem: 'press-2' })).code, 'MALFORMED_REQUEST', 'a window cannot name a terminal');
  assert.equal(stand.pos.received('settle'), 0);
});

test('the key is required, and a kiosk or a doctor works no card terminal', async () => {
  const body = { operation: 'settle', operatorId: '0101' };
  assert.equal((await ask('cardTerminal.operate', body)).code, 'MALFORMED_REQUEST');
  for (const deviceId of ['kiosk-1', 'doctor-1']) assert.equal((await ask('cardTerminal.operate', body, { deviceId, idem: 'a' })).code, 'NOT_PERMITTED', deviceId);
  assert.equal((await ask('till.open', { amountFen: 1, operatorId: '0101' })).code, 'MALFORMED_REQUEST');
  assert.equal((await ask('till.open', { amountFen: 1, operatorId: '0101' }, { deviceId: 'doctor-1', idem: 'a' })).code, 'NOT_PERMITTED');
  assert.equal((await ask('till.day', { day: DAY, operatorId: '0101' }, { deviceId: 'doctor-1' })).code, 'NOT_PERMITTED');
  assert.equal(stand.pos.received('settle'), 0);
});

test('change money goes into the operator\'s till at a window and into the machine\'s at a kiosk; each is shown its own', async () => {
  const opened = await ask('till.open', { amountFen: 20_000, operatorId: '0101' }, { idem: 'morning' });
  assert.ok(hasShape(tillOpeningShape, opened.value) && opened.value.state === 'opened' && opened.value.tillNo === 'operator:0101', JSON.stringify(opened));
  assert.deepEqual((await ask('till.open', { amountFen: 20_000, operatorId: '0101' }, { idem: 'morning' })).value, opened.value);
  assert.equal((await ask('till.open', { amountFen: 30_000, operatorId: '0101' }, { idem: 'morning' })).code, 'IDEMPOTENCY_KEY_REUSED');
  await ask('till.open', { amountFen: 5_000, operatorId: '0101' }, { deviceId: 'kiosk-1', idem: 'morning' });
  const tillOf = async (deviceId: string, operatorId?: string) => {
    const { value } = await ask('till.day', { day: DAY, ...(operatorId === undefined ? {} : { operatorId }) }, { deviceId });
    assert.ok(hasShape(OPERATIONS['till.day'].reply, value), JSON.stringify(value));
    return value.tills.map(({ tillNo, balanceFen }) => [tillNo, balanceFen]);
  };
  assert.deepEqual([await tillOf('window-1'), await tillOf('kiosk-1'), await tillOf('window-1', '0102')], [[['operator:0101', 20_000]], [['terminal:kiosk-1', 5_000]], [['operator:0101', 20_000]]], 'whom a message names does not matter');
  assert.equal((await ask('till.open', { amountFen: 1 }, { deviceId: 'kiosk-1', idem: 'nobody' })).code, 'MALFORMED_REQUEST', 'a person fills a kiosk');
});

test('a window closes the shift of its operator, a kiosk its own; the same key answers the same, and nobody sees another till', async () => {
  bench.people.add('wang.yi', ['cashier'], { operatorId: '0107' });
  await bench.operators.signOut({ deviceId: 'window-1', kind: 'window', key: keyOf('window-1') });
  for (const [op, body] of [['shift.figures', {}], ['shift.query', { shiftNo: 'JB1' }]] as const) assert.equal((await ask(op, body)).code, 'OPERATOR_NOT_SIGNED_IN', op);
  await bench.sitsDown('window-1', 'wang.yi');
  await stand.paysCash(1_500, '0107');
  const shown = await ask('shift.figures', { operatorId: '0101' });
  assert.ok(hasShape(OPERATIONS['shift.figures'].reply, shown.value), JSON.stringify(shown));
  assert.deepEqual([shown.value.tillNo, shown.value.figures.expectedFen, shown.value.figures.receiptCount], ['operator:0107', 1_500, 1], 'who is signed in, by his staff number; whom the message names does not matter');
  const count = { denominations: [{ faceFen: 1_000, pieces: 1 }, { faceFen: 500, pieces: 1 }], expectedFen: 1_500 };
  assert.equal((await ask('shift.close', count)).code, 'MALFORMED_REQUEST', 'without a key nobody could repeat it');
  assert.equal((await ask('shift.close', { ...count, expectedFen: 1_400 }, { idem: 'close-1' })).code, 'TILL_MOVED');
  const closed = await ask('shift.close', count, { idem: 'close-1' });
  assert.ok(hasShape(closedShiftShape, closed.value), JSON.stringify(closed));
  assert.deepEqual([closed.value.closedBy, closed.value.operatorId, closed.value.differenceFen, closed.value.handedFen], ['terminal/window-1', '0107', 0, 1_500]);
  assert.deepEqual((await ask('shift.close', count, { idem: 'close-1' })).value, closed.value);
  assert.equal((await ask('shift.close', count, { idem: 'close-2' })).code, 'SHIFT_EMPTY');
  const { shiftNo } = closed.value;
  assert.deepEqual((await ask('shift.query', { shiftNo })).value, closed.value);
  assert.equal((await ask('shift.query', { shiftNo, operatorId: '0107' }, { deviceId: 'kiosk-1' })).code, 'NO_SUCH_ITEM');
  const report = await ask('shift.report', { shiftNo, layout: 'b' });
  assert.ok(hasShape(OPERATIONS['shift.report'].reply, report.value), JSON.stringify(report));
  assert.equal(report.value.fields.find(({ name }) => name === '上缴现金额')?.amountFen, 1_500);
  assert.equal((await ask('shift.figures', {}, { deviceId: 'doctor-1' })).code, 'NOT_PERMITTED');
  assert.equal((await ask('shift.figures', {}, { deviceId: 'kiosk-1' })).code, 'MALFORMED_REQUEST', 'a person empties a kiosk');
  const kiosk = await ask('shift.figures', { operatorId: '0105' }, { deviceId: 'kiosk-1' });
  assert.ok(hasShape(OPERATIONS['shift.figures'].reply, kiosk.value) && kiosk.value.tillNo === 'terminal:kiosk-1' && kiosk.value.figures.changeMoney.amountFen === 5_000, JSON.stringify(kiosk));
  const emptied = await ask('shift.close', { operatorId: '0105', denominations: [{ faceFen: 5_000, pieces: 1 }], expectedFen: 5_000 }, { deviceId: 'kiosk-1', idem: 'emptied' });
  await bench.sitsDown('window-1', '0101');
  assert.equal((await ask('shift.query', { shiftNo })).code, 'NO_SUCH_ITEM', 'the next cashier does not see it');
  assert.ok(hasShape(closedShiftShape, emptied.value) && emptied.value.handedFen === 0, 'change money is nobody\'s taking');
});

test('the SDK\'s client presses once: an answer that was lost is asked for with the same key, and the terminal settles once', async () => {
  let loses = 1;
  let listener: Parameters<Transport['open']>[0] | undefined;
  const device = { deviceId: 'window-1', key: keyOf('window-1') };
  const transport: Transport = {
    open(events) {
      listener = events;
      events.connected();
    },
    async publish(topic, payload) {
      const operation = topic.split('/').at(-1) ?? '';
      const answer = await bench.desk.answer({ device: 'window-1', operation, payload: bytes(payload) });
      if (operation === 'cardTerminal.operate' && loses > 0) loses -= 1;
      else listener?.message(topics.reply('window-1'), bytes(answer));
    },
    close: () => Promise.resolve(),
  };
  const client = await TerminalClient.open({ device, transport, storage: memoryStorage(), timers: { after: (ms, task) => { const timer = setTimeout(task, ms / 50); return { cancel: () => { clearTimeout(timer); } }; } } });
  const press = () => client.operateCardTerminal('evening', { operation: 'settle', operatorId: '0101' });
  const lost: CallResult<unknown> = await press();
  assert.equal(lost.kind, 'noAnswer');
  const answered = await press();
  assert.equal(answered.kind === 'ok' ? answered.value.state : answered.kind, 'done');
  assert.equal(stand.pos.received('settle'), 1);
  const opened = await client.openTill('evening', { amountFen: 0, operatorId: '0109' });
  assert.equal(opened.kind === 'ok' ? opened.value.tillNo : opened.kind, 'operator:0101');
  await client.stop();
});

test('failure mode 26: a window prints under its operator’s numbers, a kiosk under its own; what a machine cannot see a window settles; a doctor has no forms', async () => {
  await bench.operators.signOut({ deviceId: 'window-1', kind: 'window', key: keyOf('window-1') });
  await bench.sitsDown('window-1', '0101');
  const forms = bench.store.formsOf('demo');
  const keep = createNumberedFormDesk({ hospitalId: 'demo', forms, store: bench.store, policy: { invoicedBusinesses: [], numberedBusinesses: ['bill'] }, audit: bench.people.audit, clock: bench.clock });
  const bought = await keep.registerForms({ kind: 'outpatient', medium: 'paper', code: '3301', firstNumber: '0001', lastNumber: '0100', by: 'li', asked: { tenant: 'user/li', key: 'buy' } });
  assert.ok(bought.kind === 'ok');
  for (const tillNo of ['operator:0101', 'terminal:kiosk-1']) await keep.handOutForms({ batchNo: bought.value.batchNo, tillNo, count: 10, by: 'li', asked: { tenant: 'user/li', key: tillNo } });
  const pays = async (deviceId: string): Promise<string> => {
    const quoted = await ask('bill.quote', { patientId: 'P1', billNos: ['B1'] }, { deviceId });
    assert.ok(hasShape(OPERATIONS['bill.quote'].reply, quoted.value), JSON.stringify(quoted));
    const paid = await ask('payment.create', { quoteId: quoted.value.quoteId, amountFen: 3_000, method: 'nativeQr' }, { deviceId, idem: `pay-${deviceId}` });
    assert.ok(hasShape(orderShape, paid.value), JSON.stringify(paid));
    const { tradeNo } = paid.value;
    bench.patientPays(`${tradeNo}P01`, 3_000);
    await ask('payment.query', { tradeNo }, { deviceId });
    await bench.tellHospital();
    return tradeNo;
  };
  const formIn = (answer: { readonly value?: unknown }) => (hasShape(OPERATIONS['form.take'].reply, answer.value) ? answer.value.form : assert.fail(JSON.stringify(answer)));
  const atKiosk = await pays('kiosk-1');
  const given = formIn(await ask('form.take', { tradeNo: atKiosk }, { deviceId: 'kiosk-1', idem: 'print-1' }));
  assert.deepEqual([given.number, formIn(await ask('form.take', { tradeNo: atKiosk }, { deviceId: 'kiosk-1', idem: 'print-1' })).number], ['0011', '0011']);
  assert.equal((await ask('form.take', { tradeNo: atKiosk }, { deviceId: 'kiosk-1', idem: 'after-the-power-cut' })).code, 'FORM_IN_DOUBT', 'whether its sheet came out the machine cannot know');
  assert.equal((await ask('form.take', { tradeNo: atKiosk }, { deviceId: 'kiosk-2', idem: 'print-1' })).code, 'ORDER_NOT_FOUND');
  const { runNo, number } = given;
  assert.equal((await ask('form.void', { runNo, number: '0012', reason: '空白票损坏' })).code, 'NO_SUCH_ITEM', 'the blank sheets of a machine lie in the machine');
  const voided = await ask('form.void', { runNo, number, reason: '自助机卡纸' });
  assert.ok(hasShape(OPERATIONS['form.void'].reply, voided.value) && voided.value.state === 'void', JSON.stringify(voided));
  assert.equal(formIn(await ask('form.take', { tradeNo: atKiosk }, { idem: 'at-the-window' })).number, '0001', 'from the run of whoever prints it');
  const runs = await ask('form.runs', {});
  assert.ok(hasShape(OPERATIONS['form.runs'].reply, runs.value), JSON.stringify(runs));
  assert.deepEqual(runs.value.runs.map(({ nextNumber, left, open }) => [nextNumber, left, open]), [['0002', 9, 1]]);
  assert.equal((await ask('form.take', { tradeNo: atKiosk })).code, 'MALFORMED_REQUEST');
  for (const [op, body] of [['form.take', { tradeNo: atKiosk }], ['form.printed', { runNo, number }], ['form.void', { runNo, number, reason: '损坏' }], ['form.runs', {}]] as const) assert.equal((await ask(op, body, { deviceId: 'doctor-1', idem: 'd' })).code, 'NOT_PERMITTED', op);
});

test('files are made at kiosks and windows, cards made anew at windows by who is signed in; what the HIS does not have is said', async () => {
  const file = { name: '诸葛亮', sex: 'male', birthday: '1990-01-01', idType: 'idCard', idNo: '110101199001010015', phone: '13900000001' };
  const card = { patientId: 'P1', cardNo: 'C1' };
  const codes = async (op: string, body: object) => [await ask(op, body, { deviceId: 'kiosk-1' }), await ask(op, body), await ask(op, body, { deviceId: 'doctor-1' })].map(({ code }) => code);
  assert.deepEqual(await codes('patient.create', file), ['FUNCTION_NOT_OFFERED', 'FUNCTION_NOT_OFFERED', 'NOT_PERMITTED']);
  assert.deepEqual(await codes('patient.update', { patientId: 'P1', phone: '139' }), ['NOT_PERMITTED', 'FUNCTION_NOT_OFFERED', 'NOT_PERMITTED'], 'whose file it is nobody has seen at a kiosk');
  for (const op of ['card.reportLost', 'card.reissue']) assert.deepEqual(await codes(op, card), ['NOT_PERMITTED', 'FUNCTION_NOT_OFFERED', 'NOT_PERMITTED'], op);
  for (const [op, body] of [['card.check', { cardType: 'visitCard', cardNo: 'C1' }], ['report.list', { patientId: 'P1', from: DAY, to: DAY }], ['report.read', { patientId: 'P1', from: DAY, to: DAY, reportId: 'R1' }], ['price.list', { kind: 'drug', initials: 'AMXL' }], ['queue.places', { patientId: 'P1' }], ['guide.resolve', { code: 'G1' }]] as const) {
    assert.deepEqual(await codes(op, body), ['FUNCTION_NOT_OFFERED', 'FUNCTION_NOT_OFFERED', 'FUNCTION_NOT_OFFERED'], op);
  }
  bench.hospital.facets = { reissueCard: () => Promise.resolve({ kind: 'ok', value: { patientId: 'P1', cardNo: 'C2' } }) };
  assert.deepEqual((await ask('card.reissue', card)).value, { patientId: 'P1', cardNo: 'C2' });
  await bench.operators.signOut({ deviceId: 'window-1', kind: 'window', key: keyOf('window-1') });
  for (const [op, body] of [['card.reissue', card], ['patient.create', file], ['report.list', { patientId: 'P1', from: DAY, to: DAY }], ['report.read', { patientId: 'P1', from: DAY, to: DAY, reportId: 'R1' }]] as const) assert.equal((await ask(op, body)).code, 'OPERATOR_NOT_SIGNED_IN', op);
});
