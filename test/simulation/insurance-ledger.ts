import type { Violation } from '@hospay/server/domain/invariants.js';
import type { OrderAggregate } from '@hospay/server/domain/order.js';
import { refundableFen } from '@hospay/server/domain/reserve-refund.js';
import { optionalText, text } from '@hospay/server/edges/database/money/rows.js';
import { Statements } from '@hospay/server/edges/database/money/statements.js';
import type { WorldView } from './world-view.js';

export type PresettlementRow = { readonly presettlementNo: string; readonly state: string; readonly tradeNo: string | undefined; readonly channel: string };

/** Pre-settlements as the platform has them, against what the insurance centre holds. */
export class InsuranceLedger {
  readonly #world: WorldView;
  readonly #sql: Statements;

  constructor(world: WorldView) {
    this.#world = world;
    this.#sql = new Statements(world.store.database);
  }

  /** Neither settled nor taken back yet. */
  open(): readonly PresettlementRow[] {
    return this.#sql.all("SELECT presettlement_no, state, trade_no, channel FROM presettlement WHERE state NOT IN ('settled', 'abandoned')").map(rowOf);
  }

  /** Whatever no order has in hand has a live job that will go on with it. */
  checkJobs(): Violation[] {
    const rows = this.#sql.all(
      "SELECT presettlement_no, state FROM presettlement p WHERE state NOT IN ('settling', 'settled', 'abandoned') AND NOT EXISTS (SELECT 1 FROM job j WHERE j.kind = 'advancePresettlement' AND j.subject = p.presettlement_no)",
    );
    return rows.map((row) => ({ rule: 'I17', subject: text(row, 'presettlement_no'), detail: `${text(row, 'state')}, and no advancePresettlement job will go on with it` }));
  }

  /** At rest a pre-settlement is settled and its payment stands, or it is taken back and the centre holds nothing of it; and the HIS books what the centre settled. */
  checkEnd(aggregates: readonly OrderAggregate[], waitsForPerson: (aggregate: OrderAggregate) => boolean): Violation[] {
    const violations: Violation[] = [];
    const wrong = (subject: string, detail: string) => violations.push({ rule: 'settled or taken back', subject, detail });
    const { channels } = this.#world;
    const byTradeNo = new Map(aggregates.map((aggregate) => [aggregate.order.tradeNo, aggregate]));
    const known = new Set<string>();
    for (const row of this.#sql.all('SELECT presettlement_no, state, trade_no, channel FROM presettlement').map(rowOf)) {
      const { presettlementNo, state, tradeNo, channel } = row;
      known.add(presettlementNo);
      const order = byTradeNo.get(tradeNo ?? '');
      if (order !== undefined && waitsForPerson(order)) continue;
      const insured = order?.payments.find((payment) => payment.method === 'medicalInsurance' && refundableFen(order, payment) > 0);
      const held = channels.centre(channel)?.heldBy(presettlementNo);
      const holds = held?.description ?? 'nothing';
      if (state === 'abandoned' && held?.isAnything === true) wrong(presettlementNo, `is taken back; the centre holds ${holds}`);
      else if (state === 'settled' && (held?.standing !== 1 || insured === undefined)) wrong(presettlementNo, `is settled; the centre holds ${holds}, the order ${insured === undefined ? 'no insured payment' : 'an insured payment'}`);
      else if (state !== 'settled' && state !== 'abandoned') wrong(presettlementNo, `is ${state} days later`);
    }
    for (const presettlementNo of channels.centres.flatMap((centre) => [...centre.presettlementNos()])) {
      if (!known.has(presettlementNo)) violations.push({ rule: 'intent before the call', subject: presettlementNo, detail: 'the centre has a registration the platform does not know' });
    }
    for (const row of this.#sql.all("SELECT b.bill_no, p.presettlement_no, p.state FROM presettlement_bill b JOIN presettlement p ON p.presettlement_no = b.presettlement_no WHERE p.state = 'abandoned'")) {
      wrong(text(row, 'presettlement_no'), `is taken back and still holds bill ${text(row, 'bill_no')}`);
    }
    for (const aggregate of aggregates) if (!waitsForPerson(aggregate)) violations.push(...this.#checkOrder(aggregate));
    return violations;
  }

  #checkOrder(aggregate: OrderAggregate): Violation[] {
    const violations: Violation[] = [];
    const { order, payments } = aggregate;
    const insured = payments.filter(({ method }) => method === 'medicalInsurance');
    for (const { paymentNo, channel } of insured) {
      const kept = insured.find((payment) => payment.paymentNo === paymentNo && refundableFen(aggregate, payment) > 0);
      const { fundFen = 0, accountFen = 0 } = this.#world.channels.centre(channel)?.keptSplit(paymentNo) ?? {};
      const isSame = (kept?.insuranceSplit?.fundFen ?? 0) === fundFen && (kept?.insuranceSplit?.accountFen ?? 0) === accountFen;
      if (!isSame) violations.push({ rule: 'the centre’s own split', subject: paymentNo, detail: `keeps ${JSON.stringify(kept?.insuranceSplit ?? {})}; the centre ${String(fundFen)} of the fund, ${String(accountFen)} of the account` });
    }
    const isUndone = insured.some((payment) => payment.state === 'succeeded' && refundableFen(aggregate, payment) < payment.amountFen);
    const keptFen = payments.reduce((sum, payment) => sum + refundableFen(aggregate, payment), 0);
    if (isUndone && keptFen > 0) violations.push({ rule: 'an insured payment is undone with all beside it', subject: order.tradeNo, detail: `it went back, and ${String(keptFen)} fen stay` });
    for (const { insurance, amountFen } of this.#world.hospital.settlements.filter(({ tradeNo }) => tradeNo === order.tradeNo)) {
      const settled = insurance === undefined ? undefined : this.#world.channels.centres.map((centre) => centre.settlementOf(insurance.settlementNo)).find((found) => found !== undefined);
      const isTrue = insurance === undefined ? insured.every(({ state }) => state !== 'succeeded') : settled?.fundFen === insurance.fundFen && settled.accountFen === insurance.accountFen && settled.cashFen === insurance.cashFen && settled.visitNo === insurance.visitNo;
      if (!isTrue) violations.push({ rule: 'the hospital books what the centre settled', subject: order.tradeNo, detail: `${String(amountFen)} fen, ${JSON.stringify(insurance ?? 'without insurance')}` });
    }
    return violations;
  }
}

function rowOf(row: Record<string, unknown>): PresettlementRow {
  return { presettlementNo: text(row, 'presettlement_no'), state: text(row, 'state'), tradeNo: optionalText(row, 'trade_no'), channel: text(row, 'channel') };
}
