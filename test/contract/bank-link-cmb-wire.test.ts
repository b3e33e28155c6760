/** What stands on the wire between the plugin of China Merchants Bank and CDC, and what is made of answers nobody may believe. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { BankLink, TransferRequest } from '@hospay/plugin-sdk';
import { makeTestContext } from '@hospay/plugin-sdk/testkit';
import cmb, { type CmbSettings } from '@hospay/bank-link-cmb';
import { CMB_CODES } from '../simulators/bank/cmb-actions.js';
import { CmbEnvelope, makeCmbKeys, type Fields } from '../simulators/bank/cmb-envelope.js';
import { cmbSettings, startCmbStand } from './bank-link-cmb-stand.js';
import { ACCOUNT_NO, PAYEE } from './bank-link-plain-subject.js';

const REQUEST: TransferRequest = { instructionNo: 'T20261127000000001', fromAccountNo: ACCOUNT_NO, payee: PAYEE, amountFen: 123_456, purpose: '退预交金' };
const call = (timeoutMs = 5_000) => ({ deadline: new Date(Date.now() + timeoutMs).toISOString(), signal: AbortSignal.timeout(timeoutMs) });
const reference = (request: TransferRequest, now: Date) => ({ instructionNo: request.instructionNo, fromAccountNo: request.fromAccountNo, amountFen: request.amountFen, requestedAt: now.toISOString() });

async function stand(context: TestContext, options: Parameters<typeof startCmbStand>[0] = {}) {
  const started = await startCmbStand(options);
  context.after(() => started.stop());
  return { ...started, sent: (): Fields => started.cdc.received.at(-1)?.body ?? assert.fail('nothing was sent') };
}

test('an instruction stands on the wire as the interface describes it: in yuan, our number as the reference, own bank or not by its number', async (context) => {
  const { link, sent } = await stand(context);
  assert.equal((await link.pay({ ...REQUEST, payee: { ...PAYEE, accountName: '张三<&>"__signature_sigdat__' } }, call())).kind, 'accepted');
  assert.deepEqual(sent(), {
    bb1paybmx1: [{ busMod: '00001', busCod: 'N02030' }],
    bb1payopx1: [{ dbtAcc: ACCOUNT_NO, crtAcc: PAYEE.accountNo, crtNam: '张三<&>"__signature_sigdat__', crtBnk: PAYEE.bankName, brdNbr: PAYEE.bankNo, ccyNbr: '10', trsAmt: '1234.56', bnkFlg: 'Y', stlChn: 'I', nusAge: '退预交金', yurRef: REQUEST.instructionNo }],
  });
  await link.pay({ ...REQUEST, instructionNo: 'T20261127000000002', payee: { ...PAYEE, bankNo: '302100011000', bankName: '招商银行写错的名称' } }, call());
  assert.match(JSON.stringify(sent()), /"bnkFlg":"N"/, 'the number decides');
  const { bankName: _bankName, bankNo: _bankNo, ...nowhere } = PAYEE;
  const outcome = await link.pay({ ...REQUEST, payee: nowhere }, call());
  assert.equal(outcome.kind === 'refused' && outcome.code, 'LINK_BANK_MISSING');
});

test('an answer signed by somebody else is no answer, though it says that all is well; a key that is none sends nothing', async (context) => {
  const { link, cdc, bank, now } = await stand(context);
  cdc.forgeAnswers();
  assert.match(JSON.stringify(await link.pay(REQUEST, call())), /unknown.*not signed by the bank/);
  assert.equal((await link.query(reference(REQUEST, now()), call())).kind, 'unknown');
  assert.equal(bank.transfers.paidUnder(REQUEST.instructionNo), 1);
  const stranger = await stand(context, { settings: { symmetricKey: 'another-key-0001' } });
  assert.match(JSON.stringify(await stranger.link.pay(REQUEST, call())), /unknown.*gateway answered ErrMsg/);
  const keyless = await stand(context, { settings: { signingPrivateKey: '0'.repeat(64) } });
  assert.equal((await keyless.link.pay(REQUEST, call())).kind, 'notSent');
  assert.deepEqual(keyless.cdc.received, []);
});

test('a reference the bank has already is not called refused; the day a transfer came back is told', async (context) => {
  const { link, bank, now, passDays } = await stand(context);
  await link.pay(REQUEST, call());
  const again = await link.pay(REQUEST, call());
  assert.deepEqual([again.kind, JSON.stringify(again).includes(CMB_CODES.numberUsed)], ['unknown', true]);
  const asked = reference(REQUEST, now());
  passDays(3);
  bank.transfers.returnTransfer(REQUEST.instructionNo);
  const news = await link.query(asked, call());
  const day = new Date(now().getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
  assert.deepEqual(news, { kind: 'returned', message: '账户已销户', returnedAt: `${day}T00:00:00+08:00` });
});

test('questions about two accounts do not wait for each other; the same question about one does, and what got no turn is unknown', async (context) => {
  const { link, now } = await stand(context, { settings: { querySpacingMs: 60_000 } });
  const asked = reference(REQUEST, now());
  assert.equal((await link.query(asked, call())).kind, 'absent');
  assert.match(JSON.stringify(await link.query(asked, call(50))), /unknown.*no turn came/);
  assert.equal((await link.balance?.({ accountNo: ACCOUNT_NO }, call()))?.kind, 'balance', 'another question');
});

/** The link in front of a bank that answers what it is told, answer after answer. `about`: another request than the one it was asked. */
async function scripted(answers: readonly Fields[], { code = CMB_CODES.ok, about = {}, settings: given = {} }: { readonly code?: string; readonly about?: { readonly funcode?: string; readonly requestId?: string }; readonly settings?: Partial<CmbSettings> } = {}): Promise<BankLink> {
  const keys = makeCmbKeys();
  const [userId, left] = ['N000000001', [...answers]];
  const settings: CmbSettings = { ...cmbSettings({ baseUrl: 'http://127.0.0.1:9', userId, businessMode: '00001', keys, received: [], forgeAnswers: () => undefined, stop: () => Promise.resolve() }, ACCOUNT_NO), instructionSpacingMs: 0, querySpacingMs: 0, ...given };
  const now = (): Date => new Date('2026-11-27T04:00:00Z');
  const envelope = new CmbEnvelope({ userId, keys, now });
  const { bankLinks = {} } = await cmb.activate({
    ...makeTestContext({ settings, now }),
    http: {
      request: ({ body }) => {
        const asked = envelope.open(new URLSearchParams(typeof body === 'string' ? body : ''));
        if (typeof asked === 'string') return assert.fail(asked);
        return Promise.resolve({ kind: 'answer', status: 200, headers: {}, body: Buffer.from(envelope.seal({ ...asked, ...about }, { code, body: left.shift() ?? assert.fail('asked more often than expected') })) });
      },
    },
  });
  return bankLinks['cmb'] ?? assert.fail();
}

