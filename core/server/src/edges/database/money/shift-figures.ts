import { E_CNY, type BusinessKind, type PaymentMethod } from '@hospay/plugin-sdk';
import type { AccountName } from '../../../domain/ledger.js';
import type { FormKind } from '../../../domain/numbered-form.js';
import type { OpenItem, ShiftFigures, ShiftTender, Sum, UsedForm } from '../../../domain/shift.js';
import { number, optionalText, text, type Row } from './rows.js';
import type { Statements } from './statements.js';

/** Journals of a till after `fromSeq`, up to and with `toSeq`; change money by the same rule. */
export type ShiftSpan = { readonly tillNo: string; readonly fromSeq: number; readonly toSeq: number; readonly fromOpening: number; readonly toOpening: number; readonly fromFormEvent: number; readonly toFormEvent: number };

const OWN = `j.till_no = :tillNo AND j.seq > :fromSeq AND j.seq <= :toSeq`;
const PAYMENTS = `
  SELECT p.channel, p.method, coalesce(p.funding_source = '${E_CNY}', 0) AS is_e_cny, count(*) AS n, sum(p.amount_fen) AS fen, 0 AS earlier_n, 0 AS earlier_fen,
         coalesce(sum(p.insurance_fund_fen), 0) AS fund_fen, coalesce(sum(p.insurance_account_fen), 0) AS account_fen
    FROM journal j JOIN payment p ON p.payment_no = j.biz_id
   WHERE ${OWN} AND j.biz_type = 'payment' AND j.step = 'succeeded' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;
/** An insured payment goes back whole, so what fund and account get is what they gave. */
const REFUNDS = `
  SELECT p.channel, p.method, coalesce(p.funding_source = '${E_CNY}', 0) AS is_e_cny, count(*) AS n, sum(r.refund_fen) AS fen,
         sum(paid.seq IS NULL) AS earlier_n, sum(CASE WHEN paid.seq IS NULL THEN r.refund_fen ELSE 0 END) AS earlier_fen,
         coalesce(sum(p.insurance_fund_fen), 0) AS fund_fen, coalesce(sum(p.insurance_account_fen), 0) AS account_fen
    FROM journal j JOIN refund r ON r.refund_no = j.biz_id JOIN payment p ON p.payment_no = r.payment_no
    LEFT JOIN journal paid ON paid.biz_type = 'payment' AND paid.biz_id = p.payment_no AND paid.step = 'succeeded'
     AND paid.till_no = :tillNo AND paid.seq > :fromSeq AND paid.seq <= :toSeq
   WHERE ${OWN} AND j.biz_type = 'refund' AND j.step = 'succeeded' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;
const BILLS = `
  SELECT o.business, coalesce(q.fee_type, '') AS fee_type, count(*) AS n, sum(o.total_fen) AS total_fen, sum(o.fund_fen) AS fund_fen, sum(o.personal_account_fen) AS account_fen, sum(o.amount_fen) AS paid_fen,
         sum(CASE WHEN o.presettlement_no IS NULL THEN o.amount_fen + o.fund_fen + o.personal_account_fen - o.total_fen ELSE 0 END) AS rounding_fen
    FROM journal j JOIN orders o ON o.trade_no = j.biz_id LEFT JOIN quote q ON q.quote_id = o.quote_id
   WHERE ${OWN} AND j.biz_type = 'confirmation' GROUP BY 1, 2 ORDER BY 1, 2`;
const DEPOSITS_REFUNDED = `
  SELECT count(*) AS n, coalesce(sum(r.refund_fen), 0) AS fen FROM journal j JOIN refund r ON r.refund_no = j.biz_id JOIN orders o ON o.trade_no = r.trade_no
   WHERE ${OWN} AND j.biz_type = 'refund' AND j.step = 'succeeded' AND o.business = 'deposit'`;
