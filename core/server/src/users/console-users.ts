/** Accounts of the console: who is there, what they may, their passwords. */
import { ok, refused, type Outcome, type Refused } from '../domain/errors.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import { refuseWeakPassword } from './password-rule.js';
import { RIGHT_WORDS, type ConsoleUsers, type NewSession, type Right, type SignedIn, type StoredUser, type UserPorts, type UserView, type Visitor } from './ports.js';
import { readLogin } from './read-login.js';
import { hasDuty, knownRoles, rightsOfUser, whyNotTogether } from './roles.js';
import { refuseMerchant } from './merchant-rule.js';
import { beginSession, endSession, findSession, listSessions } from './sessions.js';
import { createSignIn } from './sign-in.js';

export function createConsoleUsers(ports: UserPorts): ConsoleUsers {
  const { users, sessions, passwords, clock, random, audit } = ports;
  const signIn = createSignIn(ports);
  return {
    signIn,
    findSession: (request) => findSession(ports, request),
    async signOut(token, who) {
      await endSession(ports, token);
      await audit.record({ who: who.login, what: 'session.end', object: `user ${who.login}` });
    },
    changePassword: (who, request) => changePassword(ports, signIn, who, request),
    async listSessions(login) {
      if (login === undefined) return listSessions(ports);
      const user = await users.findByLogin(login);
      return user === undefined ? [] : listSessions(ports, user.id);
    },
    async endSession(by, { id, ownedBy }) {
      const session = (await listSessions(ports)).find((one) => one.id === id && (ownedBy === undefined || one.login === ownedBy));
      if (session === undefined || !(await sessions.removeById(id))) return refused('NO_SUCH_ITEM');
      await audit.record({ who: by.login, what: 'session.end', object: `user ${session.login}`, after: { session: id, from: session.address } });
      return ok(undefined);
    },
    list: async () => (await users.list()).map(viewUser),
    async add(by, { login: typedLogin, displayName, roles, password, operatorId, merchantNo }) {
      const login = readLogin(typedLogin);
      if (login.kind === 'refused') return login;
      const weak = refuseWeakPassword(password, login.value);
      if (weak !== undefined) return weak;
      const unfit = refuseMerchant(ports, { roles, merchantNo }) ?? refuseRoles(ports, by, roles);
      if (unfit !== undefined) return unfit;
      if ((await users.findByLogin(login.value)) !== undefined) return refused('CONFLICT', { zh: '该用户名已存在', en: 'this login exists' });
      if ((await users.findByOperator(login.value)) !== undefined) return refused('CONFLICT', { zh: '该用户名是另一用户的工号', en: 'this login is the staff number of another user' });
      if (operatorId !== undefined && (await isTaken(users, operatorId, undefined))) return refused('CONFLICT', { zh: '该工号已属于另一用户', en: 'another user has this staff number' });
      const user = await users.add({ id: makeOpaqueId(random), login: login.value, displayName, passwordHash: await passwords.hash(password), operatorKey: await passwords.operatorKey(password), roles, mustChangePassword: true, ...(operatorId === undefined ? {} : { operatorId }), ...(merchantNo === undefined ? {} : { merchantNo }) }, clock.now());
      await ports.duties.look();
      await audit.record({ who: by.login, what: 'user.add', object: `user ${user.login}`, after: { roles, ...(operatorId === undefined ? {} : { operatorId }), ...(merchantNo === undefined ? {} : { merchantNo }) } });
      return ok(viewUser(user));
    },
    async change(by, login, values) {
      const user = await users.findByLogin(login);
      if (user === undefined) return refused('NO_SUCH_ITEM');
      const unasked = refuseOwn(by, user, values) ?? refuseDuty(ports, by, { user, values }) ?? (await refuseLast(ports, user, values));
      if (unasked !== undefined) return unasked;
      const merchantNo = merchantAfter(user, values);
      const unfit = values.roles === undefined && values.merchantNo === undefined ? undefined : refuseMerchant(ports, { roles: values.roles ?? user.roles, merchantNo });
      if (unfit !== undefined) return unfit;
      const { operatorId, merchantNo: _given, ...rest } = values;
      if (operatorId !== undefined && operatorId !== '' && (await isTaken(users, operatorId, user.id))) return refused('CONFLICT', { zh: '该工号已属于另一用户', en: 'another user has this staff number' });
      await users.change(user.id, { ...rest, ...(operatorId === undefined ? {} : { operatorId: operatorId === '' ? null : operatorId }), merchantNo: merchantNo ?? null }, clock.now());
      // Fewer rights must not wait for the next sign-in; more rights are seen at the next request anyway.
      if (values.status === 'disabled') await sessions.removeOfUser(user.id);
      await ports.duties.look();
      await audit.record({ who: by.login, what: 'user.change', object: `user ${login}`, before: { roles: user.roles, status: user.status, ...(user.operatorId === undefined ? {} : { operatorId: user.operatorId }), ...(user.merchantNo === undefined ? {} : { merchantNo: user.merchantNo }) }, after: { ...values } });
      return viewAgain(ports, user.id);
    },
    async resetPassword(by, login, password) {
      const user = await users.findByLogin(login);
      if (user === undefined) return refused('NO_SUCH_ITEM');
      const weak = refuseWeakPassword(password, login);
      if (weak !== undefined) return weak;
      // Until he has a second factor, whoever gave him a password could be him.
      if (ports.duties.isSeparated() && user.roles.includes('securityAdministrator') && !user.hasSecondFactor) return refused('CONFLICT', { zh: '安全管理员须先设置自己的二次验证', en: 'the security administrator sets his second factor up first' });
      await users.setPassword(user.id, { hash: await passwords.hash(password), operatorKey: await passwords.operatorKey(password), mustChange: true }, clock.now());
      await sessions.removeOfUser(user.id);
      await audit.record({ who: by.login, what: 'user.resetPassword', object: `user ${login}` });
      return viewAgain(ports, user.id);
    },
  };
}

