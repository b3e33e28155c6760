import { createHash } from 'node:crypto';
import { beijingDay, type ChargeOutcome, type ChargeRequest, type CloseOutcome, type FundStatementLine, type PaymentMethod, type PaymentNews, type RefundNews, type RefundOutcome, type RefundRequest, type StatementLine } from '@hospay/plugin-sdk';
import type { ChannelGuest } from '@hospay/server/domain/guests.js';

type Charged = { readonly request: ChargeRequest; paidAt: string | undefined; isClosed: boolean };
type Refunded = { readonly request: RefundRequest; readonly at: string };

/** Beijing time, as channels write it. */
const told = (at: Date): string => `${new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;

/**
 * A channel with books of its own: what was paid, what was given back, and statements made from them. A test writes into the books what the platform was never told, or has the statement say something else than them.
 */
export class MonthChannel implements ChannelGuest {
  readonly id: string;
  readonly merchantNo: string;
  readonly methods: readonly PaymentMethod[] = ['nativeQr'];
  readonly canClose = true;
  readonly canRefund = true;
  readonly feeMilliFenPerYuan: number;
  /** 日切, as the platform is told it. Undefined: midnight. */
  readonly cutOff: string | undefined;
  readonly #closesEarlyHours: number;
  readonly #now: () => Date;
  readonly #charges = new Map<string, Charged>();
  readonly #refunds = new Map<string, Refunded>();
  /** Rows no call of the platform made. */
  readonly #strange: StatementLine[] = [];
  /** By number: the statement does not have it, or has it on another day, or twice, or with another amount or state. */
  readonly lies = new Map<string, { readonly omit?: true; readonly day?: string; readonly twice?: true; readonly amountFen?: number; readonly status?: string }>();
  /** Payments whose question is answered `pending` although they are paid, until then. */
  readonly silentUntil = new Map<string, Date>();
  /** By day: what the account shows otherwise than the statement, in fen. */
  readonly accountLies = new Map<string, { readonly fee?: number; readonly payments?: number }>();

  constructor(id: string, { merchantNo, feeMilliFenPerYuan, closesAt = 24, now }: { readonly merchantNo: string; readonly feeMilliFenPerYuan: number; /** The hour its bill day ends, in the afternoon. */ readonly closesAt?: number; readonly now: () => Date }) {
    this.id = id;
    this.merchantNo = merchantNo;
    this.feeMilliFenPerYuan = feeMilliFenPerYuan;
    this.cutOff = closesAt === 24 ? undefined : `${String(closesAt)}:00`;
    this.#closesEarlyHours = 24 - closesAt;
    this.#now = now;
  }

  charge(request: ChargeRequest): Promise<ChargeOutcome> {
    if (!this.#charges.has(request.tradeNo)) this.#charges.set(request.tradeNo, { request, paidAt: undefined, isClosed: false });
    return Promise.resolve({ kind: 'pending', present: { kind: 'qr', content: `weixin://pay/${request.tradeNo}` } });
  }
  pay(paymentNo: string): void {
    const charge = this.#charges.get(paymentNo);
    if (charge !== undefined) charge.paidAt = told(this.#now());
  }
  query({ tradeNo }: { readonly tradeNo: string }): Promise<PaymentNews> {
    const charge = this.#charges.get(tradeNo);
    if (charge === undefined) return Promise.resolve({ kind: 'notFound' });
    const isSilent = this.#now() < (this.silentUntil.get(tradeNo) ?? new Date(0));
    if (charge.isClosed && isSilent) return Promise.resolve({ kind: 'closed' });
    if (charge.paidAt === undefined || isSilent) return Promise.resolve(charge.isClosed ? { kind: 'closed' } : { kind: 'pending' });
    return Promise.resolve({ kind: 'succeeded', tradeNo, merchantNo: this.merchantNo, amountFen: charge.request.amountFen, channelTradeNo: `42${tradeNo.slice(1, 27)}`, paidAt: charge.paidAt });
  }
  close({ tradeNo }: { readonly tradeNo: string }): Promise<CloseOutcome> {
    const charge = this.#charges.get(tradeNo);
    if (charge === undefined) return Promise.resolve({ kind: 'notFound' });
    if (charge.paidAt !== undefined && this.#now() >= (this.silentUntil.get(tradeNo) ?? new Date(0))) return Promise.resolve({ kind: 'alreadyPaid' });
    charge.isClosed = true;
    return Promise.resolve({ kind: 'closed' });
  }
  refund(request: RefundRequest): Promise<RefundOutcome> {
    if (!this.#refunds.has(request.refundNo)) this.#refunds.set(request.refundNo, { request, at: told(this.#now()) });
    return Promise.resolve({ kind: 'processing' });
  }
  queryRefund({ refundNo }: { readonly refundNo: string }): Promise<RefundNews> {
    const refund = this.#refunds.get(refundNo);
    if (refund === undefined) return Promise.resolve({ kind: 'notFound' });
    return Promise.resolve({ kind: 'succeeded', refundNo, tradeNo: refund.request.payment.tradeNo, refundFen: refund.request.refundFen, channelRefundNo: `50${refundNo.slice(1, 27)}`, refundedAt: refund.at });
  }
  readNotification(): ReturnType<ChannelGuest['readNotification']> {
    return Promise.resolve({ kind: 'refused', reason: 'this channel notifies nobody' });
  }
  answerNotification(): ReturnType<ChannelGuest['answerNotification']> {
    return { status: 200, headers: {}, body: '' };
  }

  /** Money the platform has no order for, or a refund at the channel's own console. */
  writeStrange(line: Pick<StatementLine, 'kind' | 'tradeNo' | 'amountFen' | 'at'> & { readonly refundNo?: string }): void {
    const feeMilliFen = line.kind === 'payment' ? this.#fee(line.amountFen) : -this.#fee(line.amountFen);
    this.#strange.push({ ...line, channelTradeNo: `43${line.tradeNo.slice(0, 26)}`, feeMilliFen, status: 'SUCCESS' });
  }

  downloadStatement({ day }: { readonly day: string }): ReturnType<ChannelGuest['downloadStatement']> {
    const lines = this.linesOf(day);
    if (lines.length === 0) return Promise.resolve({ kind: 'empty' });
    const raw = Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n'));
    const sum = (kind: StatementLine['kind']) => lines.reduce((total, line) => (line.kind === kind ? total + line.amountFen : total), 0);
    return Promise.resolve({ kind: 'ok', raw, sha256: createHash('sha256').update(raw).digest('hex'), lines: [...lines], totals: { lines: lines.length, paymentFen: sum('payment'), refundFen: sum('refund') } });
  }
  readonly fundStatement: NonNullable<ChannelGuest['fundStatement']> = {
    downloadFundStatement: ({ day }) => {
      const lines = this.linesOf(day);
      const lie = this.accountLies.get(day) ?? {};
      const feeFen = feeOf(lines) + (lie.fee ?? 0);
      const movements = [['payment', 'in', sumOf(lines, 'payment') + (lie.payments ?? 0)], ['refund', 'out', sumOf(lines, 'refund')], ['fee', 'out', Math.max(0, feeFen)], ['feeReturned', 'in', Math.max(0, -feeFen)]] as const;
      const raw = Buffer.from(JSON.stringify([day, movements]));
      const entries = movements.filter(([, , amountFen]) => amountFen > 0).map(([kind, direction, amountFen], index): FundStatementLine => ({ fundFlowNo: `${day}-${String(index)}`, businessNo: day, direction, kind, kindWord: kind, amountFen, balanceFen: 0, at: `${day}T23:59:59+08:00` }));
      return Promise.resolve({ kind: 'ok', raw, sha256: createHash('sha256').update(raw).digest('hex'), lines: entries, totals: { lines: entries.length, inLines: countOf(entries, 'in'), inFen: sumOfEntries(entries, 'in'), outLines: countOf(entries, 'out'), outFen: sumOfEntries(entries, 'out') } });
    },
  };

  /** The day whose statement has what happened then: by the channel's own reckoning, not the platform's. */
  billDayOf(at: Date): string {
    return beijingDay(new Date(at.getTime() + this.#closesEarlyHours * 3_600_000));
  }
  billDayOfRefund(refundNo: string): string {
    return this.billDayOf(new Date(this.#refunds.get(refundNo)?.at ?? Number.NaN));
  }
  /** What the statement of a day says, lies and all. */
  linesOf(day: string): readonly StatementLine[] {
    const made: StatementLine[] = [];
    const add = (key: string, line: StatementLine): void => {
      const lie = this.lies.get(key) ?? {};
      if (lie.omit === true || (lie.day ?? this.billDayOf(new Date(line.at))) !== day) return;
      const amountFen = lie.amountFen ?? line.amountFen;
      const stated = { ...line, amountFen, ...(lie.status === undefined ? {} : { status: lie.status, feeMilliFen: 0 }), ...(lie.day === undefined ? {} : { at: `${lie.day}T00:05:00+08:00` }) };
      made.push(stated);
      if (lie.twice === true) made.push(stated);
    };
    for (const [tradeNo, { request: { amountFen }, paidAt }] of this.#charges) {
      if (paidAt !== undefined) add(tradeNo, { kind: 'payment', tradeNo, channelTradeNo: `42${tradeNo.slice(1, 27)}`, amountFen, feeMilliFen: this.#fee(amountFen), status: 'SUCCESS', at: paidAt });
    }
    for (const [refundNo, { request, at }] of this.#refunds) {
      const { payment, refundFen } = request;
      add(refundNo, { kind: 'refund', tradeNo: payment.tradeNo, refundNo, channelTradeNo: `42${payment.tradeNo.slice(1, 27)}`, channelRefundNo: `50${refundNo.slice(1, 27)}`, amountFen: refundFen, feeMilliFen: -this.#fee(refundFen), status: 'SUCCESS', at });
    }
    for (const line of this.#strange) add(line.refundNo ?? line.tradeNo, line);
    return made;
  }

  #fee(amountFen: number): number {
    return Math.round((amountFen * this.feeMilliFenPerYuan) / 100);
  }
}

export function sumOf(lines: readonly StatementLine[], kind: StatementLine['kind']): number {
  return lines.reduce((sum, line) => (line.kind === kind && line.status !== 'FAIL' ? sum + line.amountFen : sum), 0);
}
/** Whole fen per row, half up, as the channel takes it. */
export function feeOf(lines: readonly StatementLine[]): number {
  return lines.reduce((sum, { feeMilliFen }) => sum + Math.sign(feeMilliFen) * Math.floor((Math.abs(feeMilliFen) + 500) / 1_000), 0);
}
function sumOfEntries(entries: readonly FundStatementLine[], direction: 'in' | 'out'): number {
  return entries.reduce((sum, entry) => (entry.direction === direction ? sum + entry.amountFen : sum), 0);
}
function countOf(entries: readonly FundStatementLine[], direction: 'in' | 'out'): number {
  return entries.filter((entry) => entry.direction === direction).length;
}
