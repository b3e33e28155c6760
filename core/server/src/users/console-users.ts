/** Accounts of the console: who is there, what they may, their passwords. */
import { ok, refused, type Outcome } from '../domain/errors.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import { refuseWeakPassword } from './password-rule.js';
import type { ConsoleUsers, NewSession, SignedIn, StoredUser, UserPorts, UserView } from './ports.js';
import { readLogin } from './read-login.js';
import { knownRoles } from './roles.js';
import { refuseMerchant } from './merchant-rule.js';
import { beginSession, endSession, findSession } from './sessions.js';
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
    list: async () => (await users.list()).map(viewUser),
    async add(by, { login: typedLogin, displayName, roles, password, operatorId, merchantNo }) {
      const login = readLogin(typedLogin);
      if (login.kind === 'refused') return login;
      const weak = refuseWeakPassword(password, login.value);
      if (weak !== undefined) return weak;
      const unfit = refuseMerchant(ports, { roles, merchantNo });
      if (unfit !== undefined) return unfit;
      if ((await users.findByLogin(login.value)) !== undefined) return refused('CONFLICT', 'this login exists');
      if ((await users.findByOperator(login.value)) !== undefined) return refused('CONFLICT', 'this login is the staff number of another user');
      if (operatorId !== undefined && (await isTaken(users, operatorId, undefined))) return refused('CONFLICT', 'another user has this staff number');
      const user = await users.add({ id: makeOpaqueId(random), login: login.value, displayName, passwordHash: await passwords.hash(password), roles, mustChangePassword: true, ...(operatorId === undefined ? {} : { operatorId }), ...(merchantNo === undefined ? {} : { merchantNo }) }, clock.now());
      await audit.record({ who: by.login, what: 'user.add', object: `user ${user.login}`, after: { roles, ...(operatorId === undefined ? {} : { operatorId }), ...(merchantNo === undefined ? {} : { merchantNo }) } });
      return ok(viewUser(user));
    },
    async change(by, login, values) {
      const user = await users.findByLogin(login);
      if (user === undefined) return refused('NO_SUCH_ITEM');
      if (await leavesNoAdministrator(ports, user, values)) return refused('CONFLICT', 'the last administrator stays');
      const merchantNo = merchantAfter(user, values);
      const unfit = values.roles === undefined && values.merchantNo === undefined ? undefined : refuseMerchant(ports, { roles: values.roles ?? user.roles, merchantNo });
      if (unfit !== undefined) return unfit;
      const { operatorId, merchantNo: _given, ...rest } = values;
      if (operatorId !== undefined && operatorId !== '' && (await isTaken(users, operatorId, user.id))) return refused('CONFLICT', 'another user has this staff number');
      await users.change(user.id, { ...rest, ...(operatorId === undefined ? {} : { operatorId: operatorId === '' ? null : operatorId }), merchantNo: merchantNo ?? null }, clock.now());
      // Fewer rights must not wait for the next sign-in; more rights are seen at the next request anyway.
      if (values.status === 'disabled') await sessions.removeOfUser(user.id);
      await audit.record({ who: by.login, what: 'user.change', object: `user ${login}`, before: { roles: user.roles, status: user.status, ...(user.operatorId === undefined ? {} : { operatorId: user.operatorId }), ...(user.merchantNo === undefined ? {} : { merchantNo: user.merchantNo }) }, after: { ...values } });
      return viewAgain(ports, user.id);
    },
    async resetPassword(by, login, password) {
      const user = await users.findByLogin(login);
      if (user === undefined) return refused('NO_SUCH_ITEM');
      const weak = refuseWeakPassword(password, login);
      if (weak !== undefined) return weak;
      await users.setPassword(user.id, { hash: await passwords.hash(password), mustChange: true }, clock.now());
      await sessions.removeOfUser(user.id);
      await audit.record({ who: by.login, what: 'user.resetPassword', object: `user ${login}` });
      return viewAgain(ports, user.id);
    },
  };
}

type SignInNow = (request: { readonly login: string; readonly password: string; readonly address: string }) => Promise<Outcome<NewSession>>;

async function changePassword(ports: UserPorts, signIn: SignInNow, who: SignedIn, { current, next, address }: { readonly current: string; readonly next: string; readonly address: string }): Promise<Outcome<NewSession>> {
  const weak = refuseWeakPassword(next, who.login);
  if (weak !== undefined) return weak;
  if (next === current) return refused('PASSWORD_TOO_WEAK', 'it is the present one');
  // The same door with the same lock: an open browser is no place to guess in.
  const known = await signIn({ login: who.login, password: current, address });
  if (known.kind === 'refused') return known;
  await ports.users.setPassword(who.userId, { hash: await ports.passwords.hash(next), mustChange: false }, ports.clock.now());
  await ports.sessions.removeOfUser(who.userId);
  await ports.audit.record({ who: who.login, what: 'user.changePassword', object: `user ${who.login}` });
  const user = await ports.users.find(who.userId);
  return user === undefined ? refused('NO_SUCH_ITEM') : ok(await beginSession(ports, user, address));
}

async function leavesNoAdministrator({ users }: UserPorts, user: StoredUser, values: { readonly roles?: readonly string[]; readonly status?: 'active' | 'disabled' }): Promise<boolean> {
  const staysOne = (values.roles ?? user.roles).includes('administrator') && (values.status ?? user.status) === 'active';
  if (staysOne) return false;
  return !(await users.list()).some((other) => other.id !== user.id && other.status === 'active' && other.roles.includes('administrator'));
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

function viewUser({ login, displayName, roles, status, lockedUntil, mustChangePassword, operatorId, merchantNo, createdAt }: StoredUser): UserView {
  return { login, displayName, roles: knownRoles(roles), status, lockedUntil, mustChangePassword, operatorId, merchantNo, createdAt };
}
