import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';

import { startMedicalInsuranceSimulator, type MedicalInsuranceSimulator, type MedicalInsuranceSimulatorOptions } from './start-medical-insurance-simulator.js';
import { list, part, text, type Fields } from './wire-values.js';

const PERSON = { personNo: '44000000000000000001', idNo: '440000199001010011', name: '测试甲' };
let serial = 0;

async function started(context: TestContext, options: MedicalInsuranceSimulatorOptions = {}) {
  const simulator = await startMedicalInsuranceSimulator({ headers: 'none', now: () => new Date('2026-03-02T02:00:00Z'), ...options });
  context.after(() => simulator.stop());
  return { simulator, ask: askOf(simulator) };
}

/** Sends one message; the number, and anything of the envelope, can be given. */
function askOf(simulator: MedicalInsuranceSimulator) {
  return async (infno: string, input: Fields, given: Fields = {}): Promise<{ readonly code: string; readonly message: string; readonly output: Fields; readonly msgid: string }> => {
    serial += 1;
    const msgid = text(given, 'msgid') || `${simulator.institutionCode}20260302100000${String(serial).padStart(4, '0')}`;
    const envelope = { infno, msgid, fixmedins_code: simulator.institutionCode, inf_time: '2026-03-02 10:00:00', infver: 'V1.0', sign_no: 'S2026030201', input, ...given };
    const answer: unknown = await (await fetch(`${simulator.baseUrl}${simulator.path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(envelope) })).json();
    const fields = Object(answer);
    return { code: String(fields.infcode), message: String(fields.err_msg), output: part(answer, 'output'), msgid };
  };
}

type Ask = ReturnType<typeof askOf>;

/** Signs in and brings a visit with one fee of ¥100 up to its settlement. */
async function visit(ask: Ask): Promise<{ readonly visitNo: string; readonly settlement: Fields }> {
  await ask('9001', { signIn: { opter_no: '1' } });
  const voucher = { mdtrt_cert_type: '02', mdtrt_cert_no: PERSON.idNo };
  const registered = await ask('2201', { data: { psn_no: PERSON.personNo, insutype: '310', ipt_otp_no: 'OP1', ...voucher } });
  const visitNo = text(part(registered.output, 'data'), 'mdtrt_id');
  await ask('2203', { mdtrtinfo: { mdtrt_id: visitNo, psn_no: PERSON.personNo }, diseinfo: [{ diag_code: 'J06' }] });
  await ask('2204', { feedetail: [{ feedetl_sn: '1', mdtrt_id: visitNo, psn_no: PERSON.personNo, chrg_bchno: 'B1', det_item_fee_sumamt: 100, med_list_codg: 'XA' }] });
  const costs = { fulamt_ownpay_amt: 0, overlmt_selfpay: 0, preselfpay_amt: 0, inscp_scp_amt: 100 };
  return { visitNo, settlement: { data: { psn_no: PERSON.personNo, mdtrt_id: visitNo, chrg_bchno: 'B1', medfee_sumamt: 100, acct_used_flag: '1', med_type: '11', ...voucher, ...costs } } };
}

describe('the simulated centre, institution interface', () => {
  test('a message number has its form, is taken once, and a message without a sign-in of the day gets nothing', async (context) => {
    const { ask } = await started(context);
    const person = { data: { mdtrt_cert_type: '02', mdtrt_cert_no: PERSON.idNo } };
    assert.match((await ask('1101', person)).message, /未签到/);
    await ask('9001', { signIn: { opter_no: '1' } });
    const first = await ask('1101', person);
    assert.equal(first.code, '0');
    assert.match((await ask('1101', person, { msgid: first.msgid })).message, /报文ID重复/);
    for (const msgid of ['X44999900001202603021000000001', 'H44999900001202603021000001', 'H4499990000120260302100000000A']) assert.match((await ask('1101', person, { msgid })).message, /报文ID格式/);
    assert.match((await ask('1101', person, { fixmedins_code: 'H44999900002' })).message, /机构编号/);
    assert.match((await ask('1101', person, { inf_time: '2026-03-02' })).message, /报文头/);
  });

  test('the total is the sum of the fees, a fee is taken once, a visit settled once', async (context) => {
    const { ask } = await started(context);
    const { visitNo, settlement } = await visit(ask);
    const fee = { feedetl_sn: '1', mdtrt_id: visitNo, psn_no: PERSON.personNo, chrg_bchno: 'B1', det_item_fee_sumamt: 100, med_list_codg: 'XA' };
    assert.match((await ask('2204', { feedetail: [fee] })).message, /重复/);
    assert.match((await ask('2207', { data: { ...part(settlement, 'data'), medfee_sumamt: 100.01 } })).message, /合计不符/);
    const settled = await ask('2207', settlement);
    const setlinfo = part(settled.output, 'setlinfo');
    assert.deepEqual([setlinfo['fund_pay_sumamt'], setlinfo['acct_pay'], setlinfo['psn_cash_pay'], setlinfo['medins_setl_id']], ['70.00', '30.00', '0.00', settled.msgid]);
    assert.match((await ask('2207', settlement)).message, /已结算/);
    assert.match((await ask('2205', { data: { mdtrt_id: visitNo, psn_no: PERSON.personNo, chrg_bchno: 'B1' } })).message, /已结算/);
  });

  test('2601 undoes what a message did, bars one that never came, wants its transaction right, and repeats', async (context) => {
    const { ask, simulator } = await started(context);
    const { visitNo, settlement } = await visit(ask);
    const settled = await ask('2207', settlement);
    const reversal = (omsgid: string, oinfno: string) => ask('2601', { data: { psn_no: PERSON.personNo, omsgid, oinfno } });
    assert.match((await reversal(settled.msgid, '2208')).message, /不符/);
    assert.match((await reversal(settled.msgid, '2204')).message, /不支持冲正/);
    for (let time = 0; time < 2; time += 1) assert.equal((await reversal(settled.msgid, '2207')).code, '0');
    assert.deepEqual(simulator.centre.settlementsOf(visitNo), []);
    assert.equal(simulator.centre.people.get(PERSON.personNo)?.balanceFen, 10_000_000);
    const late = `${simulator.institutionCode}202603021000009999`;
    assert.equal((await reversal(late, '2207')).code, '0');
    assert.match((await ask('2207', settlement, { msgid: late })).message, /已冲正/);
    assert.equal((await ask('2207', settlement)).code, '0');
  });

  test('what it remembers survives a restart', async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'hospay-insurance-'));
    context.after(() => { rmSync(folder, { recursive: true, force: true }); });
    const dataFolder = join(folder, 'made at the first start');
    const first = await startMedicalInsuranceSimulator({ headers: 'none', dataFolder, now: () => new Date('2026-03-02T02:00:00Z') });
    const { visitNo, settlement } = await visit(askOf(first));
    const settled = await askOf(first)('2207', settlement);
    await first.stop();
    const { ask } = await started(context, { dataFolder });
    await ask('9001', { signIn: { opter_no: '1' } });
    assert.match((await ask('2207', settlement, { msgid: settled.msgid })).message, /报文ID重复/);
    const found = await ask('5203', { data: { psn_no: PERSON.personNo, mdtrt_id: visitNo, setl_id: '' } });
    assert.deepEqual(list(found.output, 'setlinfo').map((setlinfo) => setlinfo['medins_setl_id']), [settled.msgid]);
  });
});

describe('the simulated centre, mobile payment', () => {
  test('an envelope with another app, an old time, another key or changed data is refused', async (context) => {
    const { simulator } = await started(context);
    const { credentials, mobileEnvelope } = simulator;
    const envelope = Object(JSON.parse(mobileEnvelope.seal({}, { payOrdId: 'ORD1' }, credentials.hospital)));
    assert.deepEqual(mobileEnvelope.open(envelope), { payOrdId: 'ORD1' });
    assert.equal(mobileEnvelope.open({ ...envelope, appId: 'ANOTHER' }), '报文头不正确');
    assert.equal(mobileEnvelope.open({ ...envelope, timestamp: '20260302095459' }), '时间戳不正确');
    assert.equal(mobileEnvelope.open({ ...envelope, version: '1.0.0' }), '验签失败');
    const key = Buffer.from('B417F46079E32CA8');
    const cipher = createCipheriv('sm4-ecb', key, null);
    const other = Buffer.concat([cipher.update('{"payOrdId":"ORD2"}'), cipher.final()]).toString('hex').toUpperCase();
    assert.equal(mobileEnvelope.open({ ...envelope, encData: other }), '验签失败');
    assert.equal(mobileEnvelope.open({ ...envelope, encData: '00' }), '解密失败');
    assert.equal(mobileEnvelope.open(Object(JSON.parse(mobileEnvelope.seal({}, {})))), '验签失败', 'the centre’s own key is not the hospital’s');
  });

  test('an order goes from saved to settled in order, is refunded whole under one number, and never twice', async (context) => {
    const { simulator: { mobile } } = await started(context);
    const authorisation = mobile.authorise(PERSON.personNo);
    const transaction = (infno: string, data: Fields): Fields => mobile.transactions[infno]?.(data) ?? assert.fail();
    const upload = {
      payAuthNo: authorisation, idNo: PERSON.idNo, userName: PERSON.name, idType: '01', medOrgOrd: 'OWN1', feeType: '01', begntime: '2026-03-02 09:00:00', medfeeSumamt: 100, acctUsedFlag: '1', diseinfoList: [{}],
      feedetailList: [{ feedetlSn: '1', detItemFeeSumamt: 100, medListCodg: 'XA' }],
    };
    const made = transaction('6201', upload);
    assert.deepEqual(transaction('6201', upload), made, 'the same order again');
    assert.throws(() => transaction('6201', { ...upload, medOrgOrd: 'OWN2' }), /授权已使用/);
    assert.throws(() => transaction('6201', { ...upload, medfeeSumamt: 99, feedetailList: [{ feedetlSn: '1', detItemFeeSumamt: 99 }] }), /订单号重复/);
    const named = { payOrdId: made['payOrdId'], payToken: made['payToken'] };
    const pay = { ...named, payAuthNo: authorisation, mdtrtId: part(made, 'extData')['mdtrtId'], chrgBchno: 'OWN1', orgBizSer: 'T1' };
    assert.throws(() => transaction('6202', { ...pay, payAuthNo: mobile.authorise('44000000000000000002') }), /授权/);
    assert.equal(transaction('6202', pay)['ordStas'], '6');
    assert.throws(() => transaction('6202', pay), /状态不允许支付/);
    assert.throws(() => transaction('6401', named), /状态不允许撤销/);
    const refund = { ...named, payAuthNo: authorisation, appRefdSn: 'R1', appRefdTime: '20260302100000', totlRefdAmt: 100, fundRefdAmt: 70, psnAcctRefdAmt: 30, cashRefdAmt: 0, refdType: 'HI' };
    assert.throws(() => transaction('6203', { ...refund, fundRefdAmt: 69, totlRefdAmt: 99 }), /退款金额不正确/);
    assert.throws(() => transaction('6203', { ...refund, ecToken: 'EC1' }), /授权/);
    for (let time = 0; time < 2; time += 1) assert.deepEqual(transaction('6203', refund), { refStatus: 'SUCC' });
    assert.throws(() => transaction('6203', { ...refund, appRefdSn: 'R2' }), /状态不允许退款/);
    assert.throws(() => transaction('6301', { ...named, payToken: 'TOKEN' }), /订单不存在/);
    assert.deepEqual(mobile.transitions.map((transition) => transition.split(' ')[1]), ['1', '2', '6', '8']);
  });
});