const RECEIPTS = `SELECT o.receipt_no FROM journal j JOIN orders o ON o.trade_no = j.biz_id WHERE ${OWN} AND j.biz_type = 'confirmation' AND o.receipt_no IS NOT NULL ORDER BY o.receipt_no`;
/** A payment may go back before its order is booked: the receipt that comes later is none of this shift. */
const REFUNDED_RECEIPTS = `
  SELECT DISTINCT o.receipt_no FROM journal j JOIN refund r ON r.refund_no = j.biz_id JOIN orders o ON o.trade_no = r.trade_no
    JOIN journal booked ON booked.biz_type = 'confirmation' AND booked.biz_id = o.trade_no AND booked.seq < j.seq
   WHERE ${OWN} AND j.biz_type = 'refund' AND j.step = 'succeeded' AND o.receipt_no IS NOT NULL ORDER BY o.receipt_no`;
const CHANGE_MONEY = `SELECT count(*) AS n, coalesce(sum(amount_fen), 0) AS fen FROM change_money WHERE till_no = :tillNo AND id > :fromOpening AND id <= :toOpening`;
/** A number that was printed and made void later in the same shift is a void one. */
const FORMS = `
  SELECT e.run_no, e.number, b.kind, max(e.state = 'void') AS is_void FROM form_event e JOIN form_run r ON r.run_no = e.run_no JOIN form_batch b ON b.batch_no = r.batch_no
   WHERE e.till_no = :tillNo AND e.id > :fromFormEvent AND e.id <= :toFormEvent AND e.state IN ('printed', 'void') GROUP BY e.run_no, e.number ORDER BY b.kind, e.number, e.run_no`;
/** Entries of the till itself: what the count moves out is not its business. */
const TILL_CASH = `
  SELECT a.name, sum(CASE WHEN e.side = 'debit' THEN e.amount_fen ELSE -e.amount_fen END) AS fen
    FROM journal j JOIN entry e ON e.journal_seq = j.seq JOIN account a ON a.id = e.account_id
   WHERE ${OWN} AND j.biz_type IN ('payment', 'refund') AND a.code = '1001' AND e.clear_key = :tillNo AND e.phase = 'final' GROUP BY a.name HAVING fen <> 0 ORDER BY a.name`;
const OPEN = `
  SELECT 'payment' AS kind, payment_no AS number, trade_no, channel, method, amount_fen, state FROM payment
   WHERE till_no = :tillNo AND state NOT IN ('succeeded', 'closed', 'failed')
  UNION ALL
  SELECT 'refund', r.refund_no, r.trade_no, p.channel, p.method, r.refund_fen, r.state FROM refund r JOIN payment p ON p.payment_no = r.payment_no
   WHERE r.till_no = :tillNo AND r.state NOT IN ('succeeded', 'closed', 'rejected')
  ORDER BY 1, 2`;

/** The figures of a shift, drawn from its journals. What has no end yet (`open`) is of this moment; of a closed span it can only be read at its close. */
export function readShiftFigures(sql: Statements, span: ShiftSpan): ShiftFigures {
  const { tillNo, fromSeq, toSeq } = span;
  const own = { tillNo, fromSeq, toSeq };
  const all = (statement: string): Row[] => sql.prepare(statement).all(own);
  const tillCash = all(TILL_CASH).map((row) => ({ account: text(row, 'name') as AccountName, amountFen: number(row, 'fen') }));
  const change = sql.prepare(CHANGE_MONEY).get({ tillNo, fromOpening: span.fromOpening, toOpening: span.toOpening });
  const changeMoney = change === undefined ? { count: 0, amountFen: 0 } : { count: number(change, 'n'), amountFen: number(change, 'fen') };
  const cashFen = tillCash.reduce((sum, { amountFen }) => sum + amountFen, 0);
  return {
    tenders: joinTenders(all(PAYMENTS), all(REFUNDS)),
    bills: readBills(all(BILLS)),
    depositsRefunded: all(DEPOSITS_REFUNDED).map((row) => sumOf(row, 'n', 'fen'))[0] ?? NOTHING,
    receipts: { receiptNos: all(RECEIPTS).map((row) => text(row, 'receipt_no')), refundedReceiptNos: all(REFUNDED_RECEIPTS).map((row) => text(row, 'receipt_no')) },
    ...formsOf(sql, span),
    changeMoney,
    tillCash,
    cashFen,
    expectedFen: cashFen + changeMoney.amountFen,
    open: sql.prepare(OPEN).all({ tillNo }).map(openItem),
  };
}

