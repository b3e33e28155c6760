import type { AbandonOutcome } from '@hospay/plugin-sdk';
import type { ClaimedJob } from '../domain/money-store.js';
import type { Presettlement } from '../domain/order.js';
import { heard, own } from '../domain/own-words.js';
import { gapAfter } from '../domain/payment-policy.js';
import { isBusy, LONGEST_CENTRE_CALL_MS } from '../domain/presettlement.js';
import type { PresettlementChange } from '../domain/presettlement-change.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import type { InsurancePorts } from './ports.js';

/** Asks the centre to take back fees and registration of a pre-settlement that is being given up. Repeated without an end; what takes too long calls a person. */
export async function takeBack(ports: InsurancePorts, presettlement: Presettlement, job?: ClaimedJob): Promise<Presettlement> {
  const { presettlementNo, channel } = presettlement;
  const now = ports.clock.now();
  const claim = await ports.presettlements.change({ presettlementNo, cause: { kind: 'timer', id: `abandon/${presettlementNo}` }, now, ...(job === undefined ? {} : { job }) }, (change) => {
    if (change.presettlement.state !== 'abandoning' || isBusy(change.presettlement, now)) return false;
    change.set({ busyUntil: new Date(now.getTime() + LONGEST_CENTRE_CALL_MS).toISOString() });
    return true;
  });
  if (claim.kind !== 'changed' || !claim.result) {
    const busyUntil = claim.kind === 'changed' ? claim.presettlement.busyUntil : undefined;
    if (job !== undefined) await ports.store.putBackJob(job, { dueAt: new Date(busyUntil ?? now.getTime() + gapAfter(ports.policy.refundRhythmMs, job.attempt)) });
    return claim.kind === 'changed' ? claim.presettlement : presettlement;
  }
  const centre = ports.centres.find(channel);
  const outcome: AbandonOutcome = centre === undefined ? { kind: 'notSent', reason: own('channelNotActive') } : await centre.abandon({ presettlementNo });
  const mayHaveSettled = outcome.kind === 'settled' ? await ports.presettlements.unpaidBy(presettlementNo) : [];
  const at = ports.clock.now();
  const sourceId = `abandon/${presettlementNo}/${makeOpaqueId(ports.random, 8)}`;
  const learned = await ports.presettlements.change(
    {
      presettlementNo,
      cause: { kind: 'answer', id: sourceId },
      now: at,
      fact: { kind: 'channelAnswer', source: channel, sourceId, body: outcome },
      ...(job === undefined ? {} : { job, jobThen: outcome.kind === 'abandoned' ? ('done' as const) : { dueAt: new Date(at.getTime() + gapAfter(ports.policy.refundRhythmMs, job.attempt)) } }),
    },
    (change) => {
      learn(ports, change, outcome, mayHaveSettled);
      if (job === undefined && change.presettlement.state === 'abandoning') change.schedule(new Date(at.getTime() + gapAfter(ports.policy.refundRhythmMs, 1)));
    },
  );
  return learned.kind === 'changed' ? learned.presettlement : presettlement;
}

function learn(ports: InsurancePorts, change: PresettlementChange, outcome: AbandonOutcome, mayHaveSettled: readonly string[]): void {
  const { state, abandoningSince } = change.set({ busyUntil: undefined });
  // A late success has claimed it meanwhile: its refund gives it up again.
  if (state !== 'abandoning') return;
  if (outcome.kind === 'abandoned') {
    change.move('abandoned', 'answer', { lastNews: undefined });
    change.dropJob();
    change.resolveCase('presettlementOpen');
    return;
  }
  // Money has moved at the centre and no payment of ours knows of it: at once, not when it has become old.
  if (outcome.kind === 'settled') {
    change.openCase({ kind: 'presettlementOpen', severity: 1, detail: { zh: '本平台已放弃该笔医保预结算，而医保中心已有结算记录。平台正在查询相关支付单；请核对医保中心的结算，必要时办理结算撤销', en: 'given up here, and the centre holds a settlement of it. Its payments are being asked about; check the settlement at the centre, and undo it there if nothing was paid' } });
    for (const paymentNo of mayHaveSettled) change.askAboutPayment(paymentNo);
  }
  const news = outcome.kind === 'settled' ? own('centreHoldsSettlement') : outcome.kind === 'declined' ? `${outcome.code} ${outcome.message}` : outcome.reason;
  change.set({ lastNews: news });
  const said = heard(news);
  if (change.now.getTime() - Date.parse(abandoningSince ?? change.now.toISOString()) > ports.policy.refundEscalationMs) {
    change.openCase({ kind: 'presettlementOpen', severity: 2, detail: { zh: `费用明细与就诊登记在医保中心撤销不成：${said.zh}。平台会继续撤销；请联系医保中心核对`, en: `fees and registration cannot be taken back at the insurance centre: ${said.en}. The platform goes on; ask the centre` } });
  }
}
