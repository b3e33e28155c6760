import type { ExtendedProcedure } from '../engine/catalog.js';
import type { HospitalCounter } from '../hospital-counter.js';
import type { RecordedCall } from '../tds/connection.js';

/** How one kind of hospital lets itself be called: the same patients, bills and bookings behind another face. */
export interface Personality {
  /** T-SQL beside this file, run after hospital.sql. */
  readonly script?: string;
  /** Programs of the server's machine, by name. `ask` calls the hospital's own procedures, past every fault. */
  readonly extended?: (ask: HospitalCounter) => Readonly<Record<string, ExtendedProcedure>>;
  /** A call under the name faults are planned for, with the values its disguise hides. */
  readonly known?: (call: RecordedCall) => RecordedCall;
  readonly showsErrors?: (call: RecordedCall) => boolean;
  /** A job of the hospital's own; `call` meets the faults planned for the procedures it calls. */
  readonly job?: (call: HospitalCounter) => HospitalJob;
}

/** Work the hospital does by itself, again and again. */
export interface HospitalJob {
  readonly everyMs: number;
  /** One round. */
  run(): Promise<void>;
}
