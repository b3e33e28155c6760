import { fen } from '@hospay/plugin-sdk';
import type { Discharge } from '../domain/discharge.js';
import { ok, refused, type Outcome } from '../domain/errors.js';
import type { Owner } from '../domain/order.js';
import { makeTradeNo } from '../domain/trade-number.js';
import { viewDischarge, type DischargeView } from './discharge-view.js';
import type { InpatientPorts, SettleDischargeRequest } from './ports.js';

/**
 * Settles a stay at whose end nothing is to be collected (出院结算退费). The intent is committed here; the HIS is called by its job, under one number for ever, and then what
 * is left of the deposits goes back. A repeat with the same key answers what became of the first.
 */
export async function settleDischarge(ports: InpatientPorts, request: SettleDischargeRequest): Promise<Outcome<DischargeView>> {
  const quote = await ports.findQuote(request.quoteId);
  const isOwn = quote?.owner.kind === request.owner.kind && quote.owner.id === request.owner.id;
  const { inpatientNo, visitId, returnFen } = quote?.subject ?? {};
  if (quote?.business !== 'discharge' || !isOwn || inpatientNo === undefined || visitId === undefined) return refused('QUOTE_NOT_FOUND');
  if (returnFen === undefined) return refused('AMOUNT_MISMATCH', 'something is to be collected: pay the quote');
  const now = ports.clock.now();
  const discharge: Discharge = {
    settlementNo: makeTradeNo(now, ports.random),
    hospitalId: quote.hospitalId, owner: request.owner, quoteId: quote.quoteId, hisQuoteNo: quote.hisQuoteNo, inpatientNo, visitId, patientLabel: quote.patientLabel, operatorId: request.operatorId, refundFen: fen(returnFen),
    state: 'requested', hisSettlementNo: undefined, receiptNo: undefined, shares: [], requestedAt: now.toISOString(), settledAt: undefined, attempts: 0, lastNews: undefined,
  };
  const { idempotency } = request;
  const begun = await ports.discharges.begin(discharge, { ...idempotency, requestHash: quote.quoteId }, { kind: 'request', id: `${idempotency.tenant}/${idempotency.key}` });
  switch (begun.kind) {
    case 'begun':
    case 'known':
      return ok(viewDischarge(begun.discharge));
    case 'keyReused':
      return refused('IDEMPOTENCY_KEY_REUSED');
    case 'stayTaken':
      return refused('DISCHARGE_UNDERWAY', begun.discharge.settlementNo);
  }
}

/** After a power cut a terminal shows again what it had begun, and only that. */
const RECENT_MS = 30 * 60_000;

export async function listRecentDischarges({ discharges, clock }: InpatientPorts, owner: Owner): Promise<readonly DischargeView[]> {
  return (await discharges.listRecent(owner, new Date(clock.now().getTime() - RECENT_MS))).map(viewDischarge);
}

export async function findDischarge(ports: InpatientPorts, request: Pick<SettleDischargeRequest, 'owner'> & { readonly settlementNo: string }): Promise<Outcome<DischargeView>> {
  const found = await ports.discharges.find(request.settlementNo);
  return found?.owner.kind === request.owner.kind && found.owner.id === request.owner.id ? ok(viewDischarge(found)) : refused('NO_SUCH_ITEM');
}
