/** What the ICBC plugin makes of answers nobody may believe: the bank says what the test tells it, answer after answer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import iconv from 'iconv-lite';
import type { BankLink, TransferRequest } from '@hospay/plugin-sdk';
import { makeTestContext } from '@hospay/plugin-sdk/testkit';
import icbc, { type IcbcSettings } from '@hospay/bank-link-icbc';
import { ICBC_CODES } from '../simulators/bank/icbc-actions.js';
import { readIcbcRequest, sealed, writeIcbcAnswer, type Fields, type IcbcAnswer } from '../simulators/bank/icbc-message.js';
import { icbcSettings } from './bank-link-icbc-stand.js';
import { ACCOUNT_NO, PAYEE } from './bank-link-plain-subject.js';

const REQUEST: TransferRequest = { instructionNo: 'T20261127000000001', fromAccountNo: ACCOUNT_NO, payee: PAYEE, amountFen: 123_456, purpose: '退预交金' };
const REFERENCE = { instructionNo: REQUEST.instructionNo, fromAccountNo: ACCOUNT_NO, amountFen: REQUEST.amountFen, requestedAt: '2026-11-26T02:00:00Z' };
const call = () => ({ deadline: new Date(Date.now() + 5_000).toISOString(), signal: AbortSignal.timeout(5_000) });

/** `string`: the body as it comes. */
type Told = IcbcAnswer | string;
type Options = { /** Another request than the one it was asked. */ readonly about?: Fields; readonly signing?: string; readonly signingStatus?: number; readonly whenSigned?: () => void; readonly status?: number; readonly settings?: Partial<IcbcSettings> };

async function scripted(answers: readonly Told[], { about = {}, signing, signingStatus = 200, whenSigned, status = 200, settings = {} }: Options = {}): Promise<BankLink> {
  const left = [...answers];
  const addresses = { serviceUrl: 'http://127.0.0.1:448', signUrl: 'http://127.0.0.1:449', groupCis: '020090001234567', certificateId: 'hospay.y.0200' };
  const whole: IcbcSettings = { ...icbcSettings(addresses, { accountNo: ACCOUNT_NO, accountName: '示范医院' }), instructionSpacingMs: 0, querySpacingMs: 0, ...settings };
  const { bankLinks = {} } = await icbc.activate({
    ...makeTestContext({ settings: whole, now: () => new Date('2026-11-27T04:00:00Z') }),
    http: {
      request: ({ url, body }) => {
        const bytes = Buffer.from(body ?? '');
        if (url === addresses.signUrl) {
          whenSigned?.();
          const signed = Buffer.concat([Buffer.from('<html><head><result>0</result></head><body><sign>'), bytes, Buffer.from('</sign></body></html>')]);
          return Promise.resolve({ kind: 'answer', status: signingStatus, headers: {}, body: signing === undefined ? signed : iconv.encode(signing, 'gbk') });
        }
        const asked = readIcbcRequest(bytes) ?? assert.fail('the request cannot be read');
        const told = left.shift() ?? assert.fail(`asked more often than expected: ${asked.head['TransCode'] ?? ''}`);
        return Promise.resolve({ kind: 'answer', status, headers: {}, body: Buffer.from(typeof told === 'string' ? told : writeIcbcAnswer({ ...asked.head, ...about }, told)) });
      },
    },
  });
  return bankLinks['icbc'] ?? assert.fail();
}

const done = (fields: Fields, ...rows: readonly Fields[]): IcbcAnswer => ({ code: ICBC_CODES.done, fields, rows });
const TAKEN = { iSeqno: '1', PayAccNo: ACCOUNT_NO, PayAmt: '123456', iRetCode: '0', Result: '0' };
const STATE = { iSeqno: '1', QryiSeqno: '1', PayAccNo: ACCOUNT_NO, PayAmt: '123456', iRetCode: '0', Result: '7' };
const ROW = { Drcrf: '2', DebitAmount: '0', CreditAmount: '500', Balance: '10500', Date: '20261126', Time: '2026-11-26-10.11.12.000001', OnlySequence: '1', RecipName: '', RecipAccNo: '', Summary: '', UseCN: '往来', Ref: '', Oref: '', UpDtranf: '0', RefundMsg: '' };
const page = (rows: readonly Fields[], fields: Fields = {}): IcbcAnswer => done({ AccNo: ACCOUNT_NO, NextTag: '', TotalNum: String(rows.length), ...fields }, ...rows);
const NOTHING = page([]);
const yesterday = (closed: string): IcbcAnswer => done({ TotalNum: '1' }, { iSeqno: '1', AccNo: ACCOUNT_NO, AccBalance: closed, Balance: '1', UsableBalance: '1', iRetCode: '0' });

