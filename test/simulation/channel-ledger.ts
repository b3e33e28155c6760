import type { Violation } from '@hospay/server/domain/invariants.js';
import type { OrderAggregate, Payment } from '@hospay/server/domain/order.js';
import { number, text } from '@hospay/server/edges/database/money/rows.js';
import { Statements } from '@hospay/server/edges/database/money/statements.js';
import type { WorldView } from './world-view.js';

/**
 * At rest the ledger's account of each channel (1121 in transit, 1131 owed by the insurance for fund and personal account, 1001 in the till) holds for every order exactly what the
 * channel keeps of it; and what lies in the drawers beside the change money, or was counted out of them, is what 1001 says of patients.
 */
export function checkChannelLedger(world: WorldView, aggregates: readonly OrderAggregate[], waitsForPerson: (aggregate: OrderAggregate) => boolean): Violation[] {
  const violations: Violation[] = [];
  const booked = new Map<string, number>();
  const rows = new Statements(world.store.database).all(
    "SELECT a.name AS account, j.trade_no AS trade_no, sum(CASE e.side WHEN 'debit' THEN e.amount_fen ELSE -e.amount_fen END) AS net FROM entry e JOIN journal j ON j.seq = e.journal_seq JOIN account a ON a.id = e.account_id WHERE e.phase = 'final' AND a.code IN ('1001', '1121', '1131') AND j.biz_type NOT IN ('shift', 'cashAct') GROUP BY a.name, j.trade_no",
  );
  for (const row of rows) booked.set(`${text(row, 'account')} ${text(row, 'trade_no')}`, number(row, 'net'));
  let isCashOpen = false;
  for (const aggregate of aggregates) {
    const { tradeNo } = aggregate.order;
    if (waitsForPerson(aggregate)) {
      isCashOpen ||= aggregate.payments.some(({ method }) => method === 'cash');
      continue;
    }
    const kept = new Map<string, number>();
    for (const payment of aggregate.payments) {
      for (const [name, amountFen] of keptOf(world, payment)) {
        const account = `${name} ${tradeNo}`;
        kept.set(account, (kept.get(account) ?? 0) + amountFen);
      }
    }
    for (const [account, keptFen] of kept) {
      const bookedFen = booked.get(account) ?? 0;
      if (bookedFen !== keptFen) violations.push({ rule: 'the ledger is the channel’s truth', subject: account, detail: `books ${String(bookedFen)} fen, the channel keeps ${String(keptFen)}` });
    }
  }
  const { drawers, openings } = world.channels.tills;
  const total = (amounts: Iterable<number>): number => [...amounts].reduce((sum, amount) => sum + amount, 0);
  const inTillsFen = total(drawers.values()) - total(openings.values());
  const cashFen = total([...booked].filter(([account]) => account.startsWith('1001/')).map(([, net]) => net));
  if (!isCashOpen && inTillsFen !== cashFen) violations.push({ rule: 'the till is the ledger', subject: '1001', detail: `the drawers hold ${String(inTillsFen)} fen of patients, the ledger says ${String(cashFen)}` });
  for (const [tillNo, amount] of drawers) if (amount < 0) violations.push({ rule: 'the till is the ledger', subject: tillNo, detail: `holds ${String(amount)} fen` });
  return violations;
}

/** The accounts of a payment, and what its channel keeps on each. */
function keptOf({ channels }: WorldView, { channel, merchantNo, method, paymentNo }: Payment): readonly (readonly [string, number])[] {
  if (method === 'medicalInsurance') {
    const { fundFen = 0, accountFen = 0 } = channels.centre(channel)?.keptSplit(paymentNo) ?? {};
    return [[`1131/${channel}/${merchantNo}/fund`, fundFen], [`1131/${channel}/${merchantNo}/account`, accountFen]];
  }
  const taken = channels.taken(channel, paymentNo);
  const backFen = [...(taken?.refunds.values() ?? [])].reduce((sum, { refundFen, state }) => (state === 'succeeded' ? sum + refundFen : sum), 0);
  return [[`${method === 'cash' ? '1001' : '1121'}/${channel}/${merchantNo}`, (taken?.paidFen ?? 0) - backFen]];
}
