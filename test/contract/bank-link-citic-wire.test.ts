/** What stands on the wire between the CITIC plugin and the front-end machine, and what is made of answers nobody may believe. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { BankLink, PluginContext, TransferRequest } from '@hospay/plugin-sdk';
import { makeTestContext } from '@hospay/plugin-sdk/testkit';
import citic, { type CiticSettings } from '@hospay/bank-link-citic';
import { CITIC_CODES } from '../simulators/bank/citic-actions.js';
import { writeCiticAnswer, type Fields } from '../simulators/bank/citic-message.js';
import { startCiticStand } from './bank-link-citic-stand.js';
import { ACCOUNT_NO, PAYEE } from './bank-link-plain-subject.js';

const REQUEST: TransferRequest = { instructionNo: 'T20261127000000001', fromAccountNo: ACCOUNT_NO, payee: PAYEE, amountFen: 123_456, purpose: '退预交金' };
const call = (timeoutMs = 5_000) => ({ deadline: new Date(Date.now() + timeoutMs).toISOString(), signal: AbortSignal.timeout(timeoutMs) });
const reference = (request: TransferRequest, now: Date) => ({ instructionNo: request.instructionNo, fromAccountNo: request.fromAccountNo, amountFen: request.amountFen, requestedAt: now.toISOString() });

async function stand(context: TestContext, options: Parameters<typeof startCiticStand>[0] = {}) {
  const started = await startCiticStand(options);
  context.after(() => started.stop());
  return { ...started, sent: (): Fields => started.frontEnd.received.at(-1)?.fields ?? assert.fail('nothing was sent') };
}

test('an instruction stands on the wire as the manual prints it: GBK, yuan with two decimals, our number as client number and in the 摘要', async (context) => {
  const { link, sent } = await stand(context);
  const outcome = await link.pay({ ...REQUEST, payee: { ...PAYEE, accountName: '张三<&>"贸易"有限公司' } }, call());
  assert.equal(outcome.kind, 'accepted');
  assert.deepEqual(sent(), {
    action: 'DLOUTTRN', userName: 'hospay01', clientID: 'T20261127000000001', preFlg: '0', preDate: '', preTime: '', payType: '03', payAccountNo: ACCOUNT_NO, recAccountNo: PAYEE.accountNo, recAccountName: '张三<&>"贸易"有限公司',
    recOpenBankName: PAYEE.bankName, recOpenBankCode: PAYEE.bankNo, citicbankFlag: '1', cityFlag: '', tranAmount: '1234.56', abstract: '退预交金#T20261127000000001', memo: '',
  });
});

test('the way a payment goes follows from the payee’s bank and the amount', async (context) => {
  const { link, sent } = await stand(context);
  const wayOf = async (serial: number, payee: object, amountFen: number): Promise<string> => {
    await link.pay({ ...REQUEST, instructionNo: `T2026112700000010${String(serial)}`, amountFen, payee: { ...PAYEE, ...payee } }, call());
    return `${sent()['payType'] ?? ''} ${sent()['citicbankFlag'] ?? ''}`;
  };
  assert.equal(await wayOf(1, {}, 5_000_000), '03 1');
  assert.equal(await wayOf(2, {}, 5_000_001), '02 1');
  assert.equal(await wayOf(3, { bankNo: '302100011000', bankName: '中信银行北京分行' }, 9_000_000), '01 0');
  assert.equal(await wayOf(4, { bankNo: '308100005019', bankName: '中信银行写错的名称' }, 100), '03 1', 'the number decides');
});

test('what the bank’s message cannot carry is refused before anything is sent', async (context) => {
  const { link, frontEnd } = await stand(context);
  const { bankName: _bankName, bankNo: _bankNo, ...nowhere } = PAYEE;
  const wrong: readonly [string, TransferRequest['payee']][] = [
    ['LINK_NOT_IN_GBK', { ...PAYEE, accountName: '王\u{20BB7}' }],
    ['LINK_NAME_TOO_LONG', { ...PAYEE, accountName: '名'.repeat(62) }],
    ['LINK_ACCOUNT_TOO_LONG', { ...PAYEE, accountNo: '1'.repeat(33) }],
    ['LINK_BANK_MISSING', nowhere],
    ['LINK_NOT_IN_GBK', { ...PAYEE, accountName: '张\u0001三' }],
  ];
  for (const [code, payee] of wrong) {
    const outcome = await link.pay({ ...REQUEST, payee }, call());
    assert.equal(outcome.kind === 'refused' && outcome.code, code);
  }
  assert.deepEqual(frontEnd.received, []);
});

test('a long purpose is shortened to the bank’s bytes; our number never is', async (context) => {
  const { link, sent } = await stand(context);
  assert.equal((await link.pay({ ...REQUEST, purpose: '退'.repeat(60) }, call())).kind, 'accepted');
  assert.match(sent()['abstract'] ?? '', /^退{41}#T20261127000000001$/);
});

test('a transfer the bank lost answers unknown for ever, one its user cancelled is failed, and a number it never had is absent in either of its words', async (context) => {
  const { link, bank, now } = await stand(context, { bank: { absentBy: 'emptyList' }, settings: { absentCodes: [] } });
  bank.transfers.holdProcessing();
  await link.pay(REQUEST, call());
  bank.transfers.lose(REQUEST.instructionNo);
  for (let times = 0; times < 3; times += 1) assert.equal((await link.query(reference(REQUEST, now()), call())).kind, 'unknown');
  const cancelled = { ...REQUEST, instructionNo: 'T20261127000000002' };
  await link.pay(cancelled, call());
  bank.transfers.finish(cancelled.instructionNo, 'cancelled');
  assert.deepEqual(await link.query(reference(cancelled, now()), call()), { kind: 'failed', code: 'stt 4', message: '用户撤销' });
  assert.equal((await link.query({ ...reference(REQUEST, now()), instructionNo: 'T20261127000000009' }, call())).kind, 'absent');
});

test('only codes the contract names are final: with no list even a refusal is asked about', async (context) => {
  const { link, bank, now } = await stand(context, { settings: { refusedCodes: [], absentCodes: [] } });
  bank.transfers.refuseNext();
  assert.equal((await link.pay(REQUEST, call())).kind, 'unknown');
  assert.equal((await link.query(reference(REQUEST, now()), call())).kind, 'unknown', '"no such number" by a code nobody named');
});

test('an instruction that finds no turn before its deadline was not sent', async (context) => {
  const { link, bank, frontEnd } = await stand(context);
  bank.faults.inject({ on: 'pay', fault: { kind: 'neverExecuteNorAnswer' } });
  const hanging = link.pay(REQUEST, call(600));
  const waiting = await link.pay({ ...REQUEST, instructionNo: 'T20261127000000002' }, call(200));
  assert.equal(waiting.kind, 'notSent');
  assert.equal((await hanging).kind, 'unknown');
  assert.equal(frontEnd.received.length, 1);
  assert.equal((await link.pay({ ...REQUEST, instructionNo: 'T20261127000000003' }, call())).kind, 'accepted', 'and the next has its turn');
});

test('a stranger who writes our mark into what he pays in is not taken for a transfer of ours', async (context) => {
  const { link, bank, passDays, now } = await stand(context);
  bank.payIn(ACCOUNT_NO, 500, { summary: '货款#T20261127000000001' });
  passDays(1);
  const statement = await link.statement({ accountNo: ACCOUNT_NO, day: dayBefore(now()) }, call());
  assert.deepEqual(statement.kind === 'statement' && statement.lines.map(({ instructionNo, isReturn }) => [instructionNo, isReturn]), [[undefined, false]]);
});

test('a last row that is missing is found by what follows: by the next movement for certain, by the balance of now with a doubt', async (context) => {
  const { link, bank, passDays, now } = await stand(context);
  bank.payIn(ACCOUNT_NO, 500);
  bank.payIn(ACCOUNT_NO, 700);
  passDays(1);
  const day = dayBefore(now());
  const missing = bank.books.find(ACCOUNT_NO)?.movements.pop() ?? assert.fail();
  bank.books.balanceFen = (account) => (account.movements.at(-1)?.balanceFen ?? account.openingFen) + 700;
  const doubtful = await link.statement({ accountNo: ACCOUNT_NO, day }, call());
  assert.equal(doubtful.kind, 'unknown', JSON.stringify(doubtful));
  bank.payIn(ACCOUNT_NO, 900);
  const certain = await link.statement({ accountNo: ACCOUNT_NO, day }, call());
  assert.match(certain.kind === 'unusable' ? certain.reason : certain.kind, /movements are missing/);
  assert.equal(missing.amountFen, 700);
});

test('the balance of an account is told in fen', async (context) => {
  const { link } = await stand(context);
  assert.deepEqual(await link.balance?.({ accountNo: ACCOUNT_NO }, call()), { kind: 'balance', availableFen: 50_000_000, ledgerFen: 50_000_000 });
  assert.equal((await link.balance?.({ accountNo: '7111010182600999999' }, call()))?.kind, 'unknown');
});

/** The link in front of a machine that answers what it is told, page after page. */
async function scripted(...answers: readonly Buffer[]): Promise<BankLink> {
  const settings: CiticSettings = { frontEndUrl: 'http://127.0.0.1:9/', userName: 'u', accountNos: [ACCOUNT_NO], instructionSpacingMs: 0, querySpacingMs: 0, refusedCodes: [CITIC_CODES.told] };
  const left = [...answers];
  const made: PluginContext<CiticSettings> = makeTestContext({ settings, now: () => new Date('2026-11-27T04:00:00Z') });
  const { bankLinks = {} } = await citic.activate({ ...made, http: { request: () => Promise.resolve({ kind: 'answer', status: 200, headers: {}, body: left.shift() ?? assert.fail('asked more often than expected') }) } });
  return bankLinks['citic'] ?? assert.fail();
}
const OK = { status: 'AAAAAAA', statusText: '成功' };
const ROW: Fields = { tranDate: '20261126', tranTime: '101112', tranNo: '1', tranAmount: '5.00', creditDebitFlag: 'C', oppAccountNo: '', oppAccountName: '', abstract: '往来', balance: '105.00', e3rtFlag: '1' };
const page = (rows: readonly Fields[], fields: Fields = {}): Buffer => writeCiticAnswer({ ...OK, accountNo: ACCOUNT_NO, totalRecords: String(rows.length), returnRecords: String(rows.length), ...fields }, rows);
const NOTHING = page([]);
const balance = (yuan: string): Buffer => writeCiticAnswer(OK, [{ ...OK, accountNo: ACCOUNT_NO, usableBalance: yuan, balance: yuan }]);

