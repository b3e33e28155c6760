import { createHash } from 'node:crypto';
import { yuanOf } from '../domain/bilingual.js';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { FACES_FEN, type Denomination, type ShiftRecord } from '../domain/shift.js';
import type { AskedOnce, ShiftCaller, ShiftPorts } from './ports.js';
import { isVisible } from './read-shifts.js';

/**
 * Closes the shift of a till (交班, 日结; 清钱箱 at a kiosk), for good: nothing is given but the count and what the screen said must lie in the till. The same key answers the same
 * shift for ever.
 */
export async function closeShift(
  { store, audit, clock }: ShiftPorts,
  { tillNo, denominations, expectedFen, caller, asked }: { readonly tillNo: string; readonly denominations: readonly Denomination[]; readonly expectedFen: number; readonly caller: ShiftCaller; readonly asked: AskedOnce },
): Promise<Outcome<ShiftRecord>> {
  if (!isVisible(caller, tillNo)) return refused('NOT_PERMITTED', { zh: '这不是本人的钱箱', en: 'another till than your own' });
  const counted = readDenominations(denominations);
  if (counted === undefined) return refused('MALFORMED_REQUEST', { zh: '每种面额填一次，且只能填流通中的面额', en: 'denominations: each face once, and only faces in use' });
  const requestHash = hashOf('close', tillNo, counted, expectedFen);
  const closed = await store.close({ tillNo, denominations: counted, expectedFen, by: caller.by, operatorId: caller.operatorId, idempotency: { ...asked, requestHash }, now: clock.now() });
  switch (closed.kind) {
    case 'keyReused':
      return refused('IDEMPOTENCY_KEY_REUSED');
    case 'nothingToClose':
      return refused('SHIFT_EMPTY');
    case 'payingOut':
      return refused('TILL_PAYING_OUT', closed.refundNo);
    case 'tillMoved':
      return refused('TILL_MOVED', { zh: `钱箱现应有 ${yuanOf(closed.expectedFen)} 元，所见为 ${yuanOf(expectedFen)} 元`, en: `now ${yuanOf(closed.expectedFen)} yuan must lie in it, ${yuanOf(expectedFen)} yuan were shown` });
    case 'closed': {
      const { shiftNo, countedFen, figures, ordinal, hash } = closed.shift;
      await audit.record({ who: caller.by, what: 'shift.close', object: `shift ${shiftNo}`, after: { tillNo, ordinal, countedFen, expectedFen: figures.expectedFen, hash, ...(caller.operatorId === undefined ? {} : { operatorId: caller.operatorId }) } });
      return ok({ shift: closed.shift, acts: [] });
    }
    case 'replayed':
      // As it was answered the first time, whatever was done with its cash since.
      return ok({ shift: closed.shift, acts: [] });
  }
}

/** Largest first, without the faces of which there is none: the same count is the same request however it was typed. */
export function readDenominations(denominations: readonly Denomination[]): readonly Denomination[] | undefined {
  const given = new Map(denominations.map(({ faceFen, pieces }) => [faceFen, pieces]));
  if (given.size !== denominations.length || denominations.some(({ faceFen, pieces }) => !FACES_FEN.some((face) => face === faceFen) || !Number.isSafeInteger(pieces) || pieces < 0 || pieces > MOST_PIECES)) return undefined;
  return FACES_FEN.flatMap((faceFen) => ((given.get(faceFen) ?? 0) === 0 ? [] : [{ faceFen, pieces: given.get(faceFen) ?? 0 }]));
}
/** A till with more notes of one face than this is a slip of the finger. */
const MOST_PIECES = 1_000_000;

export function hashOf(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
