import { fenFromYuan, instantOfBeijing, type BankStatementLine } from '@hospay/plugin-sdk';

import { nodesAt, textAt } from './iso-document.js';

/** An amount in fen, or undefined when it is none in CNY. */
export function amountAt(node: unknown, path: string): number | undefined {
  const [found] = nodesAt(node, path);
  const currency = typeof found === 'object' && found !== null && '@Ccy' in found ? found['@Ccy'] : undefined;
  try {
    return currency === 'CNY' ? fenFromYuan(textAt(node, path) ?? '') : undefined;
  } catch {
    return undefined;
  }
}

export type Entry = { readonly line: BankStatementLine; readonly day: string };

/** Booked entries (`Ntry`) of a statement or report; those still pending are none yet. Undefined when one of them cannot be read. */
export function readEntries(of: unknown): readonly Entry[] | undefined {
  const booked = nodesAt(of, 'Ntry').filter((entry) => statusOf(entry) !== 'PDNG');
  const read = booked.map(readEntry);
  return read.every((entry) => entry !== undefined) ? read : undefined;
}

function readEntry(entry: unknown): Entry | undefined {
  const amountFen = amountAt(entry, 'Amt');
  const indicator = textAt(entry, 'CdtDbtInd');
  const at = bookedAt(entry);
  const bankLineNo = textAt(entry, 'AcctSvcrRef') ?? textAt(entry, 'NtryRef') ?? '';
  if (statusOf(entry) !== 'BOOK' || amountFen === undefined || amountFen <= 0 || (indicator !== 'CRDT' && indicator !== 'DBIT') || at === undefined || bankLineNo === '' || bankLineNo.length > 64) return undefined;
  const details = nodesAt(entry, 'NtryDtls/TxDtls');
  // A batch names many transfers in one movement: it is none of them.
  const detail = details.length === 1 ? details[0] : undefined;
  const isIn = indicator === 'CRDT';
  const isReturn = textAt(entry, 'RvslInd') === 'true' || (isIn && nodesAt(detail, 'RtrInf').length > 0);
  const endToEnd = textAt(detail, 'Refs/EndToEndId') ?? '';
  // Whoever pays in counts his own transfers: a number of ours is one only where we paid.
  const isOurs = (!isIn || isReturn) && endToEnd !== '' && endToEnd !== 'NOTPROVIDED' && endToEnd.length <= 35;
  const party = isIn && !isReturn ? 'Dbtr' : 'Cdtr';
  const name = (textAt(detail, `RltdPties/${party}/Pty/Nm`) ?? textAt(detail, `RltdPties/${party}/Nm`) ?? '').slice(0, 200);
  const accountNo = textAt(detail, `RltdPties/${party}Acct/Id/Othr/Id`) ?? '';
  return {
    day: at.slice(0, 10),
    line: {
      bankLineNo, direction: isIn ? 'in' : 'out', amountFen, at, isReturn, summary: (textAt(detail, 'RmtInf/Ustrd') ?? textAt(entry, 'AddtlNtryInf') ?? '').slice(0, 500),
      ...(name === '' ? {} : { counterpartyName: name }), ...(/^[0-9A-Za-z-]{4,34}$/.test(accountNo) ? { counterpartyAccountNo: accountNo } : {}), ...(isOurs ? { instructionNo: endToEnd } : {}),
    },
  };
}

/** A text up to camt.053.001.02, a code element since. */
function statusOf(entry: unknown): string | undefined {
  return textAt(entry, 'Sts/Cd') ?? textAt(entry, 'Sts');
}

/** Banks write Beijing time with or without its offset, or the day alone. */
function bookedAt(entry: unknown): string | undefined {
  const time = textAt(entry, 'BookgDt/DtTm');
  if (time !== undefined) return instantOfBeijing(time.replace(/\+08:00$/, ''));
  return instantOfBeijing(`${textAt(entry, 'BookgDt/Dt') ?? ''} 00:00:00`);
}
