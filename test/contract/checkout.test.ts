/** Aggregated codes (聚合码) and their page (收银台): patients, families and queues. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { hashOfToken } from '@hospay/server/checkout/checkout-token.js';
import { APP_OWNER, startCheckoutStand } from './checkout-stand.js';

test('a guide sheet is scanned in WeChat: the wallet is asked who pays, the order is paid once, the hospital is told, the receipt is on that phone', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token, checkoutNo, expiresAt } = await stand.guideSheet();
  assert.equal(expiresAt, '2026-11-20T16:00:00.000Z', 'the end of the Beijing day');
  const user = stand.phone('wechat');
  const opened = await user.open(token);
  assert.deepEqual(opened.body, { stage: 'open', round: 1, hospitalName: '示范医院', description: '门诊缴费', patientLabel: '赵*试', amountFen: 10_000, secondsLeft: 16 * 3600, app: 'wechat', wallets: ['wechat'], otherApps: ['alipay', 'unionpay'] });
  await stand.identified({ token, checkoutNo }, user);
  const paying = await user.pay(token, 'wechat');
  assert.equal(paying.body.view?.stage, 'toPay');
  assert.equal(paying.body.view?.presentation?.kind, 'invoke');
  assert.equal(stand.wechat.charged[0]?.payerId, 'openid-of-the-payer');
  assert.equal(stand.wechat.charged[0]?.method, 'jsapi');
  assert.equal(stand.wechat.charged[0]?.returnUrl, `https://pay.hospital.example/c/${checkoutNo}`);
  stand.wechat.pay(stand.paymentNo());
  assert.equal((await user.state(token)).body.stage, 'toPay', 'nothing is paid on anybody\'s word but the channel\'s');
  assert.equal((await user.state(token, true)).body.stage, 'paid');
  await stand.work();
  const done = (await user.state(token)).body;
  assert.equal(done.stage, 'done');
  assert.match(done.receipt?.receiptNo ?? '', /^R/);
  const owned = await stand.desk.findCheckout({ owner: APP_OWNER, checkoutNo });
  assert.equal(owned.kind === 'ok' && owned.value.order?.confirmation.state, 'confirmed');
  assert.equal(stand.orders(), 1);
});

test('each app is offered its own wallet by the best way its channel has, an ordinary browser a choice', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token } = await stand.guideSheet();
  assert.deepEqual((await stand.phone('alipay').open(token)).body.wallets, ['alipay']);
  assert.deepEqual((await stand.phone('unionpay').open(token)).body.wallets, ['unionpay']);
  const browser = (await stand.phone('browser').open(token)).body;
  assert.deepEqual(browser.wallets, ['wechat', 'alipay', 'unionpay']);
  assert.equal(browser.app, 'browser');
  const user = stand.phone('unionpay');
  const paying = await user.pay(token, 'unionpay');
  assert.equal(paying.body.view?.presentation?.kind, 'form');
  assert.equal(paying.body.view?.wallet, 'unionpay');
  assert.equal((await stand.phone('alipay').pay(token, 'wechat')).body.view?.stage, 'elsewhere');
});

test('a channel that is out, or that the routing refuses, is not offered; where nothing is left the page says which apps can pay', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token } = await stand.guideSheet();
  stand.wechat.isHealthy = false;
  const inWechat = (await stand.phone('wechat').open(token)).body;
  assert.deepEqual([inWechat.wallets, inWechat.otherApps], [[], ['alipay', 'unionpay']]);
  assert.equal((await stand.phone('wechat').pay(token, 'wechat')).code, 'CHANNEL_UNAVAILABLE');
  assert.equal(stand.orders(), 0);
});

test('inside WeChat a channel that cannot tell who pays shows a code instead of failing', async (context) => {
  const stand = await startCheckoutStand(context, { policy: { wallets: { wechat: ['alipay'] } } });
  const { token } = await stand.guideSheet();
  const user = stand.phone('wechat');
  const paying = await user.pay(token, 'wechat');
  assert.equal(paying.body.view?.presentation?.kind, 'qr');
  const other = await startCheckoutStand(context, { policy: { wallets: { wechat: ['in-app-only'] } } });
  assert.deepEqual((await other.phone('wechat').open((await other.guideSheet()).token)).body.wallets, [], 'and what could only fail is not offered');
});

test('double taps, reloads and a second phone meet one order and one charge', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token } = await stand.guideSheet();
  const [first, second] = [stand.phone('alipay'), stand.phone('browser')];
  await first.open(token);
  await second.open(token);
  const hold = Promise.withResolvers<void>();
  stand.alipay.held = hold.promise;
  const taps = [first.pay(token, 'alipay'), first.pay(token, 'alipay'), second.pay(token, 'alipay'), second.pay(token, 'wechat'), first.open(token)];
  setTimeout(() => { hold.resolve(); }, 100);
  const answers = await Promise.all(taps);
  for (const { status, code } of answers) assert.ok(status === 200 || code === 'PAYMENT_IN_PROGRESS', `${String(status)} ${String(code)}`);
  assert.equal(stand.orders(), 1);
  assert.equal(stand.alipay.charged.length + stand.wechat.charged.length, 1);
  const [own, other] = [(await first.state(token)).body, (await second.state(token)).body];
  assert.deepEqual([own.stage, own.presentation?.kind], ['toPay', 'redirect']);
  assert.deepEqual([other.stage, other.presentation, other.mayCancel], ['elsewhere', undefined, false]);
});

test('two phones in the same instant: one is shown the way to its wallet, the other that it is being paid, however often it is tried', async (context) => {
  const stand = await startCheckoutStand(context);
  for (let time = 0; time < 8; time += 1) {
    const { token } = await stand.guideSheet();
    const phones = [stand.phone('alipay'), stand.phone('unionpay'), stand.phone('browser'), stand.phone('browser')] as const;
    await Promise.all(phones.map((phone) => phone.open(token)));
    const before = stand.alipay.charged.length + stand.unionpay.charged.length;
    await Promise.all(phones.map((phone, index) => phone.pay(token, index === 1 ? 'unionpay' : 'alipay')));
    const stages = (await Promise.all(phones.map((phone) => phone.state(token)))).map(({ body }) => body.stage).toSorted();
    assert.deepEqual(stages, ['elsewhere', 'elsewhere', 'elsewhere', 'toPay']);
    assert.equal(stand.alipay.charged.length + stand.unionpay.charged.length - before, 1);
  }
});

test('a round belongs to the browser that claimed it first; one that claimed it and made nothing of it is passed over after a while', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token } = await stand.guideSheet();
  const codes = stand.database.checkoutCodes;
  const row = await codes.findByToken(hashOfToken(token));
  assert.ok(row);
  const claim = (browserHash: string, round = 1) => codes.claimRound(row.tokenHash, { round, browserHash, at: stand.clock.now() }, new Date(stand.clock.now().getTime() - 15_000));
  assert.deepEqual([await claim('somebody'), await claim('somebody'), await claim('another'), await claim('another', 2), await claim('somebody', 1)], [true, true, false, true, false]);
  const next = await stand.guideSheet();
  await codes.claimRound(hashOfToken(next.token), { round: 1, browserHash: 'gone', at: stand.clock.now() }, new Date(0));
  const user = stand.phone('alipay');
  await user.open(next.token);
  assert.equal((await user.pay(next.token, 'alipay')).code, 'PAYMENT_IN_PROGRESS');
  assert.equal(stand.orders(), 0);
  stand.clock.advance(16_000);
  assert.equal((await user.pay(next.token, 'alipay')).body.view?.stage, 'toPay');
});

test('a phone that was passed over and comes late after all meets the order of the other, not a second one', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token } = await stand.guideSheet();
  const [slow, quick] = [stand.phone('browser'), stand.phone('alipay')];
  await slow.open(token);
  await quick.open(token);
  const hold = Promise.withResolvers<void>();
  stand.gate.beforeCreate = hold.promise;
  const late = slow.pay(token, 'unionpay');
  while ((await stand.database.checkoutCodes.findByToken(hashOfToken(token)))?.claim === undefined) await new Promise((wake) => { setTimeout(wake, 5); });
  stand.gate.beforeCreate = undefined;
  stand.clock.advance(16_000);
  assert.equal((await quick.pay(token, 'alipay')).body.view?.stage, 'toPay');
  hold.resolve();
  assert.deepEqual([(await late).status, (await late).body.view?.stage], [200, 'elsewhere']);
  assert.deepEqual([stand.orders(), stand.unionpay.charged.length], [1, 0]);
});

test('a second phone learns of the payment without its receipt; the phone that paid still sees it after the code has expired', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token } = await stand.kioskCode();
  const [payer, relative] = [stand.phone('alipay'), stand.phone('browser')];
  await payer.open(token);
  await payer.pay(token, 'alipay');
  stand.alipay.pay(stand.paymentNo());
  await payer.state(token, true);
  await stand.work();
  assert.equal((await payer.state(token)).body.receipt?.receiptNo?.startsWith('R'), true);
  const seen = (await relative.open(token)).body;
  assert.deepEqual([seen.stage, seen.receipt], ['done', undefined]);
  stand.clock.advance(15 * 60_000);
  assert.equal((await payer.open(token)).body.stage, 'done');
  assert.equal((await relative.open(token)).code, 'CHECKOUT_NOT_OPEN');
});

test('another wallet: the running payment is closed at its channel first, only then is another started, and no order has two live payments', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token } = await stand.guideSheet();
  const user = stand.phone('browser');
  await user.open(token);
  await user.pay(token, 'alipay');
  const first = stand.paymentNo();
  assert.equal((await user.pay(token, 'wechat', { round: 2 })).body.view?.stage, 'toPay', 'the next round does not exist before this one has ended');
  const cancelled = (await user.cancel(token)).body;
  assert.deepEqual([cancelled.stage, cancelled.round, cancelled.before], ['open', 2, 'closed']);
  assert.equal(stand.alipay.orders.get(first)?.state, 'closed');
  const again = await user.pay(token, 'wechat', { round: 2 });
  assert.deepEqual([again.body.view?.stage, again.body.view?.wallet], ['toPay', 'wechat']);
  assert.equal((await user.pay(token, 'alipay')).body.view?.round, 2, 'a page that still shows the first round starts nothing');
  assert.equal(stand.orders(), 2);
});

test('a channel that does not confirm the end keeps the patient waiting instead of starting a second payment', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token } = await stand.guideSheet();
  const user = stand.phone('browser');
  await user.open(token);
  await user.pay(token, 'alipay');
  stand.alipay.close = () => Promise.resolve({ kind: 'unknown', reason: 'no answer' });
  assert.equal((await user.cancel(token)).body.stage, 'closing');
  assert.equal((await user.pay(token, 'wechat', { round: 2 })).body.view?.stage, 'closing');
  assert.equal(stand.wechat.charged.length, 0);
  stand.alipay.pay(stand.paymentNo());
  assert.equal((await user.state(token, true)).body.stage, 'closing', 'paid says nothing while the close may still be under way (decision 0019)');
  stand.alipay.close = () => Promise.resolve({ kind: 'alreadyPaid' });
  stand.clock.advance(60_000);
  await stand.work();
  assert.equal((await user.state(token, true)).body.stage, 'done', 'and a payment made in between is not lost');
});

test('another phone may take over only after the first has had its time', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token } = await stand.guideSheet();
  const [first, second] = [stand.phone('alipay'), stand.phone('browser')];
  await first.open(token);
  await first.pay(token, 'alipay');
  await second.open(token);
  assert.equal((await second.cancel(token)).body.stage, 'elsewhere');
  stand.clock.advance(21_000);
  assert.equal((await second.state(token)).body.mayCancel, true);
  assert.deepEqual([(await second.cancel(token)).body.stage, (await first.open(token)).body.before], ['open', 'closed']);
});

test('the way back from the wallet opens the page for the browser that paid and for nobody else, and does not carry the token', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token, checkoutNo } = await stand.guideSheet();
  const [payer, other] = [stand.phone('alipay'), stand.phone('alipay')];
  await payer.open(token);
  await other.open(token);
  assert.equal((await payer.open(checkoutNo)).code, 'CHECKOUT_NOT_OPEN', 'before a payment there is no way back');
  await payer.pay(token, 'alipay');
  assert.equal((await payer.open(checkoutNo)).body.stage, 'toPay');
  assert.equal((await other.open(checkoutNo)).code, 'CHECKOUT_NOT_OPEN');
  assert.equal((await other.cancel(checkoutNo)).code, 'CHECKOUT_NOT_OPEN');
  const again = (await payer.cancel(checkoutNo)).body;
  assert.deepEqual([again.stage, again.round], ['open', 2]);
  assert.equal((await payer.pay(checkoutNo, 'alipay', { round: 2 })).body.view?.stage, 'toPay');
  assert.ok(!JSON.stringify(stand.alipay.charged).includes(token));
  assert.ok(!JSON.stringify(stand.store.database.prepare('SELECT * FROM payment').all()).includes(token));
});

test('a declined charge ends the round without money, and the next try is another order', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token } = await stand.guideSheet();
  const user = stand.phone('alipay');
  await user.open(token);
  stand.alipay.nextCharge = { kind: 'declined', code: 'NO', message: 'no' };
  const declined = await user.pay(token, 'alipay');
  assert.deepEqual([declined.body.view?.stage, declined.body.view?.round, declined.body.view?.before], ['open', 2, 'declined']);
  assert.equal((await user.pay(token, 'alipay', { round: 2 })).body.view?.stage, 'toPay');
});

test('a lost answer of the channel is confirmed, never charged again under another number', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token } = await stand.guideSheet();
  const user = stand.phone('alipay');
  await user.open(token);
  stand.alipay.loseChargeAnswers = true;
  assert.equal((await user.pay(token, 'alipay')).body.view?.stage, 'starting');
  assert.equal((await user.pay(token, 'alipay')).body.view?.stage, 'starting');
  assert.equal(new Set(stand.alipay.charged.map(({ tradeNo }) => tradeNo)).size, 1);
  stand.clock.advance(6 * 60_000);
  assert.equal((await user.state(token)).body.stage, 'confirming');
});

test('the amount changed in the HIS after the page was opened: the patient sees the new one before anything is charged', async (context) => {
  const stand = await startCheckoutStand(context);
  const billNo = stand.bill(10_000);
  const { token } = await stand.guideSheet({ billNo });
  const user = stand.phone('alipay');
  assert.equal((await user.open(token)).body.amountFen, 10_000);
  stand.hospital.bills.set(billNo, 12_300);
  stand.clock.advance(61_000);
  assert.equal((await stand.phone('browser').open(token)).body.amountFen, 12_300, 'priced anew when it is opened');
  assert.equal((await user.pay(token, 'alipay')).code, 'AMOUNT_MISMATCH');
  assert.equal(stand.orders(), 0);
  assert.equal((await user.open(token)).body.amountFen, 12_300);
  assert.equal((await user.pay(token, 'alipay', { amountFen: 12_300 })).body.view?.amountFen, 12_300);
});

test('a bill that changes while its page lies open is not charged at the old price, though the HIS would still know it', async (context) => {
  const stand = await startCheckoutStand(context);
  const billNo = stand.bill(10_000);
  const { token } = await stand.guideSheet({ billNo });
  const user = stand.phone('alipay');
  await user.open(token);
  stand.hospital.bills.set(billNo, 12_300);
  stand.clock.advance(61_000);
  assert.equal((await user.pay(token, 'alipay')).code, 'AMOUNT_MISMATCH');
  assert.equal(stand.orders(), 0);
});

test('a price that ran out while the page lay open is asked for again, and paid only when it is the same', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token } = await stand.guideSheet();
  const user = stand.phone('alipay');
  await user.open(token);
  stand.clock.advance(15 * 60_000);
  assert.equal((await user.pay(token, 'alipay')).body.view?.stage, 'toPay');
  assert.equal(stand.presettles(), 2);
});

test('bills that are gone or held by a window are refused in plain words and charge nobody', async (context) => {
  const stand = await startCheckoutStand(context);
  const gone = await stand.guideSheet({ billNo: stand.bill() });
  stand.hospital.bills.clear();
  assert.equal((await stand.phone('alipay').open(gone.token)).code, 'BILL_NOT_FOUND');
  const billNo = stand.bill();
  const held = await stand.guideSheet({ billNo });
  assert.equal((await stand.payAtWindow(billNo)).kind, 'ok');
  const user = stand.phone('alipay');
  await user.open(held.token);
  assert.equal((await user.pay(held.token, 'alipay')).code, 'BILL_IN_PAYMENT');
  assert.equal(stand.alipay.charged.length, 0);
});

test('nothing to pay: opening settles nothing, one press does, pressed often and by two phones it is one order, and the receipt is on the phone that pressed', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token } = await stand.guideSheet({ billNo: stand.bill(0) });
  const [user, other] = [stand.phone('browser'), stand.phone('alipay')];
  const { body: opened } = await user.open(token);
  assert.deepEqual([opened.stage, opened.amountFen, opened.wallets, opened.otherApps, stand.orders()], ['open', 0, [], [], 0]);
  const pressed = await Promise.all([user.confirm(token), user.confirm(token), user.confirm(token)]);
  assert.ok(pressed.some(({ body }) => body.view?.stage === 'paid'), JSON.stringify(pressed));
  await other.confirm(token);
  assert.equal(stand.orders(), 1);
  assert.equal((await other.state(token)).body.stage, 'paid');
  await stand.work();
  const done = (await user.state(token)).body;
  assert.deepEqual([done.stage, done.amountFen, done.receipt?.receiptNo !== undefined], ['done', 0, true]);
  assert.deepEqual([(await other.state(token)).body.stage, (await other.state(token)).body.receipt], ['done', undefined]);
  assert.deepEqual([stand.hospital.confirmed.size, stand.alipay.charged.length + stand.wechat.charged.length], [1, 0]);
});

test('what is to be paid cannot be confirmed as nothing, and no payment begins without a wallet', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token } = await stand.guideSheet();
  const user = stand.phone('alipay');
  await user.open(token);
  assert.equal((await user.confirm(token)).code, 'AMOUNT_MISMATCH');
  const response = await user.request('POST', `/c/${token}/pay`, { round: 1, amountFen: 10_000 });
  assert.equal(response.status, 400);
  assert.equal(stand.orders(), 0);
});

test('the hospital refuses to settle what costs nothing: the page says so, and the next press is another round', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token } = await stand.guideSheet({ billNo: stand.bill(0) });
  const user = stand.phone('browser');
  await user.open(token);
  Object.assign(stand.hospital, { confirm: () => Promise.resolve({ kind: 'rejected', code: 'CHANGED', message: '处方已变更' }) });
  await user.confirm(token);
  await stand.work();
  const again = (await user.open(token)).body;
  assert.deepEqual([again.stage, again.round, again.before], ['open', 2, 'closed']);
  Reflect.deleteProperty(stand.hospital, 'confirm');
  assert.equal((await user.confirm(token, 2)).body.view?.stage, 'paid');
  await stand.work();
  assert.equal((await user.state(token)).body.stage, 'done');
});

test('a late success of a round that was closed is served, and no later round can charge again', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token } = await stand.guideSheet();
  const user = stand.phone('alipay');
  await user.open(token);
  await user.pay(token, 'alipay');
  const first = stand.paymentNo();
  await user.cancel(token);
  assert.equal((await user.open(token)).body.round, 2);
  const late = stand.alipay.orders.get(first);
  assert.ok(late);
  late.state = 'open';
  stand.alipay.pay(first);
  stand.clock.advance(11 * 60_000);
  await stand.work();
  assert.deepEqual([(await user.open(token)).body.stage, (await user.pay(token, 'alipay', { round: 2 })).body.view?.round], ['done', 1]);
  assert.equal(stand.orders(), 1);
});

test('a payment that turns out paid after two later tries were closed is the one the page shows', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token } = await stand.guideSheet();
  const user = stand.phone('alipay');
  await user.open(token);
  const numbers: string[] = [];
  for (const round of [1, 2]) {
    await user.pay(token, 'alipay', { round });
    numbers.push(stand.paymentNo());
    await user.cancel(token, round);
  }
  const late = stand.alipay.orders.get(numbers[0] ?? '');
  assert.ok(late);
  late.state = 'open';
  stand.alipay.pay(numbers[0] ?? '');
  stand.clock.advance(11 * 60_000);
  await stand.work();
  assert.deepEqual([(await user.open(token)).body.stage, (await user.open(token)).body.round], ['done', 1]);
});

test('withdrawn: no page opens, an unpaid payment is called off; one that was paid stays paid, and the owner sees it', async (context) => {
  const stand = await startCheckoutStand(context);
  const unpaid = await stand.guideSheet();
  const user = stand.phone('alipay');
  await user.open(unpaid.token);
  await user.pay(unpaid.token, 'alipay');
  const first = stand.paymentNo();
  const revoked = await stand.desk.revokeCheckoutCode({ owner: APP_OWNER, checkoutNo: unpaid.checkoutNo });
  assert.deepEqual(revoked.kind === 'ok' && [revoked.value.state, revoked.value.order?.payments[0]?.state], ['revoked', 'closed']);
  assert.equal(stand.alipay.orders.get(first)?.state, 'closed');
  assert.equal((await user.open(unpaid.token)).code, 'CHECKOUT_NOT_OPEN');

  const paid = await stand.guideSheet();
  await user.open(paid.token);
  await user.pay(paid.token, 'alipay');
  stand.alipay.pay(stand.paymentNo());
  const late = await stand.desk.revokeCheckoutCode({ owner: APP_OWNER, checkoutNo: paid.checkoutNo });
  assert.deepEqual(late.kind === 'ok' && [late.value.state, late.value.order?.payments[0]?.state], ['revoked', 'succeeded']);
  assert.equal((await user.open(paid.token)).body.stage, 'paid', 'whoever paid sees what became of it');
  assert.equal((await stand.desk.revokeCheckoutCode({ owner: { kind: 'application', id: 'somebody-else' }, checkoutNo: paid.checkoutNo })).kind, 'refused');
});

test('codes, quotes and who pays survive a restart; an identification begun before it is simply begun again', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token, checkoutNo } = await stand.guideSheet();
  const user = await stand.identified({ token, checkoutNo });
  await stand.restart();
  assert.equal((await user.pay(token, 'wechat')).body.kind, 'identify');
  await stand.identified({ token, checkoutNo }, user);
  assert.equal((await user.pay(token, 'wechat')).body.view?.stage, 'toPay');
  await stand.restart();
  assert.equal((await user.open(token)).body.stage, 'toPay');
  assert.equal((await stand.phone('browser').open(token)).body.stage, 'elsewhere');
});

test('a kiosk\'s code is for its own quote: another terminal\'s quote, one without an amount, one that has ended give none', async (context) => {
  const stand = await startCheckoutStand(context);
  const { quoteId } = await stand.kioskCode();
  const facts = { hospitalId: 'demo', merchantId: 'm1', description: '门诊缴费', quoteId };
  assert.deepEqual(await stand.desk.issueCheckoutCode({ ...facts, owner: { kind: 'terminal', id: 'kiosk-2' } }), { kind: 'refused', code: 'QUOTE_NOT_FOUND' });
  stand.clock.advance(15 * 60_000);
  assert.deepEqual(await stand.desk.issueCheckoutCode({ ...facts, owner: { kind: 'terminal', id: 'kiosk-1' } }), { kind: 'refused', code: 'QUOTE_EXPIRED' });
});

test('without a public address no code is given out', async (context) => {
  const stand = await startCheckoutStand(context, { policy: { publicBaseUrl: undefined } });
  const issued = await stand.desk.issueCheckoutCode({ hospitalId: 'demo', owner: APP_OWNER, merchantId: 'm1', description: '门诊缴费', patientId: 'P1', patientLabel: '', billNos: [stand.bill()] });
  assert.deepEqual(issued, { kind: 'refused', code: 'CHECKOUT_NOT_OFFERED' });
});

test('expired codes are forgotten after their time, live ones are kept', async (context) => {
  const stand = await startCheckoutStand(context);
  const [early] = [await stand.guideSheet({ lifetimeSeconds: 600 }), await stand.guideSheet()];
  stand.clock.advance(3_600_000);
  assert.equal(await stand.database.checkoutCodes.removeExpired(stand.clock.now()), 1);
  assert.equal(await stand.database.checkoutCodes.findByNo(early.checkoutNo), undefined);
});
