/** The hospital's bank and its truth: what it was told, what it carried out, what came back, and what its statements say. It carries out whatever arrives, as often as it arrives. */
import { beijingDay, fen, startOfBeijingDay, type BankStatementLine, type BankStatementOutcome, type TransferNews, type TransferOutcome, type TransferReference, type TransferRequest } from '@hospay/plugin-sdk';
import type { Faults } from './faults.js';
import type { History } from './history.js';
import type { SeededRandom } from './random.js';
import type { VirtualTime } from './virtual-time.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Banks give a day's statement in the morning after. */
const STATEMENT_AFTER_MS = 2 * HOUR;
const OPENING = fen(100_000_000);

export const BANK_ACCOUNTS = [
  { id: 'icbc-main', title: '基本户', accountNo: '0200001009200012345', accountName: '医院', bankName: '工行' },
  { id: 'ccb-east', title: '东院区户', accountNo: '11001018500053001234', accountName: '医院东院区', bankName: '建行' },
] as const;

type Transfer = { readonly request: TransferRequest; state: 'processing' | 'paid' | 'failed' | 'returned'; readonly isMute: boolean };
type Line = BankStatementLine & { readonly accountNo: string };

export class BankWorld {
  readonly transfers = new Map<string, Transfer>();
  /** Every movement of ours, in the order in which it happened. */
  readonly lines: Line[] = [];
  /** What is still to happen by itself. */
  plans = 0;
  /** Told whenever money left under a number: the number, and how often by now. */
  onPaid: (instructionNo: string, times: number) => void = () => undefined;
  readonly #time: VirtualTime;
  readonly #weather: SeededRandom;
  readonly #faults: Faults;
  readonly #history: History;
  readonly #lateDays = new Map<string, number>();
  readonly #doubled = new Set<string>();

  constructor({ time, weather, faults, history }: { readonly time: VirtualTime; readonly weather: SeededRandom; readonly faults: Faults; readonly history: History }) {
    this.#time = time;
    this.#weather = weather;
    this.#faults = faults;
    this.#history = history;
  }

