import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test, type TestContext } from 'node:test';

import medicalInsurance from '@hospay/channel-medical-insurance';
import type { Notification, RawNotification } from '@hospay/plugin-sdk';
import { makeTestContext } from '@hospay/plugin-sdk/testkit';

import { call } from './channel-medical-insurance-subject.js';
import { mobilePresettled, mobileSettingsFor, mobileStandOf, noticeOf, type MobileStand } from './channel-medical-insurance-mobile-stand.js';
import { eventually, referenceOf } from './channel-medical-insurance-stand.js';

/** An address the centre notifies, read by the plugin and answered as the core would. */
async function listening(context: TestContext): Promise<{ readonly url: string; readonly heard: Notification[]; stand: MobileStand | undefined; refuses: number }> {
  const state: { url: string; heard: Notification[]; stand: MobileStand | undefined; refuses: number } = { url: '', heard: [], stand: undefined, refuses: 0 };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => { chunks.push(chunk); });
    request.on('end', () => {
      const { stand } = state;
      if (stand === undefined) return response.destroy();
      const raw: RawNotification = { headers: { 'content-type': String(request.headers['content-type']) }, query: '', body: Buffer.concat(chunks), receivedAt: stand.now().toISOString() };
      const turnedAway = state.refuses > 0;
      if (turnedAway) state.refuses -= 1;
      void stand.channel.readNotification(raw).then((notification) => {
        state.heard.push(notification);
        const answer = stand.channel.answerNotification(turnedAway ? 'retryLater' : notification.kind === 'refused' ? 'refused' : 'stored');
        response.writeHead(answer.status, answer.headers).end(answer.body);
      });
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  context.after(() => { server.close(); });
  state.url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/notices/insurance`;
  return state;
}

describe('medical insurance, mobile: the centre’s notice (6302)', () => {
  test('a settlement that takes its time is told by notice, and told again until it is stored', async (context) => {
    const far = await listening(context);
    const stand = await mobileStandOf(context, { mobile: { settles: 'later', noticeUrl: far.url } });
    Object.assign(far, { stand, refuses: 2 });
    const { order, orderId } = await mobilePresettled(stand);
    assert.equal((await stand.channel.charge(order, call)).kind, 'pending');
    stand.simulator.mobile.settle(orderId);
    await eventually(() => (stand.simulator.notices?.sent.length === 3 ? true : undefined));
    assert.deepEqual(stand.simulator.notices?.sent.map(({ status }) => status), [503, 503, 200]);
    const [first, second, third] = far.heard;
    assert.deepEqual([second, third], [first, first], 'a repeat is the same event');
    assert.ok(first?.kind === 'payment' && first.news.kind === 'succeeded');
    assert.deepEqual([first.tradeNo, first.news.amountFen, first.news.insuranceSplit], [order.tradeNo, 10_000, { fundFen: 7_000, accountFen: 3_000 }]);
    assert.deepEqual(await stand.channel.query(referenceOf(order), call), first.news, 'the query tells the same, to the last field');
  });

  test('a lost notice costs time, not money: the query finds the settlement', async (context) => {
    const far = await listening(context);
    const stand = await mobileStandOf(context, { mobile: { settles: 'later', noticeUrl: far.url } });
    far.stand = stand;
    const { order, orderId } = await mobilePresettled(stand);
    await stand.channel.charge(order, call);
    const { notices } = stand.simulator;
    if (notices === undefined) assert.fail();
    notices.loses = 1;
    stand.simulator.mobile.settle(orderId);
    assert.equal((await stand.channel.query(referenceOf(order), call)).kind, 'succeeded');
    assert.deepEqual(far.heard, []);
  });

  test('a notice of another order, institution or amount rule, unsigned, old, or before anybody paid is refused', async (context) => {
    const stand = await mobileStandOf(context, { mobile: { settles: 'later' } });
    const [{ order, orderId }, other] = [await mobilePresettled(stand), await mobilePresettled(stand)];
    const read = (raw: RawNotification) => stand.channel.readNotification(raw);
    assert.equal((await read(noticeOf(stand.simulator, orderId))).kind, 'refused', 'nobody has paid it yet');
    await stand.channel.charge(order, call);
    assert.equal((await read(noticeOf(stand.simulator, orderId))).kind, 'payment');
    const ofOther = { payOrdId: other.orderId };
    for (const [what, raw] of Object.entries({
      'another order of the centre under our number': noticeOf(stand.simulator, orderId, 'genuine', ofOther),
      'our number unknown': noticeOf(stand.simulator, orderId, 'genuine', { medOrgOrd: 'PS999999' }),
      'another institution': noticeOf(stand.simulator, orderId, 'otherMerchant'),
      'another app': { ...noticeOf(stand.simulator, orderId), body: Buffer.from(stand.simulator.mobileEnvelope.seal({ appId: 'ANOTHERAPP0123456' }, stand.simulator.mobile.notice(stand.simulator.mobile.orders.get(orderId) ?? assert.fail(), stand.simulator.institutionCode))) },
      'another key': noticeOf(stand.simulator, orderId, 'forged'),
      'parts that are not the whole': noticeOf(stand.simulator, orderId, 'genuine', { fundPay: '70.02' }),
      'another total': noticeOf(stand.simulator, orderId, 'genuine', { feeSumamt: '100.01', ownPayAmt: '0.01' }),
      'no content type': { ...noticeOf(stand.simulator, orderId), headers: {} },
      'no bytes': { ...noticeOf(stand.simulator, orderId), body: new Uint8Array() },
      'too early': { ...noticeOf(stand.simulator, orderId), receivedAt: '2026-03-02T01:54:59Z' },
      'too late': { ...noticeOf(stand.simulator, orderId), receivedAt: '2026-03-02T02:05:01Z' },
    })) assert.equal((await read(raw)).kind, 'refused', what);
  });

  test('a notice that only the patient’s cash at the centre is in is no settlement of the insurance part', async (context) => {
    const stand = await mobileStandOf(context, { mobile: { settles: 'later' } });
    const { order, orderId } = await mobilePresettled(stand);
    await stand.channel.charge(order, call);
    const notification = await stand.channel.readNotification(noticeOf(stand.simulator, orderId, 'genuine', { setlType: 'CASH' }));
    assert.ok(notification.kind === 'payment');
    assert.deepEqual(notification.news, { kind: 'pending' });
  });

  test('the user id of the signature is a setting: with the other one nothing is believed', async (context) => {
    for (const [sm2UserId, mobileSm2UserId] of [['appSecret', 'standard'], ['standard', 'appSecret']] as const) {
      const stand = await mobileStandOf(context, { mobile: { settles: 'later', sm2UserId }, settings: { mobileSm2UserId } });
      await assert.rejects(mobilePresettled(stand), /"unknown"/);
      const right = await stand.restart({ mobileSm2UserId: sm2UserId });
      const { order, orderId } = await mobilePresettled({ ...right, simulator: stand.simulator });
      await right.channel.charge(order, call);
      assert.equal((await stand.channel.readNotification(noticeOf(stand.simulator, orderId))).kind, 'refused');
      assert.equal((await right.channel.readNotification(noticeOf(stand.simulator, orderId))).kind, 'payment');
    }
  });

  test('settings that mobile payment lacks are refused by name', async (context) => {
    const stand = await mobileStandOf(context);
    const { mobileAppSecret: _none, ...settings } = mobileSettingsFor(stand.simulator);
    await assert.rejects(async () => medicalInsurance.activate(makeTestContext({ settings })), /mobileAppSecret/);
  });
});
