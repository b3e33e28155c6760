import { Type } from 'typebox';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { ownTillNo } from '../domain/own-till.js';
import type { ShiftCaller } from '../shifts/ports.js';
import { closed, Id, mayCountCash, operation, operatorIdOf, tenantOf, type OperationContext } from './operation.js';
import { ClosedShiftSchema, closedShiftForTerminal, DenominationsSchema, reportForTerminal, RunningShiftSchema, runningShiftForTerminal, ShiftReportPageSchema } from './shift-views.js';

/** Of whoever empties a kiosk; at a window it is who is signed in. */
const operatorId = Type.Optional(Id(64));

/** A shift at the window that took it, or at the kiosk that is emptied. */
export const SHIFT_OPERATIONS = {
  'shift.figures': operation({
    operator: 'required',
    request: Type.Object({ operatorId }, closed),
    reply: RunningShiftSchema,
    handle: (context, { operatorId: named }) => byCashier(context, named, async (caller) => {
      const running = await context.ports.useCases.readRunningShift({ tillNo: caller.ownTill, caller });
      return running.kind === 'ok' ? ok(runningShiftForTerminal(running.value)) : running;
    }),
  }),
  'shift.close': operation({
    idem: 'required',
    operator: 'required',
    request: Type.Object({ operatorId, denominations: DenominationsSchema, expectedFen: Type.Integer({ minimum: -100_000_000_000, maximum: 100_000_000_000 }) }, closed),
    reply: ClosedShiftSchema,
    handle: (context, { operatorId: named, ...count }) => byCashier(context, named, async (caller) => {
      const shift = await context.ports.useCases.closeShift({ ...count, tillNo: caller.ownTill, caller, asked: { tenant: tenantOf(context.terminal), key: context.idem ?? '' } });
      return shift.kind === 'ok' ? ok(closedShiftForTerminal(shift.value)) : shift;
    }),
  }),
  'shift.query': operation({
    operator: 'required',
    request: Type.Object({ shiftNo: Id(32), operatorId }, closed),
    reply: ClosedShiftSchema,
    handle: (context, { shiftNo, operatorId: named }) => byCashier(context, named, async (caller) => {
      const found = await context.ports.useCases.findShift({ shiftNo, caller });
      return found.kind === 'ok' ? ok(closedShiftForTerminal(found.value)) : found;
    }),
  }),
  'shift.report': operation({
    operator: 'required',
    request: Type.Object({ shiftNo: Id(32), operatorId, layout: Type.Enum(['a', 'b'] as const) }, closed),
    reply: ShiftReportPageSchema,
    handle: (context, { shiftNo, operatorId: named, layout }) => byCashier(context, named, async (caller) => {
      const report = await context.ports.useCases.readShiftReport({ wanted: { shiftNo }, caller });
      return report.kind === 'ok' ? ok(reportForTerminal(report.value, layout)) : report;
    }),
  }),
} as const;

type Cashier = ShiftCaller & Required<Pick<ShiftCaller, 'operatorId' | 'ownTill'>>;

/** The person signed in at a window sees and closes his own till; whoever empties a kiosk that of the machine. */
async function byCashier(context: OperationContext, named: string | undefined, work: (caller: Cashier) => Promise<Outcome<object>>): Promise<Outcome<object>> {
  const { terminal } = context;
  if (!mayCountCash(terminal)) return refused('NOT_PERMITTED', 'shifts are of windows and kiosks');
  const who = operatorIdOf(context, named);
  if (who === undefined) return refused('MALFORMED_REQUEST', 'operatorId: who empties this machine');
  return work({ by: tenantOf(terminal), operatorId: who, ownTill: ownTillNo(terminal, who) });
}
