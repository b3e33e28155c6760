import { beijingDay, startOfBeijingDay, type TillDay } from '@hospay/plugin-sdk';
import { type Bilingual, yuanOf } from '../domain/bilingual.js';
import { StoreUnavailable } from '../domain/money-store.js';
import { compareCash } from './compare-cash.js';
import type { CashComparison, TillDays, WindowDeskPorts } from './ports.js';

const DAY_MS = 24 * 60 * 60 * 1000;
/** A till book keeps eight days at least (SDK, Tills): an older day that is missing there proves nothing. */
const COMPARED_DAYS = 7;
/** A payment that begins and ends between two looks at the ledger moves its sums: then it is looked at again. */
const MOST_LOOKS = 3;

/**
 * All tills of a day beside what the ledger says of cash (account 1001). A difference with nothing on its way opens a case, once; the case is over when both say the same again.
 */
export async function readTillDays(ports: WindowDeskPorts, { day }: { readonly day: string }): Promise<TillDays> {
  const isKept = day >= beijingDay(new Date(ports.clock.now().getTime() - COMPARED_DAYS * DAY_MS));
  const desks = ports.desks.tills();
  const channels = [...new Set([...desks.map(({ channel }) => channel), ...ports.ledger.cashOfDay(day).channels.map(({ channel }) => channel)])];
  const read = await Promise.all(channels.map(async (channel) => compareChannel(ports, { day, channel, isKept })));
  for (const { comparison } of read) await tellCase(ports, day, comparison).catch((error: unknown) => {
    // In safe mode nothing is written, and the page must still show what it sees.
    if (!(error instanceof StoreUnavailable)) throw error;
    ports.log.error('a difference between tills and ledger could not become a case', { day, channel: comparison.channel, state: comparison.state, error });
  });
  const start = startOfBeijingDay(day);
  const openings = await ports.rows.listOpenings(start, new Date(start.getTime() + DAY_MS));
  return {
    day,
    tills: read.flatMap(({ comparison, book }) => (book ?? []).map((till) => ({ ...till, channel: comparison.channel }))),
    comparisons: read.map(({ comparison }) => comparison),
    unclearOpenings: openings.filter(({ state }) => state === 'requested' || state === 'unknown'),
  };
}

/** The ledger before and after the book: only where it stood still in between does a difference mean anything. */
async function compareChannel({ desks, ledger }: WindowDeskPorts, { day, channel, isKept }: { readonly day: string; readonly channel: string; readonly isKept: boolean }): Promise<{ readonly comparison: CashComparison; readonly book: readonly TillDay[] | undefined }> {
  const look = () => {
    const { channels, inFlight } = ledger.cashOfDay(day);
    return { cash: channels.find((one) => one.channel === channel), inFlight: inFlight.get(channel) ?? 0 };
  };
  for (let looks = 1; ; looks += 1) {
    const before = look();
    const answer = await desks.tills().find((desk) => desk.channel === channel)?.tills.tillDays({ day });
    const after = look();
    const book = answer?.kind === 'ok' ? answer.tills : undefined;
    const isMoving = before.inFlight > 0 || after.inFlight > 0 || JSON.stringify(before.cash) !== JSON.stringify(after.cash);
    const comparison = compareCash({ channel, book, ledger: after.cash, isMoving, isKept });
    if (comparison.state !== 'inFlight' || looks === MOST_LOOKS) return { comparison, book };
  }
}

async function tellCase({ cases, clock }: WindowDeskPorts, day: string, { channel, state, book, ledger }: CashComparison): Promise<void> {
  const subject = `${channel}/${day}`;
  if (state === 'same') await cases.resolveCase('tillMismatch', subject, clock.now());
  if (state !== 'differs' || book === undefined) return;
  const told = ({ takenIn, paidOut }: typeof ledger): Bilingual => ({
    zh: `收入 ${String(takenIn.count)} 笔 ${yuanOf(takenIn.amountFen)} 元、支出 ${String(paidOut.count)} 笔 ${yuanOf(paidOut.amountFen)} 元`,
    en: `in ${String(takenIn.count)} of ${yuanOf(takenIn.amountFen)} yuan, out ${String(paidOut.count)} of ${yuanOf(paidOut.amountFen)} yuan`,
  });
  const [counted, booked] = [told(book), told(ledger)];
  const detail = { zh: `钱箱账本：${counted.zh}；库存现金（1001）：${booked.zh}。请核对钱箱与当日收退款`, en: `the tills say ${counted.en}; account 1001 says ${booked.en}. Check the tills against the payments and refunds of the day` };
  await cases.openCase({ kind: 'tillMismatch', subject, severity: 1, detail }, clock.now());
}
