import { Type } from 'typebox';
import { ok, refused } from '../domain/errors.js';
import { ownTillNo } from '../domain/own-till.js';
import type { ShiftCaller } from '../shifts/ports.js';
import { closed, Id, mayCountCash, operation, tenantOf } from './operation.js';
import type { Terminal } from './ports.js';
import { ClosedShiftSchema, closedShiftForTerminal, DenominationsSchema, reportForTerminal, RunningShiftSchema, runningShiftForTerminal, ShiftReportPageSchema } from './shift-views.js';

/** A shift at the window that took it, or at the kiosk that is emptied. */
export const SHIFT_OPERATIONS = {
  'shift.figures': operation({
    request: Type.Object({ operatorId: Id(64) }, closed),
    reply: RunningShiftSchema,
    async handle({ ports, terminal }, { operatorId }) {
      if (!mayCountCash(terminal)) return refused('NOT_PERMITTED', 'shifts are of windows and kiosks');
      const running = await ports.useCases.readRunningShift({ tillNo: ownTillNo(terminal, operatorId), caller: cashierAt(terminal, operatorId) });
      return running.kind === 'ok' ? ok(runningShiftForTerminal(running.value)) : running;
    },
  }),
  'shift.close': operation({
    idem: 'required',
    request: Type.Object({ operatorId: Id(64), denominations: DenominationsSchema, expectedFen: Type.Integer({ minimum: -100_000_000_000, maximum: 100_000_000_000 }) }, closed),
    reply: ClosedShiftSchema,
    async handle({ ports, terminal, idem }, { operatorId, ...count }) {
      if (!mayCountCash(terminal)) return refused('NOT_PERMITTED', 'shifts are of windows and kiosks');
      const shift = await ports.useCases.closeShift({ ...count, tillNo: ownTillNo(terminal, operatorId), caller: cashierAt(terminal, operatorId), asked: { tenant: tenantOf(terminal), key: idem ?? '' } });
      return shift.kind === 'ok' ? ok(closedShiftForTerminal(shift.value)) : shift;
    },
  }),
  'shift.query': operation({
    request: Type.Object({ shiftNo: Id(32), operatorId: Id(64) }, closed),
    reply: ClosedShiftSchema,
    async handle({ ports, terminal }, { shiftNo, operatorId }) {
      const found = await ports.useCases.findShift({ shiftNo, caller: cashierAt(terminal, operatorId) });
      return found.kind === 'ok' ? ok(closedShiftForTerminal(found.value)) : found;
    },
  }),
  'shift.report': operation({
    request: Type.Object({ shiftNo: Id(32), operatorId: Id(64), layout: Type.Enum(['a', 'b'] as const) }, closed),
    reply: ShiftReportPageSchema,
    async handle({ ports, terminal }, { shiftNo, operatorId, layout }) {
      const report = await ports.useCases.readShiftReport({ wanted: { shiftNo }, caller: cashierAt(terminal, operatorId) });
      return report.kind === 'ok' ? ok(reportForTerminal(report.value, layout)) : report;
    },
  }),
} as const;

/** The person at a window sees and closes his own till; whoever empties a kiosk that of the machine. */
function cashierAt(terminal: Terminal, operatorId: string): ShiftCaller {
  return { by: tenantOf(terminal), operatorId, ownTill: ownTillNo(terminal, operatorId) };
}
