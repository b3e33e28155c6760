import { refused, type Refused } from '../domain/errors.js';
import { lockAfter } from './payment-password-rule.js';
import type { Holder, QuickPayPorts } from './ports.js';
import { nameOf } from './show-agreement.js';

type Ports = Pick<QuickPayPorts, 'passwords' | 'hashes' | 'clock' | 'audit'>;
export type CheckPaymentPassword = (holder: Holder, password: string) => Promise<Refused | { readonly kind: 'right'; readonly hash: string }>;

/** Each comparison costs 19 MiB and a thread for some 30 ms: more at once are a guesser's. */
const MOST_CHECKS_AT_ONCE = 4;

/**
 * Compares a payment password. The try is counted, in one transaction that also locks, before anything is compared: of any number of guesses side by side no more are compared than the limit
 * lets through, and a restart in between forgets none. Only the right password gives its tries back.
 */
export function createCheckPaymentPassword(ports: Ports): CheckPaymentPassword {
  let checks = 0;
  return async (holder, password) => {
    if (checks >= MOST_CHECKS_AT_ONCE) return refused('TOO_MANY_REQUESTS');
    checks += 1;
    try {
      return await check(ports, holder, password);
    } finally {
      checks -= 1;
    }
  };
}

async function check(ports: Ports, holder: Holder, password: string): ReturnType<CheckPaymentPassword> {
  const taken = await ports.passwords.takeTry(holder, ports.clock.now(), lockAfter);
  if (taken.kind === 'none') return refused('PAYMENT_PASSWORD_NOT_SET');
  if (taken.kind === 'locked') return refused('PAYMENT_PASSWORD_LOCKED', `until ${taken.until.toISOString()}`);
  const { hash, failures, lockedUntil } = taken.row;
  if (await ports.hashes.matches(password, hash, holder)) {
    await ports.passwords.succeeded(holder, hash, ports.clock.now());
    return { kind: 'right', hash };
  }
  await ports.audit.record({ who: nameOf(holder), what: 'quickPay.passwordRefused', object: `payment password of ${nameOf(holder)}`, after: { failures } });
  return lockAfter(failures) === undefined || lockedUntil === undefined ? refused('PAYMENT_PASSWORD_WRONG') : refused('PAYMENT_PASSWORD_LOCKED', `until ${lockedUntil.toISOString()}`);
}
