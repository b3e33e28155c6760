/** What stands on the wire between the ICBC plugin and the NetSafe Client: the two ports, GBK, fen, numbers, pace. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { TransferRequest } from '@hospay/plugin-sdk';
import { ICBC_CODES } from '../simulators/bank/icbc-actions.js';
import type { IcbcRequest } from '../simulators/bank/icbc-message.js';
import { startIcbcStand } from './bank-link-icbc-stand.js';
import { ACCOUNT_NO, PAYEE } from './bank-link-plain-subject.js';

const REQUEST: TransferRequest = { instructionNo: 'T20261127000000001', fromAccountNo: ACCOUNT_NO, payee: PAYEE, amountFen: 123_456, purpose: '退预交金' };
const call = (timeoutMs = 5_000) => ({ deadline: new Date(Date.now() + timeoutMs).toISOString(), signal: AbortSignal.timeout(timeoutMs) });
const reference = (request: TransferRequest, now: Date) => ({ instructionNo: request.instructionNo, fromAccountNo: request.fromAccountNo, amountFen: request.amountFen, requestedAt: now.toISOString() });

async function stand(context: TestContext, options: Parameters<typeof startIcbcStand>[0] = {}) {
  const started = await startIcbcStand(options);
  context.after(() => started.stop());
  return { ...started, sent: (): IcbcRequest => started.client.received.at(-1) ?? assert.fail('nothing was sent') };
}

test('an instruction stands on the wire as a package of one row: GBK, whole fen, our number as package number and as 业务编号', async (context) => {
  const { link, sent } = await stand(context);
  const outcome = await link.pay({ ...REQUEST, payee: { ...PAYEE, accountName: '张三<&>+"=%贸易' } }, call());
  assert.equal(outcome.kind, 'accepted', JSON.stringify(outcome));
  const { form, head, fields, rows } = sent();
  assert.deepEqual([form['Version'], form['TransCode'], form['PackageID'], head['TransCode'], head['fSeqno'], head['BankCode']], ['0.0.1.0', 'PAYENT', REQUEST.instructionNo, 'PAYENT', REQUEST.instructionNo, '102']);
  assert.deepEqual([fields['TotalNum'], fields['TotalAmt']], ['1', '123456']);
  const [{ PayAccNo, RecAccNo, RecAccNameCN, SysIOFlg, Prop, RecBankNo, RecBankName, CurrType, PayAmt, UseCN, Ref } = {}, ...others] = rows;
  assert.deepEqual([PayAccNo, RecAccNo, RecAccNameCN, SysIOFlg, Prop, RecBankNo, RecBankName, CurrType, PayAmt, UseCN, Ref, others], [ACCOUNT_NO, PAYEE.accountNo, '张三<&>+"=%贸易', '2', '1', PAYEE.bankNo, PAYEE.bankName, '001', '123456', '退预交金', REQUEST.instructionNo, []]);
});

test('the token signs an instruction once, and never a question', async (context) => {
  const { link, client, now } = await stand(context);
  await link.pay(REQUEST, call());
  assert.equal(client.timesSigned(), 1);
  await link.query(reference(REQUEST, now()), call());
  await link.balance?.({ accountNo: ACCOUNT_NO }, call());
  assert.equal(client.timesSigned(), 1);
  const questions = client.received.filter(({ head }) => head['TransCode'] !== 'PAYENT').map(({ head }) => head['fSeqno']);
  assert.deepEqual([questions.length, new Set(questions).size], [3, 3], 'the bank takes no number twice, of a question neither');
});

test('what the token does not sign was not sent; what the bank cannot verify is unknown and moved nothing', async (context) => {
  const { link, client, bank, now } = await stand(context);
  client.pullToken();
  assert.match(JSON.stringify(await link.pay(REQUEST, call())), /notSent.*signing port/);
  assert.deepEqual(client.received, []);
  const other = await stand(context);
  other.client.spoilSignatures();
  assert.match(JSON.stringify(await other.link.pay(REQUEST, call())), new RegExp(`unknown.*${ICBC_CODES.unsigned}`));
  assert.equal((await other.link.query(reference(REQUEST, now()), call())).kind, 'absent');
  assert.equal(bank.transfers.paidUnder(REQUEST.instructionNo) + other.bank.transfers.paidUnder(REQUEST.instructionNo), 0);
});

test('an error of the client program itself says nothing of the instruction, which was paid', async (context) => {
  const { link, client, bank } = await stand(context);
  client.answerErrorCode();
  assert.equal((await link.pay(REQUEST, call())).kind, 'unknown');
  assert.equal(bank.transfers.paidUnder(REQUEST.instructionNo), 1);
});

test('a payee is at this bank by the number of his bank, and by its name only where there is no number', async (context) => {
  const { link, sent } = await stand(context);
  const flagOf = async (serial: number, payee: TransferRequest['payee']): Promise<string | undefined> => {
    assert.equal((await link.pay({ ...REQUEST, instructionNo: `T2026112700000010${String(serial)}`, payee }, call())).kind, 'accepted');
    return sent().rows[0]?.['SysIOFlg'];
  };
  const { bankNo: _bankNo, ...named } = PAYEE;
  assert.equal(await flagOf(1, { ...PAYEE, bankNo: '102100099996', bankName: '招商银行写错的名称' }), '1');
  assert.equal(await flagOf(2, { ...PAYEE, bankName: '工商银行写错的名称' }), '2');
  assert.equal(await flagOf(3, { ...named, bankName: '中国工商银行示范支行' }), '1');
  assert.equal(await flagOf(4, { ...named, isPersonal: false }), '2');
  assert.equal(sent().rows[0]?.['Prop'], '0');
});

test('what the bank’s message cannot carry is refused before anything is signed or sent', async (context) => {
  const { link, client } = await stand(context);
  const { bankName: _bankName, bankNo: _bankNo, ...nowhere } = PAYEE;
  const wrong: readonly [string, TransferRequest['payee']][] = [
    ['LINK_NOT_IN_GBK', { ...PAYEE, accountName: '王\u{20BB7}' }],
    ['LINK_NOT_IN_GBK', { ...PAYEE, accountName: '张\u0001三' }],
    ['LINK_NAME_TOO_LONG', { ...PAYEE, accountName: '名'.repeat(51) }],
    ['LINK_BANK_NAME_TOO_LONG', { ...PAYEE, bankName: '行'.repeat(31) }],
    ['LINK_BANK_MISSING', nowhere],
  ];
  for (const [code, payee] of wrong) {
    const outcome = await link.pay({ ...REQUEST, payee }, call());
    assert.equal(outcome.kind === 'refused' && outcome.code, code);
  }
  assert.deepEqual([client.received, client.timesSigned()], [[], 0]);
});

test('a long purpose is shortened to the bank’s bytes, never in the middle of a character', async (context) => {
  const { link, sent } = await stand(context);
  assert.equal((await link.pay({ ...REQUEST, purpose: `a${'退'.repeat(59)}` }, call())).kind, 'accepted');
  assert.deepEqual([sent().rows[0]?.['UseCN'], sent().rows[0]?.['PostScript']], [`a${'退'.repeat(9)}`, `a${'退'.repeat(49)}`]);
});

test('only codes the contract names are final: with no list even a refusal and "no record" are asked about', async (context) => {
  const { link, bank, now } = await stand(context, { settings: { refusedCodes: [], absentCodes: [] } });
  bank.transfers.refuseNext();
  assert.equal((await link.pay(REQUEST, call())).kind, 'unknown');
  assert.equal((await link.query(reference(REQUEST, now()), call())).kind, 'unknown');
});

test('an instruction that finds no turn before its deadline was neither signed nor sent', async (context) => {
  const { link, bank, client } = await stand(context);
  bank.faults.inject({ on: 'pay', fault: { kind: 'neverExecuteNorAnswer' } });
  const hanging = link.pay(REQUEST, call(600));
  assert.equal((await link.pay({ ...REQUEST, instructionNo: 'T20261127000000002' }, call(200))).kind, 'notSent');
  assert.equal((await hanging).kind, 'unknown');
  assert.deepEqual([client.received.length, client.timesSigned()], [1, 1]);
  assert.equal((await link.pay({ ...REQUEST, instructionNo: 'T20261127000000003' }, call())).kind, 'accepted', 'and the next has its turn');
});

test('a transfer that came back is told on the day it did, from the movements of today, and later from the closed days', async (context) => {
  const { link, bank, passDays, now } = await stand(context);
  await link.pay(REQUEST, call());
  const asked = reference(REQUEST, now());
  passDays(2);
  bank.transfers.returnTransfer(REQUEST.instructionNo);
  const back = now();
  for (const days of [0, 3]) {
    passDays(days);
    const news = await link.query(asked, call());
    assert.deepEqual([news.kind, news.kind === 'returned' && news.message.includes('账户已销户'), news.kind === 'returned' && Math.abs(Date.parse(news.returnedAt ?? '') - back.getTime()) < 5_000], ['returned', true, true], `${String(days)} days later`);
  }
});

test('a day on which nothing moved is told by an empty list or by the code the contract names, and by no other', async (context) => {
  for (const [emptyBy, noMovementCodes, kind] of [['list', [], 'statement'], ['code', [ICBC_CODES.noMovements], 'statement'], ['code', [], 'unknown']] as const) {
    const { link, passDays, now } = await stand(context, { bank: { emptyBy }, settings: { noMovementCodes: [...noMovementCodes] } });
    passDays(1);
    const statement = await link.statement({ accountNo: ACCOUNT_NO, day: dayBefore(now()) }, call());
    assert.equal(statement.kind, kind, `${emptyBy} ${noMovementCodes.join()}`);
    if (statement.kind === 'statement') assert.deepEqual([statement.openingFen, statement.closingFen, statement.lines], [50_000_000, 50_000_000, []]);
  }
});

test('a last row that is missing is found by what follows: by the next movement for certain, by yesterday’s balance with a doubt', async (context) => {
  const { link, bank, passDays, now } = await stand(context);
  bank.payIn(ACCOUNT_NO, 500);
  bank.payIn(ACCOUNT_NO, 700);
  passDays(1);
  const day = dayBefore(now());
  const account = bank.books.find(ACCOUNT_NO) ?? assert.fail();
  const whole = bank.statementOf.bind(bank);
  bank.statementOf = (of, wanted) => whole(of, wanted).filter(({ amountFen }) => amountFen !== 700);
  assert.match(JSON.stringify(await link.statement({ accountNo: ACCOUNT_NO, day }, call())), /"unknown".*balance of yesterday/);
  bank.payIn(ACCOUNT_NO, 900);
  passDays(1);
  const certain = await link.statement({ accountNo: ACCOUNT_NO, day }, call());
  assert.match(certain.kind === 'unusable' ? certain.reason : certain.kind, /movements are missing/);
  assert.equal(account.movements.length, 3);
});

test('the balance of an account is told in fen', async (context) => {
  const { link } = await stand(context);
  assert.deepEqual(await link.balance?.({ accountNo: ACCOUNT_NO }, call()), { kind: 'balance', availableFen: 50_000_000, ledgerFen: 50_000_000 });
  assert.equal((await link.balance?.({ accountNo: '7111010182600999999' }, call()))?.kind, 'unknown');
});

function dayBefore(now: Date): string {
  return new Date(now.getTime() + 8 * 3_600_000 - 86_400_000).toISOString().slice(0, 10);
}