  pay(request: TransferRequest): TransferOutcome {
    if (this.#faults.strikes('transfer refused')) return { kind: 'refused', code: 'E1201', message: 'account and name differ' };
    if (this.#faults.strikes('transfer arrives late')) {
      this.#plan(this.#weather.between(3, 900) * MINUTE, `transfer ${request.instructionNo} arrives late`, () => { this.#take(request); });
      return { kind: 'unknown', reason: 'gateway timeout' };
    }
    this.#take(request);
    return { kind: 'accepted', awaitsBankApproval: false };
  }

  query({ instructionNo }: TransferReference): TransferNews {
    const transfer = this.transfers.get(instructionNo);
    if (transfer === undefined) return { kind: 'absent' };
    if (transfer.isMute) return { kind: 'unknown', reason: 'result being confirmed (交易未确认)' };
    switch (transfer.state) {
      case 'processing':
        return { kind: 'processing', awaitsBankApproval: false };
      case 'paid':
        return { kind: 'succeeded', bankTransferNo: `B${instructionNo}` };
      case 'failed':
        return { kind: 'failed', code: 'E3001', message: 'account closed' };
      case 'returned':
        return { kind: 'returned', message: 'account closed' };
    }
  }

  statement({ accountNo, day }: { readonly accountNo: string; readonly day: string }): BankStatementOutcome {
    const readyAt = startOfBeijingDay(day).getTime() + DAY + STATEMENT_AFTER_MS + (this.#lateDays.get(day) ?? 0) * DAY;
    if (this.#time.now < readyAt) return { kind: 'notReady', reason: 'not made yet' };
    const own = this.lines.filter((line) => line.accountNo === accountNo);
    // The bank doubles a line once; asked again it has looked.
    const lines = own.filter(({ at }) => beijingDay(at) === day).flatMap(({ accountNo: _own, ...line }) => (this.#doubled.delete(line.bankLineNo) ? [line, line] : [line]));
    const balanceAfter = (isCounted: (ofDay: string) => boolean): number => own.filter(({ at }) => isCounted(beijingDay(at))).reduce((sum, { direction, amountFen }) => sum + (direction === 'in' ? amountFen : -amountFen), Number(OPENING));
    return { kind: 'statement', accountNo, day, openingFen: fen(balanceAfter((ofDay) => ofDay < day)), closingFen: fen(balanceAfter((ofDay) => ofDay <= day)), lines, fileName: `${day}.txt`, bytes: Buffer.from(JSON.stringify(lines)) };
  }

  timesPaid(instructionNo: string): number {
    return this.lines.filter((line) => line.instructionNo === instructionNo && line.direction === 'out').length;
  }
  timesReturned(instructionNo: string): number {
    return this.lines.filter((line) => line.instructionNo === instructionNo && line.isReturn).length;
  }

  #take(request: TransferRequest): void {
    const { instructionNo } = request;
    const isMute = this.#faults.strikes('transfer unknown until the statement');
    const transfer: Transfer = { request, state: 'processing', isMute };
    this.transfers.set(instructionNo, transfer);
    if (isMute) this.#history.mark('a transfer the bank never answers about');
    const willFail = this.#faults.strikes('transfer fails at the bank');
    // A bank that never answers about a transfer carries it out: what it did not do is in no statement.
    const isDoubled = this.#faults.strikes('statement line doubled');
    const lateDays = this.#faults.strikes('bank statement late') ? this.#weather.between(1, 2) : 0;
    const comesBack = !willFail && this.#faults.strikes('transfer comes back');
    const backAfterMs = this.#weather.between(3, 70) * HOUR;
    this.#plan(this.#weather.pick(1, 20, 400) * MINUTE, `the bank decides ${instructionNo}`, () => {
      if (willFail && !isMute) {
        transfer.state = 'failed';
        return;
      }
      this.#carryOut(transfer);
      if (isDoubled) this.#doubled.add(`L${String(this.lines.length)}`);
      if (lateDays > 0) this.#lateDays.set(beijingDay(new Date(this.#time.now)), lateDays);
      if (comesBack) this.#plan(backAfterMs, `${instructionNo} comes back`, () => { this.#comeBack(transfer); });
    });
  }

  #carryOut(transfer: Transfer): void {
    const { instructionNo, amountFen, fromAccountNo, payee } = transfer.request;
    transfer.state = 'paid';
    this.#move({ instructionNo, amountFen, direction: 'out', accountNo: fromAccountNo, isReturn: false });
    const own = BANK_ACCOUNTS.find(({ accountNo }) => accountNo === payee.accountNo);
    if (own !== undefined) this.#move({ instructionNo, amountFen, direction: 'in', accountNo: own.accountNo, isReturn: false });
    this.#history.mark('the bank paid');
    this.onPaid(instructionNo, this.timesPaid(instructionNo));
  }
  #comeBack(transfer: Transfer): void {
    const { instructionNo, amountFen, fromAccountNo, payee } = transfer.request;
    // Between own accounts nothing comes back: both are there.
    if (BANK_ACCOUNTS.some(({ accountNo }) => accountNo === payee.accountNo)) return;
    transfer.state = 'returned';
    this.#move({ instructionNo, amountFen, direction: 'in', accountNo: fromAccountNo, isReturn: true });
    this.#history.mark('a transfer came back');
  }
  #move(line: Pick<Line, 'instructionNo' | 'amountFen' | 'direction' | 'accountNo' | 'isReturn'>): void {
    const bankLineNo = `L${String(this.lines.length + 1)}`;
    const at = new Date(this.#time.now).toISOString();
    this.lines.push({ ...line, bankLineNo, at, summary: '' });
  }
  #plan(afterMs: number, label: string, run: () => void): void {
    this.plans += 1;
    this.#time.after(afterMs, label, () => {
      this.plans -= 1;
      run();
    });
  }
}
