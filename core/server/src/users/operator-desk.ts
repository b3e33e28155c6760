/** Operators at terminals (操作员登录): the accounts, passwords and locks are the console's, the sessions belong to devices. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { ok, refused, type Outcome, type Refused } from '../domain/errors.js';
import { operatorProof, readStoredPassword } from './operator-proof.js';
import type { Counter, Operator, OperatorDesk, Right, StoredUser, UserPorts } from './ports.js';
import { knownRoles, rightsOfUser } from './roles.js';
import { IDLE_MS } from './sessions.js';
import { countFailure, isLocked, lockedOut } from './sign-in.js';

/** Time to derive a key on a slow window PC. */
const CHALLENGE_LIFE_MS = 60_000;
/** One shift; after it even a busy operator signs in again. */
const LONGEST_MS = 14 * 60 * 60_000;
const NONCE_BYTES = 24;

type OperatorPorts = Pick<UserPorts, 'users' | 'clock' | 'random' | 'audit' | 'duties'>;
type Challenge = { readonly operatorNo: string; readonly nonce: string; readonly until: number };
type Session = { readonly userId: string; readonly login: string; readonly provenBy: string; readonly deviceKey: string; readonly signedInAt: Date; lastUsedAt: number };

export function createOperatorDesk(ports: OperatorPorts): OperatorDesk {
  const { users, clock, random, audit } = ports;
  /** One of each per device: as many as there are terminals. */
  const challenges = new Map<string, Challenge>();
  const sessions = new Map<string, Session>();
  const secret = random.bytes(32);

  const end = async (deviceId: string, reason?: string): Promise<void> => {
    const session = sessions.get(deviceId);
    if (!sessions.delete(deviceId) || session === undefined) return;
    await audit.record({ who: session.login, what: 'operator.signOut', object: `terminal ${deviceId}`, ...(reason === undefined ? {} : { reason }) });
  };
  const prove = async (counter: Counter, { operatorNo, nonce, proof }: { readonly operatorNo: string; readonly nonce: string; readonly proof: string }): Promise<Outcome<StoredUser>> => {
    const challenge = challenges.get(counter.deviceId);
    // Good for one try, right or wrong: a proof that was read on the line opens nothing.
    challenges.delete(counter.deviceId);
    if (challenge === undefined || challenge.nonce !== nonce || challenge.operatorNo !== operatorNo || challenge.until <= clock.now().getTime()) return refused('OPERATOR_CHALLENGE_OVER');
    const user = await users.findByLogin(operatorNo);
    if (user === undefined) {
      await audit.record({ who: 'unknown', what: 'session.refused', object: 'user (unknown)', reason: 'no such operator', after: { from: addressOf(counter) } });
      return refused('LOGIN_FAILED');
    }
    if (isLocked(ports, user)) return lockedOut(ports, user, addressOf(counter));
    const stored = readStoredPassword(provenBy(user));
    const isRight = stored !== undefined && user.status === 'active' && isSame(proof, operatorProof(counter, { passwordKey: stored.key, operatorNo, nonce }));
    return isRight ? ok(user) : countFailure(ports, user, addressOf(counter));
  };

  return {
    async challenge({ deviceId }, typed) {
      const operatorNo = readOperatorNo(typed);
      const known = await users.findByLogin(operatorNo);
      const stored = readStoredPassword(known === undefined ? '' : provenBy(known));
      const nonce = Buffer.from(random.bytes(NONCE_BYTES)).toString('base64url');
      challenges.set(deviceId, { operatorNo, nonce, until: clock.now().getTime() + CHALLENGE_LIFE_MS });
      // Somebody who is not there has a salt too, and always the same one.
      const { log2Cost, blockSize, parallel, salt } = stored ?? { log2Cost: 15, blockSize: 8, parallel: 1, salt: createHmac('sha256', secret).update(operatorNo).digest('base64url').slice(0, 22) };
      return { nonce, salt, log2Cost, blockSize, parallel };
    },
    async signIn(counter, request) {
      const proven = await prove(counter, { ...request, operatorNo: readOperatorNo(request.operatorNo) });
      if (proven.kind === 'refused') return proven;
      const user = proven.value;
      const refusal = whyNotHere(ports, counter, user);
      if (refusal !== undefined) {
        await audit.record({ who: user.login, what: 'session.refused', object: `user ${user.login}`, reason: refusal.detail ?? refusal.code, after: { from: addressOf(counter) } });
        return refusal;
      }
      await users.clearFailures(user.id, clock.now());
      for (const [deviceId, { userId }] of sessions) if (userId === user.id && deviceId !== counter.deviceId) await end(deviceId, `signed in at ${counter.deviceId}`);
      if (sessions.get(counter.deviceId)?.userId !== user.id) await end(counter.deviceId, `${user.login} took over`);
      const now = clock.now();
      sessions.set(counter.deviceId, { userId: user.id, login: user.login, provenBy: provenBy(user), deviceKey: nameOf(counter.key), signedInAt: now, lastUsedAt: now.getTime() });
      await audit.record({ who: user.login, what: 'operator.signIn', object: `terminal ${counter.deviceId}` });
      return ok(viewOperator(ports, user, now));
    },
    signOut: ({ deviceId }) => end(deviceId),
    async current(counter, by) {
      const session = sessions.get(counter.deviceId);
      if (session === undefined) return undefined;
      const user = await users.find(session.userId);
      // While the row was read somebody else may have signed in here.
      if (sessions.get(counter.deviceId) !== session) return undefined;
      const reason = whyOver(ports, { session, counter, user });
      if (reason !== undefined || user === undefined) {
        await end(counter.deviceId, reason);
        return undefined;
      }
      if (by === 'person') session.lastUsedAt = clock.now().getTime();
      return viewOperator(ports, user, session.signedInAt);
    },
  };
}

