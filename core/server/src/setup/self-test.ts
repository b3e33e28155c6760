import { ZERO_FEN } from '@hospay/plugin-sdk';
import { quoted } from '../domain/bilingual.js';
import { ok, refused, type Outcome } from '../domain/errors.js';
import type { StoredQuote } from '../domain/order.js';
import { SELF_TEST_FEE_TYPE, SELF_TEST_FEN, SELF_TEST_OWNER } from '../domain/self-test.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import type { OrderView } from '../payments/order-view.js';
import type { SelfTestPorts, SetupDesk } from './ports.js';
import { viewSelfTest, type SelfTestView } from './self-test-view.js';

/** As long as a code may be paid, with what a quote must have left to begin. */
const VALID_MS = 15 * 60_000;
const SHOWN = 5;

/**
 * One fen through the channel that is to take the hospital's money, by the same use case a kiosk calls: intent committed, then one call; the same key is the same order. What it cannot send back it does not take.
 */
export async function beginSelfTest(ports: SelfTestPorts, { channel: id, method, authCode, by, idempotency }: Parameters<SetupDesk['beginSelfTest']>[0]): Promise<Outcome<SelfTestView>> {
  const earlier = await ports.findByKey(idempotency.tenant, idempotency.key);
  if (earlier === undefined) {
    const channel = ports.channels().find((one) => one.id === id);
    if (channel?.state !== 'active') return refused('CHANNEL_UNAVAILABLE', id);
    if (!channel.selfTestMethods.includes(method)) return refused('SELF_TEST_NOT_OFFERED', quoted(`${id}: ${method}`));
    if (!channel.canRefund) return refused('REFUND_NOT_SUPPORTED', id);
  }
  const quoteId = earlier?.order.quoteId ?? (await quoteOneFen(ports, id));
  // Before the fen is asked for: who wanted it is known whatever becomes of this process.
  if (earlier === undefined) await ports.audit.record({ who: by, what: 'setup.selfTest', object: `channel ${id}`, after: { method, amountFen: SELF_TEST_FEN, quoteId } });
  const created = await ports.createPayment({ owner: SELF_TEST_OWNER, merchantId: ports.merchantId, idempotency, quoteId, amountFen: SELF_TEST_FEN, method, channel: id, ...(authCode === undefined ? {} : { authCode }) });
  if (created.kind === 'refused') return created.code === 'BILL_IN_PAYMENT' ? refused('CONFLICT', { zh: `渠道 ${id} 的一分钱自测 ${created.detail ?? ''} 正在进行`, en: `self-test ${created.detail ?? ''} of ${id} is under way` }) : created;
  return ok(await shown(ports, created.value));
}

export async function findSelfTest(ports: SelfTestPorts, { tradeNo, freshness }: Parameters<SetupDesk['findSelfTest']>[0]): Promise<Outcome<SelfTestView>> {
  const found = await ports.findOrder({ owner: SELF_TEST_OWNER, tradeNo, freshness });
  return found.kind === 'ok' ? ok(await shown(ports, found.value)) : found;
}

export async function cancelSelfTest(ports: SelfTestPorts, { tradeNo, by }: Parameters<SetupDesk['cancelSelfTest']>[0]): Promise<Outcome<SelfTestView>> {
  const cancelled = await ports.cancelPayment({ owner: SELF_TEST_OWNER, tradeNo, by: `user/${by}` });
  if (cancelled.kind === 'refused') return cancelled;
  await ports.audit.record({ who: by, what: 'setup.cancelSelfTest', object: `order ${tradeNo}`, after: { payments: cancelled.value.payments.map(({ paymentNo, state }) => ({ paymentNo, state })) } });
  return ok(await shown(ports, cancelled.value));
}

export async function listSelfTests(ports: SelfTestPorts): Promise<readonly SelfTestView[]> {
  const found = await Promise.all((await ports.listSelfTests(SHOWN)).map((tradeNo) => findSelfTest(ports, { tradeNo, freshness: 'stored' })));
  return found.flatMap((one) => (one.kind === 'ok' ? [one.value] : []));
}

async function shown(ports: SelfTestPorts, order: OrderView): Promise<SelfTestView> {
  return viewSelfTest(order, await ports.journalsOf(order.tradeNo));
}

async function quoteOneFen({ hospitalId, clock, random, saveQuote }: SelfTestPorts, channel: string): Promise<string> {
  const now = clock.now();
  const quoteId = makeOpaqueId(random);
  const quote: StoredQuote = {
    quoteId, hospitalId, owner: SELF_TEST_OWNER, patientId: 'selfTest', patientLabel: SELF_TEST_FEE_TYPE, hisQuoteNo: `selfTest/${channel}`,
    // Claimed like a bill: of a channel one test is under way at a time, whoever presses.
    billNos: [`selfTest/${channel}`],
    totalFen: SELF_TEST_FEN, fundFen: ZERO_FEN, personalAccountFen: ZERO_FEN, selfPayFen: SELF_TEST_FEN, feeType: SELF_TEST_FEE_TYPE, business: 'selfTest',
    validUntil: new Date(now.getTime() + VALID_MS).toISOString(), quotedAt: now.toISOString(),
  };
  await saveQuote(quote);
  return quoteId;
}
