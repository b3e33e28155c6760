/** A link that speaks to the simulated bank without a wire: what the rules of the suite are proven with. Its mistakes are made by the tests. */
import { beijingDay, isBankReceiptMedia, type BankLink, type BankReceiptOutcome, type BankStatementLine, type BankStatementOutcome, type TransferNews, type TransferOutcome } from '@hospay/plugin-sdk';
import type { BankLinkFault, BankLinkSubject, FaultableBankOperation } from '@hospay/plugin-sdk/testkit';
import type { BankFault } from '../simulators/bank/simulated-bank.js';
import { SimulatedBank } from '../simulators/bank/simulated-bank.js';

export const ACCOUNT_NO = '7111010182600123456';
export const PAYEE = { accountNo: '6226090000000123', accountName: '张三', bankName: '招商银行北京分行', bankNo: '308100005019', isPersonal: true } as const;
const DAY_MS = 86_400_000;

/** How a fault of the suite is planted in the bank. */
export const BANK_FAULTS: Readonly<Record<BankLinkFault, BankFault>> = {
  timeoutBeforeExecution: { kind: 'neverExecuteNorAnswer' },
  timeoutAfterExecution: { kind: 'executeThenNeverAnswer' },
  brokenConnectionAfterExecution: { kind: 'executeThenDropConnection' },
  serverErrorAfterExecution: { kind: 'executeThenFail', status: 502 },
  garbage: { kind: 'executeThenAnswerGarbage' },
  unlistedErrorAfterExecution: { kind: 'executeThenUnlistedError' },
  saysUnknownAfterExecution: { kind: 'executeThenSayUnknown' },
};

/** The hooks of a simulated bank that do not depend on what it speaks, and the clock they move. */
export function bankInHand(bank: SimulatedBank, passDays: (days: number) => void) {
  return {
    accountNo: ACCOUNT_NO, payee: PAYEE, passDays,
    paidUnder: (instructionNo: string) => bank.transfers.paidUnder(instructionNo),
    payIn: (amountFen: number) => { bank.payIn(ACCOUNT_NO, amountFen); },
    failNext: (operation: FaultableBankOperation, fault: BankLinkFault) => { bank.faults.inject({ on: operation, fault: BANK_FAULTS[fault] }); },
    refuseNext: () => { bank.transfers.refuseNext(); },
    holdForApproval: () => { bank.transfers.needApproval(); },
    decideApproval: (instructionNo: string, as: 'approved' | 'refused') => { bank.transfers.decideApproval(instructionNo, as); },
    holdProcessing: () => { bank.transfers.holdProcessing(); },
    finish: (instructionNo: string, as: 'paid' | 'failed') => { bank.transfers.finish(instructionNo, as); },
    returnTransfer: (instructionNo: string) => { bank.transfers.returnTransfer(instructionNo); },
    spoilStatement: (how: 'sums' | 'lineTwice' | 'late') => { bank.faults.inject({ on: 'statementContent', times: 'always', fault: { kind: ({ sums: 'wrongSums', lineTwice: 'lineTwice', late: 'late' } as const)[how] } }); },
  } satisfies Partial<BankLinkSubject['control']>;
}

/** The same of a bank whose link fetches receipts. */
export function receiptsInHand(bank: SimulatedBank) {
  return {
    receiptNoOf: (instructionNo: string) => `HD${bank.transfers.find(instructionNo)?.movement?.lineNo ?? ''}`,
    receiptNoOfLine: (bankLineNo: string) => `HD${bankLineNo.split('-').at(-1) ?? ''}`,
    spoilReceipt: (how: 'late' | 'garbled' | 'truth') => { bank.receipts.spoil(how); },
  } satisfies Partial<BankLinkSubject['control']>;
}

/** A clock that days can be added to. */
export function movableClock(start = Date.now()): { readonly now: () => Date; readonly passDays: (days: number) => void } {
  const began = Date.now();
  let daysMs = 0;
  return { now: () => new Date(start + (Date.now() - began) + daysMs), passDays: (days) => { daysMs += days * DAY_MS; } };
}

export type PlainSubjectOptions = { readonly spoil?: (link: BankLink, bank: SimulatedBank) => BankLink };

export function makePlainSubject({ spoil = (link) => link }: PlainSubjectOptions = {}): BankLinkSubject {
  const { now, passDays } = movableClock();
  const bank = new SimulatedBank({ now, accounts: [{ accountNo: ACCOUNT_NO, name: '示范医院', openingFen: 50_000_000 }] });
  const unreachable: BankLink = {
    accountNos: [ACCOUNT_NO],
    pay: () => Promise.resolve({ kind: 'notSent', reason: 'no connection' }), query: () => Promise.resolve({ kind: 'unknown', reason: 'no connection' }), statement: () => Promise.resolve({ kind: 'unknown', reason: 'no connection' }),
  };
  const logged: string[] = [];
  return {
    link: spoil(plainLink(bank), bank), now, secrets: ['canary-secret'], logLines: () => logged,
    control: { ...bankInHand(bank, passDays), ...receiptsInHand(bank), faults: ['timeoutBeforeExecution', 'timeoutAfterExecution', 'unlistedErrorAfterExecution', 'saysUnknownAfterExecution', 'garbage', 'serverErrorAfterExecution', 'brokenConnectionAfterExecution'], pageSize: 20, unreachableLink: () => spoil(unreachable, bank), hurried: () => bank.hurried() },
  };
}

