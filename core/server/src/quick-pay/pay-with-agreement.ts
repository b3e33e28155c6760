import { beijingDay } from '@hospay/plugin-sdk';
import { refused, type Outcome, type Refused } from '../domain/errors.js';
import type { OrderView } from '../payments/order-view.js';
import { askWhetherCancelled } from './ask-agreement.js';
import type { CheckPaymentPassword } from './check-payment-password.js';
import type { Agreement, PayWithAgreementRequest, QuickPayPorts } from './ports.js';
import { ownAgreement } from './show-agreement.js';

/** A card that was never paid with is not the first one in a hurry: so many of its payments are looked at for one that succeeded. */
const MOST_LOOKED_AT = 20;

/**
 * 快捷支付: a payment of the money core like any other, whose channel is the agreement's and whose charge carries its token, once. Password or small amount are decided before; a repeat with the
 * same key answers what became of the first, and no password is compared for it.
 */
export async function payWithAgreement(ports: QuickPayPorts, check: CheckPaymentPassword, request: PayWithAgreementRequest): Promise<Outcome<OrderView>> {
  const { owner, merchantId, idempotency, quoteId, amountFen, description, clientIp } = request;
  const payment = { owner, merchantId, idempotency, quoteId, amountFen, method: 'quickPay' as const, ...(description === undefined ? {} : { description }), ...(clientIp === undefined ? {} : { clientIp }) };
  if ((await ports.store.findOrderByKey(idempotency.tenant, idempotency.key)) !== undefined) return ports.createPayment(payment);
  const agreement = await ownAgreement(ports, request.holder, request.agreementNo);
  if ('code' in agreement) return agreement;
  const refusal = await whyNotAllowed(ports, check, agreement, request);
  if (refusal !== undefined) return refusal;
  // Read last: what was unbound while the password was compared is not charged.
  const now = await ports.agreements.find(agreement.agreementNo);
  const agreementToken = now?.state === 'active' ? await ports.agreements.tokenOf(agreement.agreementNo) : undefined;
  if (agreementToken === undefined) return refused('AGREEMENT_NOT_ACTIVE', now?.state);
  const created = await ports.createPayment({ ...payment, channel: agreement.channel, agreementToken });
  if (created.kind === 'ok' && created.value.payments.some(({ state }) => state === 'failed')) await askWhetherCancelled(ports, agreement, agreementToken);
  return created;
}

/** Password or small amount. What is written here only ever makes the platform ask for a password more often. */
async function whyNotAllowed(ports: QuickPayPorts, check: CheckPaymentPassword, agreement: Agreement, { holder, idempotency, amountFen, password }: PayWithAgreementRequest): Promise<Refused | undefined> {
  if (agreement.state !== 'active') return refused('AGREEMENT_NOT_ACTIVE', agreement.state);
  const at = ports.clock.now();
  const intent = { tenant: idempotency.tenant, key: idempotency.key, holder, agreementNo: agreement.agreementNo, amountFen, day: beijingDay(at), at };
  if (password !== undefined) {
    const checked = await check(holder, password);
    if (checked.kind === 'refused') return checked;
    const kept = await ports.agreements.addPayment({ ...intent, withPassword: true }, ports.policy.passwordlessPerDayFen);
    return kept === 'otherUse' ? refused('IDEMPOTENCY_KEY_REUSED') : undefined;
  }
  const row = await ports.passwords.find(holder);
  if (row === undefined) return refused('PAYMENT_PASSWORD_NOT_SET');
  // Somebody is guessing: nothing goes without it now.
  if (row.lockedUntil !== undefined && row.lockedUntil > at) return refused('PAYMENT_PASSWORD_LOCKED', `until ${row.lockedUntil.toISOString()}`);
  if (amountFen > ports.policy.passwordlessFen) return refused('PAYMENT_PASSWORD_NEEDED');
  if (!(await hasPaidWithPassword(ports, agreement))) return refused('PAYMENT_PASSWORD_NEEDED', 'the first payment with this card');
  switch (await ports.agreements.addPayment({ ...intent, withPassword: false }, ports.policy.passwordlessPerDayFen)) {
    case 'kept':
      return undefined;
    case 'overDay':
      return refused('PAYMENT_PASSWORD_NEEDED', 'the amount of the day without a password');
    case 'otherUse':
      return refused('IDEMPOTENCY_KEY_REUSED');
  }
}

/** A new card proves itself by one payment with the password that succeeded. Once true, for ever. */
async function hasPaidWithPassword(ports: QuickPayPorts, { agreementNo }: Agreement): Promise<boolean> {
  for (const { tenant, key } of await ports.agreements.keysPaidWithPassword(agreementNo, MOST_LOOKED_AT)) {
    const order = await ports.store.findOrderByKey(tenant, key);
    if (order?.payments.some(({ method, state }) => method === 'quickPay' && state === 'succeeded') === true) return true;
  }
  return false;
}
