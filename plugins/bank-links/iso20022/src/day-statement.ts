import { beijingDay, type BankCallContext, type BankStatementOutcome, type BankStatementRequest } from '@hospay/plugin-sdk';

import { amountAt, readEntries } from './account-entries.js';
import type { BankWire } from './bank-wire.js';
import { nodesAt, readDocument, textAt } from './iso-document.js';

/** The statement of one day (camt.053): its two balances must be what its booked entries make of each other. */
export function createDayStatement({ wire, now }: { readonly wire: BankWire; readonly now: () => Date }) {
  return async ({ accountNo, day }: BankStatementRequest, call: BankCallContext): Promise<BankStatementOutcome> => {
    if (day >= beijingDay(now())) return { kind: 'notReady', reason: 'the day is not over' };
    const answer = await wire.get(`/accounts/${accountNo}/statements/${day}`, day, call);
    if (answer.kind === 'absent') return answer.code === 'NOT_READY' ? { kind: 'notReady', reason: 'the bank has not made it yet' } : { kind: 'unknown', reason: `the bank answered ${answer.code}` };
    if (answer.kind !== 'file') return { kind: 'unknown', reason: answer.reason };
    const document = readDocument(answer.bytes, 'BkToCstmrStmt');
    if (document === undefined) return { kind: 'unknown', reason: 'the answer is no statement' };
    return readStatement(nodesAt(document, 'Stmt'), { accountNo, day }, { fileName: `camt053-${accountNo}-${day}.xml`, bytes: answer.bytes });
  };
}

function readStatement([statement, ...others]: readonly unknown[], { accountNo, day }: BankStatementRequest, file: { readonly fileName: string; readonly bytes: Uint8Array }): BankStatementOutcome {
  const unusable = (reason: string): BankStatementOutcome => ({ kind: 'unusable', reason, ...file });
  if (statement === undefined || others.length > 0) return unusable('it holds not one statement');
  if (textAt(statement, 'Acct/Id/Othr/Id') !== accountNo) return unusable('it is of another account');
  const [openingFen, closingFen, entries] = [balanceAt(statement, 'OPBD', day), balanceAt(statement, 'CLBD', day), readEntries(statement)];
  if (openingFen === undefined || closingFen === undefined) return unusable('it does not name one opening and one closing balance of the day');
  if (entries === undefined) return unusable('an entry cannot be read');
  if (entries.some((entry) => entry.day !== day)) return unusable('an entry is of another day');
  const lines = entries.map(({ line }) => line);
  if (new Set(lines.map(({ bankLineNo }) => bankLineNo)).size < lines.length) return unusable('a movement stands in it twice');
  const moved = lines.reduce((sum, { direction, amountFen }) => sum + (direction === 'in' ? amountFen : -amountFen), 0);
  if (openingFen + moved !== closingFen) return unusable('opening + in - out is not closing');
  return { kind: 'statement', accountNo, day, openingFen, closingFen, lines, ...file };
}

/** A balance of the day: positive for CRDT. The opening balance may be dated by the day before, as the closing of that. */
function balanceAt(statement: unknown, code: 'OPBD' | 'CLBD', day: string): number | undefined {
  const [balance, ...others] = nodesAt(statement, 'Bal').filter((each) => textAt(each, 'Tp/CdOrPrtry/Cd') === code);
  if (balance === undefined || others.length > 0 || (code === 'CLBD' && textAt(balance, 'Dt/Dt') !== day)) return undefined;
  const [amountFen, indicator] = [amountAt(balance, 'Amt'), textAt(balance, 'CdtDbtInd')];
  if (amountFen === undefined || (indicator !== 'CRDT' && indicator !== 'DBIT')) return undefined;
  return indicator === 'CRDT' ? amountFen : -amountFen;
}
