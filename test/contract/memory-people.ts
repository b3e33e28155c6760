/** Accounts in memory for operators at terminals: real hashes at a small cost, real lock counting, an audit that can be read. */
import { randomBytes, scryptSync } from 'node:crypto';
import type { AuditAct } from '@hospay/server/domain/audit.js';
import { operatorProof } from '@hospay/terminal-sdk';
import type { Counter, OperatorDesk, StoredUser, UserRows } from '@hospay/server/users/ports.js';

export const PASSWORD = 'Operators-Pass-1';

/** As `hashPassword` writes it, but quick to derive. */
export function quickHash(password: string): string {
  const salt = randomBytes(16);
  return ['scrypt', 10, 8, 1, salt.toString('base64url'), scryptSync(password, salt, 32, { N: 1024, r: 8, p: 1 }).toString('base64url')].join('$');
}

export function memoryPeople() {
  const users = new Map<string, StoredUser & { readonly failures: number }>();
  const acts: AuditAct[] = [];
  const add = (login: string, roles: readonly string[], { mustChangePassword = false, operatorId }: { readonly mustChangePassword?: boolean; readonly operatorId?: string } = {}): void => {
    users.set(login, { id: login, login, displayName: `操作员 ${login}`, passwordHash: quickHash(PASSWORD), operatorKey: undefined, hasSecondFactor: false, failedAttempts: 0, roles, status: 'active', lockedUntil: undefined, mustChangePassword, operatorId, merchantNo: undefined, createdAt: new Date(0), failures: 0 });
  };
  for (const login of ['0101', '0102']) add(login, ['cashier']);
  add('d0101', ['doctor']);
  add('f0101', ['cashier', 'finance']);
  const set = (id: string, values: Partial<StoredUser & { readonly failures: number }>): void => {
    const user = users.get(id);
    if (user !== undefined) users.set(id, { ...user, ...values });
  };
  const rows: Pick<UserRows, 'find' | 'findByLogin' | 'countFailure' | 'clearFailures'> & UserRows = {
    add: () => Promise.reject(new Error('not here')),
    addAll: () => Promise.reject(new Error('not here')),
    upgradePassword: () => Promise.reject(new Error('not here')),
    count: () => Promise.resolve(users.size),
    find: (id) => Promise.resolve(users.get(id)),
    findByLogin: (login) => Promise.resolve(users.get(login)),
    findByOperator: (operatorId) => Promise.resolve([...users.values()].find((user) => user.operatorId === operatorId)),
    list: () => Promise.resolve([...users.values()]),
    countFailure(id, { limit, until }) {
      const failures = (users.get(id)?.failures ?? 0) + 1;
      set(id, failures >= limit ? { failures: 0, lockedUntil: until } : { failures });
      return Promise.resolve(users.get(id));
    },
    clearFailures(id) {
      set(id, { failures: 0, lockedUntil: undefined });
      return Promise.resolve();
    },
    setPassword(id, { hash }) {
      set(id, { passwordHash: hash });
      return Promise.resolve(true);
    },
    change(id, { operatorId, merchantNo: _none, ...values }) {
      set(id, operatorId === undefined ? values : { ...values, operatorId: operatorId ?? undefined });
      return Promise.resolve(true);
    },
  };
  return { rows, add, acts, duties: { isSeparated: () => false, look: () => Promise.resolve() }, audit: { record: (act: AuditAct) => { acts.push(act); return Promise.resolve(); } } };
}

/** What the terminal SDK does, without the wire. */
export async function signInAt(desk: OperatorDesk, counter: Counter, operatorNo: string, password = PASSWORD) {
  const challenge = await desk.challenge(counter, operatorNo);
  const proof = await operatorProof(counter, { operatorNo, password, challenge });
  return desk.signIn(counter, { operatorNo, nonce: challenge.nonce, proof: proof ?? '' });
}
