import { ok, refused, type Outcome } from '../domain/errors.js';
import type { PaymentPasswordView } from './agreement-view.js';
import type { CheckPaymentPassword } from './check-payment-password.js';
import { weaknessOf } from './payment-password-rule.js';
import type { Holder, QuickPayDesk, QuickPayPorts } from './ports.js';
import { nameOf, viewPaymentPassword } from './show-agreement.js';

/** The first payment password of a holder, who has a bound card: the bank has seen who he is. */
export async function setPaymentPassword(ports: QuickPayPorts, { holder, newPassword }: Parameters<QuickPayDesk['setPaymentPassword']>[0]): Promise<Outcome<PaymentPasswordView>> {
  const weakness = weaknessOf(newPassword);
  if (weakness !== undefined) return refused('PAYMENT_PASSWORD_WEAK', weakness);
  if (!(await ports.agreements.list(holder)).some(({ state }) => state === 'active')) return refused('NO_BOUND_CARD');
  const hash = await ports.hashes.hash(newPassword, holder);
  if (!(await ports.passwords.add(holder, hash, ports.clock.now()))) return refused('PAYMENT_PASSWORD_SET_ALREADY');
  return told(ports, holder, 'quickPay.passwordSet');
}

export async function changePaymentPassword(ports: QuickPayPorts, check: CheckPaymentPassword, { holder, password, newPassword }: Parameters<QuickPayDesk['changePaymentPassword']>[0]): Promise<Outcome<PaymentPasswordView>> {
  const weakness = weaknessOf(newPassword);
  if (weakness !== undefined) return refused('PAYMENT_PASSWORD_WEAK', weakness);
  const checked = await check(holder, password);
  if (checked.kind === 'refused') return checked;
  const hash = await ports.hashes.hash(newPassword, holder);
  // Only the one that was just compared is replaced: of two changes at once one finds another password.
  if (!(await ports.passwords.replace(holder, hash, ports.clock.now(), checked.hash))) return refused('PAYMENT_PASSWORD_WRONG');
  return told(ports, holder, 'quickPay.passwordChanged');
}

export async function told(ports: QuickPayPorts, holder: Holder, what: string): Promise<Outcome<PaymentPasswordView>> {
  await ports.audit.record({ who: nameOf(holder), what, object: `payment password of ${nameOf(holder)}` });
  return ok(viewPaymentPassword(await ports.passwords.find(holder), ports.clock.now()));
}
