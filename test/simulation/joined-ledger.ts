import type { Violation } from '@hospay/server/domain/invariants.js';
import { settledWith } from '@hospay/server/domain/joined-payments.js';
import type { OrderAggregate } from '@hospay/server/domain/order.js';
import type { WorldView } from './world-view.js';

/** 医保混合收款 at every instant: paid is what the wallet paid whole, nobody but the wallet settles, and the wallet is told of nothing the centre has not undone. */
export function checkJoined({ channels }: WorldView, { payments }: OrderAggregate): Violation[] {
  const violations: Violation[] = [];
  for (const wallet of payments) {
    const insured = settledWith(payments, wallet);
    if (insured === undefined) continue;
    const mixed = channels.wallet(wallet.channel)?.mixed.orders.get(wallet.paymentNo);
    const state = mixed?.state ?? 'none';
    if (wallet.state === 'succeeded' && state !== 'paid') violations.push({ rule: 'says only what happened', subject: wallet.paymentNo, detail: `says the wallet was paid; its mixed order is ${state}` });
    if (channels.mobileInsurance.settledByHospital.has(insured.paymentNo)) violations.push({ rule: 'the wallet settles it', subject: insured.paymentNo, detail: 'was settled by a message of the hospital (6202)' });
    const isUndone = [...channels.taken(insured.channel, insured.paymentNo)?.refunds.values() ?? []].some((back) => back.state === 'succeeded');
    if ((mixed?.told.size ?? 0) > 0 && !isUndone) violations.push({ rule: 'says only what happened', subject: insured.paymentNo, detail: 'the wallet was told that the insurance is undone; it is not' });
  }
  return violations;
}

/** At rest: a wallet whose cash went back by our refund knows that the insurance did, too. */
export function checkJoinedEnd({ channels }: WorldView, { payments }: OrderAggregate): Violation[] {
  const violations: Violation[] = [];
  for (const wallet of payments) {
    const insured = settledWith(payments, wallet);
    if (insured === undefined) continue;
    const isBack = (channelId: string, paymentNo: string): boolean => [...channels.taken(channelId, paymentNo)?.refunds.values() ?? []].some((back) => back.state === 'succeeded');
    const mixed = channels.wallet(wallet.channel)?.mixed.orders.get(wallet.paymentNo);
    if (isBack(insured.channel, insured.paymentNo) && isBack(wallet.channel, wallet.paymentNo) && mixed?.told.size === 0) violations.push({ rule: 'the wallet knows what was undone', subject: wallet.paymentNo, detail: 'the insurance went back with the cash, and the wallet was never told' });
  }
  return violations;
}
