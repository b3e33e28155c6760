import { beijingDay, daysBefore } from '@hospay/plugin-sdk';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { DECIDED_BEFORE, NOT_WHAT_WAS_SHOWN } from '../domain/refusal-words.js';
import { hashOfSettlement, linesOfDay, movesOf, type DayTurnover, type SettlementBatch, type SettlementMove, type SettlementSheet } from '../domain/settlement-batch.js';
import type { BatchView, MoveView, SettlementDesk, SettlementPorts } from './ports.js';

/** What arrived longer ago was settled, or a person knows why not. */
const LOOKS_BACK_DAYS = 92;
const MOST_DAYS = 100;

/** 结算批次 of one hospital. */
export function createSettlementDesk(ports: SettlementPorts): SettlementDesk {
  const { batches, clock, audit } = ports;
  const sheetOf = (arrived: readonly DayTurnover[]): SettlementSheet & { readonly hash: string } => {
    const lines = arrived.flatMap((day) => linesOfDay(day, (owner) => ports.campusOf(owner)));
    const sheet = { lines, moves: movesOf(lines, (campus) => ports.accountOfCampus(campus)) };
    return { ...sheet, hash: hashOfSettlement(sheet) };
  };
  const draw = async () => sheetOf(await batches.listArrivedDays({ sources: ports.sources(), from: daysBefore(beijingDay(clock.now()), LOOKS_BACK_DAYS), limit: MOST_DAYS }));
  const view = async (batchNo: string): Promise<Outcome<BatchView>> => {
    const batch = await batches.find(batchNo);
    return batch === undefined ? refused('NO_SUCH_ITEM', batchNo) : ok(await viewOf(ports, batch));
  };
  return {
    drawBatch: draw,
    listBatches: async ({ limit }) => Promise.all((await batches.list(limit)).map((batch) => viewOf(ports, batch))),
    async proposeBatch({ hash, by }) {
      const { hash: now, ...sheet } = await draw();
      if (sheet.lines.length === 0) return refused('NO_SUCH_ITEM', { zh: '没有已到账未结算的账单日', en: 'nothing has arrived that is not settled' });
      if (now !== hash) return refused('APPROVAL_OVER', NOT_WHAT_WAS_SHOWN);
      const proposed = await batches.propose({ sheet, by, expiresAt: new Date(clock.now().getTime() + ports.expiresAfterMs), now: clock.now() });
      if (proposed.kind === 'waits') return refused('CONFLICT', { zh: `结算批次 ${proposed.batchNo} 尚待审批，请先处理`, en: `${proposed.batchNo} waits for approval` });
      await audit.record({ who: by, what: 'settlement.propose', object: `settlement ${proposed.batch.batchNo}`, after: { hash, moves: sheet.moves } });
      return ok(await viewOf(ports, proposed.batch));
    },
    async decideBatch({ batchNo, hash, isApproved, reason, by }) {
      switch (await batches.decide({ batchNo, hash, isApproved, by, reason, now: clock.now(), sources: ports.sources(), hashOf: (days) => sheetOf(days).hash })) {
        case 'notFound':
          return refused('NO_SUCH_ITEM', batchNo);
        case 'ownProposal':
          return refused('SECOND_PERSON_NEEDED');
        case 'notWhatWasShown':
          return refused('APPROVAL_OVER', NOT_WHAT_WAS_SHOWN);
        case 'expired':
          return refused('APPROVAL_OVER', { zh: '已超过审批期限，请重新提出', en: 'past its time' });
        case 'decidedBefore':
          return refused('CONFLICT', DECIDED_BEFORE);
        case 'dayTaken':
          return refused('CONFLICT', { zh: '其中有账单日已列入另一批次', en: 'a day of it stands in another batch' });
        case 'moved':
          return refused('APPROVAL_OVER', { zh: '所含账单日的金额已变：请退回后重新提出', en: 'its days say something else by now: reject it and propose again' });
        case 'decided':
          break;
      }
      await audit.record({ who: by, what: isApproved ? 'settlement.approve' : 'settlement.reject', object: `settlement ${batchNo}`, after: { hash }, reason });
      const batch = await batches.find(batchNo);
      if (isApproved && batch !== undefined) await makePayouts(ports, batch, by);
      return view(batchNo);
    },
    async carryOut({ batchNo, by }) {
      const batch = await batches.find(batchNo);
      if (batch === undefined) return refused('NO_SUCH_ITEM', batchNo);
      if (batch.state !== 'approved') return refused('CONFLICT', { zh: '该批次尚未审批同意', en: 'it is not approved' });
      await audit.record({ who: by, what: 'settlement.carryOut', object: `settlement ${batchNo}` });
      await makePayouts(ports, batch, by);
      return view(batchNo);
    },
  };
}

/** In the name of who proposed and who approved the batch. The key of a move is for ever: made again it is the same payout, approved again the same decision. */
async function makePayouts({ payouts }: SettlementPorts, batch: SettlementBatch, by: string): Promise<void> {
  const { batchNo, moves, proposedBy, decidedBy } = batch;
  for (const move of moves) {
    const made = await payouts.proposeSettlement({ requestKey: keyOf(batchNo, move), ...move, purpose: `结算 ${batchNo}`, by: proposedBy });
    if (made.kind === 'ok' && made.value.state === 'proposed') await payouts.decidePayouts({ payouts: [{ payoutNo: made.value.payoutNo, hash: made.value.hash }], isApproved: true, reason: `结算批次 ${batchNo}`, by: decidedBy ?? by });
  }
}
const keyOf = (batchNo: string, { fromAccount, toAccount }: SettlementMove): string => `settlement/${batchNo}/${fromAccount}/${toAccount}`;

async function viewOf({ payouts }: SettlementPorts, batch: SettlementBatch): Promise<BatchView> {
  const moves = await Promise.all(batch.moves.map(async (move): Promise<MoveView> => {
    const made = await payouts.findByKey(keyOf(batch.batchNo, move));
    return made === undefined ? move : { ...move, payoutNo: made.payoutNo, payoutState: made.state };
  }));
  return { ...batch, moves };
}
