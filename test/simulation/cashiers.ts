/** Cashiers at the tills: they look, count what lies in the drawer, close, and somebody else takes the cash over. Each knows only what the drawer holds and what the screen said. */
import { ok, type Outcome } from '@hospay/server/domain/errors.js';
import { FACES_FEN, type CashAct, type Denomination } from '@hospay/server/domain/shift.js';
import { verifyShifts } from '@hospay/server/edges/database/money/verify-shifts.js';
import type { RunningShift, ShiftCaller } from '@hospay/server/shifts/ports.js';
import { viewShift } from '@hospay/server/shifts/shift-record-view.js';
import { askUntilAnswered } from './asking.js';
import type { WorldView } from './world-view.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const FINANCE: ShiftCaller = { by: 'li.finance' };

/** What was on the screen, and which lines the till book had at that moment. */
type Shown = { readonly running: RunningShift; readonly lines: number };

/** One till's cashier over the day: a close or two while patients come, one more in the quiet after. */
export async function cashierDay(world: WorldView, tillNo: string): Promise<void> {
  const closes = world.weather.pick(0, 1, 1, 2, 2);
  for (let round = 1; round <= closes; round += 1) {
    const isHasty = world.faults.strikes('till closed as a patient pays');
    const aWhile = world.time.sleep((isHasty ? 30 : world.weather.between(2, 14)) * MINUTE, `${tillNo} is about to be closed`);
    await (isHasty ? Promise.race([aWhile, world.channels.tills.nextLine(tillNo)]) : aWhile);
    await closeTill(world, { tillNo, round, isHasty });
  }
}

/** Until it is closed or there is nothing to close: a till that moved is counted anew. */
async function closeTill(world: WorldView, { tillNo, round, isHasty }: { readonly tillNo: string; readonly round: number; readonly isHasty: boolean }): Promise<void> {
  const caller: ShiftCaller = { by: `terminal/${tillNo.slice(tillNo.indexOf(':') + 1)}`, operatorId: `staff of ${tillNo}`, ownTill: tillNo };
  for (let count = 1; count <= 12; count += 1) {
    const shown = await askUntilAnswered<Shown>(world, `figures of ${tillNo}`, 12, async (useCases) => {
      const running = await useCases.readRunningShift({ tillNo, caller });
      // In the same instant as the platform read them: what lies in the drawer by now it may not know yet.
      return running.kind === 'ok' ? ok({ running: running.value, lines: world.channels.tills.linesOf(tillNo).length }) : running;
    });
    if (shown?.kind !== 'ok') return;
    await world.time.sleep(isHasty ? world.weather.between(100, 2_000) : world.weather.between(5, 90) * SECOND, `${tillNo} is counted`);
    const shiftNo = await pressClose(world, { tillNo, caller, shown: shown.value, key: `close/${tillNo}/${String(round)}/${String(count)}` });
    if (shiftNo === 'moved') continue;
    if (shiftNo === 'paying out') {
      await world.time.sleep(world.weather.between(30, 180) * SECOND, `${tillNo} waits for the notes it pays out`);
      continue;
    }
    if (shiftNo !== undefined) await takeOver(world, shiftNo);
    return;
  }
}

type Press = { readonly tillNo: string; readonly caller: ShiftCaller; readonly shown: Shown; readonly key: string };

