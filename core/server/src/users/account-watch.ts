/** 账号安全: what of accounts and sign-ins waits for whoever says what accounts may. It reads and changes nothing. */
import { needsSecondFactor } from './sessions.js';
import { knownRoles } from './roles.js';
import type { AccountWatch, SecondFactorRows, SignInRefusals, UserPorts } from './ports.js';

const LATELY_MS = 24 * 60 * 60_000;

export type AccountWatchPorts = Pick<UserPorts, 'users' | 'clock' | 'duties' | 'secondFactorFor'> & { readonly secondFactors: Pick<SecondFactorRows, 'listEnrolments'>; readonly refusals: SignInRefusals };

export function createAccountWatch(ports: AccountWatchPorts): AccountWatch {
  const { users, secondFactors, refusals, clock, duties } = ports;
  const accounts = async (now: Date) => {
    const [everybody, enrolments] = await Promise.all([users.list(), secondFactors.listEnrolments(now)]);
    const untilOf = new Map(enrolments.map(({ userId, until }) => [userId, until]));
    const active = everybody.filter(({ status }) => status === 'active');
    return {
      withoutSecondFactor: active.filter((user) => !user.hasSecondFactor && needsSecondFactor(ports, user)).map(({ id, login, displayName, roles }) => ({ login, displayName, roles: knownRoles(roles), codeUntil: untilOf.get(id) })),
      withoutRoles: active.filter(({ roles }) => knownRoles(roles).length === 0).map(({ login, displayName }) => ({ login, displayName })),
      locked: active.flatMap(({ login, displayName, lockedUntil }) => (lockedUntil !== undefined && lockedUntil > now ? [{ login, displayName, until: lockedUntil }] : [])),
      disabled: everybody.filter(({ status }) => status === 'disabled').map(({ login, displayName }) => ({ login, displayName })),
      enrolments: everybody.flatMap(({ id, login, displayName }) => { const until = untilOf.get(id); return until === undefined ? [] : [{ login, displayName, until }]; }),
    };
  };
  return {
    async read() {
      const now = clock.now();
      const since = new Date(now.getTime() - LATELY_MS);
      const [found, refused] = await Promise.all([accounts(now), refusals.since(since)]);
      return { isSeparated: duties.isSeparated(), ...found, refusals: { since, ...refused } };
    },
    async countWaiting() {
      const { withoutRoles, withoutSecondFactor } = await accounts(clock.now());
      return withoutRoles.length + (duties.isSeparated() ? withoutSecondFactor.filter(({ codeUntil }) => codeUntil === undefined).length : 0);
    },
  };
}
