import { closeShift, readDenominations } from './close-shift.js';
import { moveCash } from './move-cash.js';
import type { ShiftDesk, ShiftPorts } from './ports.js';
import { findShift, listRunningShifts, listShifts, readRunningShift } from './read-shifts.js';
import { readShiftReport } from './write-shift-report.js';
import { refused } from '../domain/errors.js';

/** The use cases of shifts and counted cash with their ports given. */
export function createShiftDesk(ports: ShiftPorts): ShiftDesk {
  return {
    readRunningShift: (request) => readRunningShift(ports, request),
    listRunningShifts: (caller) => listRunningShifts(ports, caller),
    closeShift: (request) => closeShift(ports, request),
    findShift: (request) => findShift(ports, request),
    listShifts: (request) => listShifts(ports, request),
    readCash: () => ports.store.readCash(),
    takeOverCash: ({ shiftNo, amountFen, ...by }) => moveCash(ports, { kind: 'handOver', shiftNo, amountFen }, by),
    recountShift({ shiftNo, denominations, reason, ...by }) {
      const counted = readDenominations(denominations);
      if (counted === undefined) return Promise.resolve(refused('MALFORMED_REQUEST', { zh: '每种面额填一次，且只能填流通中的面额', en: 'denominations: each face once, and only faces in use' }));
      return moveCash(ports, { kind: 'recount', shiftNo, denominations: counted, reason }, by);
    },
    depositCash: ({ slipNo, amountFen, ...by }) => moveCash(ports, { kind: 'deposit', slipNo, amountFen }, by),
    reverseCashAct: ({ actNo, reason, ...by }) => moveCash(ports, { kind: 'reversal', reverses: actNo, reason }, by),
    readShiftReport: (request) => readShiftReport(ports, request),
  };
}
