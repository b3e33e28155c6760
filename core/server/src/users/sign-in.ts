import { ok, refused, type Outcome, type Refused } from '../domain/errors.js';
import type { NewSession, StoredUser, UserPorts, Visitor } from './ports.js';
import { beginSession } from './sessions.js';

/** GB/T 22239-2019 8.1.4.1 b, PCI DSS 8.3.4: five failures, half an hour. */
export const LOCK_AFTER_FAILURES = 5;
export const LOCK_MS = 30 * 60_000;
/** Each check costs some 20 MiB and a thread for some 50 ms: more at once are a guesser's. */
const MOST_CHECKS_AT_ONCE = 4;

type FailurePorts = Pick<UserPorts, 'users' | 'clock' | 'audit'>;
export type SignIn = (request: { readonly login: string; readonly password: string } & Visitor) => Promise<Outcome<NewSession>>;

/** Logins that failed from one address: whoever tries one password at many accounts is slowed down, too. One who mistypes his own again and again is met by the account's lock, and keeps nobody out who comes by the same proxy. */
const MOST_LOGINS_OF_ADDRESS = 30;
const ADDRESS_WINDOW_MS = 15 * 60_000;
const MOST_ADDRESSES = 5_000;

/** Signing in by login and password. An unknown login costs the same time as a wrong password and is told the same. */
export function createSignIn(ports: UserPorts): SignIn {
  let checks = 0;
  const failures = createAddressCount(ports);
  return async (request) => {
    if (checks >= MOST_CHECKS_AT_ONCE || failures.areTooMany(request.address)) return refused('TOO_MANY_REQUESTS');
    checks += 1;
    try {
      const outcome = await signIn(ports, request);
      if (outcome.kind === 'refused') failures.count(request);
      return outcome;
    } finally {
      checks -= 1;
    }
  };
}

function createAddressCount({ clock }: Pick<UserPorts, 'clock'>) {
  const counts = new Map<string, { readonly since: number; readonly logins: Set<string> }>();
  const isOver = ({ since }: { readonly since: number }): boolean => clock.now().getTime() - since >= ADDRESS_WINDOW_MS;
  const current = (address: string) => {
    const known = counts.get(address);
    return known === undefined || isOver(known) ? undefined : known;
  };
  return {
    areTooMany: (address: string): boolean => (current(address)?.logins.size ?? 0) >= MOST_LOGINS_OF_ADDRESS,
    count({ address, login }: { readonly address: string; readonly login: string }): void {
      const known = current(address);
      const name = login.trim().toLowerCase();
      if (known !== undefined) {
        known.logins.add(name);
        return;
      }
      if (counts.size >= MOST_ADDRESSES) for (const [old, one] of counts) if (isOver(one)) counts.delete(old);
      // More addresses than a hospital has: the first of them is forgotten, not the whole count.
      const [oldest] = counts.keys();
      if (counts.size >= MOST_ADDRESSES && oldest !== undefined) counts.delete(oldest);
      counts.set(address, { since: clock.now().getTime(), logins: new Set([name]) });
    },
  };
}

async function signIn(ports: UserPorts, { login, password, address, agent }: Parameters<SignIn>[0]): Promise<Outcome<NewSession>> {
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
  // Who has a second factor has not shown it yet: the count of wrong ones goes on.
  if (!current.hasSecondFactor) await ports.users.clearFailures(user.id, ports.clock.now());
  await upgrade(ports, current, password);
  const session = await beginSession(ports, current, { address, agent });
  await ports.audit.record({ who: user.login, what: 'session.begin', object: `user ${user.login}`, after: { from: address, ...(session.signedIn.entryStep === undefined ? {} : { next: session.signedIn.entryStep }) } });
  return ok(session);
}

/** A hash of an older kind becomes today's while the password is at hand; what terminals prove it by stays. */
async function upgrade({ users, passwords }: Pick<UserPorts, 'users' | 'passwords'>, user: StoredUser, password: string): Promise<void> {
  if (passwords.isCurrent(user.passwordHash)) return;
  await users.upgradePassword(user.id, { from: user.passwordHash, hash: await passwords.hash(password), operatorKey: user.operatorKey ?? user.passwordHash });
}

/** One wrong password, wherever it was typed: the same account, the same lock. */
export async function countFailure(ports: FailurePorts, user: StoredUser, address: string, reason = 'wrong password'): Promise<Refused> {
  const now = ports.clock.now();
  const after = await ports.users.countFailure(user.id, { limit: LOCK_AFTER_FAILURES, until: new Date(now.getTime() + LOCK_MS) }, now);
  await ports.audit.record({ who: user.login, what: 'session.refused', object: `user ${user.login}`, reason, after: { from: address } });
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
const NOBODYS_HASH = `argon2id$19456$2$1$${'A'.repeat(22)}$${'A'.repeat(43)}`;