test('a state the documents do not name, a result of what is not finished, another amount and two rows are unknown; suspense is no end', async () => {
  const row = { reqNbr: '1', yurRef: REQUEST.instructionNo, trsAmt: '1234.56', reqSts: 'FIN', rtnFlg: 'S', rtnNar: '', backwardDay: '' };
  const query = async (...rows: readonly Fields[]): Promise<string> => (await (await scripted([{ bb1payqrz1: rows }])).query(reference(REQUEST, new Date('2026-11-26T02:00:00Z')), call())).kind;
  assert.equal(await query(row), 'succeeded');
  for (const wrong of [{ rtnFlg: 'U' }, { rtnFlg: '' }, { reqSts: 'XXX' }, { trsAmt: '1234.57' }, { yurRef: 'T20261127000000009' }]) assert.equal(await query({ ...row, ...wrong }), 'unknown', JSON.stringify(wrong));
  assert.equal(await query({ ...row, reqSts: 'BNK' }), 'processing', 'the result counts with FIN only');
  for (const rtnFlg of ['F', 'R', 'D', 'C']) assert.equal(await query({ ...row, rtnFlg }), 'failed', rtnFlg);
  assert.equal(await query(row, row), 'unknown');
  assert.equal(await query(), 'absent');
  assert.equal((await (await scripted([{ bb1payqrz1: [] }], { code: CMB_CODES.unlisted })).query(reference(REQUEST, new Date()), call())).kind, 'unknown', 'an error with an empty list');
  const absent = await scripted([{}], { code: CMB_CODES.unlisted, settings: { absentCodes: [CMB_CODES.unlisted] } });
  assert.equal((await absent.query(reference(REQUEST, new Date()), call())).kind, 'absent', 'a code the contract lists');
});

test('a genuine answer to another request is none: an old one played again, or one of another function', async () => {
  const paid = { bb1payqrz1: [{ reqNbr: '1', yurRef: REQUEST.instructionNo, trsAmt: '1234.56', reqSts: 'FIN', rtnFlg: 'S' }] };
  for (const about of [{ requestId: '20261126120000000123456789' }, { funcode: 'BB1PAYOP' }]) {
    assert.match(JSON.stringify(await (await scripted([paid], { about })).query(reference(REQUEST, new Date()), call())), /unknown.*another request/);
  }
});