test('an answer about another instruction, two instructions under one number, and what is no message are unknown', async () => {
  const taken = { ...OK, tranNo: '1', payAccountNo: ACCOUNT_NO, tranAmount: '1234.56' };
  const pay = async (answer: Buffer): Promise<string> => (await (await scripted(answer)).pay(REQUEST, call())).kind;
  assert.equal(await pay(writeCiticAnswer(taken)), 'accepted');
  assert.equal(await pay(writeCiticAnswer({ ...taken, tranAmount: '1234.57' })), 'unknown');
  assert.equal(await pay(writeCiticAnswer({ ...taken, payAccountNo: '7111010182600999999' })), 'unknown');
  for (const text of ['<stream><status>AAAAAAA</status><status>ED00001</status></stream>', '<!DOCTYPE a [<!ENTITY b "AAAAAAA">]><stream><status>&b;</status></stream>', '<stream><status>AAAAAAA</status>', '<stream></stream>', '<stream><status>A B</status></stream>']) {
    assert.equal(await pay(Buffer.from(text)), 'unknown', text);
  }
  const query = async (rows: readonly Fields[], ...more: readonly Buffer[]): Promise<string> => (await (await scripted(writeCiticAnswer(OK, rows), ...more)).query(reference(REQUEST, new Date('2026-11-26T02:00:00Z')), call())).kind;
  assert.equal(await query([{ stt: '0', ...OK }, { stt: '1', ...OK }]), 'unknown');
  assert.equal(await query([{ stt: '7', ...OK }]), 'unknown');
  assert.equal(await query([{ stt: '0', ...OK }], writeCiticAnswer({ status: 'ED08888', statusText: '' })), 'unknown', 'paid, and whether it came back could not be asked');
  assert.equal(await query([{ stt: '0', ...OK }], NOTHING), 'succeeded');
});

