import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { codeOf, PASSWORD, startQuickPayStand, USER } from './quick-pay-stand.js';

const HOLDER = { appId: 'hospital-app', userId: USER };
const change = (password: string, newPassword = '520413') => ({ userId: USER, password, newPassword });

describe('the payment password', () => {
  test('is set once, by whoever has a bound card, and not to one everybody tries first', async (context) => {
    const { client, bind } = await startQuickPayStand(context);
    assert.equal(codeOf(await client.setPaymentPassword({ userId: USER, newPassword: PASSWORD })), 'NO_BOUND_CARD');
    await bind();
    for (const weak of ['123456', '888888', '121212', '12345']) assert.equal(codeOf(await client.setPaymentPassword({ userId: USER, newPassword: weak })), 'PAYMENT_PASSWORD_WEAK', weak);
    assert.deepEqual(await client.findPaymentPassword(USER), { kind: 'ok', value: { isSet: false } });
    assert.equal((await client.setPaymentPassword({ userId: USER, newPassword: PASSWORD })).kind, 'ok');
    assert.equal(codeOf(await client.setPaymentPassword({ userId: USER, newPassword: '520413' })), 'PAYMENT_PASSWORD_SET_ALREADY');
  });

  test('is changed by the old one, and the old one is then worth nothing', async (context) => {
    const { client, bind, setPassword } = await startQuickPayStand(context);
    assert.equal(codeOf(await client.changePaymentPassword(change(PASSWORD))), 'PAYMENT_PASSWORD_NOT_SET');
    await bind();
    await setPassword();
    assert.equal(codeOf(await client.changePaymentPassword(change('111222'))), 'PAYMENT_PASSWORD_WRONG');
    assert.equal((await client.changePaymentPassword(change(PASSWORD))).kind, 'ok');
    assert.equal(codeOf(await client.changePaymentPassword(change(PASSWORD, '192837'))), 'PAYMENT_PASSWORD_WRONG');
    assert.equal((await client.changePaymentPassword(change('520413', '192837'))).kind, 'ok');
  });

  test('of two changes at once one finds another password, and a slow success forgets no failure of the new one', async (context) => {
    const stand = await startQuickPayStand(context);
    await stand.bind();
    await stand.setPassword();
    const both = await Promise.all([stand.client.changePaymentPassword(change(PASSWORD, '520413')), stand.client.changePaymentPassword(change(PASSWORD, '192837'))]);
    assert.deepEqual(both.map(codeOf).toSorted(), ['PAYMENT_PASSWORD_WRONG', 'ok']);
    const { passwords } = stand.quickPay();
    await passwords.takeTry(HOLDER, stand.clock.now(), () => undefined);
    await passwords.succeeded(HOLDER, 'the hash before', stand.clock.now());
    assert.ok(((await passwords.find(HOLDER))?.failures ?? 0) >= 1);
  });

  test('a code of a check is tried so often and not after its time', async (context) => {
    const stand = await startQuickPayStand(context, { policy: { mostCodesPerHour: 2 } });
    const { agreementNo, cardHolder } = await stand.bind();
    const { agreements } = stand.quickPay();
    const check = await stand.client.checkCardHolder({ userId: USER, agreementNo, cardHolder });
    assert.ok(check.kind === 'ok');
    const { checkNo } = check.value;
    const tryOnce = () => agreements.tryCheck(checkNo, 2, stand.clock.now());
    assert.equal(await tryOnce(), true);
    assert.equal(await tryOnce(), false, 'it is being tried');
    assert.equal(await agreements.endTry(checkNo, 'requested'), true);
    assert.equal(await tryOnce(), true);
    await agreements.endTry(checkNo, 'requested');
    assert.equal(await tryOnce(), false, 'tried too often');
    const late = await stand.client.checkCardHolder({ userId: USER, agreementNo, cardHolder });
    assert.ok(late.kind === 'ok');
    assert.equal(codeOf(await stand.client.checkCardHolder({ userId: USER, agreementNo, cardHolder })), 'TOO_MANY_CODES');
    stand.clock.advance(10 * 60_000);
    assert.equal(await agreements.tryCheck(late.value.checkNo, 5, stand.clock.now()), false, 'its time is over');
  });

  test('is locked after five failures, each lock longer than the one before, and a restart forgets none', async (context) => {
    const stand = await startQuickPayStand(context);
    await stand.bind();
    await stand.setPassword();
    for (let guess = 1; guess <= 4; guess += 1) {
      assert.equal(codeOf(await stand.client.changePaymentPassword(change('314159'))), 'PAYMENT_PASSWORD_WRONG');
      if (guess === 2) await stand.restart();
    }
    assert.equal(codeOf(await stand.client.changePaymentPassword(change('314159'))), 'PAYMENT_PASSWORD_LOCKED');
    assert.equal(codeOf(await stand.client.changePaymentPassword(change(PASSWORD))), 'PAYMENT_PASSWORD_LOCKED', 'the right one opens nothing meanwhile');
    stand.clock.advance(30 * 60_000 + 1);
    for (let guess = 1; guess <= 5; guess += 1) await stand.client.changePaymentPassword(change('314159'));
    stand.clock.advance(30 * 60_000 + 1);
    assert.equal(codeOf(await stand.client.changePaymentPassword(change(PASSWORD))), 'PAYMENT_PASSWORD_LOCKED', 'the second lock is longer');
    stand.clock.advance(150 * 60_000);
    assert.equal((await stand.client.changePaymentPassword(change(PASSWORD))).kind, 'ok');
    assert.deepEqual(stand.acts.filter(({ what }) => what === 'quickPay.passwordRefused').length, 10);
  });

  test('of guesses side by side no more are compared than the limit lets through', async (context) => {
    const stand = await startQuickPayStand(context);
    await stand.bind();
    await stand.setPassword();
    const { passwords } = stand.quickPay();
    const limit = (failures: number) => (failures % 5 === 0 ? 60_000 : undefined);
    const tries = await Promise.all(Array.from({ length: 20 }, () => passwords.takeTry(HOLDER, stand.clock.now(), limit)));
    assert.equal(tries.filter(({ kind }) => kind === 'taken').length, 5);
    // And whole, through the desk.
    stand.clock.advance(60_001);
    const guesses = await Promise.all(Array.from({ length: 12 }, () => stand.client.changePaymentPassword(change('314159'))));
    const codes = guesses.map(codeOf);
    assert.ok(codes.filter((code) => code === 'PAYMENT_PASSWORD_WRONG').length <= 5, codes.join());
  });

  test('is reset by a fresh check of the card holder, which also ends the lock and serves once', async (context) => {
    const stand = await startQuickPayStand(context);
    const { agreementNo, cardHolder } = await stand.bind();
    await stand.setPassword();
    for (let guess = 1; guess <= 5; guess += 1) await stand.client.changePaymentPassword(change('314159'));
    assert.equal(codeOf(await stand.client.checkCardHolder({ userId: USER, agreementNo, cardHolder: stand.newCardHolder() })), 'CARD_DATA_DISAGREES', 'another card proves nothing');
    const check = await stand.client.checkCardHolder({ userId: USER, agreementNo, cardHolder });
    assert.ok(check.kind === 'ok');
    const { checkNo } = check.value;
    const code = stand.simulator.agreements.codeFor(checkNo);
    assert.equal(codeOf(await stand.client.resetPaymentPassword({ userId: 'user-2', checkNo, code, newPassword: '520413' })), 'HOLDER_CHECK_NOT_OPEN', 'it is its holder\'s');
    assert.equal(codeOf(await stand.client.resetPaymentPassword({ userId: USER, checkNo, code: code === '000000' ? '000001' : '000000', newPassword: '520413' })), 'SMS_CODE_WRONG');
    stand.simulator.failNext('/v1/bindings/confirm', 'executeThenNeverAnswer');
    assert.equal((await stand.client.resetPaymentPassword({ userId: USER, checkNo, code, newPassword: '520413' })).kind, 'ok', 'a lost answer is asked about');
    assert.equal(codeOf(await stand.client.resetPaymentPassword({ userId: USER, checkNo, code, newPassword: '192837' })), 'HOLDER_CHECK_NOT_OPEN');
    assert.equal((await stand.client.changePaymentPassword(change('520413', '192837'))).kind, 'ok');
    assert.equal(stand.simulator.agreements.liveAgreementsOf(cardHolder.cardNo), 1, 'nothing was bound by it');
  });

  test('a hash opens nothing under another holder or without the key file', async (context) => {
    const stand = await startQuickPayStand(context);
    const { hashes } = stand.quickPay();
    const hash = await hashes.hash(PASSWORD, HOLDER);
    assert.match(hash, /^argon2id\$19456\$2\$1\$/);
    assert.equal(await hashes.matches(PASSWORD, hash, HOLDER), true);
    assert.equal(await hashes.matches('802518', hash, HOLDER), false);
    assert.equal(await hashes.matches(PASSWORD, hash, { ...HOLDER, userId: 'user-2' }), false);
    assert.equal(await hashes.matches(PASSWORD, 'scrypt$1$2$3$4', HOLDER), false);
    const other = await startQuickPayStand(context);
    assert.equal(await other.quickPay().hashes.matches(PASSWORD, hash, HOLDER), false);
  });
});
