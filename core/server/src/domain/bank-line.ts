/** 银行流水: one movement of an account of the hospital as its bank's statement tells it, and what it says of a payout. */
import type { BankStatementLine } from '@hospay/plugin-sdk';
import { type Bilingual, yuanOf } from './bilingual.js';
import { callPerson, learnPaid, learnReturned } from './payout-news.js';
import type { PayoutChange } from './payout.js';
import { wasSent } from './payout-states.js';

/**
 * `paid` the payout left the account; `returned` it came back; `arrived` money moved between own accounts is there; `strange` it names a payout it cannot belong to, a person looks; `nobodys` no payout of
 * ours: kept and shown.
 */
export const LINE_MEANINGS = ['paid', 'returned', 'arrived', 'strange', 'nobodys'] as const;
export type LineMeaning = (typeof LINE_MEANINGS)[number];

/** As it is kept: the counterparty masked. The whole stands in the file. */
export type BankLine = {
  readonly account: string;
  /** Unique within the account. */
  readonly bankLineNo: string;
  readonly day: string;
  readonly direction: 'in' | 'out';
  readonly amountFen: number;
  readonly balanceFen: number | undefined;
  readonly at: string;
  readonly counterpartyLabel: string;
  readonly counterpartyTail: string;
  readonly summary: string;
  readonly instructionNo: string | undefined;
  readonly isReturn: boolean;
  readonly payoutNo: string | undefined;
  readonly meaning: LineMeaning;
};

type Told = Pick<BankStatementLine, 'bankLineNo' | 'direction' | 'amountFen' | 'at' | 'isReturn'>;

/** The statement decides: a line under a payout's number that was not read before. `account`: whose statement it is. */
export function learnBankLine(change: PayoutChange, account: string, line: Told): LineMeaning {
  const { payout } = change;
  const strange = ({ zh, en }: Bilingual): LineMeaning => {
    callPerson(change, { zh: `账户 ${account} 的银行流水 ${line.bankLineNo}：${zh}。请与银行核对`, en: `bank line ${line.bankLineNo} of ${account}: ${en}. Ask the bank` });
    return 'strange';
  };
  if (line.amountFen !== payout.amountFen) return strange({ zh: `该指令号下为 ${yuanOf(line.amountFen)} 元，付款为 ${yuanOf(payout.amountFen)} 元`, en: `${yuanOf(line.amountFen)} yuan under its number, it is of ${yuanOf(payout.amountFen)} yuan` });
  const isOwnAccount = account === payout.fromAccount;
  if (!isOwnAccount) return payout.kind === 'settlement' && account === payout.subject && line.direction === 'in' && !line.isReturn ? 'arrived' : strange({ zh: '付款不属于该账户', en: 'it is not of this account' });
  if (!wasSent(payout.state)) return strange({ zh: '该指令号从未发送给银行', en: 'its number was never sent to the bank' });
  const isBack = line.direction === 'in';
  if (!isBack && line.isReturn) return strange({ zh: '标为退票，款项却从账户付出', en: 'a return that leaves the account' });
  // What a query told before has its line now; a second line is a second movement.
  if (isBack && payout.state === 'returned') return change.beside.hasReturnLine ? strange({ zh: '第二次被退回', en: 'it came back a second time' }) : 'returned';
  if (!isBack && (payout.state === 'succeeded' || payout.state === 'returned')) return change.beside.hasPaidLine ? strange({ zh: '第二次从账户付出', en: 'it left the account a second time' }) : 'paid';
  // A return says that it had been paid, whether or not that line was read before.
  if (payout.state !== 'succeeded') learnPaid(change, 'statement', { paidAt: line.at });
  if (!isBack) return 'paid';
  learnReturned(change, 'statement', line.at, undefined);
  return 'returned';
}
