/** 个人信息脱敏: no read of the console gives a patient's name, numbers, phone or account as they are, whoever asks; the plain value comes by a reveal with a reason, which the audit log has first. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { noticeNoOf, type HisNotice } from '@hospay/plugin-sdk';
import { mask, maskCounterparty } from '@hospay/server/domain/mask.js';
import { consoleApiDocument } from '@hospay/server/edges/http/console-api/console-api.js';
import { createRevealDesk } from '@hospay/server/reveals/reveal-desk.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import type { AuditAct } from '@hospay/server/domain/audit.js';
import { codeOf, ConsoleClient, firstAdministrator, isRecord, listOf, type Reply } from './console-client.js';
import { buildConsoleHouse, MERCHANTS, type ConsoleHouse } from './console-house.js';

const PASSWORD = 'Correct-Horse-8';
const DAY = '2026-11-20';
/** What no answer may hold. Synthetic; the identity number is of nobody, its check character is right. */
const PLAIN = {
  patientId: 'ZH88123456', idNumber: '110101190001011009', phone: '13900001234', inpatientNo: 'ZY77000123', visitId: 'JZ55000901', left: 'ZH88999001', run: 'ZH88777002', owed: 'P-QT1-0008', owedByHand: 'P-QT1-0009', payeeName: '甲乙丙', payeeAccount: '6222020200098765432', userId: 'wx-user-998877',
  counterparty: '丁戊己', counterpartyAccount: '6217000010012340099', told: '张甲乙，您有待缴费用', noticePatient: 'ZH88555003', noticeInpatient: 'ZY77555004',
} as const;
const AGREEMENT = 'A0000000000000000001';

let house: ConsoleHouse;
let administrator: ConsoleClient;
let finance: ConsoleClient;
let second: ConsoleClient;
let auditor: ConsoleClient;
let cashier: ConsoleClient;
let merchant: ConsoleClient;
/** What the paths of reads name, where the seeds have one. */
const known: Record<string, string> = {};

async function userOf(login: string, role: string, set: Record<string, unknown> = {}): Promise<ConsoleClient> {
  const added = await administrator.call('POST', '/users', { login, displayName: login, roles: [role], password: 'Given-By-Boss-1', ...set });
  assert.equal(added.status, 200, JSON.stringify(added.body));
  const client = new ConsoleClient(house.origin);
  await client.call('POST', '/session', { login, password: 'Given-By-Boss-1' });
  assert.equal((await client.call('POST', '/password', { current: 'Given-By-Boss-1', next: PASSWORD })).status, 200);
  return client;
}
const done = (reply: Reply): Reply => {
  assert.ok(reply.status === 200 || reply.status === 202, JSON.stringify(reply.body));
  return reply;
};

