import { ok, refused, type Outcome } from '../domain/errors.js';
import type { OpenShift, ShiftRecord } from '../domain/shift.js';
import type { ShiftPage } from '../domain/shift-store.js';
import type { RunningShift, ShiftCaller, ShiftPorts } from './ports.js';

/** What a person scrolls through at once. */
const PAGE = 30;
/** Change money without a certain end is asked about again on the same day, or a person has seen to it. */
const UNCLEAR_WITHIN_MS = 48 * 60 * 60 * 1000;

export async function readRunningShift(ports: ShiftPorts, { tillNo, caller }: { readonly tillNo: string; readonly caller: ShiftCaller }): Promise<Outcome<RunningShift>> {
  if (!isVisible(caller, tillNo)) return refused('NOT_PERMITTED', { zh: '这不是本人的钱箱', en: 'another till than your own' });
  const [running] = await withOpenings(ports, [await ports.store.readOpen(tillNo)]);
  return running === undefined ? refused('NO_SUCH_ITEM') : ok(running);
}

export async function listRunningShifts(ports: ShiftPorts, caller: ShiftCaller): Promise<readonly RunningShift[]> {
  const open = await ports.store.listOpen();
  return withOpenings(ports, open.filter(({ tillNo }) => isVisible(caller, tillNo)));
}

export async function findShift({ store }: Pick<ShiftPorts, 'store'>, { shiftNo, caller }: { readonly shiftNo: string; readonly caller: ShiftCaller }): Promise<Outcome<ShiftRecord>> {
  const found = await store.find(shiftNo);
  return found === undefined || !isVisible(caller, found.shift.tillNo) ? refused('NO_SUCH_ITEM') : ok(found);
}

export function listShifts({ store }: Pick<ShiftPorts, 'store'>, { caller, tillNo, ...filter }: { readonly tillNo?: string; readonly day?: string; readonly before?: number; readonly caller: ShiftCaller }): Promise<ShiftPage> {
  const only = caller.ownTill ?? tillNo;
  return store.list({ ...filter, ...(only === undefined ? {} : { tillNo: only }), limit: PAGE });
}

export function isVisible({ ownTill }: ShiftCaller, tillNo: string): boolean {
  return ownTill === undefined || ownTill === tillNo;
}

async function withOpenings({ openings, clock }: ShiftPorts, shifts: readonly OpenShift[]): Promise<readonly RunningShift[]> {
  const now = clock.now();
  const recent = await openings.listOpenings(new Date(now.getTime() - UNCLEAR_WITHIN_MS), new Date(now.getTime() + UNCLEAR_WITHIN_MS));
  const unclear = recent.filter(({ state }) => state === 'requested' || state === 'unknown');
  return shifts.map((shift) => ({ ...shift, unclearOpenings: unclear.filter(({ tillNo }) => tillNo === shift.tillNo).map(({ openingNo, amountFen }) => ({ openingNo, amountFen })) }));
}