type SignInNow = (request: { readonly login: string; readonly password: string } & Visitor) => Promise<Outcome<NewSession>>;

async function changePassword(ports: UserPorts, signIn: SignInNow, who: SignedIn, { current, next, ...visitor }: { readonly current: string; readonly next: string } & Visitor): Promise<Outcome<NewSession>> {
  const weak = refuseWeakPassword(next, who.login);
  if (weak !== undefined) return weak;
  if (next === current) return refused('PASSWORD_TOO_WEAK', { zh: '新密码与现用密码相同', en: 'it is the present one' });
  // The same door with the same lock: an open browser is no place to guess in.
  const known = await signIn({ login: who.login, password: current, ...visitor });
  if (known.kind === 'refused') return known;
  const { passwords, users, sessions, audit, clock } = ports;
  await users.setPassword(who.userId, { hash: await passwords.hash(next), operatorKey: await passwords.operatorKey(next), mustChange: false }, clock.now());
  await sessions.removeOfUser(who.userId);
  await audit.record({ who: who.login, what: 'user.changePassword', object: `user ${who.login}` });
  const user = await users.find(who.userId);
  // Only a session that has proven the second factor, or has none to prove, gets as far as here.
  return user === undefined ? refused('NO_SUCH_ITEM') : ok(await beginSession(ports, user, { ...visitor, provenAt: who.hasSecondFactor ? clock.now() : undefined }));
}

/** Where duties are separated nobody says what he may himself, nor takes himself out of use. */
function refuseOwn(by: SignedIn, user: StoredUser, { roles, status }: { readonly roles?: readonly string[]; readonly status?: string }): Refused | undefined {
  if (user.id !== by.userId) return undefined;
  const isOther = roles !== undefined && (roles.length !== user.roles.length || roles.some((role) => !user.roles.includes(role)));
  return (isOther && hasDuty(user.roles)) || status === 'disabled' ? refused('CONFLICT', { zh: '不能改动本人的权限，也不能停用本人', en: 'nobody changes what he may himself' }) : undefined;
}

/** Why this person may not give these roles, or undefined. Accounts are added without roles by who may give none. */
function refuseRoles({ duties }: Pick<UserPorts, 'duties'>, by: SignedIn, roles: readonly string[]): Refused | undefined {
  if (roles.length === 0) return undefined;
  if (!by.rights.includes('assignRoles')) return refused('NOT_PERMITTED', { zh: '缺少“授予角色”权限：账号的角色由安全管理员授予', en: 'needs the right assignRoles: the security administrator says what an account may' });
  if (duties.isSeparated() && roles.includes('administrator')) return refused('DUTIES_SEPARATED');
  const together = whyNotTogether(roles, duties.isSeparated());
  return together === undefined ? undefined : refused('CONFLICT', together);
}