test('an answer about another instruction, two rows, an unlisted code of the message or its row, and what is no message are unknown', async () => {
  const pay = async (told: Told, options?: Options): Promise<string> => (await (await scripted([told], options)).pay(REQUEST, call())).kind;
  assert.equal(await pay(done({}, TAKEN)), 'accepted');
  assert.equal(await pay(done({}, { ...TAKEN, iRetCode: ICBC_CODES.told })), 'refused', 'the row’s own code, listed');
  const wrong: readonly IcbcAnswer[] = [done({}, { ...TAKEN, PayAmt: '123457' }), done({}, { ...TAKEN, PayAmt: '1234.56' }), done({}, { ...TAKEN, PayAccNo: '7111010182600999999' }), done({}, { ...TAKEN, iRetCode: ICBC_CODES.unlisted }), done({}, TAKEN, TAKEN), done({}), { code: ICBC_CODES.unlisted }, done({}, { ...TAKEN, Result: '98' })];
  for (const told of wrong) assert.equal(await pay(told), 'unknown', JSON.stringify(told));
  for (const about of [{ fSeqno: 'T20261127000000009' }, { TransCode: 'QPAYENT' }]) assert.equal(await pay(done({}, TAKEN), { about }), 'unknown', 'a genuine answer to another request');
  assert.equal(await pay(done({}, TAKEN), { status: 502 }), 'unknown', 'whatever a gateway sends under its own error');
  const out = '<out><rd><iSeqno>1</iSeqno><Result>0</Result></rd></out>';
  const head = '<TransCode>PAYENT</TransCode><fSeqno>T20261127000000001</fSeqno>';
  for (const text of ['', 'reqData=', 'reqData=%%%', 'reqData=QUJD', '<html></html>', 'errorCode=-10020', sealed('<CMS><eb><pub>'), sealed(`<CMS><eb><pub>${head}<RetCode>0</RetCode><RetCode>B1</RetCode></pub></eb></CMS>`), sealed(`<!DOCTYPE a [<!ENTITY b "0">]><CMS><eb><pub>${head}<RetCode>&b;</RetCode></pub>${out}</eb></CMS>`)]) {
    assert.equal(await pay(text), 'unknown', text);
  }
  assert.equal(await pay(sealed(`<CMS><eb><pub>${head}<RetCode>0</RetCode></pub>${out}</eb></CMS>`)), 'accepted', 'the same without its faults');
});

test('a state that refuses is asked about when it comes with the instruction: a number used before may be answered so, and was paid', async () => {
  for (const Result of ['6', '8', '11']) {
    const link = await scripted([done({}, { ...TAKEN, Result }), done({ QryfSeqno: REQUEST.instructionNo }, { ...STATE, Result, instrRetCode: 'B0302', instrRetMsg: '余额不足' })]);
    assert.equal((await link.pay(REQUEST, call())).kind, 'unknown');
    assert.deepEqual(await link.query(REFERENCE, call()), { kind: 'failed', code: 'B0302', message: '余额不足' });
  }
});

test('what the signing port gave back without a signature is not sent', async () => {
  for (const signing of ['', '<html><head><result>-1</result></head><body><sign>x</sign></body></html>', '<html><head><result>0</result></head><body><sign></sign></body></html>', '<sign>x</sign><result>0</result>']) {
    assert.equal((await (await scripted([], { signing })).pay(REQUEST, call())).kind, 'notSent', signing);
  }
  assert.equal((await (await scripted([], { signingStatus: 500 })).pay(REQUEST, call())).kind, 'notSent', 'under an error');
  const deadline = new AbortController();
  const late = await scripted([], { whenSigned: () => { deadline.abort(); } });
  assert.equal((await late.pay(REQUEST, { ...call(), signal: deadline.signal })).kind, 'notSent', 'what was signed when its deadline had passed stays here');
});

