import { daysBefore } from '@hospay/plugin-sdk';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { own } from '../domain/own-words.js';
import { giveUpPayout as giveUp } from '../domain/payout-news.js';
import { daysThatDecide, mayGiveUp } from '../domain/payout-absence.js';
import { PAYOUT_STATE_WORDS } from '../domain/payout-states.js';
import { payoutHash, type Payout } from '../domain/payout.js';
import { NOT_WHAT_WAS_SHOWN } from '../domain/refusal-words.js';
import type { PayoutPorts } from './ports.js';

/** 确认未付: the last word about a transfer that never reached the bank, of a person who did not propose it. The debt is free to be paid again. */
export async function giveUpPayout(ports: PayoutPorts, { payoutNo, hash, reason, by }: { readonly payoutNo: string; readonly hash: string; readonly reason: string; readonly by: string }): Promise<Outcome<Payout>> {
  const id = `payout/${payoutNo}/give-up/${by}`;
  const now = ports.clock.now();
  const changed = await ports.payouts.change<Outcome<undefined>>(
    { payoutNo, cause: { kind: 'operator', id }, now },
    (change) => {
      const { payout, beside } = change;
      if (payoutHash(payout) !== hash) return refused('APPROVAL_OVER', NOT_WHAT_WAS_SHOWN);
      if (payout.state !== 'unknown') return refused('CONFLICT', { zh: `该付款${PAYOUT_STATE_WORDS[payout.state]}，不能确认未付`, en: `it is ${payout.state}` });
      if (payout.proposedBy === by) return refused('SECOND_PERSON_NEEDED');
      if (!mayGiveUp(payout, ports.policy)) return refused('PAYOUT_NOT_ABSENT', { zh: '银行日终之后尚未答复从未收到该笔付款', en: 'the bank has not said, after its day was closed, that it never had it' });
      const days = daysThatDecide(payout, ports.policy);
      const unread = days.filter((day) => !beside.hasStatementOf(day));
      if (unread.length > 0) return refused('PAYOUT_NOT_ABSENT', { zh: `须先导入银行对账单：${unread.join('、')}`, en: `statements to be read first: ${unread.join(', ')}` });
      // Its line may be the one that is missing: that no statement has it says nothing then.
      const broken = [...days, ...days.slice(-1).map((last) => daysBefore(last, -1))].filter(beside.hasGapBefore);
      if (broken.length > 0) return refused('PAYOUT_NOT_ABSENT', { zh: `银行对账单余额不衔接：${broken.join('、')}`, en: `statements that do not connect: ${broken.join(', ')}` });
      change.learnFact({ kind: 'operator', source: 'console', sourceId: id, body: { hash, reason } });
      giveUp(change, own('givenUpBy', by, reason));
      return ok(undefined);
    },
  );
  if (changed.kind !== 'changed') return refused('NO_SUCH_ITEM', payoutNo);
  return changed.result.kind === 'ok' ? ok(changed.payout) : changed.result;
}
