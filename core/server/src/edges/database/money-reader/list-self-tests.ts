import { SELF_TEST_OWNER } from '../../../domain/self-test.js';
import type { MoneySource } from './money-source.js';

/** 一分钱自测: order numbers, the newest first; found by their owner, whose orders are few, not among the hospital's. */
export async function listSelfTests({ models, hospitalId }: MoneySource, limit: number): Promise<readonly string[]> {
  const rows = await models.orders.findAll({ where: { hospitalId, ownerKind: SELF_TEST_OWNER.kind, ownerId: SELF_TEST_OWNER.id }, attributes: ['tradeNo'], order: [['createdAt', 'DESC'], ['tradeNo', 'DESC']], limit });
  return rows.map((row) => row.get().tradeNo);
}
