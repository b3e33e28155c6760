import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCheckPaymentPassword } from './check-payment-password.js';
import type { PaymentPasswordRow } from './ports.js';

const HOLDER = { appId: 'app', userId: 'user-1' };

/** One holder's password, and a comparison that ends when the test says so. */
function desk() {
  const row = { hash: 'hash', failures: 0, lockedUntil: undefined as Date | undefined, setAt: new Date(0) };
  const waiting: ((isRight: boolean) => void)[] = [];
  const taken: number[] = [];
  const check = createCheckPaymentPassword({
    clock: { now: () => new Date(0) },
    audit: { record: () => Promise.resolve() },
    hashes: { hash: () => Promise.resolve('hash'), matches: () => new Promise((resolve) => { waiting.push(resolve); }) },
    passwords: {
      find: () => Promise.resolve(row), add: () => Promise.resolve(false), replace: () => Promise.resolve(false), listLocked: () => Promise.resolve([]), unlock: () => Promise.resolve(false),
      takeTry(_holder, now, lockAfter) {
        if (row.lockedUntil !== undefined && row.lockedUntil > now) return Promise.resolve({ kind: 'locked', until: row.lockedUntil });
        row.failures += 1;
        const lockMs = lockAfter(row.failures);
        row.lockedUntil = lockMs === undefined ? undefined : new Date(now.getTime() + lockMs);
        taken.push(row.failures);
        const copy: PaymentPasswordRow = { ...row };
        return Promise.resolve({ kind: 'taken', row: copy });
      },
      succeeded() {
        Object.assign(row, { failures: 0, lockedUntil: undefined });
        return Promise.resolve();
      },
    },
  });
  return { check, taken, answer: async (isRight: boolean) => { await new Promise((go) => { setImmediate(go); }); for (const resolve of waiting.splice(0)) resolve(isRight); } };
}

const kindOf = (checked: { readonly kind: string; readonly code?: string }): string => checked.code ?? checked.kind;

test('a try is counted before it is compared, and of too many at once no try is taken', async () => {
  const { check, taken, answer } = desk();
  const guesses = Array.from({ length: 6 }, () => check(HOLDER, '314159'));
  await answer(false);
  const codes = (await Promise.all(guesses)).map(kindOf);
  assert.deepEqual(codes, ['PAYMENT_PASSWORD_WRONG', 'PAYMENT_PASSWORD_WRONG', 'PAYMENT_PASSWORD_WRONG', 'PAYMENT_PASSWORD_WRONG', 'TOO_MANY_REQUESTS', 'TOO_MANY_REQUESTS']);
  assert.deepEqual(taken, [1, 2, 3, 4]);
  const fifth = check(HOLDER, '314159');
  await answer(false);
  assert.equal(kindOf(await fifth), 'PAYMENT_PASSWORD_LOCKED');
  assert.equal(kindOf(await check(HOLDER, '802517')), 'PAYMENT_PASSWORD_LOCKED', 'and nothing is compared meanwhile');
});

test('only the right password gives its tries back', async () => {
  const { check, taken, answer } = desk();
  for (const isRight of [false, true, false]) {
    const checked = check(HOLDER, '802517');
    await answer(isRight);
    assert.equal(kindOf(await checked), isRight ? 'right' : 'PAYMENT_PASSWORD_WRONG');
  }
  assert.deepEqual(taken, [1, 2, 1]);
});