before(async () => {
  house = await buildConsoleHouse({ startAt: `${DAY}T01:00:00.000Z` });
  administrator = await firstAdministrator(house);
  [finance, second, auditor, cashier] = [await userOf('zhang.fin', 'finance'), await userOf('li.fin', 'finance'), await userOf('chen.audit', 'auditor'), await userOf('wang.cash', 'cashier', { operatorId: '0123' })];
  merchant = await userOf('shop', 'merchant', { merchantNo: MERCHANTS[0]?.merchantNo });

  const order = await house.payAndConfirm('Q1', { patientId: PLAIN.patientId });
  await house.payAndConfirm('Q2', { patientId: PLAIN.idNumber, billNos: [`discharge/${PLAIN.inpatientNo}/${PLAIN.visitId}`] });
  done(await finance.call('POST', `/orders/${order.tradeNo}/refunds`, { reason: `患者来电 ${PLAIN.phone}`, refundFen: 100 }, { 'idempotency-key': 'personal-0001' }));
  house.hospital.confirmAnswers = [{ kind: 'mismatch', code: '300304', message: `患者 ${PLAIN.idNumber} 费用已变` }];
  await house.payAndConfirm('Q3', { patientId: PLAIN.patientId });

  const big = await house.payAndConfirm('Q4', { patientId: PLAIN.patientId, selfPayFen: 2_000_000 as never, totalFen: 2_000_000 as never });
  done(await finance.call('POST', `/orders/${big.tradeNo}/refunds`, { reason: `本人 ${PLAIN.idNumber}`, refundFen: 1_500_000 }, { 'idempotency-key': 'personal-0002' }));

  house.hospital.facets = {
    accountBalance: ({ patientId }) => Promise.resolve({ kind: 'ok', value: { balanceFen: patientId === PLAIN.run ? 8_800 : 0, frozenFen: 0 } }),
    listAccountMovements: () => Promise.resolve({ kind: 'ok', value: [] }),
    returnAccountBalance: ({ returnNo }) => Promise.resolve({ kind: 'ok', value: { hisReturnNo: `YJ-${returnNo}`, balanceFen: 0 } }),
  };
  const { body: run } = done(await finance.call('POST', '/prepayment/runs', { title: '清退第一批', patientIds: [PLAIN.run, PLAIN.left] }));
  known['runNo'] = String(run['runNo']);
  done(await second.call('POST', `/prepayment/runs/${known['runNo']}/decisions`, { hash: run['hash'], decision: 'approve', reason: '已核对' }));
  await house.run('advancePrepaymentReturn');
  house.owe('QT1-0008', 8_800);
  house.owe('QT1-0009', 900);
  done(await finance.call('POST', '/payouts', { fromAccount: 'icbc-main', debts: [{ kind: 'prepayment', subject: 'QT1-0008', amountFen: 8_800, accountName: PLAIN.payeeName, accountNo: PLAIN.payeeAccount, bankName: '工商银行' }] }));
  const [payout] = listOf(await finance.get('/payouts'), 'payouts');
  known['payoutNo'] = String(payout?.['payoutNo']);
  house.payouts.bank.next = 'refused';
  done(await second.call('POST', '/payouts/decisions', { payouts: [{ payoutNo: payout?.['payoutNo'], hash: payout?.['hash'] }], decision: 'approve', reason: `与 ${PLAIN.phone} 核对` }));
  await house.run('advancePayout');
  done(await finance.call('POST', '/transfers', { kind: 'prepayment', subject: 'QT1-0009', amountFen: 900, paidOn: DAY, bankName: '建设银行', accountName: PLAIN.payeeName, accountTail: '5432', slipNo: 'SLIP-0001' }));
  const [transfer] = listOf(await finance.get('/transfers'), 'recorded');
  done(await second.call('POST', `/transfers/${String(transfer?.['transferNo'])}/decisions`, { decision: 'reject', amountFen: 900, slipNo: 'SLIP-0001', reason: `户主 ${PLAIN.phone} 说不对` }));

  house.payouts.bank.addLine({ amountFen: 55, direction: 'in', counterpartyName: PLAIN.counterparty, counterpartyAccountNo: PLAIN.counterpartyAccount, summary: `${PLAIN.counterparty} ${PLAIN.counterpartyAccount} 退款 ${PLAIN.phone}`, at: '2026-11-19T03:00:00.000Z' });
  done(await finance.call('POST', '/bank-statements/imports', { day: '2026-11-19' }));

  await house.bindCard({ agreementNo: AGREEMENT, userId: PLAIN.userId, lastFour: '6688', token: 'token-canary' });
  house.cardGateway.isSilent = true;
  done(await finance.call('POST', `/quick-pay/agreements/${AGREEMENT}/unbindings`, { reason: `持卡人 ${PLAIN.userId} 电话 ${PLAIN.phone} 挂失` }));

  const [ofTransfer] = listOf(await finance.get('/cases?state=open'), 'cases').filter(({ kind }) => kind === 'prepaymentTransfer');
  known['id'] = String(ofTransfer?.['id']);
  done(await finance.call('POST', `/cases/${known['id']}/notes`, { text: `已联系 ${PLAIN.phone}，证件 ${PLAIN.idNumber}`, isContact: true }));

  const keep = async (notice: HisNotice) => house.store.hisNotices.keep({ noticeId: `N-${noticeNoOf(notice)}`, hospitalId: 'demo', adapter: 'his', kind: notice.kind, noticeNo: noticeNoOf(notice), content: notice, receivedAt: house.now().toISOString() }, false);
  await keep({ kind: 'billsChanged', noticeNo: 'TX1', text: PLAIN.told, patientId: PLAIN.noticePatient, inpatientNo: PLAIN.noticeInpatient, visitId: '3', place: '一楼' });
  await keep({ kind: 'refundRequested', hisRefundNo: 'TF1', tradeNo: order.tradeNo, refundFen: 100, reason: `退药，电话 ${PLAIN.phone}` });
  Object.assign(known, { tradeNo: order.tradeNo, agreementNo: AGREEMENT, report: 'three-way-by-bill', day: DAY, name: 'verify-ledger', month: '2026-11' });
});
after(async () => {
  await house.stop();
  assert.deepEqual(house.undeclared, [], 'every answer is what its route declares');
});