test('a state nobody lists, another amount, account or number, and two rows are unknown; no row at all does not mean that the bank never had it', async () => {
  const query = async (told: IcbcAnswer, ...more: readonly IcbcAnswer[]): Promise<string> => (await (await scripted([told, ...more])).query(REFERENCE, call())).kind;
  const state = (changes: Fields, fields: Fields = { QryfSeqno: REQUEST.instructionNo }): IcbcAnswer => done(fields, { ...STATE, ...changes });
  assert.equal(await query(state({}), NOTHING, NOTHING), 'succeeded');
  assert.equal(await query(state({ Result: '9' })), 'processing');
  for (const changes of [{ Result: '98' }, { Result: '' }, { PayAmt: '123457' }, { PayAmt: '1234.56' }, { PayAmt: '' }, { PayAccNo: '7111010182600999999' }, { QryiSeqno: '2' }, { iRetCode: ICBC_CODES.unlisted }]) assert.equal(await query(state(changes)), 'unknown', JSON.stringify(changes));
  assert.equal(await query(state({}, { QryfSeqno: 'T20261127000000009' })), 'unknown');
  assert.equal(await query(done({}, STATE, STATE)), 'unknown');
  assert.equal(await query(done({ QryfSeqno: REQUEST.instructionNo })), 'unknown');
  assert.equal(await query({ code: ICBC_CODES.absent }), 'absent');
  assert.equal(await query(state({ iRetCode: ICBC_CODES.absent })), 'absent');
  assert.equal(await query(state({}), NOTHING, { code: ICBC_CODES.unlisted }), 'unknown', 'paid, and whether it came back today could not be asked');
  assert.equal(await query(state({}), { code: ICBC_CODES.notReady }), 'unknown', 'nor on the days before');
});

test('a statement whose pages do not fit together, or hold what cannot be, is not used', async () => {
  const read = async (...answers: readonly IcbcAnswer[]): Promise<string> => {
    const outcome = await (await scripted(answers)).statement({ accountNo: ACCOUNT_NO, day: '2026-11-26' }, call());
    return outcome.kind === 'statement' ? `${String(outcome.openingFen)} ${String(outcome.closingFen)} ${String(outcome.lines.length)}` : `${outcome.kind}: ${outcome.reason}`;
  };
  const before = page([{ ...ROW, Date: '20261125', Time: '2026-11-25-10.11.12.000001', Balance: '10000' }]);
  const second = { ...ROW, Time: '2026-11-26-10.11.13.000002', Balance: '11000' };
  assert.equal(await read(page([ROW]), before, yesterday('10500')), '10000 10500 1');
  assert.equal(await read(page([ROW], { NextTag: 'a' }), page([second]), before, yesterday('11000')), '10000 11000 2', 'a page after a page');
  assert.equal(await read(NOTHING, NOTHING, NOTHING, NOTHING, yesterday('300')), '300 300 0', 'an account that never moved has what yesterday ended with');
  assert.match(await read(page([ROW]), before, yesterday('10499')), /^unknown: .*balance of yesterday/);
  assert.match(await read(page([ROW]), before, yesterday('')), /^unknown: .*does not say/);
  assert.match(await read(page([ROW]), page([{ ...ROW, Date: '20261125', Time: '2026-11-25-10.11.12.000001', Balance: '9900' }]), yesterday('10500')), /^unusable: the first row/);
  assert.match(await read(page([ROW]), { code: ICBC_CODES.unlisted }), /^unknown: the days before/);
  assert.match(await read(page([ROW, { ...second, Balance: '10999' }])), /^unusable: row 2/);
  assert.match(await read(page([ROW, ROW])), /^unusable: a movement stands in the statement twice/);
  assert.match(await read(page([ROW], { AccNo: '7111010182600999999' })), /^unusable: .*another account/);
  assert.match(await read(page([ROW], { TotalNum: '2' })), /^unusable: .*counts/);
  assert.match(await read(page([], { NextTag: 'a' })), /^unusable: it goes on after an empty page/);
  assert.match(await read(page([ROW], { NextTag: 'a' }), { code: ICBC_CODES.noMovements }), /^unknown/, '"nothing moved" is no end of a statement that goes on');
  assert.match(await read(page([ROW], { NextTag: 'a' }), page([second], { NextTag: 'a' })), /^unusable: .*it has no end/);
  for (const changes of [{ Date: '20261125' }, { Date: '20261127' }]) assert.match(await read(page([{ ...ROW, ...changes }])), /^unusable: a row is of another day/);
  assert.match(await read(page([{ ...ROW, Balance: '' }])), /^unusable: a row has no balance/);
  for (const changes of [{ Drcrf: 'C' }, { CreditAmount: '5.00' }, { CreditAmount: '-500' }, { CreditAmount: '0' }, { DebitAmount: '500' }, { Time: '' }, { Date: 'x' }]) assert.match(await read(page([{ ...ROW, ...changes }])), /^unusable: a row cannot be read/, JSON.stringify(changes));
});

