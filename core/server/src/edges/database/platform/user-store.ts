import { Op, type Sequelize, type Transaction } from 'sequelize';
import type { SessionRows, StoredSession, StoredUser, UserRows } from '../../../users/ports.js';
import { readTextList, writeTextList } from './list-of-text.js';
import type { Models, SessionRow, UserRow } from './models.js';
import { SecretUnreadable, type SecretBox } from './secret-box.js';

export type UserStore = UserRows;
export type SessionStore = SessionRows;

const placeOf = (id: string): string => `user.operator_key/${id}`;

export function userStore(sequelize: Sequelize, { users }: Models, hospital: string, box: SecretBox): UserStore {
  const asUser = (row: UserRow): StoredUser => viewUser(row, box);
  const seal = (id: string, operatorKey: string | undefined): string | null => (operatorKey === undefined ? null : box.seal(operatorKey, placeOf(id)));
  const add = async ({ roles, operatorId, merchantNo, operatorKey, ...user }: Parameters<UserRows['add']>[0], now: Date, transaction?: Transaction) => {
    const created: UserRow = { ...user, hospital, operatorKeySealed: seal(user.id, operatorKey), hasSecondFactor: false, roles: writeTextList(roles), status: 'active', failedAttempts: 0, lockedUntil: null, operatorId: operatorId ?? null, merchantNo: merchantNo ?? null, createdAt: now, updatedAt: now };
    await users.create(created, transaction === undefined ? {} : { transaction });
    return asUser(created);
  };
  const changed = async (id: string, values: Partial<UserRow>, now: Date) => (await users.update({ ...values, updatedAt: now }, { where: { id, hospital } }))[0] === 1;
  const one = async (where: { id: string } | { login: string } | { operatorId: string }) => {
    const found = (await users.findOne({ where: { ...where, hospital } }))?.get();
    return found === undefined ? undefined : asUser(found);
  };
  return {
    add: (user, now) => add(user, now),
    addAll: (drafts, now) =>
      sequelize.transaction(async (transaction) => {
        const made: StoredUser[] = [];
        for (const draft of drafts) made.push(await add(draft, now, transaction));
        return made;
      }),
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
    setPassword: (id, { hash, operatorKey, mustChange }, now) => changed(id, { passwordHash: hash, operatorKeySealed: seal(id, operatorKey), mustChangePassword: mustChange, failedAttempts: 0, lockedUntil: null }, now),
    async upgradePassword(id, { from, hash, operatorKey }) {
      const [count] = await users.update({ passwordHash: hash, operatorKeySealed: seal(id, operatorKey) }, { where: { id, hospital, passwordHash: from } });
      return count === 1;
    },
    change: (id, { roles, ...values }, now) => changed(id, { ...values, ...(roles === undefined ? {} : { roles: writeTextList(roles) }) }, now),
  };
}

export function sessionStore({ sessions }: Models): SessionStore {
  return {
    async add({ address, agent, provenAt, ...session }) {
      await sessions.create({ ...session, address: address ?? null, agent: agent ?? null, provenAt: provenAt ?? null });
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
    async list({ userId, now }) {
      const found = await sessions.findAll({ where: { expiresAt: { [Op.gt]: now }, ...(userId === undefined ? {} : { userId }) }, order: [['lastUsedAt', 'DESC'], ['createdAt', 'DESC']] });
      return found.map((row) => asSession(row.get()));
    },
    removeById: async (id) => (await sessions.destroy({ where: { id } })) > 0,
    removeExpired: (now) => sessions.destroy({ where: { expiresAt: { [Op.lte]: now } } }),
  };
}

function viewUser({ roles, status, lockedUntil, id, login, displayName, passwordHash, operatorKeySealed, hasSecondFactor, failedAttempts, mustChangePassword, operatorId, merchantNo, createdAt }: UserRow, box: SecretBox): StoredUser {
  return {
    id, login, displayName, passwordHash, operatorKey: openKey(operatorKeySealed, id, box), hasSecondFactor, failedAttempts, mustChangePassword, operatorId: operatorId ?? undefined, merchantNo: merchantNo ?? undefined, createdAt, roles: readTextList(roles), status: status === 'active' ? 'active' : 'disabled', lockedUntil: lockedUntil ?? undefined,
  };
}

/** Without its key file nobody signs in at a terminal until his password is set anew; the console compares its own hash. */
function openKey(sealed: string | null, id: string, box: SecretBox): string | undefined {
  try {
    return sealed === null ? undefined : box.open(sealed, placeOf(id)).toString('utf8');
  } catch (error) {
    if (error instanceof SecretUnreadable) return undefined;
    throw error;
  }
}

function asSession({ address, agent, provenAt, ...session }: SessionRow): StoredSession {
  return { ...session, address: address ?? undefined, agent: agent ?? undefined, provenAt: provenAt ?? undefined };
}
