import { Op, type Sequelize } from 'sequelize';
import { readTextList, writeTextList } from './list-of-text.js';
import type { Models, SessionRow, UserRow } from './models.js';

export type StoredUser = {
  readonly id: string;
  readonly hospital: string;
  readonly login: string;
  readonly displayName: string;
  readonly passwordHash: string;
  readonly roles: readonly string[];
  readonly status: 'active' | 'disabled';
  readonly failedAttempts: number;
  readonly lockedUntil: Date | undefined;
  readonly mustChangePassword: boolean;
  readonly operatorId: string | undefined;
  readonly merchantNo: string | undefined;
  readonly createdAt: Date;
};

export type UserStore = {
  add(user: { readonly id: string; readonly login: string; readonly displayName: string; readonly passwordHash: string; readonly roles: readonly string[]; readonly mustChangePassword: boolean; readonly operatorId?: string; readonly merchantNo?: string }, now: Date): Promise<StoredUser>;
  count(): Promise<number>;
  find(id: string): Promise<StoredUser | undefined>;
  findByLogin(login: string): Promise<StoredUser | undefined>;
  findByOperator(operatorId: string): Promise<StoredUser | undefined>;
  list(): Promise<readonly StoredUser[]>;
  /** Counts one failure; at the limit the account is locked until the given time and the count begins anew. Returns the user after it. */
  countFailure(id: string, lock: { readonly limit: number; readonly until: Date }, now: Date): Promise<StoredUser | undefined>;
  clearFailures(id: string, now: Date): Promise<void>;
  setPassword(id: string, password: { readonly hash: string; readonly mustChange: boolean }, now: Date): Promise<boolean>;
  change(id: string, values: { readonly displayName?: string; readonly roles?: readonly string[]; readonly status?: 'active' | 'disabled'; readonly operatorId?: string | null; readonly merchantNo?: string | null }, now: Date): Promise<boolean>;
};

export type StoredSession = { readonly tokenHash: string; readonly userId: string; readonly createdAt: Date; readonly lastUsedAt: Date; readonly expiresAt: Date; readonly address: string | undefined };

export type SessionStore = {
  add(session: StoredSession): Promise<void>;
  /** A session that has expired by `now` is not found. */
  find(tokenHash: string, now: Date): Promise<StoredSession | undefined>;
  used(tokenHash: string, at: Date, expiresAt: Date): Promise<void>;
  remove(tokenHash: string): Promise<void>;
  removeOfUser(userId: string): Promise<number>;
  removeExpired(now: Date): Promise<number>;
};

export function userStore(sequelize: Sequelize, { users }: Models, hospital: string): UserStore {
  const changed = async (id: string, values: Partial<UserRow>, now: Date) => (await users.update({ ...values, updatedAt: now }, { where: { id, hospital } }))[0] === 1;
  const one = async (where: { id: string } | { login: string } | { operatorId: string }) => {
    const found = (await users.findOne({ where: { ...where, hospital } }))?.get();
    return found === undefined ? undefined : asUser(found);
  };
  return {
    async add({ roles, operatorId, merchantNo, ...user }, now) {
      const created: UserRow = { ...user, hospital, roles: writeTextList(roles), status: 'active', failedAttempts: 0, lockedUntil: null, operatorId: operatorId ?? null, merchantNo: merchantNo ?? null, createdAt: now, updatedAt: now };
      await users.create(created);
      return asUser(created);
    },
    count: () => users.count({ where: { hospital } }),
    find: (id) => one({ id }),
    findByLogin: (login) => one({ login }),
    findByOperator: (operatorId) => one({ operatorId }),
    async list() {
      return (await users.findAll({ where: { hospital }, order: ['login'] })).map((user) => asUser(user.get()));
    },
    countFailure: (id, { limit, until }, now) =>
      sequelize.transaction(async (transaction) => {
        const user = (await users.findOne({ where: { id, hospital }, transaction }))?.get();
        if (user === undefined) return undefined;
        const failedAttempts = user.failedAttempts + 1;
        const values = failedAttempts >= limit ? { failedAttempts: 0, lockedUntil: until, updatedAt: now } : { failedAttempts, updatedAt: now };
        await users.update(values, { where: { id, hospital }, transaction });
        return asUser({ ...user, ...values });
      }),
    async clearFailures(id, now) {
      await changed(id, { failedAttempts: 0, lockedUntil: null }, now);
    },
    setPassword: (id, { hash, mustChange }, now) => changed(id, { passwordHash: hash, mustChangePassword: mustChange, failedAttempts: 0, lockedUntil: null }, now),
    change: (id, { roles, ...values }, now) => changed(id, { ...values, ...(roles === undefined ? {} : { roles: writeTextList(roles) }) }, now),
  };
}

export function sessionStore({ sessions }: Models): SessionStore {
  return {
    async add({ address, ...session }) {
      await sessions.create({ ...session, address: address ?? null });
    },
    async find(tokenHash, now) {
      const found = (await sessions.findOne({ where: { tokenHash, expiresAt: { [Op.gt]: now } } }))?.get();
      return found === undefined ? undefined : asSession(found);
    },
    async used(tokenHash, at, expiresAt) {
      await sessions.update({ lastUsedAt: at, expiresAt }, { where: { tokenHash } });
    },
    async remove(tokenHash) {
      await sessions.destroy({ where: { tokenHash } });
    },
    removeOfUser: (userId) => sessions.destroy({ where: { userId } }),
    removeExpired: (now) => sessions.destroy({ where: { expiresAt: { [Op.lte]: now } } }),
  };
}

function asUser({ roles, status, lockedUntil, id, hospital, login, displayName, passwordHash, failedAttempts, mustChangePassword, operatorId, merchantNo, createdAt }: UserRow): StoredUser {
  return { id, hospital, login, displayName, passwordHash, failedAttempts, mustChangePassword, operatorId: operatorId ?? undefined, merchantNo: merchantNo ?? undefined, createdAt, roles: readTextList(roles), status: status === 'active' ? 'active' : 'disabled', lockedUntil: lockedUntil ?? undefined };
}

function asSession({ tokenHash, userId, createdAt, lastUsedAt, expiresAt, address }: SessionRow): StoredSession {
  return { tokenHash, userId, createdAt, lastUsedAt, expiresAt, address: address ?? undefined };
}
