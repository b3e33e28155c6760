import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeTestContext, runAgreementConformance, runChannelConformance } from '@hospay/plugin-sdk/testkit';
import agreementGateway from '@hospay/quick-pay-agreement-gateway';
import { makeAgreementSubject, makeQuickPayChannelSubject, startGateway } from './agreement-gateway-subject.js';

runChannelConformance({ name: 'agreement-gateway', makeSubject: makeQuickPayChannelSubject, notApplicable: { 'certificate.expired': 'the gateway signs with a bare key' } });
runAgreementConformance({ name: 'agreement-gateway', makeSubject: makeAgreementSubject });

const call = () => ({ deadline: new Date(Date.now() + 5_000).toISOString(), signal: AbortSignal.timeout(5_000), attempt: 1 });

describe('the wire of the agreement gateway', () => {
  test('no personal field leaves in clear, and none of the four is readable in the body', async (context) => {
    const gateway = await startGateway();
    context.after(() => gateway.simulator.stop());
    const { name, idNo, cardNo, mobile } = gateway.simulator.agreements.newCard();
    await gateway.agreements.requestBinding({ bindingNo: 'WIRE00000001', requestedAt: new Date().toISOString(), cardHolder: { name, idNo, cardNo, mobile } }, call());
    const sent = gateway.simulator.received.map(({ body }) => body).join('\n');
    for (const personal of [name, idNo, cardNo, mobile]) assert.ok(!sent.includes(personal) && !sent.includes(Buffer.from(personal).toString('base64')));
  });

  test('a request that is played again is refused by the gateway', async (context) => {
    const gateway = await startGateway();
    context.after(() => gateway.simulator.stop());
    let copy: { url: string; init: RequestInit } | undefined;
    const { settings } = gateway.simulator;
    const plain = makeTestContext({ settings });
    const given = await agreementGateway.activate({ ...plain, http: { request: (request) => { copy = { url: request.url, init: { method: request.method, headers: { ...request.headers }, body: String(request.body) } }; return plain.http.request(request); } } });
    assert.deepEqual(await given.agreements?.['agreement-gateway']?.queryAgreement({ agreementToken: 'AGR-NOBODY' }, call()), { kind: 'ended' });
    assert.ok(copy !== undefined);
    assert.equal((await fetch(copy.url, copy.init)).status, 401);
    assert.deepEqual(gateway.simulator.refused, ['replayed']);
  });

  test('a charge without its agreement is not sent, and one the bank has no money for is declined at the first try only', async (context) => {
    const { simulator, channel } = await startGateway();
    context.after(() => simulator.stop());
    const charge = { tradeNo: 'QPWIRE0001', amountFen: 1_000, description: '门诊缴费', method: 'quickPay' as const, submittedAt: new Date().toISOString(), expiresAt: new Date(Date.now() + 60_000).toISOString() };
    assert.equal((await channel.charge(charge, call())).kind, 'notSent');
    assert.equal(simulator.received.length, 0);
    const holder = simulator.agreements.newCard();
    simulator.agreements.request({ bindingNo: 'WIRE00000002', holder, token: undefined });
    const bound = simulator.agreements.confirm('WIRE00000002', simulator.agreements.codeFor('WIRE00000002'));
    assert.ok('token' in bound && typeof bound.token === 'string');
    simulator.orders.beShortNext();
    assert.equal((await channel.charge({ ...charge, agreementToken: bound.token }, call())).kind, 'declined');
    simulator.orders.beShortNext();
    assert.equal((await channel.charge({ ...charge, agreementToken: bound.token }, { ...call(), attempt: 2 })).kind, 'unknown', 'the first try may have gone through');
    assert.equal((await channel.charge({ ...charge, amountFen: 900_000_000, tradeNo: 'QPWIRE0002', agreementToken: bound.token }, call())).kind, 'declined', 'above the limit of the bank');
  });

  test('signed by SM2 both ways a card is bound and charged; what is signed by another, or in the other algorithm, is not believed', async (context) => {
    const { simulator, channel, agreements } = await startGateway({ signatureAlgorithm: 'SM2-SM3' });
    context.after(() => simulator.stop());
    const { name, idNo, cardNo, mobile } = simulator.agreements.newCard();
    const reference = { bindingNo: 'WIRE00000003', requestedAt: new Date().toISOString() };
    assert.equal((await agreements.requestBinding({ ...reference, cardHolder: { name, idNo, cardNo, mobile } }, call())).kind, 'codeSent');
    const code = simulator.agreements.codeFor(reference.bindingNo);
    simulator.failNext('/v1/bindings/confirm', 'otherKey');
    assert.equal((await agreements.confirmBinding({ ...reference, code }, call())).kind, 'unknown', 'bound, says somebody else');
    const news = await agreements.queryBinding(reference, call());
    assert.ok(news.kind === 'bound');
    const charge = { tradeNo: 'QPWIRE0003', amountFen: 1_000, description: '门诊缴费', method: 'quickPay' as const, agreementToken: news.card.token, submittedAt: new Date().toISOString(), expiresAt: new Date(Date.now() + 60_000).toISOString() };
    assert.equal((await channel.charge(charge, call())).kind, 'succeeded');
    const { headers, body } = simulator.makeNotice({ tradeNo: charge.tradeNo });
    const told = async (changed: Record<string, string>) => (await channel.readNotification?.({ headers: { ...headers, ...changed }, query: '', body: new Uint8Array(Buffer.from(body)), receivedAt: new Date().toISOString() }))?.kind;
    assert.deepEqual([await told({}), await told({ 'x-algorithm': 'RSA-SHA256' }), await told({ 'x-signature': simulator.makeNotice({ tradeNo: charge.tradeNo }, {}, 'stranger').headers['x-signature'] ?? '' }), await told({ 'x-time': new Date().toISOString() })], ['payment', 'refused', 'refused', 'refused']);
    assert.deepEqual(simulator.refused, [], 'the gateway believed every request');
  });

  test('a key of the chosen algorithm that is missing is said at the start, and each algorithm tells the keys it uses', async (context) => {
    const { simulator } = await startGateway({ signatureAlgorithm: 'SM2-SM3' });
    context.after(() => simulator.stop());
    const { merchantPrivateKeyPem, gatewayPublicKeyPem, ...settings } = simulator.settings;
    const activate = async (given: object) => (await agreementGateway.activate(makeTestContext({ settings: { ...settings, ...given } }))).channels?.['agreement-gateway'];
    await assert.rejects(() => activate({ gatewaySm2PublicKey: undefined }), /gatewaySm2PublicKey.* needed for SM2-SM3/);
    await assert.rejects(() => activate({ signatureAlgorithm: 'RSA-SHA256' }), /gatewayPublicKeyPem.* needed for RSA-SHA256/);
    const names = async (given: object) => {
      const told = await (await activate(given))?.listCredentials?.({}, call());
      return told?.kind === 'credentials' ? told.credentials.map(({ name }) => name) : told;
    };
    assert.deepEqual([await names({}), await names({ signatureAlgorithm: 'RSA-SHA256', merchantPrivateKeyPem, gatewayPublicKeyPem })], [['merchantSm2PrivateKey', 'gatewaySm2PublicKey', 'gatewayEncryptionKeyPem'], ['merchantPrivateKeyPem', 'gatewayPublicKeyPem', 'gatewayEncryptionKeyPem']]);
  });
});
