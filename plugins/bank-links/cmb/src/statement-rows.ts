import { fenFromYuan, instantOfBeijing, type BankStatementLine } from '@hospay/plugin-sdk';

import { textOf, type Row } from './cdc-wire.js';

/** A row of the statement, read. `signedFen`: what it did to the balance. */
export type StatementRow = { readonly line: BankStatementLine; readonly day: string; readonly signedFen: number; readonly balanceFen: number };

/** Undefined when a field that must be there is not, or says nothing. */
export function readRow(row: Row, returnWords: readonly string[]): StatementRow | undefined {
  // Debits come with a minus: the sign alone says what the row did, a reversal on either side included.
  const [signedFen, balanceFen] = [amountOf(textOf(row, 'transAmount')), amountOf(textOf(row, 'acctOnlineBal'))];
  const at = instantOfBeijing(`${textOf(row, 'transDate')}${textOf(row, 'transTime')}`);
  const [side, serial, summary, reference] = [textOf(row, 'loanCode'), textOf(row, 'transSequenceIdn'), textOf(row, 'remarkTextClt'), textOf(row, 'yurRef')];
  if (signedFen === undefined || signedFen === 0 || balanceFen === undefined || at === undefined || serial === '' || (side !== 'C' && side !== 'D')) return undefined;
  const isIn = signedFen > 0;
  const isReturn = ['*', 'X'].includes(textOf(row, 'reversalFlag')) || (isIn && reference !== '' && returnWords.some((word) => summary.includes(word)));
  // Who pays in has references of his own: one is ours only where we paid.
  const isOurs = (!isIn || isReturn) && /^[0-9A-Za-z]{1,35}$/.test(reference);
  const [name, accountNo] = [textOf(row, 'ctpAcctName').slice(0, 200), textOf(row, 'ctpAcctNbr')];
  return {
    day: at.slice(0, 10), signedFen, balanceFen,
    line: {
      bankLineNo: `${textOf(row, 'transDate')}-${serial}`.slice(0, 64), direction: isIn ? 'in' : 'out', amountFen: Math.abs(signedFen), balanceFen, at, summary: summary.slice(0, 500), isReturn,
      ...(name === '' ? {} : { counterpartyName: name }), ...(/^[0-9A-Za-z-]{4,34}$/.test(accountNo) ? { counterpartyAccountNo: accountNo } : {}), ...(isOurs ? { instructionNo: reference } : {}),
    },
  };
}

export function amountOf(text: string): number | undefined {
  try {
    return fenFromYuan(text);
  } catch {
    return undefined;
  }
}
