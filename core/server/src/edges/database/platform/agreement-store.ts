import { CARD_KINDS } from '@hospay/plugin-sdk';
import { Op, type Sequelize, type Transaction } from 'sequelize';
import { AGREEMENT_STATES, AGREEMENT_TRIGGERS, agreementTransitions, type AgreementTrigger } from '../../../domain/agreement-states.js';
import type { Agreement, AgreementStore as AgreementRows, HolderCheck } from '../../../quick-pay/ports.js';
import type { AgreementRow, HolderCheckRow, QuickPayModels } from './quick-pay-models.js';
import type { SecretBox } from './secret-box.js';

export type AgreementStore = AgreementRows & {
  /** Failed bindings with their events, checks and payments' rows this old are forgotten; the audit log keeps who did what. Returns how many rows. */
  removeBefore(time: Date): Promise<number>;
};

const placeOf = (agreementNo: string): string => `agreement.tokenSealed/${agreementNo}`;
const TOKEN_PLACE = 'agreement.token';
/** A binding nobody entered a code for gives its place back after this, whether the task has seen it or not. */
const PLACE_HELD_MS = 16 * 60_000;
const CHECK_STATES = ['requested', 'confirming', 'verified', 'over'] as const;

/** Agreements, checks of their holders, and what was paid by them. Each method looks and writes in one transaction. */
export function agreementStore(sequelize: Sequelize, { agreements, agreementEvents, holderChecks, quickPayments }: QuickPayModels, hospital: string, box: SecretBox): AgreementStore {
  const one = async (agreementNo: string, transaction?: Transaction): Promise<Agreement | undefined> => {
    const row = (await agreements.findOne({ where: { agreementNo, hospital }, ...(transaction === undefined ? {} : { transaction }) }))?.get();
    return row === undefined ? undefined : asAgreement(row);
  };
  const noteEvent = (agreementNo: string, fromState: string | null, toState: string, { by, cause, at }: { readonly by: AgreementTrigger | 'request'; readonly cause: string; readonly at: Date }, transaction: Transaction) =>
    agreementEvents.create({ agreementNo, fromState, toState, trigger: by, cause: cause.slice(0, 200), at }, { transaction });

  return {
    begin: (agreement, askedKey, { mostCards, mostBegun, since }) =>
      sequelize.transaction(async (transaction) => {
        const { agreementNo, holder: { appId, userId }, requestedAt } = agreement;
        const known = (await agreements.findOne({ where: { hospital, appId, askedKey }, transaction }))?.get();
        if (known !== undefined) return { kind: 'known', agreement: asAgreement(known) };
        const holder = { hospital, appId, userId };
        if ((await agreements.count({ where: { ...holder, requestedAt: { [Op.gt]: since } }, transaction })) >= mostBegun) return { kind: 'tooManyRequests' };
        const holding = { [Op.or]: [{ state: { [Op.in]: ['confirming', 'active', 'ending'] } }, { state: 'requested', requestedAt: { [Op.gt]: new Date(requestedAt.getTime() - PLACE_HELD_MS) } }] };
        if ((await agreements.count({ where: { ...holder, ...holding }, transaction })) >= mostCards) return { kind: 'tooManyCards' };
        await agreements.create({ ...rowOf(agreement), hospital, askedKey, tokenSealed: null, tokenHash: null }, { transaction });
        await noteEvent(agreementNo, null, agreement.state, { by: 'request', cause: askedKey, at: requestedAt }, transaction);
        return { kind: 'begun' };
      }),
    find: (agreementNo) => one(agreementNo),
    async list({ appId, userId }) {
      return (await agreements.findAll({ where: { hospital, appId, userId }, order: [['requestedAt', 'DESC'], ['agreementNo', 'DESC']], limit: 200 })).map((row) => asAgreement(row.get()));
    },
    async listOpen(limit) {
      return (await agreements.findAll({ where: { hospital, state: { [Op.in]: ['requested', 'confirming', 'ending'] } }, order: ['requestedAt'], limit })).map((row) => asAgreement(row.get()));
    },
    async search({ state, agreementNo, userId, lastFour }, limit) {
      const given = Object.fromEntries(Object.entries({ state, agreementNo, userId, lastFour }).filter(([, value]) => value !== undefined));
      return (await agreements.findAll({ where: { hospital, ...given }, order: [['requestedAt', 'DESC'], ['agreementNo', 'DESC']], limit })).map((row) => asAgreement(row.get()));
    },
    async listEvents(agreementNo) {
      if ((await one(agreementNo)) === undefined) return [];
      return (await agreementEvents.findAll({ where: { agreementNo }, order: ['id'] })).map((row) => row.get()).map(({ fromState, toState, trigger, cause, at }) => ({
        from: fromState === null ? undefined : oneOf(AGREEMENT_STATES, fromState), to: oneOf(AGREEMENT_STATES, toState), by: oneOf([...AGREEMENT_TRIGGERS, 'request'] as const, trigger), cause, at,
      }));
    },
    async codeSent(agreementNo, expiresAt) {
      await agreements.update({ codeExpiresAt: expiresAt }, { where: { agreementNo, hospital } });
      return one(agreementNo);
    },
    move: (agreementNo, { from, to, by, cause, at }) =>
      sequelize.transaction(async (transaction) => {
        const before = await one(agreementNo, transaction);
        if (before === undefined || !from.includes(before.state)) return undefined;
        agreementTransitions.check(before.state, to, by);
        await agreements.update({ state: to, lastNews: cause.slice(0, 120), ...(by === 'confirm' ? { codesEntered: before.codesEntered + 1 } : {}) }, { where: { agreementNo, hospital }, transaction });
        await noteEvent(agreementNo, before.state, to, { by, cause, at }, transaction);
        return one(agreementNo, transaction);
      }),
    activate: (agreementNo, { token, bankName, cardKind, lastFour }, { by, cause, at }) =>
      sequelize.transaction(async (transaction) => {
        const before = await one(agreementNo, transaction);
        if (before === undefined || (before.state !== 'requested' && before.state !== 'confirming')) return before?.state === 'active' ? 'active' : 'notOpen';
        const tokenHash = box.fingerprint(token, TOKEN_PLACE);
        if ((await agreements.count({ where: { hospital, tokenHash, state: { [Op.in]: ['active', 'ending'] } }, transaction })) > 0) return 'taken';
        agreementTransitions.check(before.state, 'active', by);
        await agreements.update({ state: 'active', tokenSealed: box.seal(token, placeOf(agreementNo)), tokenHash, bankName, cardKind, lastFour, boundAt: at, lastNews: cause }, { where: { agreementNo, hospital }, transaction });
        await noteEvent(agreementNo, before.state, 'active', { by, cause, at }, transaction);
        return 'active';
      }),
    async tokenOf(agreementNo) {
      const sealed = (await agreements.findOne({ where: { agreementNo, hospital } }))?.get().tokenSealed;
      return sealed === undefined || sealed === null ? undefined : box.open(sealed, placeOf(agreementNo)).toString('utf8');
    },

    addCheck: ({ holder, ...check }, { mostBegun, since }) =>
      sequelize.transaction(async (transaction) => {
        if ((await holderChecks.count({ where: { hospital, ...holder, requestedAt: { [Op.gt]: since } }, transaction })) >= mostBegun) return false;
        await holderChecks.create({ ...check, ...holder, hospital }, { transaction });
        return true;
      }),
    async findCheck(checkNo) {
      const row = (await holderChecks.findOne({ where: { checkNo, hospital } }))?.get();
      return row === undefined ? undefined : asCheck(row);
    },
    async tryCheck(checkNo, mostTries, at) {
      const [changed] = await holderChecks.update({ state: 'confirming', tries: sequelize.literal('tries + 1') }, { where: { checkNo, hospital, state: 'requested', tries: { [Op.lt]: mostTries }, expiresAt: { [Op.gt]: at } } });
      return changed === 1;
    },
    async endTry(checkNo, as) {
      return (await holderChecks.update({ state: as }, { where: { checkNo, hospital, state: 'confirming' } }))[0] === 1;
    },

    addPayment: ({ tenant, key, holder, agreementNo, amountFen, day, withPassword, at }, perDayFen) =>
      sequelize.transaction(async (transaction) => {
        const known = (await quickPayments.findOne({ where: { hospital, tenant, askedKey: key }, transaction }))?.get();
        if (known !== undefined && (known.agreementNo !== agreementNo || known.amountFen !== amountFen)) return 'otherUse';
        if (known !== undefined) return withPassword || !known.withPassword ? 'kept' : 'overDay';
        if (!withPassword) {
          const spentFen = await quickPayments.sum('amountFen', { where: { hospital, ...holder, day, withPassword: false }, transaction });
          if ((Number.isFinite(spentFen) ? spentFen : 0) + amountFen > perDayFen) return 'overDay';
        }
        await quickPayments.create({ hospital, tenant, askedKey: key, ...holder, agreementNo, amountFen, day, withPassword, at }, { transaction });
        return 'kept';
      }),
    removeBefore: (time) =>
      sequelize.transaction(async (transaction) => {
        const failed = (await agreements.findAll({ where: { hospital, state: 'failed', requestedAt: { [Op.lt]: time } }, attributes: ['agreementNo'], transaction })).map((row) => row.get().agreementNo);
        const events = await agreementEvents.destroy({ where: { agreementNo: { [Op.in]: failed } }, transaction });
        const rows = await agreements.destroy({ where: { hospital, agreementNo: { [Op.in]: failed } }, transaction });
        const checks = await holderChecks.destroy({ where: { hospital, requestedAt: { [Op.lt]: time } }, transaction });
        return events + rows + checks + (await quickPayments.destroy({ where: { hospital, at: { [Op.lt]: time } }, transaction }));
      }),
    async keysPaidWithPassword(agreementNo, limit) {
      return (await quickPayments.findAll({ where: { hospital, agreementNo, withPassword: true }, order: [['at', 'DESC']], limit })).map((row) => row.get()).map(({ tenant, askedKey }) => ({ tenant, key: askedKey }));
    },
  };
}