/** Roles and state are those of this moment, not of the sign-in. */
function whyOver(ports: OperatorPorts, { session, counter, user }: { readonly session: Session; readonly counter: Counter; readonly user: StoredUser | undefined }): string | undefined {
  const now = ports.clock.now();
  if (user === undefined || whyNotHere(ports, counter, user) !== undefined || user.status !== 'active') return 'the account may not work here any more';
  if (provenBy(user) !== session.provenBy) return 'the password was changed';
  if (session.deviceKey !== nameOf(counter.key)) return 'the terminal was enrolled anew';
  if (now.getTime() - session.lastUsedAt >= IDLE_MS) return 'idle';
  return now.getTime() - session.signedInAt.getTime() >= LONGEST_MS ? 'the shift is over' : undefined;
}

function whyNotHere({ duties }: OperatorPorts, { kind }: Counter, user: StoredUser): Refused | undefined {
  if (user.mustChangePassword) return refused('PASSWORD_CHANGE_FIRST');
  const needed: Right = kind === 'doctorStation' ? 'doctorStation' : 'window';
  return rightsOfUser(user, duties.isSeparated()).includes(needed) ? undefined : refused('NOT_PERMITTED', { zh: `该账号不能在${kind === 'window' ? '窗口' : '医生站'}登录`, en: `this account may not work at a ${kind}` });
}

/** Business is written under the staff number, which the tills and shifts know; who has none is known by his login. */
function viewOperator({ duties }: OperatorPorts, user: StoredUser, signedInAt: Date): Operator {
  const { login, operatorId, displayName, roles } = user;
  return { operatorNo: operatorId ?? login, displayName, roles: knownRoles(roles), rights: rightsOfUser(user, duties.isSeparated()), signedInAt, idleSeconds: IDLE_MS / 1000 };
}

/** Accounts of before have one hash for both. */
function provenBy({ operatorKey, passwordHash }: StoredUser): string {
  return operatorKey ?? passwordHash;
}

function readOperatorNo(typed: string): string {
  return typed.trim().toLowerCase();
}
function addressOf({ deviceId }: Counter): string {
  return `terminal ${deviceId}`;
}
function nameOf(key: Uint8Array): string {
  return createHash('sha256').update(key).digest('hex');
}
function isSame(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
