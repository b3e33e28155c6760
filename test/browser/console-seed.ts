import { fen } from '@hospay/plugin-sdk';
import type { OrderView } from '@hospay/server/payments/order-view.js';
import type { ConsoleHouse } from '../contract/console-house.js';

/** A morning in the hospital: every kind of end an order can have. Returns the order that a test refunds. */
export async function seedMorning(house: ConsoleHouse): Promise<{ readonly refundable: OrderView; readonly refunded: OrderView }> {
  const amount = (yuanFen: number) => ({ totalFen: fen(yuanFen + 2_500), fundFen: fen(2_000), personalAccountFen: fen(500), selfPayFen: fen(yuanFen) });
  for (let index = 0; index < 23; index += 1) {
    await house.payAndConfirm(`M${String(index)}`, { ...amount(1_234 + index * 997), patientLabel: index % 2 === 0 ? '李*' : '欧阳*华', patientId: `P100${String(index)}` });
    house.later(400);
  }
  house.hospital.confirmAnswers = [{ kind: 'rejected', code: '300303', message: '单据已关闭' }];
  const refunded = await house.payAndConfirm('REJECTED', amount(8_800));
  await house.refundArrives(refunded);
  const wrong = await house.pay('WRONG', amount(6_600));
  house.later(10);
  house.isPaid(wrong, { amountFen: 1 });
  await house.run('advancePayment', wrong.tradeNo);
  await house.cancel(await house.pay('CANCELLED', amount(3_300)));
  house.channel.chargeAnswers = [{ kind: 'unknown', reason: 'timeout' }];
  await house.pay('UNKNOWN', amount(15_075));
  await house.pay('WAITING', amount(2_050));
  house.hospital.confirmAnswers = [{ kind: 'unknown', reason: 'timeout' }];
  await house.payAndConfirm('UNCONFIRMED', amount(45_000));
  const refundable = await house.payAndConfirm('REFUND-ME', { ...amount(1_234_56), patientLabel: '张*三' });
  return { refundable, refunded };
}