/** Reads that hand over a document of somebody else as it is (the bank's receipt, what was filed with a case): each for whoever does that work, each in the audit log before it leaves. */
const DOCUMENTS = ['openBankReceipt', 'openLineReceipt', 'openCaseFile'];
/** Reads without an object here: a shift's sums, numbers of forms, slips of a terminal, one-fen self-tests and the wallboard hold no patient by their schema; statement files by their columns; exports have a test of their own below. */
const NOT_SEEDED = [
  'downloadMerchantExport', 'downloadMerchantStatementFile', 'downloadReportExport', 'downloadShiftReport', 'downloadStatementFile', 'listFormNumbers', 'readCardTerminalRun', 'readSelfTest', 'readShift', 'readShiftReport', 'readTerminalConfiguration', 'readWallboard',
];

type Read = { readonly id: string; readonly path: string };
/** Every GET of the API, with the seeds in its path and query. `{id}` is a case where the path says so, else the first of its kind. */
function reads(): Read[] {
  const paths = consoleApiDocument()['paths'];
  assert.ok(isRecord(paths));
  return Object.entries(paths).flatMap(([path, methods]) => {
    const get = isRecord(methods) ? methods['get'] : undefined;
    // The description of the API itself; and the stream of live events, which has no end and names topics and ids alone (`console-api-events` holds what it says).
    if (!isRecord(get) || get['operationId'] === 'readDocument' || path.endsWith('/events')) return [];
    const filled = path.replace('/console-api/v1', '').replaceAll(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent((name === 'id' && !path.includes('/cases/') ? '1' : known[name]) ?? '1'));
    const parameters = Array.isArray(get['parameters']) ? get['parameters'].filter(isRecord) : [];
    const wanted = parameters.filter((parameter) => parameter['in'] === 'query' && parameter['required'] === true).map((parameter) => String(parameter['name']));
    const query = wanted.map((name) => `${name}=${encodeURIComponent(valueFor(name, path))}`).join('&');
    return [{ id: String(get['operationId']), path: query === '' ? filled : `${filled}?${query}` }];
  });
}
function valueFor(name: string, path: string): string {
  const values: Readonly<Record<string, string>> = { from: path.includes('periods') ? '2026-11' : '2026-11-19', to: path.includes('periods') ? '2026-11' : DAY, fromDay: DAY, toDay: DAY, day: path.includes('bank-lines') ? '2026-11-19' : DAY, state: 'open', comparison: 'channel', source: 'scripted', range: 'day', month: '2026-11', by: 'day', unit: 'day' };
  return values[name] ?? '1';
}