const ROW = { transDate: '20261126', transTime: '101112', transSequenceIdn: '1', loanCode: 'C', transAmount: '5.00', acctOnlineBal: '105.00', remarkTextClt: '往来', ctpAcctNbr: '', ctpAcctName: '', yurRef: '', reversalFlag: '' };
const page = (rows: readonly Fields[], { ctnFlag = 'N', outs = 0, out = '0.00', ins = rows.length, amount = '5.00', place = {} } = {}): Fields => ({
  TRANSQUERYBYBREAKPOINT_Z1: [{ ctnFlag, queryAcctNbr: ACCOUNT_NO, debitNums: String(outs), debitAmount: out, creditNums: String(ins), creditAmount: ins === 0 ? '0.00' : amount }], TRANSQUERYBYBREAKPOINT_Y1: [place], TRANSQUERYBYBREAKPOINT_Z2: rows,
});
const NOTHING = page([]);
const balance = (yuan: string): Fields => ({ ntqacinfz: [{ accnbr: ACCOUNT_NO, accblv: yuan, avlblv: yuan }] });

test('a statement whose rows, counts and balances do not fit is not used; what the bank counts may be of the page or of the whole', async () => {
  const read = async (...answers: readonly Fields[]): Promise<string> => {
    const outcome = await (await scripted(answers)).statement({ accountNo: ACCOUNT_NO, day: '2026-11-26' }, call());
    return outcome.kind === 'statement' ? `${String(outcome.openingFen)} ${String(outcome.closingFen)} ${outcome.lines.map(({ direction, isReturn }) => `${direction} ${String(isReturn)}`).join()}` : `${outcome.kind}: ${outcome.reason}`;
  };
  assert.equal(await read(page([ROW]), NOTHING, balance('105.00')), '10000 10500 in false');
  assert.equal(await read(NOTHING, page([{ ...ROW, transDate: '20261127' }])), '10000 10000 ', 'an empty day is known by what follows');
  assert.equal(await read(NOTHING, NOTHING, balance('3.00')), '300 300 ');
  const second = { ...ROW, transSequenceIdn: '2', acctOnlineBal: '110.00' };
  const place = { acctNbr: ACCOUNT_NO, transDate: '20261126', expectNextSequence: '2' };
  assert.equal(await read(page([ROW], { ctnFlag: 'Y', place }), page([second]), NOTHING, balance('110.00')), '10000 11000 in false,in false', 'counted by the page');
  assert.equal(await read(page([ROW], { ctnFlag: 'Y', place, ins: 2, amount: '10.00' }), page([second], { ins: 2, amount: '10.00' }), NOTHING, balance('110.00')), '10000 11000 in false,in false', 'counted as a whole');
  assert.match(await read(page([ROW], { ins: 2, amount: '10.00' })), /^unusable: the bank counts other movements/);
  assert.match(await read(page([ROW, { ...second, acctOnlineBal: '109.99' }], { ins: 2, amount: '10.00' })), /^unusable: row 2/);
  assert.match(await read(page([ROW]), page([{ ...ROW, transDate: '20261127', transSequenceIdn: '2', acctOnlineBal: '115.00' }])), /^unusable: the balance after the day/);
  assert.match(await read(page([ROW]), NOTHING, balance('104.00')), /^unknown: the balance of now/);
  assert.match(await read(page([{ ...ROW, transDate: '20261125' }])), /^unusable: a row is of another day/);
  assert.match(await read(page([{ ...ROW, transAmount: '5.001' }])), /^unusable: a row cannot be read/);
  assert.match(await read(page([], { ctnFlag: 'Y', place })), /^unusable: it goes on/);
  assert.match(await read(page([ROW], { ctnFlag: 'Y', place }), page([second], { ctnFlag: 'Y', place })), /^unusable: .* it has no end/);
  const reversed = { ...ROW, transSequenceIdn: '2', transAmount: '-5.00', acctOnlineBal: '100.00', reversalFlag: '*' };
  assert.equal(await read(page([ROW, reversed], { outs: 1, out: '-5.00', ins: 1 }), NOTHING, balance('100.00')), '10000 10000 in false,out true', 'a reversal');
});

test('what somebody pays in under a reference of his own is no transfer of ours, unless the bank says that it came back', async () => {
  const lineOf = async (changes: Fields): Promise<unknown> => {
    const outcome = await (await scripted([page([{ ...ROW, ...changes }]), NOTHING, balance('105.00')])).statement({ accountNo: ACCOUNT_NO, day: '2026-11-26' }, call());
    return outcome.kind === 'statement' ? outcome.lines.map(({ instructionNo, isReturn }) => [instructionNo, isReturn]) : outcome.kind;
  };
  assert.deepEqual(await lineOf({ yurRef: 'T20261127000000001' }), [[undefined, false]]);
  assert.deepEqual(await lineOf({ yurRef: 'T20261127000000001', remarkTextClt: '退票 退预交金' }), [['T20261127000000001', true]]);
  assert.deepEqual(await lineOf({ yurRef: 'T20261127000000001', reversalFlag: '*' }), [['T20261127000000001', true]]);
});
