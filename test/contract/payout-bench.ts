/** A bank with two accounts of the hospital that keeps its own truth, and the payout use cases in front of it. */
import { createHash, randomBytes } from 'node:crypto';
import { beijingDay, fen, type BankReceiptOutcome, type BankReceiptRequest, type BankStatementLine, type BankStatementOutcome, type TransferNews, type TransferOutcome, type TransferReference, type TransferRequest } from '@hospay/plugin-sdk';
import type { AuditTrail } from '@hospay/server/domain/audit.js';
import type { BankLinkGuest, BankLinks } from '@hospay/server/domain/guests.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import type { ClaimedJob } from '@hospay/server/domain/money-store.js';
import { DEFAULT_PAYOUT_POLICY, type PayoutPolicy } from '@hospay/server/domain/payout.js';
import type { Clock } from '@hospay/server/domain/time.js';
import type { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';
import { payeeVault } from '@hospay/server/edges/database/platform/payee-vault.js';
import { createSecretBox } from '@hospay/server/edges/database/platform/secret-box.js';
import { SYSTEM_RANDOM } from '@hospay/server/edges/machine/system-random.js';
import { advancePayout } from '@hospay/server/payouts/advance-payout.js';
import { createPayoutDesk } from '@hospay/server/payouts/payout-desk.js';
import type { PayoutPorts, ReceiptFiles } from '@hospay/server/payouts/ports.js';
import { createReceiptDesk } from '@hospay/server/payouts/receipt-desk.js';

export const MAIN = { id: 'icbc-main', title: '工行基本户', accountNo: '0200001009200012345', accountName: '示范医院', bankName: '工商银行示范支行', bankNo: '102100000123' };
export const CAMPUS = { id: 'ccb-east', title: '建行东院区户', accountNo: '11001018500053001234', accountName: '示范医院东院区', bankName: '建设银行东城支行' };

/** What becomes of the next transfer: `carriedOut…` it is paid at once or later; `lost…` on the way there or back. */
export type NextTransfer = 'accepted' | 'paid' | 'refused' | 'notSent' | 'lostRequest' | 'lostAnswer';
type Transfer = { readonly request: TransferRequest; state: 'processing' | 'paid' | 'failed' | 'returned'; readonly requestedAt: string };

/** The bank: every transfer it ever carried out, under the number it came with, as often as it came. */
export class ScriptedBank implements BankLinkGuest {
  readonly id = 'bank-main';
  readonly accountNos = [MAIN.accountNo, CAMPUS.accountNo];
  readonly transfers: Transfer[] = [];
  readonly lines: (BankStatementLine & { readonly accountNo: string })[] = [];
  readonly asked: TransferReference[] = [];
  next: NextTransfer = 'accepted';
  /** Says this of any statement; undefined: the truth. */
  statementSays: BankStatementOutcome | undefined;
  /** So many of the next questions for a statement get no answer. */
  statementsLost = 0;
  isSilent = false;
  /** Whether the link fetches receipts, and what it says of any of them; undefined: the truth. */
  givesReceipts = true;
  receiptSays: BankReceiptOutcome | undefined;
  readonly receiptsAsked: BankReceiptRequest[] = [];
  isActive = true;
  feeFen = 0;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }
  pay(request: TransferRequest): Promise<TransferOutcome> {
    const { next } = this;
    if (next === 'notSent') return Promise.resolve({ kind: 'notSent', reason: 'connection refused' });
    if (next === 'lostRequest') return Promise.resolve({ kind: 'unknown', reason: 'timeout' });
    if (next === 'refused') return Promise.resolve({ kind: 'refused', code: 'E1201', message: `账号 ${request.payee.accountNo} 户名 ${request.payee.accountName} 不符` });
    const transfer: Transfer = { request, state: 'processing', requestedAt: this.#clock.now().toISOString() };
    this.transfers.push(transfer);
    if (next === 'paid') this.carryOut(request.instructionNo);
    if (next === 'lostAnswer') return Promise.resolve({ kind: 'unknown', reason: 'timeout' });
    return Promise.resolve(next === 'paid' ? { kind: 'succeeded', paidAt: this.#clock.now().toISOString(), bankTransferNo: `B${request.instructionNo}`, ...(this.feeFen === 0 ? {} : { feeFen: this.feeFen }) } : { kind: 'accepted', awaitsBankApproval: false });
  }
  query(reference: TransferReference): Promise<TransferNews> {
    this.asked.push(reference);
    if (this.isSilent) return Promise.resolve({ kind: 'unknown', reason: 'the bank does not answer' });
    const transfer = this.#find(reference.instructionNo);
    if (transfer === undefined) return Promise.resolve({ kind: 'absent' });
    const news: Record<Transfer['state'], TransferNews> = { processing: { kind: 'processing', awaitsBankApproval: false }, paid: { kind: 'succeeded', bankTransferNo: `B${reference.instructionNo}` }, failed: { kind: 'failed', code: 'E3001', message: '账户已销户' }, returned: { kind: 'returned', message: '退票：账户已销户' } };
    return Promise.resolve(news[transfer.state]);
  }
  statement({ accountNo, day }: { readonly accountNo: string; readonly day: string }): Promise<BankStatementOutcome> {
    if (this.statementsLost > 0) {
      this.statementsLost -= 1;
      return Promise.resolve({ kind: 'unknown', reason: 'no usable answer: ECONNRESET' });
    }
    if (this.statementSays !== undefined) return Promise.resolve(this.statementSays);
    const own = this.lines.filter((line) => line.accountNo === accountNo);
    const lines = own.filter(({ at }) => beijingDay(at) === day).map(({ accountNo: _own, ...line }) => line);
    const movedUntil = (isCounted: (ofDay: string) => boolean) => own.filter(({ at }) => isCounted(beijingDay(at))).reduce((sum, { direction, amountFen }) => sum + (direction === 'in' ? amountFen : -amountFen), 0);
    return Promise.resolve({ kind: 'statement', accountNo, day, openingFen: fen(10_000_000 + movedUntil((ofDay) => ofDay < day)), closingFen: fen(10_000_000 + movedUntil((ofDay) => ofDay <= day)), lines, fileName: `${day}.xml`, bytes: Buffer.from(JSON.stringify(lines)) });
  }
  get receipt() {
    return this.givesReceipts ? (request: BankReceiptRequest): Promise<BankReceiptOutcome> => this.#receipt(request) : undefined;
  }
  #receipt(request: BankReceiptRequest): Promise<BankReceiptOutcome> {
    this.receiptsAsked.push(request);
    if (this.receiptSays !== undefined) return Promise.resolve(this.receiptSays);
    const line = this.lines.find(({ instructionNo, direction }) => instructionNo === request.instructionNo && direction === 'out');
    return Promise.resolve(line === undefined ? { kind: 'notReady', reason: 'no such movement yet' } : { kind: 'receipt', receiptNo: `HD-${line.bankLineNo}`, mediaType: 'application/pdf', bytes: Buffer.from(`%PDF-1.4 HD-${line.bankLineNo} ${line.counterpartyName ?? ''}`) });
  }
  /** The money leaves the account. */
  carryOut(instructionNo: string): void {
    const transfer = this.#find(instructionNo);
    if (transfer === undefined) throw new Error(`the bank has no ${instructionNo}`);
    transfer.state = 'paid';
    this.addLine({ amountFen: transfer.request.amountFen, direction: 'out', instructionNo, counterpartyName: transfer.request.payee.accountName, counterpartyAccountNo: transfer.request.payee.accountNo, summary: transfer.request.purpose });
  }
  /** 退票. */
  giveBack(instructionNo: string): void {
    const transfer = this.#find(instructionNo);
    if (transfer === undefined) throw new Error(`the bank has no ${instructionNo}`);
    transfer.state = 'returned';
    this.addLine({ amountFen: transfer.request.amountFen, direction: 'in', instructionNo, isReturn: true, summary: '退票' });
  }
  fail(instructionNo: string): void {
    const transfer = this.#find(instructionNo);
    if (transfer !== undefined) transfer.state = 'failed';
  }
  addLine(line: Partial<BankStatementLine> & { readonly amountFen: number; readonly direction: 'in' | 'out'; readonly accountNo?: string }): void {
    this.lines.push({ bankLineNo: `L${String(this.lines.length + 1)}`, at: this.#clock.now().toISOString(), summary: '', isReturn: false, accountNo: MAIN.accountNo, ...line });
  }
  #find(instructionNo: string): Transfer | undefined {
    return this.transfers.find(({ request }) => request.instructionNo === instructionNo);
  }
}

/** What a return of a prepayment account leaves behind when no order can give it back. */
export function owe(store: SqliteMoneyStore, { subject, amountFen, at }: { readonly subject: string; readonly amountFen: number; readonly at: Date }): void {
  const { database } = store;
  const runNo = `QT9${subject.replaceAll(/[^0-9A-Z]/g, '')}`;
  database.prepare("INSERT INTO prepayment_run (run_no, hospital_id, title, state, proposed_by, proposed_at, expires_at, left_out) VALUES (?, 'demo', 't', 'approved', 'a', ?, ?, '[]')").run(runNo, at.toISOString(), at.toISOString());
  database.prepare("INSERT INTO prepayment_return (return_no, run_no, hospital_id, patient_id, amount_fen, frozen_fen, shares, state, attempts, is_live) VALUES (?, ?, 'demo', ?, ?, 0, '[]', 'returned', 1, 0)").run(subject, runNo, `P-${subject}`, amountFen);
  database.prepare("INSERT INTO discrepancy_case (kind, subject, severity, detail, opened_at) VALUES ('prepaymentTransfer', ?, 2, 'owed', ?)").run(subject, at.toISOString());
}

/** Payouts of hospital `demo` in front of that bank, or of the links a test gives. */
export function createPayoutBench({ store, clock, audit = { record: () => Promise.resolve() }, policy = {}, links: given }: { readonly store: SqliteMoneyStore; readonly clock: Clock; readonly audit?: AuditTrail; readonly policy?: Partial<PayoutPolicy>; readonly links?: BankLinks }) {
  const bank = new ScriptedBank(clock);
  const archived: { readonly name: string; readonly day: string }[] = [];
  const links: BankLinks = given ?? { ofAccount: (accountNo) => (bank.isActive && bank.accountNos.includes(accountNo) ? bank : undefined), list: () => [bank] };
  const ports: PayoutPorts = {
    hospitalId: 'demo', store, ...store.payoutsOf('demo'), links, accounts: [MAIN, CAMPUS], vault: payeeVault(createSecretBox(randomBytes(32))), policy: { ...DEFAULT_PAYOUT_POLICY, ...policy }, clock, random: SYSTEM_RANDOM, audit, log: SILENT_LOG,
    archive: { keep: ({ day, name, bytes }) => { archived.push({ day, name }); return Promise.resolve(createHash('sha256').update(bytes).digest('hex')); } },
  };
  const kept = new Map<string, Uint8Array>();
  const files: ReceiptFiles = { keep: (bytes) => { const sha256 = createHash('sha256').update(bytes).digest('hex'); kept.set(sha256, bytes); return Promise.resolve(sha256); }, open: (sha256) => Promise.resolve(kept.get(sha256)) };
  const receipts = createReceiptDesk({ ...ports, receipts: store.receiptsOf('demo'), files });
  return { bank, ports, archived, kept, receipts, desk: createPayoutDesk(ports), advance: (job: ClaimedJob) => advancePayout(ports, job) };
}