test('no read of the console gives a personal value as it is, whichever role asks', async () => {
  const all = reads();
  assert.ok(all.length > 60, `only ${String(all.length)} reads`);
  const leaks: string[] = [];
  const answered = new Set<string>();
  for (const [role, client] of Object.entries({ administrator, finance, auditor, cashier, merchant })) {
    for (const { id, path } of all) {
      if (DOCUMENTS.includes(id)) continue;
      const { status, bytes } = await client.fetchBytes(path);
      const text = bytes.toString('utf8');
      if (status === 200) answered.add(id);
      for (const [what, value] of Object.entries(PLAIN)) if (text.includes(value)) leaks.push(`${role} ${id} ${what}: …${text.slice(Math.max(0, text.indexOf(value) - 40), text.indexOf(value) + 40)}…`);
    }
  }
  assert.deepEqual(leaks, []);
  // A sweep that is refused everywhere proves nothing.
  const silent = all.map(({ id }) => id).filter((id) => !answered.has(id) && !DOCUMENTS.includes(id));
  assert.deepEqual(silent.toSorted(), NOT_SEEDED);
});

test('what is exported is as masked as what is shown, for a merchant too', async () => {
  const exported = async (client: ConsoleClient, path: string, body: Record<string, unknown>) => {
    done(await client.call('POST', path, { from: DAY, to: DAY, format: 'csv', ...body }));
    for (let turn = 0; turn < 200; turn += 1) {
      const ready = listOf(await client.get(path), 'exports').find(({ state }) => state === 'done');
      if (ready !== undefined) return (await client.fetchBytes(`${path}/${String(ready['id'])}/file`)).bytes.toString('utf8');
      await new Promise((resolve) => { setTimeout(resolve, 25); });
    }
    return assert.fail(`the export did not end: ${JSON.stringify((await client.get(path)).body)}`);
  };
  const files = [await exported(finance, '/report-exports', { report: 'three-way-by-trade' }), await exported(merchant, '/merchant/exports', {})];
  assert.ok(files[0]?.includes('******3456') && files.every((file) => file.includes('张*三')), 'the rows are there');
  for (const file of files) for (const [what, value] of Object.entries(PLAIN)) assert.ok(!file.includes(value), what);
});

const asked = (set: Record<string, unknown> = {}) => ({ kind: 'order', id: known['tradeNo'], fields: ['patientId'], reason: 'patientEnquiry', note: '患者到窗口查询', ...set });
const audited = async (what: string) => listOf(await administrator.get('/audit?limit=200'), 'rows').filter((row) => row['what'] === what);
const valuesOf = (reply: Reply) => Object.fromEntries(listOf(reply, 'values').map(({ field, value }) => [field, value]));

test('what is masked keeps what the work compares: the end of a number, the ends of a name, never the middle', () => {
  assert.deepEqual([mask('name', '张三'), mask('name', '欧阳小三'), mask('idNumber', PLAIN.idNumber), mask('phone', PLAIN.phone), mask('cardNumber', PLAIN.payeeAccount)], ['张*', '欧**三', '1101**********1009', '139****1234', '**************5432'.slice(-18)]);
  assert.deepEqual(['P1', '7', 'P10001', 'ZH88123456', PLAIN.idNumber, PLAIN.phone].map((number) => mask('patientNumber', number)), ['**', '*', '***001', '******3456', '1101**********1009', '139****1234'], 'half of a short number stays hidden, and a number of another kind keeps that kind’s rule');
  assert.equal(mask('text', `电话 ${PLAIN.phone} 证件 ${PLAIN.idNumber} 退 100 元`).replaceAll(/\[[a-z]+\]/g, '□'), '电话 □ 证件 □ 退 100 元');
  assert.deepEqual(['王小二', 'LI Lei', '阿依古丽·买买提', '示范医疗器械有限公司'].map(maskCounterparty), ['王*二', 'L****i', '阿******提', '示范医疗器械有限公司']);
});

test('a patient is found by the whole number, and the answer has the number masked', async () => {
  const found = await finance.get(`/orders?patientId=${PLAIN.patientId}`);
  assert.equal(listOf(found, 'orders').length, 3);
  assert.equal((await finance.get(`/orders/${known['tradeNo'] ?? ''}`)).body['patientId'], '******3456');
  assert.deepEqual(listOf(await finance.get(`/quick-pay/agreements?userId=${PLAIN.userId}`), 'agreements').map(({ agreementNo }) => agreementNo), [AGREEMENT]);
});

