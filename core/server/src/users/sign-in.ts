import { ok, refused, type Outcome, type Refused } from '../domain/errors.js';
import type { NewSession, StoredUser, UserPorts } from './ports.js';
import { beginSession } from './sessions.js';

/** GB/T 22239-2019 8.1.4.1 b, PCI DSS 8.3.4: five failures, half an hour. */
export const LOCK_AFTER_FAILURES = 5;
export const LOCK_MS = 30 * 60_000;
/** Each check costs 32 MiB and a thread for some 60 ms: more at once are a guesser's. */
const MOST_CHECKS_AT_ONCE = 4;

type FailurePorts = Pick<UserPorts, 'users' | 'clock' | 'audit'>;
export type SignIn = (request: { readonly login: string; readonly password: string; readonly address: string }) => Promise<Outcome<NewSession>>;

/** Signing in by login and password. An unknown login costs the same time as a wrong password and is told the same. */
export function createSignIn(ports: UserPorts): SignIn {
  let checks = 0;
  return async (request) => {
    if (checks >= MOST_CHECKS_AT_ONCE) return refused('TOO_MANY_REQUESTS');
    checks += 1;
    try {
      return await signIn(ports, request);
    } finally {
      checks -= 1;
    }
  };
}

async function signIn(ports: UserPorts, { login, password, address }: Parameters<SignIn>[0]): Promise<Outcome<NewSession>> {
  const user = await ports.users.findByLogin(login.trim().toLowerCase());
  if (user === undefined) {
    await ports.passwords.matches(password, NOBODYS_HASH);
    // What was typed may be a password in the wrong field: it is not written down.
    await ports.audit.record({ who: 'unknown', what: 'session.refused', object: 'user (unknown)', reason: 'no such login', after: { from: address } });
    return refused('LOGIN_FAILED');
  }
  if (isLocked(ports, user)) return lockedOut(ports, user, address);
  const isRight = (await ports.passwords.matches(password, user.passwordHash)) && user.status === 'active';
  if (!isRight) return countFailure(ports, user, address);
  // While this password was checked, guesses beside it may have locked the account.
  const current = await ports.users.find(user.id);
  if (current === undefined) return refused('LOGIN_FAILED');
  if (isLocked(ports, current)) return lockedOut(ports, current, address);
  await ports.users.clearFailures(user.id, ports.clock.now());
  const session = await beginSession(ports, current, address);
  await ports.audit.record({ who: user.login, what: 'session.begin', object: `user ${user.login}`, after: { from: address } });
  return ok(session);
}

/** One wrong password, wherever it was typed: the same account, the same lock. */
export async function countFailure(ports: FailurePorts, user: StoredUser, address: string): Promise<Refused> {
  const now = ports.clock.now();
  const after = await ports.users.countFailure(user.id, { limit: LOCK_AFTER_FAILURES, until: new Date(now.getTime() + LOCK_MS) }, now);
  await ports.audit.record({ who: user.login, what: 'session.refused', object: `user ${user.login}`, reason: 'wrong password', after: { from: address } });
  if (after === undefined || !isLocked(ports, after)) return refused('LOGIN_FAILED');
  await ports.audit.record({ who: 'system', what: 'user.lock', object: `user ${user.login}`, reason: `${String(LOCK_AFTER_FAILURES)} failures`, after: { until: after.lockedUntil?.toISOString() } });
  return refused('LOGIN_LOCKED');
}

export async function lockedOut(ports: FailurePorts, user: StoredUser, address: string): Promise<Refused> {
  await ports.audit.record({ who: user.login, what: 'session.refused', object: `user ${user.login}`, reason: 'locked', after: { from: address } });
  return refused('LOGIN_LOCKED');
}

export function isLocked({ clock }: Pick<UserPorts, 'clock'>, { lockedUntil }: StoredUser): boolean {
  return lockedUntil !== undefined && lockedUntil > clock.now();
}

/** No password gives it: comparing with it only takes as long as comparing. */
const NOBODYS_HASH = `scrypt$15$8$1$${'A'.repeat(22)}$${'A'.repeat(43)}`;
