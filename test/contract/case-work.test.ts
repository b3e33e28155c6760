/** 差错处理: who works on a case, and how two persons end it. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { quoted } from '@hospay/server/domain/bilingual.js';
import type { AuditAct } from '@hospay/server/domain/audit.js';
import type { Outcome } from '@hospay/server/domain/errors.js';
import type { CaseWork } from '@hospay/server/domain/case-work.js';
import { createCaseDesk } from '@hospay/server/cases/case-desk.js';
import { NO_CASE_FILES } from './no-case-files.js';
import { startWithBooks } from './reconciliation-books-stand.js';
import { booked, DAY, lineOf, statementOf } from './reconciliation-scripted-stand.js';

const ofNobody = 'H20261120090000ABCDEF001P01';

async function start(context: TestContext) {
  const books = await startWithBooks(context);
  const { stand, database } = books;
  const audited: AuditAct[] = [];
  const desk = createCaseDesk({ cases: stand.store.cases, files: NO_CASE_FILES, clock: stand.clock, audit: { record: (act) => { audited.push(act); return Promise.resolve(); } } });
  const idOf = (kind: string): number => Number(database.prepare('SELECT id FROM discrepancy_case WHERE kind = ? ORDER BY id DESC').get(kind)?.['id']);
  return { ...books, desk, audited, idOf };
}
function valueOf(outcome: Outcome<CaseWork>): CaseWork {
  assert.ok(outcome.kind === 'ok', JSON.stringify(outcome));
  return outcome.value;
}
const codeOf = (outcome: Outcome<CaseWork>): string => (outcome.kind === 'refused' ? outcome.code : 'ok');

test('what hangs is written off by two persons, once; the day is even afterwards, and running it again changes nothing', async (context) => {
  for (const [name, lines, kind, signedFen, account] of [
    ['长款', [lineOf(ofNobody, 6_600)], 'statementLong', 6_600, '7001/working'],
    ['短款', [lineOf(ofNobody, 300, { kind: 'refund', refundNo: 'CONSOLE1' })], 'statementStatus', -300, '6002/working'],
  ] as const) await context.test(name, async (inner) => {
    const { said, run, desk, idOf, hangs, of, money, isWhole, audited } = await start(inner);
    said.statement = statementOf([...lines]);
    assert.equal((await run()).channel, 'explained');
    const id = idOf(kind);
    const shown = valueOf(await desk.findCase({ id }));
    assert.deepEqual([shown.state, shown.hangingFen, shown.ways, shown.owner, shown.dueAt], ['open', signedFen, ['writeOff'], undefined, '2026-11-21T04:00:00.000Z']);
    assert.equal(valueOf(await desk.takeCase({ id, by: 'li' })).owner, 'li');
    valueOf(await desk.noteCase({ id, text: '已电话联系，患者称未付款', isContact: true, by: 'li' }));
    const { proposal } = valueOf(await desk.proposeEnd({ id, way: 'writeOff', reason: '测试交易，无患者', by: 'li' }));
    assert.ok(proposal);
    assert.equal(proposal.amountFen, signedFen);
    const before = money();
    assert.equal(codeOf(await desk.decideEnd({ id, hash: proposal.hash, isApproved: true, reason: '同意', by: 'li' })), 'SECOND_PERSON_NEEDED');
    const ended = valueOf(await desk.decideEnd({ id, hash: proposal.hash, isApproved: true, reason: '同意', by: 'wang' }));
    assert.deepEqual([ended.state, ended.hangingFen, ended.ways, ended.acts.map(({ kind: act, by }) => [act, by])], ['ended', 0, [], [['taken', 'li'], ['contacted', 'li'], ['proposed', 'li'], ['approved', 'wang']]]);
    assert.equal(codeOf(await desk.decideEnd({ id, hash: proposal.hash, isApproved: true, reason: '再来', by: 'wang' })), 'CONFLICT');
    for (let again = 0; again < 2; again += 1) {
      assert.deepEqual([hangs(), of(account, `${kind}/${shown.subject}`), money()], [[], Math.abs(signedFen), before]);
      await isWhole();
      assert.equal((await run()).channel, 'balanced');
    }
    assert.deepEqual(audited.map(({ who, what }) => [who, what]), [['li', 'case.take'], ['li', 'case.contact'], ['li', 'case.propose'], ['wang', 'case.approve']]);
  });
});

test('a case is told in both languages and in yuan, cut where somebody said too much; one of an earlier version is told as it stands', async (context) => {
  const { said, run, desk, idOf, stand, database } = await start(context);
  said.statement = statementOf([lineOf(ofNobody, 6_600)]);
  await run();
  const detailOf = async (kind: string) => valueOf(await desk.findCase({ id: idOf(kind) })).detail;
  const { zh, en } = await detailOf('statementLong');
  assert.match(zh, new RegExp(`^长款：working 2026-11-20 的对账单中 ${ofNobody} 已支付 66\\.00 元，本平台无此订单。`));
  assert.match(en, new RegExp(`^long: the statement of working of 2026-11-20 has 66\\.00 yuan paid under ${ofNobody},`));
  await stand.store.openCase({ kind: 'refundAbnormal', subject: 'R1', severity: 2, detail: { zh: `渠道：${'说"'.repeat(400)}`, en: `the channel: ${'"says"'.repeat(200)}` } }, stand.clock.now());
  const long = await detailOf('refundAbnormal');
  assert.deepEqual([long.zh.length, long.en.length, long.zh.startsWith('渠道：说"说"')], [500, 500, true]);
  database.exec("INSERT INTO discrepancy_case (kind, subject, severity, detail, opened_at) VALUES ('refundLate', 'R2', 2, 'on its way for too long: unknown', '2026-11-20T02:00:00.000Z')");
  assert.deepEqual(await detailOf('refundLate'), quoted('on its way for too long: unknown'));
});

test('a proposal is about what was shown: another amount, three days later, or rejected, nothing is written off', async (context) => {
  const { said, stand, run, desk, idOf, hangs, isWhole } = await start(context);
  const one = await stand.takePaid({ amountFen: 1_000 });
  said.dayLists.set(DAY, [booked(one.tradeNo, 1_000)]);
  said.statement = statementOf([lineOf(one.paymentNo, 1_250)]);
  await run();
  const id = idOf('statementAmount');
  const propose = async (by: string): Promise<string> => valueOf(await desk.proposeEnd({ id, way: 'writeOff', reason: '渠道优惠差额', by })).proposal?.hash ?? '';
  const first = await propose('li');
  assert.equal(await propose('li'), first, 'pressed twice it is one');
  assert.equal(codeOf(await desk.proposeEnd({ id, way: 'writeOff', reason: '另一个', by: 'wang' })), 'CONFLICT');
  assert.equal(codeOf(await desk.decideEnd({ id, hash: 'f'.repeat(64), isApproved: true, reason: '同意', by: 'wang' })), 'APPROVAL_OVER');
  // The file is corrected while it waits.
  said.statement = statementOf([lineOf(one.paymentNo, 1_400)]);
  await run();
  assert.equal(codeOf(await desk.decideEnd({ id, hash: first, isApproved: true, reason: '同意', by: 'wang' })), 'APPROVAL_OVER');
  const second = await propose('li');
  assert.notEqual(second, first);
  stand.clock.advance(73 * 3_600_000);
  assert.equal(codeOf(await desk.decideEnd({ id, hash: second, isApproved: true, reason: '同意', by: 'wang' })), 'APPROVAL_OVER');
  const third = await propose('wang');
  assert.equal(valueOf(await desk.decideEnd({ id, hash: third, isApproved: false, reason: '先问渠道', by: 'li' })).state, 'open');
  assert.equal(codeOf(await desk.decideEnd({ id, hash: third, isApproved: true, reason: '同意', by: 'li' })), 'CONFLICT');
  const fourth = await propose('li');
  assert.equal(valueOf(await desk.decideEnd({ id, hash: fourth, isApproved: false, reason: '撤回', by: 'li' })).proposal, undefined, 'one’s own is withdrawn alone');
  assert.deepEqual(hangs(), [['2091/working', `statementAmount/${one.paymentNo}`, 400]]);
  await isWhole();
});

test('nothing hangs under a booking without money: it is explained, and stays ended when the day is run again; what only the platform can end is refused', async (context) => {
  const { said, run, desk, idOf, cases, stand, isWhole } = await start(context);
  said.dayLists.set(DAY, [booked('H20261120090000ABCDEF002', 700)]);
  assert.equal((await run()).hospital, 'explained');
  const id = idOf('hisWithoutMoney');
  assert.deepEqual(valueOf(await desk.findCase({ id })).ways, ['explain']);
  assert.equal(codeOf(await desk.proposeEnd({ id, way: 'writeOff', reason: '核销', by: 'li' })), 'CASE_ENDS_ITSELF');
  const { proposal } = valueOf(await desk.proposeEnd({ id, way: 'explain', reason: '窗口已补收现金', by: 'li' }));
  valueOf(await desk.decideEnd({ id, hash: proposal?.hash ?? '', isApproved: true, reason: '同意', by: 'wang' }));
  for (let again = 0; again < 2; again += 1) assert.deepEqual([(await run()).hospital, cases()], ['balanced', []]);
  await stand.store.openCase({ kind: 'paymentUnknown', subject: 'H1P01', severity: 1, detail: quoted('no answer') }, stand.clock.now());
  const unknown = idOf('paymentUnknown');
  assert.deepEqual(valueOf(await desk.findCase({ id: unknown })).ways, []);
  assert.equal(codeOf(await desk.proposeEnd({ id: unknown, way: 'explain', reason: '没事', by: 'li' })), 'CASE_ENDS_ITSELF');
  assert.equal(codeOf(await desk.findCase({ id: 999_999 })), 'NO_SUCH_ITEM');
  await isWhole();
});

test('the database itself keeps what was done: no act is changed, and nobody approves his own', async (context) => {
  const { said, run, desk, idOf, database } = await start(context);
  said.statement = statementOf([lineOf(ofNobody, 6_600)]);
  await run();
  const id = idOf('statementLong');
  valueOf(await desk.noteCase({ id, text: '查终端日志', isContact: false, by: 'li' }));
  assert.throws(() => { database.exec("UPDATE case_act SET text = 'x'"); }, /append-only/);
  assert.throws(() => { database.exec('DELETE FROM case_act'); }, /append-only/);
  assert.throws(() => { database.exec(`INSERT INTO case_act (case_id, kind, by_login, at, text, proposed_by) VALUES (${String(id)}, 'approved', 'li', '2026', 'x', 'li')`); }, /CHECK/);
});
