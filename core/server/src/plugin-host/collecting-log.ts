import type { Log } from '../domain/log.js';

/** What a trial says is looked at, not written down. */
export function collectingLog(lines: string[]): Log {
  const keep = (message: string, facts?: object): void => { if (lines.length < 1_000) lines.push(`${message} ${JSON.stringify(facts ?? {})}`); };
  const log: Log = { debug: keep, info: keep, warn: keep, error: keep, with: () => log };
  return log;
}