test('a reveal needs its right, the page’s token, a reason of the list and words of one’s own', async () => {
  for (const [who, client] of Object.entries({ cashier, merchant })) assert.equal(codeOf(await client.call('POST', '/reveals', asked())), 'NOT_PERMITTED', who);
  assert.equal(codeOf(await finance.call('POST', '/reveals', asked(), { 'x-csrf-token': 'of another page' })), 'NOT_SIGNED_IN');
  for (const wrong of [{ reason: undefined }, { reason: 'curious' }, { note: undefined }, { note: ' ' }, { note: '查' }, { fields: [] }, { fields: ['patientId', 'patientId'] }, { fields: ['name'] }, { kind: 'user' }, { id: '' }]) {
    assert.equal(codeOf(await finance.call('POST', '/reveals', asked(wrong))), 'MALFORMED_REQUEST', JSON.stringify(wrong));
  }
  assert.equal((await finance.get('/reveals')).status, 404, 'no address gives a value');
  assert.deepEqual(await audited('personal.reveal'), []);
});

test('what is revealed is one object’s, and the audit log has who, of what, which fields and why, never the value', async () => {
  const notes = [`已联系 ${PLAIN.phone}，证件 ${PLAIN.idNumber}`];
  const cases: readonly (readonly [Record<string, unknown>, Record<string, unknown>])[] = [
    [{}, { patientId: PLAIN.patientId }],
    [{ kind: 'prepaymentReturn', id: `${known['runNo'] ?? ''}-0001` }, { patientId: PLAIN.run }],
    [{ kind: 'transfer', id: 'QT1-0009' }, { patientId: PLAIN.owedByHand }],
    [{ kind: 'payout', id: known['payoutNo'], fields: ['accountName', 'accountNo'] }, { accountName: PLAIN.payeeName, accountNo: PLAIN.payeeAccount }],
    [{ kind: 'payout', id: known['payoutNo'], fields: ['accountNo'] }, { accountNo: PLAIN.payeeAccount }],
    [{ kind: 'cardAgreement', id: AGREEMENT, fields: ['userId'] }, { userId: PLAIN.userId }],
    [{ kind: 'case', id: known['id'], fields: ['notes'] }, { notes: notes.join('\n') }],
    [{ kind: 'hisNotice', id: 'N-TX1', fields: ['patientId', 'inpatientNo', 'message'] }, { patientId: PLAIN.noticePatient, inpatientNo: PLAIN.noticeInpatient, message: PLAIN.told }],
  ];
  for (const [set, values] of cases) {
    const reply = await finance.call('POST', '/reveals', asked({ ...set, note: `核对 ${String(Object.values(values)[0])}` }));
    assert.deepEqual([reply.status, valuesOf(reply)], [200, values], JSON.stringify(set));
    assert.equal(reply.headers.get('cache-control'), 'no-store');
  }
  assert.equal((await auditor.call('POST', '/reveals', asked({ reason: 'audit' }))).status, 200);
  for (const wrong of [{ id: 'H00000000000000000000' }, { fields: ['accountNo'] }, { kind: 'case', id: 'QT1', fields: ['notes'] }, { kind: 'order', id: "x' OR 1=1" }]) {
    assert.match(String(codeOf(await finance.call('POST', '/reveals', asked(wrong)))), /NO_SUCH_ITEM|MALFORMED_REQUEST/, JSON.stringify(wrong));
  }
  const rows = await audited('personal.reveal');
  assert.deepEqual([rows.length, rows.at(-1)?.['who'], rows.at(-1)?.['object'], rows.at(-1)?.['after'], rows.at(-1)?.['reason']], [cases.length + 1, 'zhang.fin', `order ${known['tradeNo'] ?? ''}`, '{"fields":["patientId"]}', 'patientEnquiry: 核对 ***']);
  const text = JSON.stringify((await administrator.get('/audit?limit=200')).body);
  for (const [what, value] of Object.entries(PLAIN)) assert.ok(!text.includes(value), `${what} is in the audit log`);
});

