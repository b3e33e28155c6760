/** What a log line may carry besides its sentence: ids, counts, times. Personal data and keys are redacted by the logger behind this port. */
export type LogFacts = Readonly<Record<string, unknown>>;

/** The log as the rest of the house sees it. `error` takes the cause under the key `error`. */
export type Log = {
  debug(message: string, facts?: LogFacts): void;
  info(message: string, facts?: LogFacts): void;
  warn(message: string, facts?: LogFacts): void;
  error(message: string, facts?: LogFacts): void;
  /** A log whose every line also carries these facts. */
  with(facts: LogFacts): Log;
};

/** A log that says nothing: for tests and simulations. */
export const SILENT_LOG: Log = { debug() {}, info() {}, warn() {}, error() {}, with: () => SILENT_LOG };
