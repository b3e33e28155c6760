/** What must be true of shifts and counted cash at every moment, as pure functions over rows. */
import { countedCash, inTransit, longOfTills, shortOfTills, vault, VAULT_KEY } from './cash-postings.js';
import type { ClearBalance, Violation } from './invariants.js';
import type { AccountName } from './ledger.js';
import { handedFen, standingCountFen, standingHandOver, type CashAct, type OpenShift, type ShiftFigures, type ShiftRecord } from './shift.js';

export type ShiftFacts = {
  /** Of one hospital, in the order they were closed. */
  readonly records: Iterable<ShiftRecord>;
  /** Of every till there ever was. */
  readonly open: readonly OpenShift[];
  /** The figures of a closed shift as its journals say now; what was open at its close cannot be drawn again. Undefined: not looked at. */
  readonly figuresNow: (record: ShiftRecord) => ShiftFigures | undefined;
  /** Acts on no shift: deposits and what reverses them. */
  readonly deposits: readonly CashAct[];
  readonly balances: readonly ClearBalance[];
  readonly hasCase: (kind: 'cashLong' | 'cashShort', shiftNo: string) => boolean;
  /** Numbers of journals that move cash of a till, with the till they carry and the till of their entries. */
  readonly tillJournals: readonly { readonly seq: number; readonly tillNo: string | undefined; readonly clearKey: string }[];
};

/**
 * S1 the shifts of a till follow each other without gap and overlap, so every journal of a till stands in exactly one. S2 a closed shift's figures are those of its journals. S3 account 1001 of a till is
 * what its open shift expects. S4 what hangs on 1191 and 2091 for tills is what open cases say. S5 counted cash is in the bag of its shift, in the vault or on its way to the bank.
 */
export function checkShifts(facts: ShiftFacts): Violation[] {
  const found: Violation[] = [];
  const unless = (isTrue: boolean, rule: string, subject: string, detail: string): void => { if (!isTrue) found.push({ rule, subject, detail }); };
  const last = new Map<string, ShiftRecord['shift']>();
  for (const record of facts.records) {
    const { shift } = record;
    const before = last.get(shift.tillNo);
    unless(shift.ordinal === (before?.ordinal ?? 0) + 1 && shift.fromSeq === (before?.toSeq ?? 0) && shift.fromOpening === (before?.toOpening ?? 0), 'S1', shift.shiftNo, 'does not follow the shift before it');
    last.set(shift.tillNo, shift);
    const figures = facts.figuresNow(record);
    unless(figures === undefined || contentOf(figures) === contentOf(shift.figures), 'S2', shift.shiftNo, 'its figures are not those of its journals');
    const difference = standingCountFen(record) - shift.figures.expectedFen;
    unless(facts.hasCase('cashLong', shift.shiftNo) === difference > 0 && facts.hasCase('cashShort', shift.shiftNo) === difference < 0, 'S4', shift.shiftNo, `${String(difference)} fen differ, and the open cases say otherwise`);
  }
  for (const { seq, tillNo, clearKey } of facts.tillJournals) unless(tillNo === clearKey, 'S1', `journal ${String(seq)}`, `moves cash of ${clearKey} and stands in the shift of ${tillNo ?? 'nobody'}`);
  for (const { tillNo, figures } of facts.open) {
    const netFen = facts.balances.filter(({ account, clearKey }) => account.startsWith('1001/') && clearKey === tillNo).reduce((sum, balance) => sum + balance.netFen, 0);
    unless(netFen === figures.cashFen, 'S3', tillNo, `account 1001 says ${String(netFen)} fen, its open shift expects ${String(figures.cashFen)}`);
  }
  const expected = new Map<string, number>();
  for (const { account, clearKey, netFen } of expectedCountedCash(facts.records, facts.deposits)) expected.set(`${account}[${clearKey}]`, (expected.get(`${account}[${clearKey}]`) ?? 0) + netFen);
  const actual = new Map(facts.balances.filter(({ account }) => COUNTED.test(account)).map(({ account, clearKey, netFen }) => [`${account}[${clearKey}]`, netFen]));
  for (const key of new Set([...expected.keys(), ...actual.keys()])) {
    const [want, have] = [expected.get(key) ?? 0, actual.get(key) ?? 0];
    unless(want === have, key.startsWith('1001') ? 'S5' : 'S4', key, `the shifts say ${String(want)} fen, the ledger ${String(have)}`);
  }
  return found;
}

const COUNTED = /^(1001\/[TV]|1191\/T|2091\/T)\//;

/** What the clearing keys must hold because of shifts and what was done with their cash: tills emptied, bags, vault, deposits, long and short. */
export function expectedShiftBalances(records: Iterable<ShiftRecord>, deposits: readonly CashAct[]): ClearBalance[] {
  const emptied = [...records].flatMap(({ shift }) => shift.figures.tillCash.map(({ account, amountFen }) => line(account, shift.tillNo, -amountFen)));
  return [...emptied, ...expectedCountedCash(records, deposits), ...deposits.map((act) => line(inTransit(act.hospitalId), act.slipNo ?? '', signOf(act) * act.amountFen))];
}

function expectedCountedCash(records: Iterable<ShiftRecord>, deposits: readonly CashAct[]): ClearBalance[] {
  const lines = deposits.map((act) => line(vault(act.hospitalId), VAULT_KEY, -signOf(act) * act.amountFen));
  for (const record of records) {
    const { shift: { hospitalId, shiftNo, figures } } = record;
    const counted = standingCountFen(record);
    const [amountFen, difference] = [handedFen(counted, figures), counted - figures.expectedFen];
    const where = standingHandOver(record) === undefined ? line(countedCash(hospitalId), shiftNo, amountFen) : line(vault(hospitalId), VAULT_KEY, amountFen);
    const suspense = difference < 0 ? line(shortOfTills(hospitalId), shiftNo, -difference) : line(longOfTills(hospitalId), shiftNo, difference);
    lines.push(...[where, suspense].filter(({ netFen }) => netFen !== 0));
  }
  return lines;
}

function signOf({ kind }: CashAct): number {
  return kind === 'reversal' ? -1 : 1;
}
function line(account: AccountName, clearKey: string, netFen: number): ClearBalance {
  return { account, clearKey, netFen, pendingFen: 0 };
}
function contentOf({ open: _open, ...content }: ShiftFigures): string {
  return JSON.stringify(content);
}
