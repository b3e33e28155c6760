import { Op, type Sequelize } from 'sequelize';
import type { Holder, PaymentPasswordRow, PaymentPasswordStore } from '../../../quick-pay/ports.js';
import type { PaymentPasswordColumns, QuickPayModels } from './quick-pay-models.js';
import type { SecretBox } from './secret-box.js';

const LOCK_NO_LENGTH = 32;

export function paymentPasswordStore(sequelize: Sequelize, { paymentPasswords }: QuickPayModels, hospital: string, box: Pick<SecretBox, 'fingerprint'>): PaymentPasswordStore {
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
    async listLocked(now, limit) {
      const rows = await paymentPasswords.findAll({ where: { hospital, lockedUntil: { [Op.gt]: now } }, order: [['lockedUntil', 'DESC'], 'appId', 'userId'], limit });
      return rows.map((row) => row.get()).map(({ appId, userId, failures, lockedUntil }) => ({ lockNo: box.fingerprint(JSON.stringify([appId, userId]), 'payment_password.lock').slice(0, LOCK_NO_LENGTH), holder: { appId, userId }, failures, lockedUntil: lockedUntil ?? now }));
    },
    async unlock(holder, now) {
      return (await paymentPasswords.update({ lockedUntil: null }, { where: { ...of(holder), lockedUntil: { [Op.gt]: now } } }))[0] === 1;
    },
  };
}

function asRow({ passwordHash, failures, lockedUntil, setAt }: PaymentPasswordColumns): PaymentPasswordRow {
  return { hash: passwordHash, failures, lockedUntil: lockedUntil ?? undefined, setAt };
}
