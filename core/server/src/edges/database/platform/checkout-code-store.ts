import { Op } from 'sequelize';
import type { CheckoutCode, CheckoutCodes } from '../../../checkout/ports.js';
import { readTextList, writeTextList } from './list-of-text.js';
import type { CheckoutCodeRow, Models } from './models.js';

export type CheckoutCodeStore = CheckoutCodes & {
  /** Codes that ended before this are forgotten; their orders stay in the money store. */
  removeExpired(before: Date): Promise<number>;
};

export function checkoutCodeStore({ checkoutCodes }: Models, hospital: string): CheckoutCodeStore {
  const one = async (where: { tokenHash: string } | { checkoutNo: string }) => {
    const found = (await checkoutCodes.findOne({ where: { ...where, hospital } }))?.get();
    return found === undefined ? undefined : asCode(found);
  };
  return {
    async add({ hospitalId, owner, terminalKind, billNos, quote, revokedAt, claim, ...code }) {
      await checkoutCodes.create({
        ...code,
        hospital: hospitalId,
        ownerKind: owner.kind,
        ownerId: owner.id,
        terminalKind: terminalKind ?? null,
        billNos: writeTextList(billNos),
        quoteId: quote?.quoteId ?? null,
        quotedAt: quote?.quotedAt ?? null,
        revokedAt: revokedAt ?? null,
        claimRound: claim?.round ?? 0,
        claimBrowserHash: claim?.browserHash ?? null,
        claimedAt: claim?.at ?? null,
      });
    },
    findByToken: (tokenHash) => one({ tokenHash }),
    findByNo: (checkoutNo) => one({ checkoutNo }),
    async keepQuote(tokenHash, { quoteId, quotedAt }) {
      await checkoutCodes.update({ quoteId, quotedAt }, { where: { tokenHash, hospital } });
    },
    async claimRound(tokenHash, { round, browserHash, at }, takeOverBefore) {
      // One UPDATE decides: of two phones in the same instant one changes the row, the other finds it changed.
      const free = { [Op.or]: [{ claimRound: { [Op.lt]: round } }, { claimRound: round, [Op.or]: [{ claimBrowserHash: browserHash }, { claimedAt: { [Op.lt]: takeOverBefore } }] }] };
      const [changed] = await checkoutCodes.update({ claimRound: round, claimBrowserHash: browserHash, claimedAt: at }, { where: { tokenHash, hospital, revokedAt: null, expiresAt: { [Op.gt]: at }, ...free } });
      return changed === 1;
    },
    async revoke(checkoutNo, at) {
      await checkoutCodes.update({ revokedAt: at }, { where: { checkoutNo, hospital, revokedAt: null } });
    },
    async listNames(most) {
      const rows = await checkoutCodes.findAll({ where: { hospital }, attributes: ['tokenHash', 'checkoutNo'], order: [['issuedAt', 'DESC']], limit: Math.ceil(most / 2) });
      return rows.map((row) => row.get()).flatMap(({ tokenHash, checkoutNo }) => [tokenHash, checkoutNo]);
    },
    removeExpired: (before) => checkoutCodes.destroy({ where: { hospital, expiresAt: { [Op.lte]: before } } }),
  };
}

function asCode(row: CheckoutCodeRow): CheckoutCode {
  const { hospital, ownerKind, ownerId, terminalKind, billNos, basis, quoteId, quotedAt, revokedAt, claimRound, claimBrowserHash, claimedAt, ...code } = row;
  return {
    ...code,
    hospitalId: hospital,
    owner: { kind: ownerKind === 'application' ? 'application' : 'terminal', id: ownerId },
    terminalKind: terminalKind ?? undefined,
    billNos: readTextList(billNos),
    basis: basis === 'quote' ? 'quote' : 'bills',
    quote: quoteId === null || quotedAt === null ? undefined : { quoteId, quotedAt },
    revokedAt: revokedAt ?? undefined,
    claim: claimBrowserHash === null || claimedAt === null ? undefined : { round: claimRound, browserHash: claimBrowserHash, at: claimedAt },
  };
}
