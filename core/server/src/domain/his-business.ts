import type { BusinessKind } from '@hospay/plugin-sdk';
import type { Order } from './order.js';

/**
 * 业务类型 as the HIS is told it; absent: bills.
 * @throws for a self-test (一分钱自测): the HIS is told of it never, whoever asks
 */
export function hisBusinessOf({ tradeNo, business }: Pick<Order, 'tradeNo' | 'business'>): { readonly business?: BusinessKind } {
  if (business === 'selfTest') throw new Error(`order ${tradeNo} is a self-test, and the HIS is to be told of it`);
  return business === undefined ? {} : { business };
}