function plainLink(bank: SimulatedBank): BankLink {
  const unknown = { kind: 'unknown', reason: 'the bank did not answer' } as const;
  return {
    accountNos: [ACCOUNT_NO],
    async pay({ instructionNo, fromAccountNo, payee, amountFen, purpose }, { signal }): Promise<TransferOutcome> {
      if (signal.aborted) return Promise.resolve({ kind: 'notSent', reason: 'the deadline has passed' });
      const fault = bank.faults.take('pay', { clientNo: instructionNo });
      if (fault?.kind === 'neverExecuteNorAnswer') return unknown;
      const taken = bank.transfers.submit({ clientNo: instructionNo, fromAccountNo, amountFen, summary: `${purpose}#${instructionNo}`, payee: { accountNo: payee.accountNo, name: payee.accountName, bankName: payee.bankName ?? '' } });
      if (fault !== undefined) return unknown;
      if (taken.kind === 'taken') return { kind: 'accepted', awaitsBankApproval: taken.transfer.state === 'awaitingApproval', bankTransferNo: taken.transfer.transferNo };
      return taken.why === 'numberUsed' ? unknown : { kind: 'refused', code: taken.why, message: taken.why };
    },
    async query({ instructionNo }): Promise<TransferNews> {
      if (bank.faults.take('query', { clientNo: instructionNo }) !== undefined) return Promise.resolve(unknown);
      bank.isTooSoon('query', 0);
      const transfer = bank.transfers.find(instructionNo);
      if (transfer === undefined) return { kind: 'absent' };
      if (transfer.returnedAt !== undefined) return { kind: 'returned', message: '退票', returnedAt: transfer.returnedAt.toISOString() };
      if (transfer.state === 'paid') return { kind: 'succeeded', bankTransferNo: transfer.transferNo };
      if (transfer.state === 'awaitingApproval' || transfer.state === 'processing') return { kind: 'processing', awaitsBankApproval: transfer.state === 'awaitingApproval' };
      return { kind: 'failed', code: transfer.state, message: transfer.state };
    },
    async statement({ accountNo, day }): Promise<BankStatementOutcome> {
      if (bank.faults.take('statement') !== undefined) return Promise.resolve(unknown);
      const isSpoiled = bank.faults.takeAll('statementContent');
      const account = bank.books.find(accountNo);
      if (account === undefined) return unknown;
      if (day >= beijingDay(bank.now()) || isSpoiled.some(({ kind }) => kind === 'late')) return { kind: 'notReady', reason: 'the day is not over' };
      const rows = bank.statementOf(account, { first: day, last: day, isSpoiled });
      const file = { fileName: `${day}.txt`, bytes: new TextEncoder().encode(JSON.stringify(rows) || 'empty') };
      const openingFen = account.movements.findLast(({ at }) => beijingDay(at) < day)?.balanceFen ?? account.openingFen;
      const closingFen = rows.at(-1)?.balanceFen ?? openingFen;
      if (new Set(rows.map(({ lineNo }) => lineNo)).size < rows.length) return { kind: 'unusable', reason: 'a line twice', ...file };
      if (rows.reduce((sum, { direction, amountFen }) => sum + (direction === 'in' ? amountFen : -amountFen), openingFen) !== closingFen) return { kind: 'unusable', reason: 'it does not add up', ...file };
      const lines = rows.map(({ lineNo, direction, amountFen, balanceFen, at, summary, returns }): BankStatementLine => {
        const instructionNo = direction === 'out' || returns !== undefined ? /#([0-9A-Z]{8,20})$/.exec(summary)?.[1] : undefined;
        return { bankLineNo: lineNo, direction, amountFen, balanceFen, at: at.toISOString(), summary, isReturn: returns !== undefined, ...(instructionNo === undefined ? {} : { instructionNo }) };
      });
      return { kind: 'statement', accountNo, day, openingFen, closingFen, lines, ...file };
    },
    async receipt({ accountNo, bankLineNo, instructionNo }): Promise<BankReceiptOutcome> {
      if (bank.faults.take('receipt') !== undefined) return Promise.resolve(unknown);
      const movement = bank.books.find(accountNo)?.movements.find(({ lineNo, clientNo, direction }) => (bankLineNo === undefined ? clientNo === instructionNo && direction === 'out' : lineNo === bankLineNo));
      if (movement === undefined) return { kind: 'notReady', reason: 'no such movement yet' };
      const receipt = bank.receipts.receiptOf(movement);
      if (receipt === 'late') return { kind: 'notReady', reason: 'made later' };
      return isBankReceiptMedia(receipt.bytes, 'application/pdf') ? { kind: 'receipt', mediaType: 'application/pdf', ...receipt } : unknown;
    },
  };
}
