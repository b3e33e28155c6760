import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import test, { type TestContext } from 'node:test';
import { createPaymentClient, isStatementSigned, readStatement } from '@hospay/payment-sdk';

async function platformAnswering(context: TestContext, status: number, body: string, headers: Record<string, string> = {}) {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    calls.push(`${String(request.method)} ${String(request.url)}`);
    request.resume();
    if (status === 0) return;
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  context.after(() => { server.closeAllConnections(); server.close(); });
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const origin = `http://127.0.0.1:${String(address.port)}`;
  return { calls, client: createPaymentClient({ origin, appId: 'app', secret: 'secret', timeoutMs: 200 }) };
}
const pay = (client: ReturnType<typeof createPaymentClient>) => client.createPayment({ quoteId: 'Q', amountFen: 1, method: 'nativeQr' }, { idempotencyKey: 'key-12345' });
const error = (code: string) => JSON.stringify({ error: { code, zh: '中', en: 'e', nextZh: '步', nextEn: 'n', requestId: 'R1' } });

test('no answer in time is unknown, says to query, and is not tried again behind the caller', async (context) => {
  const { client, calls } = await platformAnswering(context, 0, '');
  const result = await pay(client);
  assert.equal(result.kind, 'unknown');
  assert.match(result.nextEn, /query by trade number or idempotency key/);
  assert.equal(calls.length, 1);
});

test('a platform that cannot be reached, a proxy page, a redirect and garbage are unknown', async (context) => {
  const nobody = createPaymentClient({ origin: 'http://127.0.0.1:1', appId: 'app', secret: 'secret' });
  assert.equal((await pay(nobody)).kind, 'unknown');
  for (const [status, body, headers] of [[502, '<html>Bad Gateway</html>', {}], [200, '<html>welcome</html>', {}], [200, '{"hello":1}', {}], [302, '', { location: '/login' }], [404, '{}', {}]] as const) {
    const { client } = await platformAnswering(context, status, body, headers);
    assert.equal((await pay(client)).kind, 'unknown', `${String(status)} ${body}`);
  }
});

test('a definite refusal carries its code and texts; an internal or store error and a replay made on the way do not count as one', async (context) => {
  const refusing = await platformAnswering(context, 409, error('BILL_IN_PAYMENT'));
  assert.deepEqual(await pay(refusing.client), { kind: 'refused', error: { code: 'BILL_IN_PAYMENT', zh: '中', en: 'e', nextZh: '步', nextEn: 'n', requestId: 'R1', httpStatus: 409 } });
  for (const code of ['INTERNAL', 'STORE_UNAVAILABLE', 'REPLAYED']) {
    const { client } = await platformAnswering(context, 500, error(code));
    assert.equal((await pay(client)).kind, 'unknown', code);
  }
});

test('a statement that was cut, changed, signed by another key, or contradicts its totals is never half used', async (context) => {
  const columns = 'kind,tradeNo,idempotencyKey,paymentNo,refundNo,channel,channelTradeNo,channelRefundNo,method,fundingSource,amount,at,settlementNo,business,feeType,ownerKind,ownerId,operatorId';
  const row = `payment,H1,"key,1",H1P01,,wx,'=4200,,nativeQr,eCny,12.34,2026-11-20 10:00:00,S1,bill,,application,app,`;
  const file = (lines: readonly string[], yuan = '12.34', of = lines) => {
    const body = of.map((line) => `${line}\r\n`).join('');
    const foot = [`total,payment,1,${yuan}`, 'total,refund,0,0.00', `sha256,${createHash('sha256').update(body).digest('hex')}`];
    return Buffer.from(['hospay-statement,1', 'head,demo,application,app,2026-11-20,1,2026-11-21 10:00:00', ...lines, ...foot].map((line) => `${line}\r\n`).join(''));
  };
  const good = readStatement(file([columns, row]));
  assert.equal(good.kind, 'ok');
  assert.deepEqual(good.value.rows.map(({ amountFen, idempotencyKey, channelTradeNo, fundingSource }) => [amountFen, idempotencyKey, channelTradeNo, fundingSource]), [[1234, 'key,1', '=4200', 'eCny']]);
  assert.equal(readStatement(file([columns, row], '12.35')).kind, 'unknown');
  assert.equal(readStatement(file([columns, row], '12.34', [columns, row.replace('H1P01', 'H1P02')])).kind, 'unknown', 'the hash of the body');
  assert.equal(readStatement(file([columns, row]).subarray(0, -20)).kind, 'unknown');
  assert.equal(readStatement(file([columns, row.replace('12.34', '12.3')], '12.30')).kind, 'unknown');
  assert.equal(readStatement(file([columns.replace('amount', 'yuan'), row])).kind, 'unknown');
  assert.equal(readStatement(Buffer.concat([Buffer.from('\uFEFF'), file([columns, row])])).kind, 'unknown', 'a mark in front is not of this format');
  const moved = row.replace('"key,1"', 'key-1').split(',');
  const reversed = [`kind,${columns.split(',').slice(1).toReversed().join(',')}`, `payment,${moved.slice(1).toReversed().join(',')}`];
  assert.equal(readStatement(file(reversed)).kind, 'ok', 'columns are found by their names');
  const raw = file([columns, row]);
  const sha256 = createHash('sha256').update(raw).digest('hex');
  const signature = createHmac('sha256', 'secret').update(`HOSPAY-STATEMENT-FILE\napp\nf.csv\n${sha256}\n`).digest('hex');
  assert.ok(isStatementSigned({ secret: 'secret', appId: 'app', fileName: 'f.csv', raw, signature }));
  for (const other of [{ secret: 'another' }, { appId: 'other' }, { fileName: 'g.csv' }, { raw: file([columns, row.replace('H1P01', 'H1P02')]) }, { signature: '' }]) assert.ok(!isStatementSigned({ secret: 'secret', appId: 'app', fileName: 'f.csv', raw, signature, ...other }), JSON.stringify(other));
  const headers = { 'x-content-sha256': sha256, 'content-disposition': 'attachment; filename="f.csv"', 'x-hospay-statement-signature': signature };
  const told = async (more: Record<string, string>) => (await (await platformAnswering(context, 200, raw.toString('utf8'), { ...headers, ...more })).client.downloadStatement('2026-11-20')).kind;
  assert.deepEqual([await told({}), await told({ 'x-content-sha256': '0'.repeat(64) }), await told({ 'x-hospay-statement-signature': '0'.repeat(64) })], ['ok', 'unknown', 'unknown']);
});