function formsOf(sql: Statements, { tillNo, fromFormEvent, toFormEvent }: ShiftSpan): Pick<ShiftFigures, 'forms'> {
  if (toFormEvent === 0) return {};
  const rows = sql.prepare(FORMS).all({ tillNo, fromFormEvent, toFormEvent });
  const numbers = (isVoid: 0 | 1): UsedForm[] => rows.filter((row) => number(row, 'is_void') === isVoid).map((row) => ({ runNo: text(row, 'run_no'), kind: text(row, 'kind') as FormKind, number: text(row, 'number') }));
  return { forms: { fromEvent: fromFormEvent, toEvent: toFormEvent, printed: numbers(0), voided: numbers(1) } };
}

const NOTHING: Sum = { count: 0, amountFen: 0 };

function joinTenders(payments: readonly Row[], refunds: readonly Row[]): ShiftTender[] {
  const tenders = new Map<string, ShiftTender>();
  const known = (row: Row): ShiftTender => {
    const tender = { channel: text(row, 'channel'), method: text(row, 'method') as PaymentMethod, isECny: number(row, 'is_e_cny') === 1 };
    return tenders.get(keyOf(tender)) ?? { ...tender, taken: NOTHING, refunded: NOTHING, refundedOfEarlier: NOTHING, fundFen: 0, accountFen: 0 };
  };
  for (const row of payments) {
    const tender = known(row);
    tenders.set(keyOf(tender), { ...tender, taken: sumOf(row, 'n', 'fen'), fundFen: number(row, 'fund_fen'), accountFen: number(row, 'account_fen') });
  }
  for (const row of refunds) {
    const tender = known(row);
    tenders.set(keyOf(tender), {
      ...tender, refunded: sumOf(row, 'n', 'fen'), refundedOfEarlier: sumOf(row, 'earlier_n', 'earlier_fen'), fundFen: tender.fundFen - number(row, 'fund_fen'), accountFen: tender.accountFen - number(row, 'account_fen'),
    });
  }
  return [...tenders].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, tender]) => tender);
}

function readBills(rows: readonly Row[]): ShiftFigures['bills'] {
  const sum = (column: string): number => rows.reduce((total, row) => total + number(row, column), 0);
  return {
    count: sum('n'), totalFen: sum('total_fen'), fundFen: sum('fund_fen'), personalAccountFen: sum('account_fen'), paidFen: sum('paid_fen'), roundingFen: sum('rounding_fen'),
    feeTypes: rows.map((row) => ({ business: text(row, 'business') as BusinessKind, feeType: text(row, 'fee_type'), count: number(row, 'n'), totalFen: number(row, 'total_fen') })),
  };
}

function openItem(row: Row): OpenItem {
  return {
    kind: text(row, 'kind') === 'refund' ? 'refund' : 'payment', number: text(row, 'number'), tradeNo: text(row, 'trade_no'), channel: text(row, 'channel'), method: text(row, 'method') as PaymentMethod,
    amountFen: number(row, 'amount_fen'), state: optionalText(row, 'state') ?? '',
  };
}

function keyOf({ channel, method, isECny }: Pick<ShiftTender, 'channel' | 'method' | 'isECny'>): string {
  return `${channel}/${method}/${isECny ? E_CNY : ''}`;
}
function sumOf(row: Row, count: string, amount: string): Sum {
  return { count: number(row, count), amountFen: number(row, amount) };
}
