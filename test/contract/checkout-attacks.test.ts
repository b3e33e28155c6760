/** What somebody could try with a code that is not his, a forged return, or a lot of requests. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { networkOf } from '@hospay/server/checkout/client-network.js';
import { APP_OWNER, startCheckoutStand } from './checkout-stand.js';

const GUESS = '0123456789ABCDEFGHJKMNPQRS';

test('guessed, expired and withdrawn codes, and what is no code at all, are one and the same answer', async (context) => {
  const stand = await startCheckoutStand(context);
  const expired = await stand.guideSheet({ lifetimeSeconds: 60 });
  const revoked = await stand.guideSheet();
  await stand.desk.revokeCheckoutCode({ owner: APP_OWNER, checkoutNo: revoked.checkoutNo });
  stand.clock.advance(61_000);
  const user = stand.phone('alipay');
  const answers = await Promise.all(
    [GUESS, expired.token, revoked.token, 'x', revoked.checkoutNo].map(async (token) => {
      const { status, body } = await user.open(token);
      const { requestId: _, ...error } = (body as unknown as { error: Record<string, string> }).error;
      return { status, error, state: (await user.state(token)).code, pay: (await user.pay(token, 'alipay')).code, cancel: (await user.cancel(token)).code };
    }),
  );
  for (const answer of answers) assert.deepEqual(answer, answers[0]);
  assert.deepEqual([answers[0]?.status, answers[0]?.state, answers[0]?.pay, answers[0]?.cancel], [404, 'CHECKOUT_NOT_OPEN', 'CHECKOUT_NOT_OPEN', 'CHECKOUT_NOT_OPEN']);
  const pages = await Promise.all([GUESS, expired.token, revoked.token].map(async (token) => (await user.page(token)).text()));
  assert.equal(new Set(pages).size, 1, 'the document is the same for every code');
  assert.equal(stand.unknownTokens(), 12, 'three tokens nobody was given, four questions each: counted for whoever watches');
});

test('a token is random beyond guessing, names nobody, and is kept only as a hash', async (context) => {
  const stand = await startCheckoutStand(context);
  const tokens = await Promise.all(Array.from({ length: 50 }, async () => (await stand.guideSheet()).token));
  assert.equal(new Set(tokens).size, 50);
  for (const token of tokens) assert.match(token, /^[0-9A-HJKMNP-TV-Z]{26}$/);
  const rows = JSON.stringify(await Promise.all(tokens.map(async (token) => stand.database.checkoutCodes.findByToken(token))));
  assert.equal(rows.includes('checkoutNo'), false, 'the token itself finds nothing');
  const { token, url } = await stand.guideSheet();
  assert.equal(url, `https://pay.hospital.example/c/${token}`);
});

test('a code photographed today is worth nothing tomorrow', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token } = await stand.guideSheet();
  const thief = stand.phone('wechat');
  assert.equal((await thief.open(token)).status, 200);
  stand.clock.set('2026-11-20T15:59:59.000Z');
  assert.equal((await thief.open(token)).status, 200);
  stand.clock.set('2026-11-20T16:00:00.000Z');
  assert.equal((await thief.open(token)).code, 'CHECKOUT_NOT_OPEN');
  assert.equal((await thief.pay(token, 'wechat')).code, 'CHECKOUT_NOT_OPEN');
});

test('the state of an identification is good once, for one code, in one browser', async (context) => {
  const stand = await startCheckoutStand(context);
  const [mine, other] = [await stand.guideSheet(), await stand.guideSheet()];
  const [user, attacker] = [stand.phone('wechat'), stand.phone('wechat')];
  const begin = async (phone: typeof user, token: string) => {
    await phone.open(token);
    assert.equal((await phone.pay(token, 'wechat')).body.kind, 'identify');
    return stand.wechat.sentAway.at(-1)?.state ?? '';
  };
  const where = async (phone: typeof user, checkoutNo: string, query: string) => (await phone.payer(checkoutNo, query)).headers.get('location');
  const state = await begin(user, mine.token);
  const theirs = await begin(attacker, mine.token);
  for (const code of ['stolen', 'planted', 'good', 'replayed']) stand.wechat.codes.set(code, { kind: 'found', payerId: `openid-${code}` });
  // Login CSRF: the attacker's own authorisation, planted in the victim's browser, so that the victim would pay as the attacker or the reverse.
  assert.equal(await where(user, mine.checkoutNo, `code=planted&state=${theirs}`), `../${mine.checkoutNo}#not-identified`);
  assert.equal(await where(attacker, mine.checkoutNo, `code=stolen&state=${state}`), `../${mine.checkoutNo}#not-identified`);
  assert.equal(await where(user, other.checkoutNo, `code=stolen&state=${state}`), `../${other.checkoutNo}#not-identified`);
  assert.equal(await where(user, mine.checkoutNo, 'code=stolen&state=forged'), `../${mine.checkoutNo}#not-identified`);
  assert.equal(await where(user, mine.checkoutNo, ''), `../${mine.checkoutNo}#not-identified`);
  assert.deepEqual([...stand.wechat.codes.keys()], ['stolen', 'planted', 'good', 'replayed'], 'no code was shown to the channel on a forged return');
  assert.equal(await where(user, mine.checkoutNo, `code=good&state=${state}`), `../${mine.checkoutNo}#identified`);
  assert.equal(await where(user, mine.checkoutNo, `code=replayed&state=${state}`), `../${mine.checkoutNo}#not-identified`);
  assert.equal((await user.pay(mine.token, 'wechat')).body.view?.stage, 'toPay');
  assert.equal(stand.wechat.charged[0]?.payerId, 'openid-good');
});

test('the wallet that tells who pays is never told the token, and its way back opens the page only for the browser that was sent away', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token, checkoutNo } = await stand.guideSheet();
  const [user, other] = [stand.phone('wechat'), stand.phone('wechat')];
  await Promise.all([user.open(token), other.open(token)]);
  assert.equal((await user.open(checkoutNo)).code, 'CHECKOUT_NOT_OPEN', 'before it was sent away there is no way back');
  await user.pay(token, 'wechat');
  assert.deepEqual(stand.wechat.sentAway.map(({ returnUrl }) => returnUrl), [`https://pay.hospital.example/c/${checkoutNo}/payer`]);
  assert.ok(!JSON.stringify(stand.wechat.sentAway).includes(token));
  assert.equal((await user.open(checkoutNo)).body.stage, 'open', 'refused or not, the page goes on where the wallet sent it');
  assert.equal((await other.open(checkoutNo)).code, 'CHECKOUT_NOT_OPEN');
  stand.wechat.codes.set('good', { kind: 'found', payerId: 'openid-good' });
  await user.payer(checkoutNo, `code=good&state=${stand.wechat.sentAway[0]?.state ?? ''}`);
  assert.equal((await user.pay(checkoutNo, 'wechat')).body.view?.stage, 'toPay');
});

test('guesses cost at most one read each, and none once their address has guessed a lot or when they have not the shape of a code; a code that exists is served there as everywhere', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token, checkoutNo } = await stand.guideSheet();
  const guesser = stand.phone('alipay');
  for (const nothing of ['x', GUESS.toLowerCase(), `${GUESS}0`, 'CK0', '..%2f..']) await guesser.open(nothing);
  assert.equal(stand.codeReads(), 0);
  const guess = (index: number) => `${GUESS.slice(0, 22)}${String(1_000 + index)}`;
  for (let index = 0; index < 100; index += 1) assert.equal((await guesser.open(guess(index))).code, 'CHECKOUT_NOT_OPEN');
  const reads = stand.codeReads();
  assert.ok(reads >= 20 && reads <= 40, `${String(reads)} reads`);
  const neighbour = stand.phone('alipay');
  assert.equal((await neighbour.open(token)).status, 200, 'from the same address');
  await neighbour.pay(token, 'alipay');
  assert.equal((await neighbour.open(checkoutNo)).status, 200);
  const later = await stand.guideSheet();
  assert.equal((await neighbour.open(later.token)).status, 200, 'given out after the storm began');
  await stand.restart();
  for (let index = 0; index < 100; index += 1) await guesser.open(guess(index));
  assert.equal((await neighbour.open(later.token)).status, 200, 'given out before a restart');
  const before = stand.codeReads();
  await guesser.open(guess(200));
  assert.equal(stand.codeReads(), before);
  assert.equal((await guesser.request('POST', `/c/${guess(1)}/open`, undefined, { 'x-real-ip': '203.0.113.9' })).status, 404);
  assert.equal(stand.codeReads(), before + 1, 'another address has its own');
});

test('an IPv6 network counts as one address, whatever its phones call themselves', () => {
  assert.equal(networkOf('2001:db8:1:2:aaaa::1'), networkOf('2001:DB8:1:2::7'));
  assert.notEqual(networkOf('2001:db8:1:2::1'), networkOf('2001:db8:1:3::1'));
  assert.deepEqual([networkOf('::1'), networkOf('203.0.113.9')], ['0:0:0:0', '203.0.113.9']);
});

test('an identification that the channel refuses, or that comes too late, pays nothing and can be tried again', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token, checkoutNo } = await stand.guideSheet();
  const user = stand.phone('wechat');
  await user.open(token);
  await user.pay(token, 'wechat');
  assert.match((await user.payer(checkoutNo, `code=used-before&state=${stand.wechat.sentAway.at(-1)?.state ?? ''}`)).headers.get('location') ?? '', /#not-identified$/);
  await user.pay(token, 'wechat');
  const state = stand.wechat.sentAway.at(-1)?.state ?? '';
  stand.wechat.codes.set('slow', { kind: 'found', payerId: 'openid-slow' });
  stand.clock.advance(10 * 60_000 + 1);
  assert.match((await user.payer(checkoutNo, `code=slow&state=${state}`)).headers.get('location') ?? '', /#not-identified$/);
  assert.equal((await user.pay(token, 'wechat')).body.kind, 'identify');
  assert.equal(stand.orders(), 0);
});

test('a reload storm asks the HIS once, the channel now and then, and is slowed down; what it shows stays right', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token } = await stand.guideSheet();
  const user = stand.phone('alipay');
  const { presettle } = stand.hospital;
  stand.hospital.presettle = async (request) => {
    await new Promise((wake) => { setTimeout(wake, 150); });
    return presettle.call(stand.hospital, request);
  };
  const opened = await Promise.all(Array.from({ length: 60 }, () => user.open(token)));
  assert.equal(stand.presettles(), 1);
  const codes = new Set(opened.map(({ code }) => code));
  assert.deepEqual(codes, new Set([undefined, 'TOO_MANY_REQUESTS']));
  stand.clock.advance(30_000);
  await user.pay(token, 'alipay');
  stand.clock.advance(30_000);
  const before = stand.alipay.queries;
  await Promise.all(Array.from({ length: 25 }, () => user.state(token, true)));
  assert.ok(stand.alipay.queries - before <= 2, `${String(stand.alipay.queries - before)} questions`);
  stand.clock.advance(10_000);
  assert.equal((await user.state(token)).body.stage, 'toPay');
});

test('a storm on one code does not slow another', async (context) => {
  const stand = await startCheckoutStand(context);
  const [loud, quiet] = [await stand.guideSheet(), await stand.guideSheet()];
  const user = stand.phone('alipay');
  await Promise.all(Array.from({ length: 60 }, () => user.open(loud.token)));
  assert.equal((await user.open(loud.token)).code, 'TOO_MANY_REQUESTS');
  assert.equal((await user.open(quiet.token)).status, 200);
});

test('a body that names another amount, round, wallet or more than that starts nothing', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token } = await stand.guideSheet();
  const user = stand.phone('alipay');
  await user.open(token);
  assert.equal((await user.pay(token, 'alipay', { amountFen: 1 })).code, 'AMOUNT_MISMATCH');
  assert.equal((await user.pay(token, 'alipay', { round: 2 })).body.view?.stage, 'open');
  assert.equal((await user.pay(token, 'wechat')).code, 'CHANNEL_UNAVAILABLE', 'inside Alipay there is no WeChat');
  for (const body of [{ round: 1, amountFen: 10_000, wallet: 'cash' }, { round: 1, amountFen: 10_000, wallet: 'alipay', channel: 'alipay' }, { round: 1, amountFen: -1, wallet: 'alipay' }, { round: 0, amountFen: 10_000, wallet: 'alipay' }]) {
    assert.equal((await user.request('POST', `/c/${token}/pay`, body)).status, 400);
  }
  // A form of another site cannot send JSON without asking first.
  const crossSite = await fetch(`${stand.origin}/c/${token}/pay`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: JSON.stringify({ round: 1, amountFen: 10_000, wallet: 'alipay' }) });
  assert.equal(crossSite.status, 400);
  assert.equal(stand.orders(), 0);
});

test('somebody who closes and tries again without end is sent to a window, and one code makes a bounded number of orders', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token } = await stand.guideSheet();
  const user = stand.phone('alipay');
  for (let round = 1; round <= 12; round += 1) {
    assert.equal((await user.open(token)).body.round, round);
    await user.pay(token, 'alipay', { round });
    await user.cancel(token, round);
    stand.clock.advance(5_000);
  }
  assert.equal((await user.open(token)).code, 'CHECKOUT_NOT_OPEN');
  assert.equal(stand.orders(), 12);
});

test('a code withdrawn while its payment is being made ends with the payment called off, whichever came first', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token, checkoutNo } = await stand.guideSheet();
  const user = stand.phone('alipay');
  await user.open(token);
  const hold = Promise.withResolvers<void>();
  stand.alipay.held = hold.promise;
  const paying = user.pay(token, 'alipay');
  while (stand.alipay.charged.length === 0) await new Promise((wake) => { setTimeout(wake, 5); });
  await stand.database.checkoutCodes.revoke(checkoutNo, stand.clock.now());
  hold.resolve();
  await paying;
  assert.equal(stand.alipay.orders.get(stand.paymentNo())?.state, 'closed');
});

test('the page: strict policy, nothing inline, nothing from elsewhere, no data in it, small, and a cookie that scripts cannot read', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token } = await stand.guideSheet();
  const user = stand.phone('wechat');
  const page = await user.page(token);
  assert.equal(page.status, 200);
  const policy = page.headers.get('content-security-policy') ?? '';
  for (const rule of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self' https:;"]) assert.ok(policy.includes(rule), `${rule} in ${policy}`);
  assert.ok(!policy.includes('unsafe'));
  assert.equal(page.headers.get('referrer-policy'), 'origin');
  assert.equal(page.headers.get('cache-control'), 'no-store');
  assert.match(page.headers.get('set-cookie') ?? '', /^hospay_browser=[0-9A-Z]{26}; Path=\/c; Max-Age=86400; HttpOnly; SameSite=Lax; Secure$/);
  const html = await page.text();
  assert.match(html, /<meta name="referrer" content="origin">/);
  assert.ok(!html.includes('赵') && !html.includes(token) && !/<script(?![^>]*src=)/.test(html) && !/style=/.test(html) && !/https?:/.test(html));
  const parts = await Promise.all(['page.js', 'page.css'].map(async (name) => (await user.request('GET', `/checkout/${name}`)).text()));
  const size = Buffer.byteLength(html) + parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
  assert.ok(size < 50_000, `${String(size)} bytes`);
  const etag = (await user.request('GET', '/checkout/page.js')).headers.get('etag') ?? '';
  assert.equal((await user.request('GET', '/checkout/page.js', undefined, { 'if-none-match': etag })).status, 304);
  assert.equal((await user.request('GET', '/checkout/..%2f..%2fpackage.json')).status, 404);
});

test('a wallet that sends the browser back by a form leads to the page, and nothing in the form is believed', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token, checkoutNo } = await stand.guideSheet();
  const user = stand.phone('unionpay');
  await user.open(token);
  await user.pay(token, 'unionpay');
  const back = await fetch(`${stand.origin}/c/${checkoutNo}`, { method: 'POST', redirect: 'manual', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'respCode=00&txnAmt=10000&orderId=whatever' });
  assert.deepEqual([back.status, back.headers.get('location')], [303, `./${checkoutNo}`]);
  assert.equal((await user.state(checkoutNo)).body.stage, 'toPay');
});

test('no token, name or payer reaches the log', async (context) => {
  const stand = await startCheckoutStand(context);
  const { token, checkoutNo } = await stand.guideSheet();
  const user = await stand.identified({ token, checkoutNo });
  await user.page(token);
  await user.pay(token, 'wechat');
  await user.pay(GUESS, 'wechat');
  await user.cancel(token);
  const log = stand.logged.join('\n');
  assert.ok(log.includes('payCheckout'));
  for (const secret of [token, GUESS, '赵', 'openid', user.cookie?.split('=')[1] ?? 'none']) assert.ok(!log.includes(secret), secret);
});

test('the phone\'s address is the proxy\'s own word, never the first of a list anybody may begin', async (context) => {
  const stand = await startCheckoutStand(context);
  const first = await stand.guideSheet();
  const user = stand.phone('alipay');
  await user.open(first.token);
  await user.pay(first.token, 'alipay', { headers: { 'x-real-ip': '1.2.3.4, 203.0.113.9' } });
  assert.equal(stand.alipay.charged.at(-1)?.clientIp, '203.0.113.9');
  const second = await stand.guideSheet();
  await user.open(second.token);
  await user.pay(second.token, 'alipay', { headers: { 'x-real-ip': 'not an address' } });
  assert.equal(stand.alipay.charged.at(-1)?.clientIp, undefined);
});
