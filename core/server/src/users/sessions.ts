/** Sessions: a random token in the browser's cookie, its hash in the database. */
import { createHash } from 'node:crypto';
import { makeOpaqueId } from '../domain/trade-number.js';
import { DUTIES, type EntryStep, type NewSession, type Role, type SessionView, type SignedIn, type StoredSession, type StoredUser, type UserPorts, type Visitor } from './ports.js';
import { knownRoles, rightsOfUser } from './roles.js';

const MINUTE_MS = 60_000;
/** GB/T 22239-2019 8.1.4.1 b, PCI DSS 8.2.8. */
export const IDLE_MS = 15 * MINUTE_MS;
/** One working day; after it even a busy session signs in again. */
const LONGEST_MS = 12 * 60 * MINUTE_MS;
/** Who knows the password and does not get any further is not waited for. */
const ENTRY_MS = 10 * MINUTE_MS;
/** A click every second must not be a write every second. */
const WRITE_EVERY_MS = 20_000;
const TOKEN_BYTES = 32;
/** Browsers one person is signed in at; one more ends the one used longest ago. */
const MOST_SESSIONS = 5;
const LONGEST_AGENT = 200;

export type SessionPorts = Pick<UserPorts, 'users' | 'sessions' | 'clock' | 'random' | 'duties' | 'secondFactorFor'>;

/** @param provenAt when the second factor was proven on the way in */
export async function beginSession(ports: SessionPorts, user: StoredUser, { address, agent, provenAt }: Visitor & { readonly provenAt?: Date | undefined }): Promise<NewSession> {
  const { sessions, clock, random } = ports;
  const token = Buffer.from(random.bytes(TOKEN_BYTES)).toString('base64url');
  const now = clock.now();
  await sessions.removeExpired(now);
  const session: StoredSession = { tokenHash: hashOf('session', token), id: makeOpaqueId(random), userId: user.id, createdAt: now, lastUsedAt: now, expiresAt: new Date(now.getTime() + IDLE_MS), address, agent: agent?.slice(0, LONGEST_AGENT), provenAt };
  await sessions.add(session);
  const others = (await sessions.list({ userId: user.id, now })).filter(({ id }) => id !== session.id);
  for (const { id } of others.slice(MOST_SESSIONS - 1)) await sessions.removeById(id);
  return { token, signedIn: signedInAs(ports, { user, token, session }) };
}

/** Who the token stands for now: the user's roles and state of this moment, not of the sign-in. */
export async function findSession(ports: SessionPorts, { token, by }: { readonly token: string; readonly by: 'person' | 'page' }): Promise<SignedIn | undefined> {
  const { users, sessions, clock } = ports;
  const now = clock.now();
  const tokenHash = hashOf('session', token);
  const session = await sessions.find(tokenHash, now);
  if (session === undefined || now.getTime() - session.createdAt.getTime() >= LONGEST_MS) return undefined;
  const user = await users.find(session.userId);
  if (user?.status !== 'active') return undefined;
  const signedIn = signedInAs(ports, { user, token, session });
  if (signedIn.entryStep === 'secondFactor' && now.getTime() - session.createdAt.getTime() >= ENTRY_MS) return undefined;
  if (by === 'person' && now.getTime() - session.lastUsedAt.getTime() >= WRITE_EVERY_MS) await sessions.used(tokenHash, now, new Date(now.getTime() + IDLE_MS));
  return signedIn;
}

export async function endSession({ sessions }: Pick<SessionPorts, 'sessions'>, token: string): Promise<void> {
  await sessions.remove(hashOf('session', token));
}

export async function listSessions({ users, sessions, clock }: SessionPorts, userId?: string): Promise<readonly SessionView[]> {
  const now = clock.now();
  const people = new Map((await users.list()).map((user) => [user.id, user]));
  return (await sessions.list({ ...(userId === undefined ? {} : { userId }), now })).flatMap(({ id, userId: of, createdAt, lastUsedAt, address, agent, provenAt }) => {
    const user = people.get(of);
    return user?.status === 'active' && now.getTime() - createdAt.getTime() < LONGEST_MS ? [{ id, login: user.login, displayName: user.displayName, since: createdAt, lastUsedAt, address, agent, isProven: provenAt !== undefined }] : [];
  });
}

/** Does this account need two factors? */
export function needsSecondFactor({ duties, secondFactorFor }: Pick<SessionPorts, 'duties' | 'secondFactorFor'>, { roles }: Pick<StoredUser, 'roles'>): boolean {
  const demanded: readonly Role[] = duties.isSeparated() ? [...secondFactorFor, ...DUTIES, 'administrator', 'finance'] : secondFactorFor;
  return demanded.some((role) => roles.includes(role));
}

/** A session that was begun before the factor was set up has not proven it; what another gave away is changed next; then what is missing is set up. */
function entryStepOf(ports: SessionPorts, user: StoredUser, { provenAt }: Pick<StoredSession, 'provenAt'>): EntryStep | undefined {
  if (user.hasSecondFactor && provenAt === undefined) return 'secondFactor';
  if (user.mustChangePassword) return 'changePassword';
  return !user.hasSecondFactor && needsSecondFactor(ports, user) ? 'enrolSecondFactor' : undefined;
}

function signedInAs(ports: SessionPorts, { user, token, session }: { readonly user: StoredUser; readonly token: string; readonly session: StoredSession }): SignedIn {
  const rights = rightsOfUser(user, ports.duties.isSeparated());
  const entryStep = entryStepOf(ports, user, session);
  return {
    userId: user.id,
    sessionId: session.id,
    entryStep,
    hasSecondFactor: user.hasSecondFactor,
    login: user.login,
    displayName: user.displayName,
    // Who works at windows and has no staff number of his own is known there by his login.
    operatorId: user.operatorId ?? (rights.includes('window') ? user.login : undefined),
    merchantNo: user.merchantNo,
    roles: knownRoles(user.roles),
    rights: entryStep === undefined ? rights : [],
    mustChangePassword: user.mustChangePassword,
    csrfToken: hashOf('csrf', token),
    idleSeconds: IDLE_MS / 1000,
  };
}

/** Two names of one token: neither gives the other or the token. */
function hashOf(use: 'session' | 'csrf', token: string): string {
  return createHash('sha256').update(`${use}:${token}`).digest('hex');
}
