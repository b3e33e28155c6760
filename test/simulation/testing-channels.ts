/** Administrators send one fen through channels (一分钱自测): pressed twice, given up, by two browsers at once, paid late or not at all. */
import { SELF_TEST_OWNER, type SelfTestMethod } from '@hospay/server/domain/self-test.js';
import type { OrderAggregate } from '@hospay/server/domain/order.js';
import type { Violation } from '@hospay/server/domain/invariants.js';
import type { OrderView } from '@hospay/server/payments/order-view.js';
import { askUntilAnswered } from './asking.js';
import type { WorldView } from './world-view.js';

const SECOND = 1000;
const BEGIN_WITHIN_MS = 12 * 60 * SECOND;
const TENANT = 'user/li.admin';

/** Each ends when its administrator has seen an end, or has gone. */
export function openTesters(world: WorldView): readonly Promise<void>[] {
  return Array.from({ length: world.weather.between(2, 4) }, async (_, index) => {
    await world.time.sleep(world.weather.nextInt(BEGIN_WITHIN_MS), `tester ${String(index)} begins`);
    const channel = world.weather.pick('wechat-main', 'alipay-main', 'unionpay-main');
    const method = world.weather.pick<SelfTestMethod>('nativeQr', 'nativeQr', 'paymentCode');
    await Promise.all([
      testChannel(world, { key: `test-${String(index)}`, channel, method }),
      ...(world.faults.strikes('two tests of one channel at once') ? [testChannel(world, { key: `test-${String(index)}/other`, channel, method })] : []),
    ]);
  });
}

type Wish = { readonly key: string; readonly channel: string; readonly method: SelfTestMethod };

async function testChannel(world: WorldView, { key, channel, method }: Wish): Promise<void> {
  const act = { channel, method, by: 'li.admin', idempotency: { tenant: TENANT, key, requestHash: `${channel}/${method}` }, ...(method === 'paymentCode' ? { authCode: '134567890123456789' } : {}) };
  const press = (label: string, attempts: number) => askUntilAnswered(world, label, attempts, (useCases) => useCases.beginSelfTest(act), ['CHANNEL_UNAVAILABLE', 'STOPPED_FOR_SAFETY']);
  const second = world.faults.strikes('double press') ? press(`self-test ${key} (pressed twice)`, 1) : undefined;
  const answers = [await press(`self-test ${key}`, 10), await second].flatMap((answer) => (answer?.kind === 'ok' ? [answer.value.tradeNo] : []));
  const orders = await Promise.all(answers.map((tradeNo) => look(world, tradeNo)));
  for (const order of orders) if (order !== undefined) world.acknowledge(TENANT, key, order);
  world.history.mark(answers.length === 0 ? 'a self-test was refused' : 'a self-test was begun');
  const [tradeNo] = answers;
  if (tradeNo === undefined) return;
  let isMet = false;
  for (let looks = 0; looks < 30; looks += 1) {
    const order = await look(world, tradeNo);
    const [payment] = order?.payments ?? [];
    if (order !== undefined) world.observe(order);
    if (payment?.presentation?.kind === 'qr' && !isMet) {
      isMet = true;
      payLater(world, payment);
    }
    if (payment !== undefined && payment.state !== 'submitted' && payment.state !== 'paying' && payment.state !== 'unknown' && payment.state !== 'closing') return;
    if (world.faults.strikes('self-test given up')) await askUntilAnswered(world, `give up self-test ${tradeNo}`, 2, (useCases) => useCases.cancelSelfTest({ tradeNo, by: 'li.admin' }));
    await world.time.sleep(world.weather.between(2, 30) * SECOND, `self-test ${tradeNo} is looked at`);
  }
}

function payLater(world: WorldView, { paymentNo, expiresAt }: OrderView['payments'][number]): void {
  if (world.faults.strikes('patient leaves')) return;
  const isLate = world.faults.strikes('patient pays late');
  const delayMs = isLate ? Math.max(SECOND, Date.parse(expiresAt) - world.time.now + world.weather.between(-8, 4) * SECOND) : world.weather.between(3, 120) * SECOND;
  world.time.after(delayMs, `the tester pays ${paymentNo}`, () => { world.channels.pay(paymentNo); });
}

async function look(world: WorldView, tradeNo: string): Promise<OrderView | undefined> {
  const found = await askUntilAnswered(world, `look at self-test ${tradeNo}`, 3, (useCases) => useCases.findOrder({ owner: SELF_TEST_OWNER, tradeNo, freshness: world.weather.chance(0.3) ? 'fresh' : 'stored' }));
  return found?.kind === 'ok' ? found.value : undefined;
}

/** At every instant, by what the world knows of who asked: a fen that tests a channel is one fen, and the HIS is told of it never. That it goes back is the rule of all money. */
export function checkSelfTest({ order, payments }: OrderAggregate): Violation[] {
  if (order.owner.id !== SELF_TEST_OWNER.id) return [];
  const isSilent = order.confirmation === 'none' && order.confirmAttempts === 0;
  const isOneFen = order.amountFen === 1 && payments.length === 1;
  return [
    ...(isSilent ? [] : [{ rule: 'the HIS is not told of a self-test', subject: order.tradeNo, detail: `confirmation is ${order.confirmation}` }]),
    ...(isOneFen ? [] : [{ rule: 'a self-test is one fen', subject: order.tradeNo, detail: `${String(order.amountFen)} fen in ${String(payments.length)} payments` }]),
  ];
}
