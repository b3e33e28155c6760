import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import test, { type TestContext } from 'node:test';
import { createPaymentClient, readStatement } from '@hospay/payment-sdk';

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

test('a statement that was cut, changed, or contradicts its totals is never half used', async (context) => {
  const header = '类型,平台订单号,支付单号,退款单号,渠道,支付方式,渠道订单号,渠道退款号,金额(元),完成时间,请求幂等键,付款来源';
  const row = '支付,H1,H1P01,,wx,nativeQr,4200,,12.34,2026-11-20 10:00:00,"key,1",eCny';
  const totals = (yuan: string) => `合计,支付笔数:1,支付金额:${yuan},退款笔数:0,退款金额:0.00,,,,,,,`;
  const file = (...lines: string[]) => Buffer.from(`\uFEFF${lines.map((line) => `${line}\r\n`).join('')}`);
  const good = readStatement(file(header, row, totals('12.34')), 'x');
  assert.equal(good.kind, 'ok');
  assert.deepEqual(good.value.rows.map(({ amountFen, idempotencyKey, fundingSource }) => [amountFen, idempotencyKey, fundingSource]), [[1234, 'key,1', 'eCny']]);
  assert.equal(readStatement(file(header, row, totals('12.35')), 'x').kind, 'unknown');
  assert.equal(readStatement(file(header, row), 'x').kind, 'unknown');
  assert.equal(readStatement(file(header, row.replace('12.34', '12.3'), totals('12.30')), 'x').kind, 'unknown');
  assert.equal(readStatement(file(header.replace('金额(元)', '金额'), row, totals('12.34')), 'x').kind, 'unknown');
  const columns = header.split(',');
  const moved = row.replace('"key,1"', 'key-1').split(',');
  const reversed = readStatement(file(columns.toReversed().join(','), moved.toReversed().join(','), totals('12.34')), 'x');
  assert.equal(reversed.kind, 'ok', 'columns are found by their names');
  const { client } = await platformAnswering(context, 200, file(header, row, totals('12.34')).toString('utf8'), { 'x-content-sha256': '0'.repeat(64) });
  assert.equal((await client.downloadStatement('2026-11-20')).kind, 'unknown');
});