test('a sheet of a run has masked numbers; whole ones come with a reason, audited with how many', async () => {
  const masked = await auditor.fetchBytes(`/prepayment/runs/${known['runNo'] ?? ''}/returns.csv`);
  assert.ok(masked.bytes.toString('utf8').includes('******7002') && !masked.bytes.toString('utf8').includes(PLAIN.run));
  const path = `/prepayment/runs/${known['runNo'] ?? ''}/plain-returns`;
  const ask = (client: ConsoleClient, body: unknown) => fetch(`${house.origin}/console-api/v1${path}`, { method: 'POST', headers: { cookie: client.cookie ?? '', 'x-csrf-token': client.csrfToken ?? '', 'content-type': 'application/json' }, body: JSON.stringify(body) });
  assert.deepEqual([(await ask(cashier, { reason: 'refundOrPayout', note: '银行转账' })).status, (await ask(second, { reason: 'refundOrPayout' })).status], [403, 400]);
  const whole = await ask(second, { reason: 'refundOrPayout', note: '银行转账' });
  assert.ok((await whole.text()).includes(PLAIN.run));
  const [row] = await audited('personal.export');
  assert.deepEqual([row?.['who'], row?.['object'], row?.['after'], row?.['reason']], ['li.fin', `run ${known['runNo'] ?? ''}`, '{"fields":["patientId"],"persons":1}', 'refundOrPayout: 银行转账']);
});

test('nothing leaves while the audit log cannot be written', async () => {
  const acts: AuditAct[] = [];
  const broken = createRevealDesk({ plainOf: () => Promise.resolve({ patientId: PLAIN.patientId }), clock: house, log: SILENT_LOG, audit: { record: (act) => { acts.push(act); return Promise.reject(new Error('disk full')); } } });
  const request = { by: 'x', reason: 'audit', note: '抽查', kind: 'order', id: 'H1', fields: ['patientId'] } as const;
  await assert.rejects(broken.reveal(request), /disk full/);
  await assert.rejects(broken.revealFile({ by: 'x', reason: 'audit', note: '抽查', object: 'run 1', fields: ['patientId'], make: () => Promise.resolve({ kind: 'ok', value: { file: PLAIN.patientId, persons: 1 } }) }), /disk full/);
  assert.equal(acts.length, 2);
});

test('an hour has thirty reveals of one user; the next one is refused and called out once, others go on, and the hour ends', async () => {
  house.later(2 * 60 * 60);
  administrator = await signedInAgain('li.admin', 'Correct-Horse-7');
  [finance, auditor] = [await signedInAgain('zhang.fin'), await signedInAgain('chen.audit')];
  const ask = async (client: ConsoleClient) => codeOf(await client.call('POST', '/reveals', asked()));
  for (let turn = 0; turn < 29; turn += 1) assert.equal(await ask(finance), undefined);
  // What is not found is counted, too: nobody tries numbers.
  assert.equal(codeOf(await finance.call('POST', '/reveals', asked({ id: 'H00000000000000000000' }))), 'NO_SUCH_ITEM');
  for (let turn = 0; turn < 3; turn += 1) assert.equal(await ask(finance), 'REVEAL_LIMIT_REACHED');
  assert.deepEqual((await audited('personal.limitReached')).map(({ who, object }) => [who, object]), [['zhang.fin', `order ${known['tradeNo'] ?? ''}`]]);
  assert.equal(await ask(auditor), undefined);
  for (let quarter = 0; quarter < 5; quarter += 1) {
    house.later(12 * 60 + 1);
    await finance.get('/overview');
  }
  assert.equal(await ask(finance), undefined);
});

async function signedInAgain(login: string, password = PASSWORD): Promise<ConsoleClient> {
  const client = new ConsoleClient(house.origin);
  done(await client.call('POST', '/session', { login, password }));
  return client;
}
