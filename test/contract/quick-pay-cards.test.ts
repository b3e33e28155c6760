import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { codeOf, startQuickPayStand, USER } from './quick-pay-stand.js';

describe('a bank card is bound by agreement', () => {
  test('four elements and the code bind it, and of the card its bank, kind and last four digits are shown', async (context) => {
    const stand = await startQuickPayStand(context);
    const { cardHolder, ...card } = await stand.bind();
    assert.equal(card.lastFour, cardHolder.cardNo.slice(-4));
    assert.deepEqual(await stand.client.listBoundCards(USER), { kind: 'ok', value: [card] });
    assert.deepEqual(await stand.client.listBoundCards('user-2'), { kind: 'ok', value: [] });
    assert.equal(codeOf(await stand.client.findAgreement(card.agreementNo, 'user-2')), 'AGREEMENT_NOT_FOUND');
    assert.equal(codeOf(await stand.client.unbindCard(card.agreementNo, 'user-2')), 'AGREEMENT_NOT_FOUND');
  });

  test('the bank\'s reasons are told with their next step, and a refused binding holds no place', async (context) => {
    const stand = await startQuickPayStand(context, { policy: { mostCards: 1 } });
    const cardHolder = stand.newCardHolder();
    assert.equal(codeOf(await stand.client.bindCard({ userId: USER, cardHolder: { ...cardHolder, name: '不是本人' } }, { idempotencyKey: stand.newKey() })), 'CARD_DATA_DISAGREES');
    assert.equal(codeOf(await stand.client.bindCard({ userId: USER, cardHolder: { ...cardHolder, cardNo: '6222020000000000000' } }, { idempotencyKey: stand.newKey() })), 'CARD_NOT_SUPPORTED');
    assert.equal((await stand.bind()).state, 'active');
    assert.equal(codeOf(await stand.client.bindCard({ userId: USER, cardHolder }, { idempotencyKey: stand.newKey() })), 'TOO_MANY_CARDS');
  });

  test('a repeat with its key sends no second code; another key does, and an hour has only so many', async (context) => {
    const stand = await startQuickPayStand(context, { policy: { mostCodesPerHour: 2, mostCards: 5 } });
    const cardHolder = stand.newCardHolder();
    stand.simulator.agreements.loseNextMessage();
    const first = await stand.client.bindCard({ userId: USER, cardHolder }, { idempotencyKey: 'binding-1' });
    const again = await stand.client.bindCard({ userId: USER, cardHolder }, { idempotencyKey: 'binding-1' });
    assert.ok(first.kind === 'ok' && again.kind === 'ok');
    assert.equal(again.value.agreementNo, first.value.agreementNo);
    assert.throws(() => stand.simulator.agreements.codeFor(first.value.agreementNo), /no short message/);
    assert.equal(codeOf(await stand.client.bindCard({ userId: 'user-2', cardHolder }, { idempotencyKey: 'binding-1' })), 'IDEMPOTENCY_KEY_REUSED');
    const second = await stand.client.bindCard({ userId: USER, cardHolder }, { idempotencyKey: 'binding-2' });
    assert.ok(second.kind === 'ok');
    assert.match(stand.simulator.agreements.codeFor(second.value.agreementNo), /^\d{6}$/);
    assert.equal(codeOf(await stand.client.bindCard({ userId: USER, cardHolder }, { idempotencyKey: 'binding-3' })), 'TOO_MANY_CODES');
    stand.clock.advance(3_600_001);
    assert.equal((await stand.client.bindCard({ userId: USER, cardHolder }, { idempotencyKey: 'binding-3' })).kind, 'ok');
  });

  test('a wrong code may be followed by the right one; after its time none binds', async (context) => {
    const stand = await startQuickPayStand(context);
    const begin = async () => {
      const begun = await stand.client.bindCard({ userId: USER, cardHolder: stand.newCardHolder() }, { idempotencyKey: stand.newKey() });
      assert.ok(begun.kind === 'ok');
      return { no: begun.value.agreementNo, code: stand.simulator.agreements.codeFor(begun.value.agreementNo) };
    };
    const [wrong, late] = [await begin(), await begin()];
    assert.equal(codeOf(await stand.client.confirmBinding(wrong.no, { userId: USER, code: wrong.code === '000000' ? '000001' : '000000' })), 'SMS_CODE_WRONG');
    const bound = await stand.client.confirmBinding(wrong.no, { userId: USER, code: wrong.code });
    assert.ok(bound.kind === 'ok' && bound.value.state === 'active');
    stand.simulator.agreements.expireCode(late.no);
    assert.equal(codeOf(await stand.client.confirmBinding(late.no, { userId: USER, code: late.code })), 'SMS_CODE_EXPIRED');
    assert.equal(codeOf(await stand.client.confirmBinding(late.no, { userId: USER, code: late.code })), 'BINDING_NOT_OPEN');
  });

  test('a confirmation whose answer was lost is asked about by its number, and binds one card', async (context) => {
    const stand = await startQuickPayStand(context);
    const cardHolder = stand.newCardHolder();
    const begun = await stand.client.bindCard({ userId: USER, cardHolder }, { idempotencyKey: stand.newKey() });
    assert.ok(begun.kind === 'ok');
    const { agreementNo } = begun.value;
    const code = stand.simulator.agreements.codeFor(agreementNo);
    stand.simulator.failNext('/v1/bindings/confirm', 'executeThenNeverAnswer');
    const lost = await stand.client.confirmBinding(agreementNo, { userId: USER, code });
    assert.ok(lost.kind === 'ok' && lost.value.state === 'confirming', 'no answer is no failure');
    // While it is not known another code is not sent on, and its place is held.
    assert.equal(codeOf(await stand.client.confirmBinding(agreementNo, { userId: USER, code })), 'BINDING_NOT_OPEN');
    stand.simulator.failNext('/v1/bindings/query', 'otherKey');
    assert.equal((await stand.desk().askOpenAgreements()).en.includes('0 of them'), true, 'an answer nobody can believe changes nothing');
    await stand.restart();
    const found = await stand.client.findAgreement(agreementNo, USER);
    assert.ok(found.kind === 'ok' && found.value.state === 'active');
    assert.equal(stand.simulator.agreements.liveAgreementsOf(cardHolder.cardNo), 1);
  });

  test('a confirmation that never arrived waits for its code again; one whose time is over ends by the gateway\'s word', async (context) => {
    const stand = await startQuickPayStand(context);
    const begun = await stand.client.bindCard({ userId: USER, cardHolder: stand.newCardHolder() }, { idempotencyKey: stand.newKey() });
    assert.ok(begun.kind === 'ok');
    const { agreementNo } = begun.value;
    stand.simulator.failNext('/v1/bindings/confirm', 'neverExecuteNeverAnswer');
    await stand.client.confirmBinding(agreementNo, { userId: USER, code: stand.simulator.agreements.codeFor(agreementNo) });
    const waiting = await stand.client.findAgreement(agreementNo, USER);
    assert.ok(waiting.kind === 'ok' && waiting.value.state === 'requested');
    stand.clock.advance(20 * 60_000);
    const over = await stand.client.findAgreement(agreementNo, USER);
    assert.ok(over.kind === 'ok' && over.value.state === 'failed');
  });

  test('a gateway that does not know a binding yet is not believed before its time: what is late may still arrive', async (context) => {
    const stand = await startQuickPayStand(context);
    stand.simulator.failNext('/v1/bindings/request', 'neverExecuteNeverAnswer');
    const begun = await stand.client.bindCard({ userId: USER, cardHolder: stand.newCardHolder() }, { idempotencyKey: stand.newKey() });
    assert.ok(begun.kind === 'ok' && begun.value.state === 'requested', 'no answer is no refusal');
    const { agreementNo } = begun.value;
    stand.simulator.failNext('/v1/bindings/confirm', 'neverExecuteNeverAnswer');
    await stand.client.confirmBinding(agreementNo, { userId: USER, code: '123456' });
    const early = await stand.client.findAgreement(agreementNo, USER);
    assert.ok(early.kind === 'ok' && early.value.state === 'confirming');
    stand.clock.advance(16 * 60_000);
    const over = await stand.client.findAgreement(agreementNo, USER);
    assert.ok(over.kind === 'ok' && over.value.state === 'failed');
  });

  test('a card that is bound already keeps its one agreement, whatever number it is bound under again', async (context) => {
    const stand = await startQuickPayStand(context);
    const { agreementNo, cardHolder } = await stand.bind();
    stand.simulator.agreements.reuseTokens();
    const again = await stand.client.bindCard({ userId: USER, cardHolder }, { idempotencyKey: stand.newKey() });
    assert.ok(again.kind === 'ok');
    assert.equal(codeOf(await stand.client.confirmBinding(again.value.agreementNo, { userId: USER, code: stand.simulator.agreements.codeFor(again.value.agreementNo) })), 'CARD_BOUND_ALREADY');
    const listed = await stand.client.listBoundCards(USER);
    assert.ok(listed.kind === 'ok');
    assert.deepEqual(listed.value.map((card) => card.agreementNo), [agreementNo]);
  });

  test('what failed long ago is forgotten, a bound card never', async (context) => {
    const stand = await startQuickPayStand(context);
    const { agreementNo } = await stand.bind();
    const begun = await stand.client.bindCard({ userId: USER, cardHolder: stand.newCardHolder() }, { idempotencyKey: stand.newKey() });
    assert.ok(begun.kind === 'ok');
    stand.clock.advance(3_600_000);
    await stand.desk().askOpenAgreements();
    const { agreements } = stand.quickPay();
    assert.equal((await agreements.find(begun.value.agreementNo))?.state, 'failed', 'nobody entered its code');
    assert.equal(await agreements.removeBefore(stand.clock.now()), 3);
    assert.equal(await agreements.find(begun.value.agreementNo), undefined);
    assert.equal((await agreements.find(agreementNo))?.state, 'active');
  });

  test('an unbinding whose answer was lost charges nothing more, and is carried through by the task', async (context) => {
    const stand = await startQuickPayStand(context);
    const card = await stand.bind();
    await stand.setPassword();
    stand.simulator.failNext('/v1/agreements/unbind', 'executeThenNeverAnswer');
    const unbinding = await stand.client.unbindCard(card.agreementNo, USER);
    assert.ok(unbinding.kind === 'ok' && unbinding.value.state === 'ending');
    assert.equal(codeOf(await stand.pay(card.agreementNo, 1_000, { password: '802517' })), 'AGREEMENT_NOT_ACTIVE');
    assert.equal(stand.simulator.orders.orders().length, 0);
    await stand.restart();
    await stand.desk().askOpenAgreements();
    const ended = await stand.client.unbindCard(card.agreementNo, USER);
    assert.ok(ended.kind === 'ok' && ended.value.state === 'ended');
    assert.deepEqual(await stand.client.listBoundCards(USER), { kind: 'ok', value: [] });
  });
});
