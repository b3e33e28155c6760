/** Sessions: a random token in the browser's cookie, its hash in the database. */
import { createHash } from 'node:crypto';
import type { NewSession, SignedIn, StoredUser, UserPorts } from './ports.js';
import { knownRoles, rightsOfUser } from './roles.js';

const MINUTE_MS = 60_000;
/** GB/T 22239-2019 8.1.4.1 b, PCI DSS 8.2.8. */
export const IDLE_MS = 15 * MINUTE_MS;
/** One working day; after it even a busy session signs in again. */
const LONGEST_MS = 12 * 60 * MINUTE_MS;
/** A click every second must not be a write every second. */
const WRITE_EVERY_MS = 20_000;
const TOKEN_BYTES = 32;

export type SessionPorts = Pick<UserPorts, 'users' | 'sessions' | 'clock' | 'random'>;

export async function beginSession({ sessions, clock, random }: SessionPorts, user: StoredUser, address: string): Promise<NewSession> {
  const token = Buffer.from(random.bytes(TOKEN_BYTES)).toString('base64url');
  const now = clock.now();
  await sessions.removeExpired(now);
  await sessions.add({ tokenHash: hashOf('session', token), userId: user.id, createdAt: now, lastUsedAt: now, expiresAt: new Date(now.getTime() + IDLE_MS), address });
  return { token, signedIn: signedInAs(user, token) };
}

/** Who the token stands for now: the user's roles and state of this moment, not of the sign-in. */
export async function findSession({ users, sessions, clock }: SessionPorts, { token, by }: { readonly token: string; readonly by: 'person' | 'page' }): Promise<SignedIn | undefined> {
  const now = clock.now();
  const tokenHash = hashOf('session', token);
  const session = await sessions.find(tokenHash, now);
  if (session === undefined || now.getTime() - session.createdAt.getTime() >= LONGEST_MS) return undefined;
  const user = await users.find(session.userId);
  if (user?.status !== 'active') return undefined;
  if (by === 'person' && now.getTime() - session.lastUsedAt.getTime() >= WRITE_EVERY_MS) await sessions.used(tokenHash, now, new Date(now.getTime() + IDLE_MS));
  return signedInAs(user, token);
}

export async function endSession({ sessions }: Pick<SessionPorts, 'sessions'>, token: string): Promise<void> {
  await sessions.remove(hashOf('session', token));
}

function signedInAs(user: StoredUser, token: string): SignedIn {
  const rights = rightsOfUser(user);
  return {
    userId: user.id,
    login: user.login,
    displayName: user.displayName,
    // Who works at windows and has no staff number of his own is known there by his login.
    operatorId: user.operatorId ?? (rights.includes('window') ? user.login : undefined),
    merchantNo: user.merchantNo,
    roles: knownRoles(user.roles),
    rights: user.mustChangePassword ? [] : rights,
    mustChangePassword: user.mustChangePassword,
    csrfToken: hashOf('csrf', token),
    idleSeconds: IDLE_MS / 1000,
  };
}

/** Two names of one token: neither gives the other or the token. */
function hashOf(use: 'session' | 'csrf', token: string): string {
  return createHash('sha256').update(`${use}:${token}`).digest('hex');
}