test('a statement whose pages do not fit together, or hold what cannot be, is not used', async () => {
  const read = async (...answers: readonly Buffer[]): Promise<string> => {
    const outcome = await (await scripted(...answers)).statement({ accountNo: ACCOUNT_NO, day: '2026-11-26' }, call());
    return outcome.kind === 'statement' ? `${String(outcome.openingFen)} ${String(outcome.closingFen)}` : `${outcome.kind}: ${outcome.reason}`;
  };
  const before = page([{ ...ROW, tranDate: '20261120', balance: '100.00' }]);
  assert.equal(await read(page([ROW]), before, NOTHING, balance('105.00')), '10000 10500');
  assert.equal(await read(NOTHING, NOTHING, page([{ ...ROW, tranDate: '20261127' }])), '10000 10000', 'an empty day is known by what follows');
  assert.equal(await read(NOTHING, NOTHING, NOTHING, balance('3.00')), '300 300', 'an account that never moved has what it has');
  assert.match(await read(page([ROW]), page([{ ...ROW, tranDate: '20261120', balance: '99.00' }]), NOTHING, balance('105.00')), /^unusable: the first row/);
  assert.match(await read(page([ROW, { ...ROW, tranNo: '2', balance: '109.99' }])), /^unusable: row 2/);
  assert.match(await read(page([ROW], { accountNo: '7111010182600999999' })), /^unusable: .*another account/);
  assert.match(await read(page([ROW], { returnRecords: '2' })), /^unusable: .*counts/);
  assert.match(await read(page([{ ...ROW, tranDate: '20261125' }])), /^unusable: .*another day/);
  assert.match(await read(page([{ ...ROW, creditDebitFlag: 'X' }])), /^unusable: a row cannot be read/);
  assert.match(await read(page([{ ...ROW, tranAmount: '5.001' }])), /^unusable: a row cannot be read/);
  assert.match(await read(page([ROW], { totalRecords: '2' }), page([{ ...ROW, tranNo: '2', balance: '110.00' }], { totalRecords: '3' })), /^unknown: the statement changed/);
  assert.match(await read(page([ROW], { totalRecords: '2' }), page([], { totalRecords: '2' })), /^unusable: a page of the statement is empty/);
  assert.match(await read(page([ROW]), writeCiticAnswer({ status: 'ED08888', statusText: '' }), NOTHING, balance('105.00')), /^unknown: the days before/);
});