function rowOf({ holder, bankName, cardKind, lastFour, codeExpiresAt, boundAt, lastNews, ...agreement }: Agreement): Omit<AgreementRow, 'hospital' | 'askedKey' | 'tokenSealed' | 'tokenHash'> {
  return { ...agreement, ...holder, bankName: bankName ?? null, cardKind: cardKind ?? null, lastFour: lastFour ?? null, codeExpiresAt: codeExpiresAt ?? null, boundAt: boundAt ?? null, lastNews: lastNews ?? null };
}
function asAgreement({ agreementNo, appId, userId, channel, state, bankName, cardKind, lastFour, requestedAt, codeExpiresAt, codesEntered, boundAt, lastNews }: AgreementRow): Agreement {
  return {
    agreementNo, holder: { appId, userId }, channel, state: oneOf(AGREEMENT_STATES, state), bankName: bankName ?? undefined, cardKind: cardKind === null ? undefined : oneOf(CARD_KINDS, cardKind), lastFour: lastFour ?? undefined,
    requestedAt, codeExpiresAt: codeExpiresAt ?? undefined, codesEntered, boundAt: boundAt ?? undefined, lastNews: lastNews ?? undefined,
  };
}
function asCheck({ checkNo, appId, userId, agreementNo, channel, state, tries, requestedAt, expiresAt }: HolderCheckRow): HolderCheck {
  return { checkNo, holder: { appId, userId }, agreementNo, channel, state: oneOf(CHECK_STATES, state), tries, requestedAt, expiresAt };
}

/** @throws when the database holds what this program never wrote. */
function oneOf<Word extends string>(words: readonly Word[], stored: string): Word {
  const found = words.find((word) => word === stored);
  if (found === undefined) throw new Error('a row of quick pay cannot be read');
  return found;
}
