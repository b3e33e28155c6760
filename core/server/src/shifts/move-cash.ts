import { yuanOf } from '../domain/bilingual.js';
import { ok, refused, type Outcome } from '../domain/errors.js';
import type { CashAct } from '../domain/shift.js';
import type { CashActRequest } from '../domain/shift-store.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import { hashOf } from './close-shift.js';
import type { AskedOnce, ShiftCaller, ShiftPorts } from './ports.js';

type Common = 'actNo' | 'by' | 'operatorId' | 'idempotency' | 'now';
type Wanted = CashActRequest extends infer Request ? (Request extends CashActRequest ? Omit<Request, Common> : never) : never;

/** Names under which the audit log knows the acts. */
const AUDITED = { handOver: 'shift.handOver', recount: 'shift.recount', deposit: 'cash.deposit', reversal: 'cash.reverse' } as const;

/** One act with counted cash: taken over into the vault, taken to the bank, counted anew, reversed. One key, one journal, for good. */
export async function moveCash({ store, audit, clock, random }: ShiftPorts, wanted: Wanted, { caller, asked }: { readonly caller: ShiftCaller; readonly asked: AskedOnce }): Promise<Outcome<CashAct>> {
  const done = await store.act({ ...wanted, actNo: `CA${makeOpaqueId(random, 16)}`, by: caller.by, operatorId: caller.operatorId, idempotency: { ...asked, requestHash: hashOf(wanted) }, now: clock.now() });
  switch (done.kind) {
    case 'keyReused':
      return refused('IDEMPOTENCY_KEY_REUSED');
    case 'notFound':
      return refused('NO_SUCH_ITEM');
    case 'samePerson':
      return refused('SAME_PERSON');
    case 'amountDiffers':
      return refused('HAND_OVER_DIFFERS', { zh: `清点为 ${yuanOf(done.amountFen)} 元`, en: `${yuanOf(done.amountFen)} yuan were counted` });
    case 'cashNotThere':
      return refused('CASH_NOT_THERE', { zh: `现有 ${yuanOf(done.amountFen)} 元`, en: `${yuanOf(done.amountFen)} yuan are there` });
    case 'conflict':
      return refused('CONFLICT', done.why);
    case 'replayed':
      return ok(done.act);
    case 'done': {
      const { actNo, kind, shiftNo, slipNo, amountFen, reason, reverses } = done.act;
      await audit.record({
        who: caller.by, what: AUDITED[kind], object: shiftNo === undefined ? `slip ${slipNo ?? ''}` : `shift ${shiftNo}`,
        after: { actNo, amountFen, ...(reverses === undefined ? {} : { reverses }) }, ...(reason === undefined ? {} : { reason }),
      });
      return ok(done.act);
    }
  }
}
