import { fenFromYuan, instantOfBeijing, type BankStatementLine } from '@hospay/plugin-sdk';

import { markOf } from './payment-content.js';
import type { Fields } from './stream-message.js';

/** A row of DLTRNALL, read. `signedFen`: what it did to the balance. */
export type Row = { readonly line: BankStatementLine; readonly day: string; readonly tranNo: string; readonly signedFen: number; readonly balanceFen: number; /** The bank says that this movement came back, or is what came back. */ readonly isMarkedReturned: boolean };

/** Undefined when a field that must be there is not, or says nothing. */
export function readRow(row: Fields): Row | undefined {
  const amountFen = amountOf(row['tranAmount']);
  const balanceFen = amountOf(row['balance']);
  const at = instantOfBeijing(`${row['tranDate'] ?? ''}${row['tranTime'] ?? ''}`);
  const [direction, tranNo, abstract] = [row['creditDebitFlag'], row['tranNo'] ?? '', row['abstract'] ?? ''];
  if (amountFen === undefined || amountFen === 0 || balanceFen === undefined || at === undefined || (direction !== 'C' && direction !== 'D') || tranNo === '') return undefined;
  // A reversal (冲正) is booked on its own side with a negative amount: it is the other half of an earlier row.
  const signedFen = direction === 'C' ? amountFen : -amountFen;
  const isIn = signedFen > 0;
  const isMarkedReturned = row['e3rtFlag'] === '0';
  const isReturn = amountFen < 0 || (isIn && isMarkedReturned);
  // A stranger who pays in writes his own 摘要: our mark counts only where we are the one who paid.
  const instructionNo = !isIn || isReturn ? markOf(abstract) : undefined;
  const [name, accountNo] = [(row['oppAccountName'] ?? '').slice(0, 200), row['oppAccountNo'] ?? ''];
  return {
    day: at.slice(0, 10), tranNo: tranNo.slice(0, 64), signedFen, balanceFen, isMarkedReturned,
    line: {
      bankLineNo: [row['tranDate'], tranNo, row['sumTranNo']].filter((part) => part !== undefined && part !== '').join('-'), direction: isIn ? 'in' : 'out', amountFen: Math.abs(amountFen), balanceFen, at, summary: abstract.slice(0, 500), isReturn,
      ...(name === '' ? {} : { counterpartyName: name }), ...(/^[0-9A-Za-z-]{4,34}$/.test(accountNo) ? { counterpartyAccountNo: accountNo } : {}), ...(instructionNo === undefined ? {} : { instructionNo }),
    },
  };
}

export function amountOf(text: string | undefined): number | undefined {
  try {
    return fenFromYuan(text ?? '');
  } catch {
    return undefined;
  }
}
