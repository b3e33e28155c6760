import { createHash } from 'node:crypto';
import { fen, type InsuranceDetails, type PresettlementOutcome } from '@hospay/plugin-sdk';
import { assertNever } from '../domain/assert-never.js';
import { yuanOf } from '../domain/bilingual.js';
import { ok, refused, type Outcome, type Refused } from '../domain/errors.js';
import type { HospitalGuest, PresettlingGuest } from '../domain/guests.js';
import type { Cause } from '../domain/order-change.js';
import type { Presettlement, StoredQuote } from '../domain/order.js';
import { own } from '../domain/own-words.js';
import { insuredFen, isBusy, LONGEST_CENTRE_CALL_MS } from '../domain/presettlement.js';
import type { PresettlementChange } from '../domain/presettlement-change.js';
import { makeOpaqueId, makePresettlementNo } from '../domain/trade-number.js';
import type { InsurancePorts, PresettleRequest } from './ports.js';
import { viewPresettlement, type PresettlementView } from './presettlement-view.js';

/**
 * Asks the insurance what it will pay of quoted bills (医保预结算). Visit and fees come from the HIS, never from the caller. The intent is written down first, under a
 * number of our own; a repeat with the same key goes on under that number until the centre has answered, and then answers the same for ever.
 */
export async function presettle(ports: InsurancePorts, request: PresettleRequest): Promise<Outcome<PresettlementView>> {
  const known = await ports.presettlements.findByKey(request.idempotency);
  if (known?.kind === 'keyReused') return refused('IDEMPOTENCY_KEY_REUSED');
  if (known !== undefined && !mayAskAgain(ports, known.presettlement)) return answerOf(known.presettlement);
  const reason = ports.reasonToRefuse();
  if (reason !== undefined) return refused('STOPPED_FOR_SAFETY', reason);
  const quote = await ports.store.findQuote(request.quoteId);
  if (quote === undefined || quote.owner.kind !== request.owner.kind || quote.owner.id !== request.owner.id) return refused('QUOTE_NOT_FOUND');
  if (Date.parse(quote.validUntil) - ports.clock.now().getTime() < ports.policy.quoteMarginMs) return refused('QUOTE_EXPIRED');
  if (quote.totalFen === 0) return refused('NOTHING_TO_PAY');
  const channel = known?.presettlement.channel ?? chooseChannel(ports, request, quote);
  const centre = channel === undefined ? undefined : ports.centres.find(channel);
  const hospital = ports.hospitals.find(quote.hospitalId);
  if (hospital === undefined) return refused('HIS_UNAVAILABLE');
  if (channel === undefined || centre === undefined || hospital.insuranceDetails === undefined) return refused('INSURANCE_UNAVAILABLE');
  const details = await detailsOf(hospital, quote);
  if ('code' in details) return details;
  const begun = await begin(ports, request, quote, channel, details);
  return 'code' in begun ? begun : askCentre(ports, centre, request, begun, details);
}

function chooseChannel(ports: InsurancePorts, { owner, terminalKind }: PresettleRequest, { hospitalId, totalFen, feeType }: StoredQuote): string | undefined {
  return ports.channels.choose({ method: 'medicalInsurance', amountFen: totalFen, hospitalId, owner, terminalKind, feeType })?.id;
}

function mayAskAgain(ports: InsurancePorts, presettlement: Presettlement): boolean {
  const { state } = presettlement;
  return (state === 'requested' || state === 'unknown') && !isBusy(presettlement, ports.clock.now());
}

/** What an earlier request under this key came to. */
function answerOf(presettlement: Presettlement): Outcome<PresettlementView> {
  if (presettlement.state === 'abandoning' || presettlement.state === 'abandoned') return refused('PRESETTLEMENT_NOT_OPEN', presettlement.lastNews);
  return ok(viewPresettlement(presettlement));
}

async function detailsOf(hospital: HospitalGuest, quote: StoredQuote): Promise<InsuranceDetails | Refused> {
  const told = await hospital.insuranceDetails?.({ patientId: quote.patientId, quoteNo: quote.hisQuoteNo, billNos: quote.billNos });
  if (told === undefined || told.kind === 'unknown') return refused('HIS_UNAVAILABLE', told?.reason);
  if (told.kind !== 'ok') return refused('BILL_NOT_FOUND', `${told.code} ${told.message}`);
  const feesFen = told.value.fees.reduce((sum, { amountFen }) => sum + amountFen, 0);
  return feesFen === quote.totalFen ? told.value : refused('INSURANCE_TOTAL_DIFFERS', `the fees are ${String(feesFen)} fen, the quote is ${String(quote.totalFen)} fen`);
}

