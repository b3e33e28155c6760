import type { Sequelize } from 'sequelize';
import type { Holder, PaymentPasswordRow, PaymentPasswordStore } from '../../../quick-pay/ports.js';
import type { PaymentPasswordColumns, QuickPayModels } from './quick-pay-models.js';

export function paymentPasswordStore(sequelize: Sequelize, { paymentPasswords }: QuickPayModels, hospital: string): PaymentPasswordStore {
  const of = ({ appId, userId }: Holder) => ({ hospital, appId, userId });
  return {
    async find(holder) {
      const row = (await paymentPasswords.findOne({ where: of(holder) }))?.get();
      return row === undefined ? undefined : asRow(row);
    },
    add: (holder, passwordHash, setAt) =>
      sequelize.transaction(async (transaction) => {
        if ((await paymentPasswords.count({ where: of(holder), transaction })) > 0) return false;
        await paymentPasswords.create({ ...of(holder), passwordHash, failures: 0, lockedUntil: null, setAt }, { transaction });
        return true;
      }),
    takeTry: (holder, now, lockAfter) =>
      sequelize.transaction(async (transaction) => {
        const row = (await paymentPasswords.findOne({ where: of(holder), transaction }))?.get();
        if (row === undefined) return { kind: 'none' };
        if (row.lockedUntil !== null && row.lockedUntil > now) return { kind: 'locked', until: row.lockedUntil };
        const failures = row.failures + 1;
        const lockMs = lockAfter(failures);
        const values = { failures, lockedUntil: lockMs === undefined ? null : new Date(now.getTime() + lockMs) };
        await paymentPasswords.update(values, { where: of(holder), transaction });
        return { kind: 'taken', row: asRow({ ...row, ...values }) };
      }),
    async succeeded(holder, passwordHash) {
      await paymentPasswords.update({ failures: 0, lockedUntil: null }, { where: { ...of(holder), passwordHash } });
    },
    async replace(holder, passwordHash, setAt, onlyIf) {
      const [changed] = await paymentPasswords.update({ passwordHash, failures: 0, lockedUntil: null, setAt }, { where: { ...of(holder), ...(onlyIf === undefined ? {} : { passwordHash: onlyIf }) } });
      return changed === 1;
    },
  };
}

function asRow({ passwordHash, failures, lockedUntil, setAt }: PaymentPasswordColumns): PaymentPasswordRow {
  return { hash: passwordHash, failures, lockedUntil: lockedUntil ?? undefined, setAt };
}