/** Accounts are one duty, what they may is another; a value that stays as it is asks for neither. */
function refuseDuty(ports: Pick<UserPorts, 'duties'>, by: SignedIn, { user, values }: { readonly user: StoredUser; readonly values: Parameters<ConsoleUsers['change']>[2] }): Refused | undefined {
  const { roles, merchantNo, displayName = user.displayName, status = user.status, operatorId = user.operatorId ?? '' } = values;
  const changesAccount = displayName !== user.displayName || status !== user.status || operatorId !== (user.operatorId ?? '');
  if (changesAccount && !by.rights.includes('manageUsers')) return refused('NOT_PERMITTED', { zh: '缺少“管理账号”权限：账号由系统管理员管理', en: 'needs the right manageUsers: the system administrator keeps accounts' });
  const changesRoles = roles !== undefined || merchantNo !== undefined;
  if (changesRoles && !by.rights.includes('assignRoles')) return refused('NOT_PERMITTED', { zh: '缺少“授予角色”权限：账号的角色由安全管理员授予', en: 'needs the right assignRoles: the security administrator says what an account may' });
  return refuseRoles(ports, by, roles ?? []);
}

async function refuseLast(ports: UserPorts, user: StoredUser, values: { readonly roles?: readonly string[]; readonly status?: 'active' | 'disabled' }): Promise<Refused | undefined> {
  const missed = await leavesNobody(ports, user, values);
  return missed === undefined ? undefined : refused('CONFLICT', { zh: `这是最后一名具有“${RIGHT_WORDS[missed]}”权限的用户，须保留`, en: `the last one with the right ${missed} stays` });
}

/** The duty that nobody would have any more, or undefined: someone must be able to put things right, and someone must watch. */
async function leavesNobody({ users, duties }: UserPorts, user: StoredUser, values: { readonly roles?: readonly string[]; readonly status?: 'active' | 'disabled' }): Promise<Right | undefined> {
  const kept: readonly Right[] = ['manageUsers', 'assignRoles', 'audit'];
  const isSeparated = duties.isSeparated() || values.roles?.includes('securityAdministrator') === true;
  const after = (await users.list()).map((other) => (other.id === user.id ? { ...other, roles: values.roles ?? other.roles, status: values.status ?? other.status } : other));
  const has = (right: Right, people: readonly StoredUser[], separated: boolean) => people.some((other) => other.status === 'active' && rightsOfUser(other, separated).includes(right));
  const before = await users.list();
  return kept.find((right) => has(right, before, duties.isSeparated()) && !has(right, after, isSeparated));
}

/** Whoever stops being a merchant is bound to none any more. */
function merchantAfter(user: StoredUser, { roles = user.roles, merchantNo }: { readonly roles?: readonly string[]; readonly merchantNo?: string }): string | undefined {
  return merchantNo ?? (roles.includes('merchant') ? user.merchantNo : undefined);
}

async function viewAgain({ users }: UserPorts, id: string): Promise<Outcome<UserView>> {
  const user = await users.find(id);
  return user === undefined ? refused('NO_SUCH_ITEM') : ok(viewUser(user));
}

/** Tills and shifts know a person by his staff number, or by his login: neither may be another's. */
async function isTaken(users: UserPorts['users'], operatorId: string, userId: string | undefined): Promise<boolean> {
  const holders = [await users.findByOperator(operatorId), await users.findByLogin(operatorId.toLowerCase())];
  return holders.some((holder) => holder !== undefined && holder.id !== userId);
}

function viewUser({ login, displayName, roles, status, lockedUntil, mustChangePassword, hasSecondFactor, operatorId, merchantNo, createdAt }: StoredUser): UserView {
  return { login, displayName, roles: knownRoles(roles), status, lockedUntil, mustChangePassword, hasSecondFactor, operatorId, merchantNo, createdAt };
}
