/** Mistakes at the close of a till. */
import type { OpenShift, ShiftFigures } from '@hospay/server/domain/shift.js';
import type { PlantedBug } from './planted-bug.js';

export const SHIFT_BUGS: readonly PlantedBug[] = [
  {
    name: 'in-flight-counted-at-the-close',
    numbers: [2],
    what: 'a cash payment without a result is taken for taken at the close, and counted again when its result is known',
    // The program at the till dies with the notes in the drawer, and the cashier closes at once.
    storm: { 'plugin dies after a write': 0.5, 'till closed as a patient pays': 0.9, 'channel plugin dies': 0 },
    wrapShifts: (shifts) => ({
      ...shifts,
      readOpen: async (tillNo) => withOpenTaken(await shifts.readOpen(tillNo)),
      async close(request) {
        const { figures } = await shifts.readOpen(request.tillNo);
        return shifts.close({ ...request, expectedFen: request.expectedFen - openCashFen(figures) });
      },
    }),
  },
  {
    name: 'close-without-a-key',
    numbers: [10],
    what: 'the close of a shift is not bound to its key: a repeat closes again, or finds nothing to close',
    wrapShifts(shifts, world) {
      return { ...shifts, close: (request) => shifts.close({ ...request, idempotency: { ...request.idempotency, key: `${request.idempotency.key}/${String(world.names.nextInt(1_000_000_000))}` } }) };
    },
  },
  {
    name: 'till-not-looked-at-again',
    numbers: [1],
    what: 'the till is closed with whatever it should hold by then, although the count is of what it held when it was shown',
    wrapShifts: (shifts) => ({
      ...shifts,
      async close(request) {
        const closed = await shifts.close(request);
        return closed.kind === 'tillMoved' ? shifts.close({ ...request, expectedFen: closed.expectedFen }) : closed;
      },
    }),
    storm: { 'till closed as a patient pays': 0.9, 'till miscounted': 0 },
  },
  {
    name: 'act-without-a-key',
    numbers: [10],
    what: 'a hand-over or deposit is not bound to its key: a repeat is another act',
    wrapShifts(shifts, world) {
      return { ...shifts, act: (request) => shifts.act({ ...request, idempotency: { ...request.idempotency, key: `${request.idempotency.key}/${String(world.names.nextInt(1_000_000_000))}` } }) };
    },
  },
];

function withOpenTaken(open: OpenShift): OpenShift {
  return { ...open, figures: { ...open.figures, open: [], expectedFen: open.figures.expectedFen + openCashFen(open.figures) } };
}

function openCashFen({ open }: ShiftFigures): number {
  return open.reduce((sum, { kind, method, amountFen }) => (kind === 'payment' && method === 'cash' ? sum + amountFen : sum), 0);
}
