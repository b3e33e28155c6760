import { beijingDay, daysBefore, type BankStatementLine } from '@hospay/plugin-sdk';
import { inOneLine, yuanOf, type Bilingual } from '../domain/bilingual.js';
import { maskCounterparty } from '../domain/mask.js';
import { own } from '../domain/own-words.js';
import type { BankStatementRecord, NewBankLine } from '../domain/payout-store.js';
import { redactText } from '../domain/sensitive.js';
import type { HospitalAccount, PayoutPorts } from './ports.js';

/** Closed days are read this far back until they were: banks give late days for a while. */
const LOOKS_BACK_DAYS = 10;
/** So many lines are one transaction: payments of the day are never behind a whole statement. */
const LINES_AT_ONCE = 200;

/** One closed day of one account: the file is kept first, then each line once with what it says of a payout, then the day is read. Stopped anywhere, the next time goes on. */
export async function importStatement(ports: PayoutPorts, account: HospitalAccount, day: string): Promise<BankStatementRecord | undefined> {
  const link = ports.links.ofAccount(account.accountNo);
  if (link === undefined) return undefined;
  const ask = () => link.statement({ accountNo: account.accountNo, day });
  const first = await ask();
  // It is only read: a line that broke on the way (a connection the bank had just closed) is no reason to call a person.
  const told = first.kind === 'unknown' ? await ask() : first;
  const none = { account: account.id, day, fileSha256: undefined, openingFen: undefined, closingFen: undefined, lines: 0, at: ports.clock.now().toISOString() };
  if (told.kind === 'notReady' || told.kind === 'unknown') return record(ports, { ...none, outcome: 'notReady', reason: redactText(told.reason) });
  const fileSha256 = await ports.archive.keep({ day, name: `${account.id}-bank-statement`, bytes: told.bytes });
  if (told.kind === 'unusable') return record(ports, { ...none, outcome: 'unusable', reason: redactText(told.reason), fileSha256 });
  const contradiction = contradictionIn(told, account, day);
  if (contradiction !== undefined) return record(ports, { ...none, outcome: 'unusable', reason: contradiction, fileSha256 });
  const lines = told.lines.map((line) => asKept(line, account.id));
  for (let from = 0; from < lines.length; from += LINES_AT_ONCE) await ports.statements.keepLines({ lines: lines.slice(from, from + LINES_AT_ONCE), fileSha256, now: ports.clock.now() });
  return record(ports, { ...none, outcome: 'imported', reason: '', fileSha256, openingFen: told.openingFen, closingFen: told.closingFen, lines: lines.length });
}

/** What the clock calls: every closed day of the last ones that was not read yet, the oldest first. A bank that stays silent calls a person. */
export async function importDue(ports: PayoutPorts): Promise<Bilingual> {
  const today = beijingDay(ports.clock.now());
  const range = { from: daysBefore(today, LOOKS_BACK_DAYS), to: daysBefore(today) };
  const known = await ports.statements.listStatements(range);
  const said: Bilingual[] = [];
  for (let back = LOOKS_BACK_DAYS; back >= 1; back -= 1) {
    const day = daysBefore(today, back);
    for (const account of ports.accounts) {
      const before = known.find((one) => one.account === account.id && one.day === day);
      // A day of before the link is nobody's: only days beside known ones, and yesterday.
      const isWanted = back === 1 || known.some((one) => one.account === account.id && one.day <= day);
      if (before?.outcome === 'imported' || !isWanted) continue;
      const read = await importStatement(ports, account, day);
      if (read === undefined) continue;
      said.push({ zh: `${account.id} ${day}：${OUTCOME_WORDS[read.outcome]}`, en: `${account.id} ${day}: ${read.outcome}` });
      if (read.outcome === 'notReady' && back >= ports.policy.statementLateDays) await ports.statements.callForStatement({ account: account.id, day, reason: read.reason, now: ports.clock.now() });
    }
  }
  return said.length === 0 ? { zh: '已结束的各日均已导入', en: 'Every closed day is read' } : inOneLine(said);
}

const OUTCOME_WORDS = { imported: '已导入', notReady: '银行尚未提供', unusable: '不可用' } as const satisfies Record<BankStatementRecord['outcome'], string>;

async function record({ statements, log }: PayoutPorts, read: BankStatementRecord): Promise<BankStatementRecord> {
  if (read.outcome !== 'imported') log.warn('bank statement without a result', { account: read.account, day: read.day, outcome: read.outcome, reason: read.reason });
  await statements.recordStatement(read);
  return read;
}

type Told = { readonly accountNo: string; readonly day: string; readonly openingFen: number; readonly closingFen: number; readonly lines: readonly BankStatementLine[] };

/** Never half-used: another account, another day, or sums that do not close. */
function contradictionIn(told: Told, account: HospitalAccount, day: string): string | undefined {
  if (told.accountNo !== account.accountNo) return own('otherAccount');
  if (told.day !== day) return own('otherDay', told.day);
  const stray = told.lines.find(({ at }) => beijingDay(at) !== day);
  if (stray !== undefined) return own('lineOfOtherDay', stray.bankLineNo);
  const moved = told.lines.reduce((sum, { direction, amountFen }) => sum + (direction === 'in' ? amountFen : -amountFen), 0);
  return told.openingFen + moved === told.closingFen ? undefined : own('balanceDiffers', yuanOf(told.openingFen + moved), yuanOf(told.closingFen));
}

function asKept({ bankLineNo, direction, amountFen, balanceFen, at, counterpartyName = '', counterpartyAccountNo = '', summary, instructionNo, isReturn }: BankStatementLine, account: string): NewBankLine {
  return {
    account, bankLineNo, day: beijingDay(at), direction, amountFen, balanceFen, at, counterpartyLabel: counterpartyName === '' ? '' : maskCounterparty(counterpartyName), counterpartyTail: counterpartyAccountNo.slice(-4),
    summary: redactText(counterpartyAccountNo === '' ? summary : summary.replaceAll(counterpartyAccountNo, `****${counterpartyAccountNo.slice(-4)}`)).replaceAll(counterpartyName === '' ? '\u0000' : counterpartyName, maskCounterparty(counterpartyName)), instructionNo, isReturn,
  };
}