/** Written before the first byte; on a repeat the call under the old number is noted as under way. */
async function begin(ports: InsurancePorts, request: PresettleRequest, quote: StoredQuote, channel: string, { visit, fees }: InsuranceDetails): Promise<Presettlement | Refused> {
  const now = ports.clock.now();
  const cause: Cause = { kind: 'request', id: `${request.idempotency.tenant}/${request.idempotency.key}` };
  const busyUntil = new Date(now.getTime() + LONGEST_CENTRE_CALL_MS).toISOString();
  const detailsHash = createHash('sha256').update(JSON.stringify([visit, fees])).digest('hex');
  const fresh: Presettlement = {
    presettlementNo: makePresettlementNo(now, ports.random), hospitalId: quote.hospitalId, owner: request.owner, channel, quoteId: quote.quoteId, billNos: quote.billNos, detailsHash,
    state: 'requested', totalFen: quote.totalFen, split: undefined, visitNo: undefined, tradeNo: undefined, requestedAt: now.toISOString(), expiresAt: quote.validUntil, busyUntil,
    abandoningSince: undefined, lastNews: undefined,
  };
  const begun = await ports.presettlements.begin(fresh, request.idempotency, cause);
  switch (begun.kind) {
    case 'begun':
      return begun.presettlement;
    case 'keyReused':
      return refused('IDEMPOTENCY_KEY_REUSED');
    case 'billPresettled': {
      const { owner, presettlementNo } = begun.presettlement;
      return refused('BILL_PRESETTLED', owner.kind === request.owner.kind && owner.id === request.owner.id ? presettlementNo : undefined);
    }
    case 'known':
      break;
  }
  const again = await ports.presettlements.change({ presettlementNo: begun.presettlement.presettlementNo, cause, now }, (change) => {
    if (change.presettlement.detailsHash !== detailsHash) {
      if (change.presettlement.state === 'requested' || change.presettlement.state === 'unknown') change.abandon('request', own('otherFees'));
      return 'changed' as const;
    }
    if (!mayAskAgain(ports, change.presettlement)) return 'answered' as const;
    change.set({ busyUntil });
    return 'asks' as const;
  });
  if (again.kind !== 'changed') return refused('PRESETTLEMENT_NOT_FOUND');
  if (again.result === 'changed') return refused('BILL_NOT_FOUND', 'the bills have changed');
  return again.result === 'asks' ? again.presettlement : refused('PRESETTLEMENT_NOT_OPEN', again.presettlement.state);
}

async function askCentre(ports: InsurancePorts, centre: PresettlingGuest, request: PresettleRequest, begun: Presettlement, { visit, fees, person }: InsuranceDetails): Promise<Outcome<PresettlementView>> {
  const { presettlementNo, channel } = begun;
  const outcome = await centre.presettle({
    presettlementNo, voucher: request.voucher, personNo: request.personNo, insuranceType: request.insuranceType, usesAccount: request.usesAccount, visit, fees,
    ...(person === undefined ? {} : { person }),
    ...(request.insuredPlace === undefined ? {} : { insuredPlace: request.insuredPlace }),
    ...(request.operatorId === undefined ? {} : { operatorId: request.operatorId }),
  });
  const sourceId = `presettle/${presettlementNo}/${makeOpaqueId(ports.random, 8)}`;
  const learned = await ports.presettlements.change(
    { presettlementNo, cause: { kind: 'answer', id: sourceId }, now: ports.clock.now(), fact: { kind: 'channelAnswer', source: channel, sourceId, body: outcome } },
    (change) => learn(change, outcome),
  );
  if (learned.kind !== 'changed') throw new Error(`pre-settlement ${presettlementNo} vanished while the centre was asked`);
  return learned.result ?? ok(viewPresettlement(learned.presettlement));
}

/** What the answer makes of it; a refusal for the caller, or nothing to object. */
function learn(change: PresettlementChange, outcome: PresettlementOutcome): Refused | undefined {
  change.set({ busyUntil: undefined });
  const { state, totalFen, presettlementNo } = change.presettlement;
  // Given up while the centre was asked: it is taken back, whatever this answer says.
  if (state !== 'requested' && state !== 'unknown') {
    if (state === 'abandoning') change.schedule(change.now);
    // Taken back before its call had ended: the clock jumped past its time, and what came after the taking back lies there still.
    if (state === 'abandoned') change.abandon('answer', own('notSettledInTime'));
    return refused('PRESETTLEMENT_NOT_OPEN', state);
  }
  switch (outcome.kind) {
    case 'presettled': {
      const isWhole = outcome.presettlementNo === presettlementNo && outcome.totalFen === totalFen && outcome.fundFen + outcome.accountFen + outcome.cashFen === totalFen;
      if (!isWhole) {
        change.abandon('answer', own('pricedOtherwise', ...[outcome.totalFen, outcome.fundFen, outcome.accountFen, outcome.cashFen, totalFen].map(yuanOf)));
        return refused('INSURANCE_TOTAL_DIFFERS', change.presettlement.lastNews);
      }
      const split = { fundFen: fen(outcome.fundFen), accountFen: fen(outcome.accountFen), cashFen: fen(outcome.cashFen) };
      if (insuredFen(split) === 0) {
        change.abandon('answer', own('insurancePaysNothing'));
        return refused('NOTHING_INSURED');
      }
      change.move('presettled', 'answer', { split, visitNo: outcome.visitNo, mobileOrder: outcome.mobileOrder, lastNews: undefined });
      return undefined;
    }
    case 'declined':
      change.abandon('answer', `${outcome.code} ${outcome.message}`);
      return refused('INSURANCE_DECLINED', change.presettlement.lastNews);
    case 'notSent':
      // A part of the work may have been done before; the same key goes on from there, or the time takes it back.
      change.set({ lastNews: outcome.reason });
      return refused('INSURANCE_UNAVAILABLE', outcome.reason);
    case 'unknown':
      if (state === 'requested') change.move('unknown', 'answer', { lastNews: outcome.reason });
      else change.set({ lastNews: outcome.reason });
      return undefined;
    default:
      return assertNever(outcome);
  }
}