test('a reversal booked with a negative amount is the other half of an earlier row', async () => {
  const rows = [ROW, { ...ROW, tranNo: '2', tranAmount: '-5.00', balance: '100.00' }];
  const outcome = await (await scripted(page(rows), NOTHING, NOTHING, balance('100.00'))).statement({ accountNo: ACCOUNT_NO, day: '2026-11-26' }, call());
  assert.deepEqual(outcome.kind === 'statement' && outcome.lines.map(({ direction, amountFen, isReturn }) => [direction, amountFen, isReturn]), [['in', 500, false], ['out', 500, true]]);
});

function dayBefore(now: Date): string {
  return new Date(now.getTime() + 8 * 3_600_000 - 86_400_000).toISOString().slice(0, 10);
}

test('a receipt is found by the number of its movement and nothing else: where that number is another than the bank means, none is taken; unless the hospital has said which it is, none is fetched', async (context) => {
  const day = (at: Date) => new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
  const { link, sent, now } = await stand(context);
  await link.pay(REQUEST, call());
  const wanted = { accountNo: ACCOUNT_NO, direction: 'out' as const, amountFen: REQUEST.amountFen, firstDay: day(now()), lastDay: day(now()), instructionNo: REQUEST.instructionNo };
  const given = await link.receipt?.(wanted, call());
  assert.equal(given?.kind === 'receipt' && given.mediaType, 'application/pdf');
  assert.deepEqual(sent(), { action: 'DLEDCDTD', userName: 'hospay01', bankId: '', isCurrDay: '1', accNo: ACCOUNT_NO });
  assert.equal((await link.receipt?.({ ...wanted, bankLineNo: `${day(now()).replaceAll('-', '')}-00000000000099` }, call()))?.kind, 'notReady', 'a receipt of this amount is there, and it is of another movement');
  const otherwise = await stand(context, { settings: { receiptNumber: 'clientID' } });
  await otherwise.link.pay(REQUEST, call());
  assert.equal((await otherwise.link.receipt?.(wanted, call()))?.kind, 'notReady');
  const unsaid = await stand(context, { settings: { receiptNumber: undefined } as unknown as Partial<CiticSettings> });
  assert.equal(unsaid.link.receipt, undefined);
});