test('a movement is ours by our 业务编号 where we paid or where it came back; a stranger’s number is not, and a reversal is the other half of an earlier row', async () => {
  const lineOf = async (changes: Fields): Promise<unknown> => {
    const closed = changes['Drcrf'] === '1' ? '9500' : '10500';
    const outcome = await (await scripted([page([{ ...ROW, Balance: closed, ...changes }]), NOTHING, NOTHING, NOTHING, yesterday(closed)])).statement({ accountNo: ACCOUNT_NO, day: '2026-11-26' }, call());
    return outcome.kind === 'statement' ? outcome.lines.map(({ direction, amountFen, instructionNo, isReturn }) => [direction, amountFen, instructionNo, isReturn])[0] : outcome;
  };
  const [out, number] = [{ Drcrf: '1', DebitAmount: '500', CreditAmount: '' }, REQUEST.instructionNo];
  assert.deepEqual(await lineOf({ ...out, Ref: number }), ['out', 500, number, false]);
  assert.deepEqual(await lineOf({ ...out, Ref: number, UpDtranf: '1', RefundMsg: '已退回' }), ['out', 500, number, false], 'it went out, whatever marks it bears');
  assert.deepEqual(await lineOf({ Ref: number }), ['in', 500, undefined, false], 'who pays in has numbers of his own');
  for (const back of [{ RefundMsg: '户名不符' }, { UpDtranf: '1' }, { Summary: '跨行退汇' }, { UseCN: '退票' }]) assert.deepEqual(await lineOf({ Oref: number, ...back }), ['in', 500, number, true], JSON.stringify(back));
  assert.deepEqual(await lineOf({ Summary: '退回货款' }), ['in', 500, undefined, false], 'without a number of ours it is somebody’s money');
  assert.deepEqual(await lineOf({ ...out, UpDtranf: '1' }), ['out', 500, undefined, true]);
});

test('the balance of another account, two of them, or one in yuan is none', async () => {
  const row = { iSeqno: '1', AccNo: ACCOUNT_NO, AccBalance: '300', Balance: '500', UsableBalance: '400', iRetCode: '0' };
  const balance = async (...rows: readonly Fields[]): Promise<unknown> => (await scripted([done({ TotalNum: '1' }, ...rows)])).balance?.({ accountNo: ACCOUNT_NO }, call());
  assert.deepEqual(await balance(row), { kind: 'balance', availableFen: 400, ledgerFen: 500 });
  for (const rows of [[{ ...row, AccNo: '7111010182600999999' }], [row, row], [], [{ ...row, Balance: '5.00' }], [{ ...row, iRetCode: ICBC_CODES.unlisted }]]) assert.match(JSON.stringify(await balance(...rows)), /"unknown"/, JSON.stringify(rows));
});
