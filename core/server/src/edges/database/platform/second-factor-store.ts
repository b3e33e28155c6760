import { Op, type Sequelize, type Transaction } from 'sequelize';
import type { PasskeyRows, SecondFactorRows, StoredPasskey } from '../../../users/ports.js';
import { readTextList, writeTextList } from './list-of-text.js';
import type { Models, PasskeyRow } from './models.js';
import { SecretUnreadable, type SecretBox } from './secret-box.js';

const placeOf = (userId: string): string => `second_factor.secret/${userId}`;

export function secondFactorStore(sequelize: Sequelize, { users, secondFactors, passkeys }: Models, box: SecretBox): SecondFactorRows {
  const setHas = (userId: string, hasSecondFactor: boolean, now: Date, transaction: Transaction) => users.update({ hasSecondFactor, updatedAt: now }, { where: { id: userId }, transaction });
  const open = (sealed: string | null, userId: string): string | undefined => {
    try {
      return sealed === null ? undefined : box.open(sealed, placeOf(userId)).toString('utf8');
    } catch (error) {
      // Without its key file no code fits: whoever keeps the accounts takes the factor away.
      if (error instanceof SecretUnreadable) return undefined;
      throw error;
    }
  };
  return {
    async find(userId) {
      const row = (await secondFactors.findByPk(userId))?.get();
      if (row === undefined) return undefined;
      const { secretSealed, confirmedAt, lastStep, recoveryHashes, enrolmentCodeHash: codeHash, enrolmentUntil: until } = row;
      return { secret: open(secretSealed, userId), confirmedAt: confirmedAt ?? undefined, lastStep, recoveryHashes: readTextList(recoveryHashes), enrolment: codeHash === null || until === null ? undefined : { codeHash, until } };
    },
    offer: (userId, secret, now) =>
      sequelize.transaction(async (transaction) => {
        const secretSealed = box.seal(secret, placeOf(userId));
        const row = (await secondFactors.findByPk(userId, { transaction }))?.get();
        if (row?.confirmedAt !== null && row !== undefined) return false;
        if (row === undefined) await secondFactors.create({ userId, secretSealed, confirmedAt: null, lastStep: 0, recoveryHashes: writeTextList([]), enrolmentCodeHash: null, enrolmentUntil: null, updatedAt: now }, { transaction });
        else await secondFactors.update({ secretSealed, updatedAt: now }, { where: { userId }, transaction });
        return true;
      }),
    confirm: (userId, { step, recoveryHashes }, now) =>
      sequelize.transaction(async (transaction) => {
        const [changed] = await secondFactors.update({ confirmedAt: now, lastStep: step, recoveryHashes: writeTextList(recoveryHashes), enrolmentCodeHash: null, enrolmentUntil: null, updatedAt: now }, { where: { userId, confirmedAt: null }, transaction });
        if (changed !== 1) return false;
        await setHas(userId, true, now, transaction);
        return true;
      }),
    async takeStep(userId, step) {
      const [changed] = await secondFactors.update({ lastStep: step }, { where: { userId, lastStep: { [Op.lt]: step } } });
      return changed === 1;
    },
    takeRecoveryCode: (userId, hash) =>
      sequelize.transaction(async (transaction) => {
        const row = (await secondFactors.findByPk(userId, { transaction }))?.get();
        const known = row === undefined || row.confirmedAt === null ? [] : readTextList(row.recoveryHashes);
        if (!known.includes(hash)) return false;
        await secondFactors.update({ recoveryHashes: writeTextList(known.filter((one) => one !== hash)) }, { where: { userId }, transaction });
        return true;
      }),
    async setRecoveryCodes(userId, hashes) {
      await secondFactors.update({ recoveryHashes: writeTextList(hashes) }, { where: { userId } });
    },
    listEnrolments: async (now) => (await secondFactors.findAll({ where: { confirmedAt: null, enrolmentUntil: { [Op.gt]: now } } })).flatMap((row) => { const { userId, enrolmentUntil: until } = row.get(); return until === null ? [] : [{ userId, until }]; }),
    async reset(userId, enrolment, now) {
      await sequelize.transaction(async (transaction) => {
        await passkeys.destroy({ where: { userId }, transaction });
        await secondFactors.destroy({ where: { userId }, transaction });
        if (enrolment !== undefined) await secondFactors.create({ userId, secretSealed: null, confirmedAt: null, lastStep: 0, recoveryHashes: writeTextList([]), enrolmentCodeHash: enrolment.codeHash, enrolmentUntil: enrolment.until, updatedAt: now }, { transaction });
        await setHas(userId, false, now, transaction);
      });
    },
  };
}

/** Public keys: nothing to seal. */
export function passkeyStore({ passkeys }: Models): PasskeyRows {
  return {
    async add({ id, userId, title, publicKey, counter, transports, createdAt }) {
      const [, isNew] = await passkeys.findOrCreate({ where: { id }, defaults: { id, userId, title, publicKey: Buffer.from(publicKey).toString('base64url'), counter, transports: writeTextList(transports), createdAt, lastUsedAt: null } });
      return isNew;
    },
    async find(id) {
      const row = (await passkeys.findByPk(id))?.get();
      return row === undefined ? undefined : asPasskey(row);
    },
    listOf: async (userId) => (await passkeys.findAll({ where: { userId }, order: ['createdAt'] })).map((row) => asPasskey(row.get())),
    async used(id, counter, at) {
      await passkeys.update({ counter, lastUsedAt: at }, { where: { id } });
    },
    remove: async (userId, id) => (await passkeys.destroy({ where: { userId, id } })) === 1,
  };
}

function asPasskey({ publicKey, transports, lastUsedAt, ...row }: PasskeyRow): StoredPasskey {
  return { ...row, publicKey: Buffer.from(publicKey, 'base64url'), transports: readTextList(transports), lastUsedAt: lastUsedAt ?? undefined };
}