async function pressClose(world: WorldView, { tillNo, caller, shown: { running, lines }, key }: Press): Promise<string | undefined> {
  const { figures } = running;
  const drawer = world.channels.tills;
  const known = drawer.linesOf(tillNo).slice(0, lines).filter(({ number }) => !drawer.isCounted(number) && !figures.open.some((open) => open.number === number));
  const inDrawerFen = known.reduce((sum, { byFen }) => sum + byFen, figures.changeMoney.amountFen);
  const miscountFen = world.faults.strikes('till miscounted') ? world.weather.between(1, 900) * (inDrawerFen > 900 && world.weather.chance(0.5) ? -1 : 1) : 0;
  world.expect(inDrawerFen >= 0, 'the till is the ledger', tillNo, `holds ${String(inDrawerFen)} fen`);
  const denominations = notesOf(Math.max(0, inDrawerFen + miscountFen));
  const closed = await askUntilAnswered(world, `close ${key}`, 40, async (useCases) => {
    const answer = await useCases.closeShift({ tillNo, denominations, expectedFen: figures.expectedFen, caller, asked: { tenant: caller.by, key } });
    world.answered(key, answer.kind === 'ok' ? { done: answer.value.shift.shiftNo } : { refused: answer.code });
    return answer;
  });
  checkShifts(world);
  if (closed?.kind === 'refused' && closed.code === 'TILL_MOVED') {
    world.history.mark('a till moved while it was counted');
    return 'moved';
  }
  if (closed?.kind === 'refused' && closed.code === 'TILL_PAYING_OUT') {
    world.history.mark('a till was paying out when it was to be closed');
    return 'paying out';
  }
  if (closed?.kind !== 'ok') return undefined;
  const { shift } = closed.value;
  world.history.mark(shift.figures.open.length === 0 ? 'a shift was closed' : 'a shift was closed with something in flight');
  const { differenceFen } = viewShift({ shift, acts: [] });
  world.expect(differenceFen === miscountFen, 'a count differs by what was miscounted', shift.shiftNo, `${String(differenceFen)} fen differ, ${String(miscountFen)} fen were miscounted of ${String(inDrawerFen)}`);
  drawer.takeOut(known.map(({ number }) => number));
  return shift.shiftNo;
}

/** Somebody else takes it over, brings some of it to the bank, and now and then has to take a step back. */
async function takeOver(world: WorldView, shiftNo: string): Promise<void> {
  await world.time.sleep(world.weather.between(10, 300) * SECOND, `${shiftNo} is handed over`);
  const found = await askUntilAnswered(world, `look at ${shiftNo}`, 8, (useCases) => useCases.findShift({ shiftNo, caller: FINANCE }));
  if (found?.kind !== 'ok') return;
  const { handedFen } = viewShift(found.value);
  const act = async (key: string, run: Parameters<typeof askUntilAnswered<CashAct>>[3]): Promise<Outcome<CashAct> | undefined> => {
    const answer = await askUntilAnswered(world, key, 12, async (useCases) => {
      const done = await run(useCases);
      world.answered(key, done.kind === 'ok' ? { done: done.value.actNo } : { refused: done.code });
      return done;
    });
    checkShifts(world);
    return answer;
  };
  const asked = (key: string) => ({ caller: FINANCE, asked: { tenant: 'finance', key } });
  const taken = await act(`hand over ${shiftNo}`, (useCases) => useCases.takeOverCash({ shiftNo, amountFen: handedFen, ...asked(`hand over ${shiftNo}`) }));
  if (taken?.kind !== 'ok') return;
  world.history.mark('cash was taken over');
  if (handedFen <= 0) return;
  if (world.weather.chance(0.3)) {
    const { actNo } = taken.value;
    const back = await act(`reverse ${actNo}`, (useCases) => useCases.reverseCashAct({ actNo, reason: '录错', ...asked(`reverse ${actNo}`) }));
    if (back?.kind === 'ok') world.history.mark('a hand-over was reversed');
    return;
  }
  const deposited = await act(`deposit ${shiftNo}`, (useCases) => useCases.depositCash({ slipNo: `SLIP-${shiftNo}`, amountFen: Math.max(1, Math.floor(handedFen / 2)), ...asked(`deposit ${shiftNo}`) }));
  if (deposited?.kind === 'ok') world.history.mark('cash was brought to the bank');
}

/** Shifts are few: all of them are looked at after every act on one. */
function checkShifts(world: WorldView): void {
  for (const { rule, subject, detail } of verifyShifts(world.store.database, world.sql)) world.expect(false, rule, subject, detail);
}

function notesOf(amountFen: number): readonly Denomination[] {
  let leftFen = amountFen;
  return FACES_FEN.flatMap((faceFen) => {
    const pieces = Math.floor(leftFen / faceFen);
    leftFen -= pieces * faceFen;
    return pieces === 0 ? [] : [{ faceFen, pieces }];
  });
}
