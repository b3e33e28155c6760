/** A day at a window, on one running core: change money, cash, card and wallet, a refund, the close with its count, cash into the vault and to the bank, and a report that adds up. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { beijingDay } from '@hospay/plugin-sdk';
import { codeOf, isRecord, listOf } from '../contract/console-client.js';
import { startBankCardPosSimulator, type BankCardPosSimulator } from '../simulators/bank-card-pos/start-bank-card-pos-simulator.js';
import { ROOT } from '../architecture/source-files.js';
import { eventually } from './appliance-under-test.js';
import { bankCardChannel, CASH } from './configured-channels.js';
import { WindowUnderTest } from './window-under-test.js';

const OPERATOR = { operatorId: '0101' } as const;
let pos: BankCardPosSimulator;
let desk: WindowUnderTest;
before(async () => {
  pos = await startBankCardPosSimulator();
  desk = await WindowUnderTest.open((_appliance, secret) => ({ channels: [bankCardChannel('cloud-card', pos, secret, 'cloud'), CASH],
    more: {
      plugins: { folders: ['channels', 'examples'].map((name) => join(ROOT, 'plugins', name)).concat(join(ROOT, 'hospital-adapters')) },
      reports: [{ id: 'campuses', plugin: 'campus-reports', enabled: true, settings: { showsNetOnly: false } }],
    },
  }));
});
after(async () => {
  await desk.close();
  await pos.stop();
});

const FACES = [10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10, 5, 2, 1];
const notesOf = (amountFen: number) => {
  let left = amountFen;
  return FACES.flatMap((faceFen) => {
    const pieces = Math.floor(left / faceFen);
    left -= pieces * faceFen;
    return pieces === 0 ? [] : [{ faceFen, pieces }];
  });
};
const figures = async () => {
  const answer = await desk.window.client.call('shift.figures', OPERATOR);
  return answer.kind === 'ok' ? answer.value.figures : assert.fail(JSON.stringify(answer));
};
const post = (path: string, body: unknown, key: string) => desk.finance.call('POST', path, body, { 'idempotency-key': key });

test('cash, card and wallet at one window; one refund; closed one yuan short; the cash goes to the vault and the bank; the report adds up', async () => {
  const { client } = desk.window;
  const opened = await client.openTill('morning', { amountFen: 20_000, ...OPERATOR });
  assert.equal(opened.kind === 'ok' ? opened.value.state : opened.kind, 'opened');

  const { quote } = await desk.window.quote('C0000005');
  const cash = await client.pay({ quoteId: quote.quoteId, amountFen: quote.selfPayFen, method: 'cash', tenderedFen: quote.selfPayFen + 500, ...OPERATOR });
  assert.equal(cash.kind, 'order', JSON.stringify(cash));
  const cashOrder = await desk.confirmed(cash.order.tradeNo);
  const card = await desk.take('C0000003', { method: 'bankCard', channel: 'cloud-card', ...OPERATOR });
  const [terminal = assert.fail('no terminal')] = pos.terminals;
  await eventually('the terminal asks for the card', () => terminal.machine.waitingFor);
  terminal.machine.act('approve');
  const cardOrder = await desk.confirmed(card.tradeNo);
  const wallet = await desk.take('C0000006', { method: 'nativeQr', ...OPERATOR });
  desk.appliance.wechat.pay(wallet.payments[0]?.paymentNo ?? '');
  const walletOrder = await desk.confirmed(wallet.tradeNo);
  await desk.giveBack(cashOrder, 100);

  const cashFen = cashOrder.amountFen - 100;
  const shown = await figures();
  assert.deepEqual([shown.cashFen, shown.expectedFen, shown.open, shown.bills.count, shown.receiptCount, shown.refundedReceiptCount], [cashFen, cashFen + 20_000, [], 3, 3, 1]);

  // Counted one yuan short; the answer is asked for twice.
  const count = { ...OPERATOR, denominations: notesOf(shown.expectedFen - 100), expectedFen: shown.expectedFen };
  const [closed, again] = [await client.closeShift('evening', count), await client.closeShift('evening', count)];
  assert.ok(closed.kind === 'ok' && again.kind === 'ok', JSON.stringify([closed, again]));
  assert.deepEqual(again.value, closed.value);
  const { shiftNo, differenceFen, handedFen } = closed.value;
  assert.deepEqual([differenceFen, handedFen], [-100, cashFen - 100]);
  assert.equal((await figures()).expectedFen, 0);
  const late = await client.closeShift('evening-2', { ...count, denominations: [], expectedFen: 0 });
  assert.equal(late.kind === 'refused' ? late.error.code : late.kind, 'SHIFT_EMPTY');

  const taken = await post(`/shifts/${shiftNo}/hand-overs`, { amountFen: handedFen }, `hand-over-${shiftNo}`);
  assert.equal(taken.status, 200, JSON.stringify(taken.body));
  assert.equal(codeOf(await post('/cash/deposits', { slipNo: '000777', amountFen: handedFen + 1 }, 'deposit-000776')), 'CASH_NOT_THERE');
  assert.equal((await post('/cash/deposits', { slipNo: '000777', amountFen: handedFen }, 'deposit-000777')).status, 200);
  const { body } = await desk.finance.get('/cash');
  assert.deepEqual([body['vaultFen'], body['inTransit'], body['waiting']], [0, [{ slipNo: '000777', amountFen: handedFen }], []]);

  const report = await desk.finance.get(`/shift-reports?shiftNo=${shiftNo}`);
  const amountOf = (layout: string, name: string): unknown => listOf(report, layout).find((field) => field['name'] === name)?.['amountFen'];
  const [billed, net] = [cashOrder.amountFen + cardOrder.amountFen + walletOrder.amountFen, cashFen + cardOrder.amountFen + walletOrder.amountFen];
  const ways = ['现金', 'POS机', '微信支付', '支付宝支付', '医疗保险'].map((name) => amountOf('layoutA', name));
  const insuredByHis = ways[4];
  assert.deepEqual(ways.slice(0, 4), [cashFen, cardOrder.amountFen, walletOrder.amountFen, 0]);
  assert.equal(amountOf('layoutA', '划价合计'), billed + Number(insuredByHis), 'what the HIS settled with the insurance itself is in its bills');
  assert.equal(ways.slice(0, 4).reduce<number>((sum, amount) => sum + Number(amount), 0), net);
  assert.deepEqual([amountOf('layoutB', '上缴现金额'), amountOf('layoutB', '短款'), amountOf('layoutB', '退费金额'), amountOf('layoutB', '上缴银联额'), amountOf('layoutB', '上缴微信额')], [cashFen - 100, 100, 100, cardOrder.amountFen, walletOrder.amountFen]);
  const printed = await client.call('shift.report', { shiftNo, ...OPERATOR, layout: 'a' });
  assert.ok(printed.kind === 'ok' && printed.value.fields.some(({ name, amountFen }) => name === '现金' && amountFen === cashFen), JSON.stringify(printed));
  const cases = await desk.finance.get('/cases?state=open');
  assert.deepEqual(listOf(cases, 'cases').map(({ kind, subject }) => [kind, subject]), [['cashShort', shiftNo]]);
  assert.ok(isRecord(report.body));
});

test('the reports say the same of the day: by method, and what the till was short of', async () => {
  const day = beijingDay(new Date());
  const rowsOf = async (report: string, more = '') => {
    const { status, body } = await desk.finance.get(`/reports/${report}/rows?from=${day}&to=${day}${more}`);
    assert.equal(status, 200, JSON.stringify(body));
    return Array.isArray(body['rows']) ? body['rows'].filter((row) => Array.isArray(row)) : [];
  };
  const paid = desk.appliance.read<{ method: string; fen: number }>("SELECT method, sum(amount_fen) AS fen FROM payment WHERE state = 'succeeded' GROUP BY method ORDER BY fen DESC");
  assert.deepEqual((await rowsOf('volume', '&by=method')).map((row) => [row[0], row[3]]), paid.map(({ method, fen }) => [method, fen]));
  assert.deepEqual((await rowsOf('till-differences')).map((row) => [row[1], row[5], row[7]]), [[1, 0, 100]]);
  assert.equal((await rowsOf('platform-transactions')).length, 4, 'three payments and a refund');
  const paidFen = paid.reduce((sum, { fen }) => sum + fen, 0);
  assert.deepEqual((await rowsOf('campuses.campus-days')).map((row) => [row[0], row[2], row[3], row[4]]), [[day, 3, paidFen, 100]], 'a report of a plugin says so, too');
  const platform = new DatabaseSync(join(desk.appliance.dataFolder, 'platform.sqlite'), { readOnly: true });
  const there = platform.prepare('SELECT terminal, until FROM terminal_presence ORDER BY terminal').all().map((row) => [row['terminal'], row['until']]);
  platform.close();
  assert.deepEqual(there, [['', null], ['window-1', null]], 'the platform and the window are there, each in one row');
});

test('a refund the next morning comes out of the next shift, as soon as its till holds enough', async () => {
  const [order] = desk.appliance.read<{ trade_no: string }>("SELECT trade_no FROM payment WHERE method = 'cash' AND state = 'succeeded'");
  const asked = await post(`/orders/${order?.trade_no ?? ''}/refunds`, { refundFen: 200, reason: '退费', operatorId: '0101' }, 'refund-next-morning');
  assert.equal(asked.status, 200, JSON.stringify(asked.body));
  const stateOf = () => desk.appliance.read<{ state: string; last_news: string | null }>('SELECT state, last_news FROM refund WHERE refund_fen = 200')[0];
  await eventually('the till is short', () => (stateOf()?.last_news?.startsWith('TILL_SHORT') === true ? true : undefined));
  assert.equal((await desk.window.client.openTill('next-morning', { amountFen: 5_000, ...OPERATOR })).kind, 'ok');
  await eventually('the notes were handed out', () => (stateOf()?.state === 'succeeded' ? true : undefined), 40_000);
  const now = await figures();
  assert.deepEqual([now.cashFen, now.expectedFen, now.tenders.find(({ method }) => method === 'cash')?.refundedOfEarlier], [-200, 4_800, { count: 1, amountFen: 200 }]);
});

test('after all of it the ledger is whole, and nothing waits for a person but the shortage', () => {
  desk.assertSound({ expected: ['cashShort'] });
});
