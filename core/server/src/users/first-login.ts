import { createHash, timingSafeEqual } from 'node:crypto';
import { ok, refused, type Outcome, type Refused } from '../domain/errors.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import { readLogin } from './read-login.js';
import { refuseWeakPassword } from './password-rule.js';
import type { Colleague, FirstLogin, NewColleague, NewUser, Role, StoredUser, UserPorts } from './ports.js';
import { ENROLMENT_LENGTH, ENROLMENT_LIFE_MS, hashOfCode, showCode, type SecondFactorPorts } from './second-factor.js';
import { beginSession } from './sessions.js';
import { typedCode } from './typed-code.js';

/** 16 characters of Crockford's alphabet carry 80 bits: short enough to type, too many to guess in a day. */
const CODE_LENGTH = 16;
const CODE_LIFE_MS = 24 * 60 * 60_000;

/**
 * The way to the first administrator: a code printed once where only who runs the machine can see it. Only its hash is kept, in memory: a restart
 * prints another one, because nothing could print the old one again.
 */
export function createFirstLogin(ports: FirstLoginPorts): FirstLogin {
  let opened: { readonly codeHash: Buffer; readonly expiresAt: number } | undefined;
  const isOpen = () => opened !== undefined && ports.clock.now().getTime() < opened.expiresAt;

  return {
    async open() {
      opened = undefined;
      if (await hasAdministrator(ports)) return undefined;
      const code = makeOpaqueId(ports.random, CODE_LENGTH);
      opened = { codeHash: hashOf(code), expiresAt: ports.clock.now().getTime() + CODE_LIFE_MS };
      return code.replace(/(.{4})(?=.)/g, '$1-');
    },
    isOpen,
    async complete({ code, password, others, displayName, login: typedLogin, ...visitor }) {
      const offered = opened;
      if (offered === undefined || !isOpen() || !timingSafeEqual(offered.codeHash, hashOf(typedCode(code)))) return refused('FIRST_LOGIN_CODE_INVALID');
      const asked = readPeople(await ports.users.list(), { login: typedLogin, displayName, password, others, isSeparated: others !== undefined || ports.duties.isSeparated() });
      if (asked.kind === 'refused') return asked;
      // Taken before the next wait: two browsers with the same code make one administrator.
      if (opened !== offered) return refused('FIRST_LOGIN_CODE_INVALID');
      opened = undefined;
      try {
        if (await hasAdministrator(ports)) return refused('FIRST_LOGIN_CODE_INVALID');
        return ok(await makePeople(ports, asked.value, { password, ...visitor }));
      } catch (error) {
        // Nobody was made: the code is still the way in. (Somebody was: the look above refuses it.)
        opened = offered;
        throw error;
      }
    },
  };
}

type FirstLoginPorts = UserPorts & Pick<SecondFactorPorts, 'secondFactors'>;
type Person = NewColleague & { readonly role: Role };
type Asked = { readonly first: Person; readonly colleagues: readonly Person[] };

/** Who is to be made, or why not: nothing is written before all three are in order. */
function readPeople(known: readonly StoredUser[], { login, displayName, password, others, isSeparated }: NewColleague & { readonly password: string; readonly others: { readonly system: NewColleague; readonly audit: NewColleague } | undefined; readonly isSeparated: boolean }): Outcome<Asked> {
  const isThere = (...roles: readonly Role[]) => known.some((user) => user.status === 'active' && roles.some((role) => user.roles.includes(role)));
  if (isSeparated && others === undefined && !(isThere('administrator', 'systemAdministrator') && isThere('auditor'))) return refused('THREE_ADMINISTRATORS_NEEDED');
  const people: readonly Person[] = [
    { login, displayName, role: isSeparated ? 'securityAdministrator' : 'administrator' },
    ...(others === undefined ? [] : [{ ...others.system, role: 'systemAdministrator' as const }, { ...others.audit, role: 'auditor' as const }]),
  ];
  const read: Person[] = [];
  for (const person of people) {
    const readable = readLogin(person.login);
    if (readable.kind === 'refused') return readable;
    if ([...known, ...read].some((other) => other.login === readable.value)) return refused('CONFLICT', { zh: `用户名 ${readable.value} 已被使用；三人须各有用户名`, en: `login ${readable.value}: is taken; three persons have three logins` });
    read.push({ ...person, login: readable.value });
  }
  const [first, ...colleagues] = read;
  if (first === undefined) throw new Error('nobody was asked for');
  const weak: Refused | undefined = refuseWeakPassword(password, first.login);
  return weak ?? ok({ first, colleagues });
}

async function makePeople(ports: FirstLoginPorts, { first, colleagues }: Asked, { password, ...visitor }: { readonly password: string; readonly address: string; readonly agent?: string | undefined }) {
  const { users, passwords, random, clock, audit } = ports;
  const now = clock.now();
  const prepare = async ({ login, displayName, role }: Person, chosen: string, mustChangePassword: boolean): Promise<NewUser> =>
    ({ id: makeOpaqueId(random), login, displayName, passwordHash: await passwords.hash(chosen), operatorKey: await passwords.operatorKey(chosen), roles: [role], mustChangePassword });
  const handed: readonly Colleague[] = colleagues.map((person) => ({ ...person, password: firstPassword(random), enrolmentCode: makeOpaqueId(random, ENROLMENT_LENGTH) }));
  const drafts = [await prepare(first, password, false)];
  for (const colleague of handed) drafts.push(await prepare(colleague, colleague.password, true));
  const [made, ...others] = await users.addAll(drafts, now);
  if (made === undefined) throw new Error('nobody was made');
  for (const [index, { id }] of others.entries()) {
    const { enrolmentCode = '' } = handed[index] ?? {};
    await ports.secondFactors.reset(id, { codeHash: hashOfCode(enrolmentCode), until: new Date(now.getTime() + ENROLMENT_LIFE_MS) }, now);
  }
  await ports.duties.look();
  for (const user of [made, ...others]) await audit.record({ who: made.login, what: user === made ? 'user.firstLogin' : 'user.add', object: `user ${user.login}`, after: { roles: user.roles, from: visitor.address } });
  return { ...(await beginSession(ports, made, visitor)), colleagues: handed.map((colleague) => ({ ...colleague, enrolmentCode: showCode(colleague.enrolmentCode) })) };
}

/** Fit by the rule of passwords, easy to copy from paper, and changed at the first sign-in. */
function firstPassword(random: UserPorts['random']): string {
  return `h${[0, 1, 2].map(() => makeOpaqueId(random, 5)).join('-')}7`;
}

/** Operators may be there before the first administrator is: an answers file names them. Where duties are separated it is the security administrator who is missed. */
async function hasAdministrator({ users, duties }: Pick<UserPorts, 'users' | 'duties'>): Promise<boolean> {
  const wanted: readonly Role[] = duties.isSeparated() ? ['securityAdministrator'] : ['administrator', 'securityAdministrator'];
  return (await users.list()).some(({ roles }) => wanted.some((role) => roles.includes(role)));
}

function hashOf(code: string): Buffer {
  return createHash('sha256').update(`first-login:${code}`).digest();
}
