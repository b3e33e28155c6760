import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { destination, multistream, pino, type Logger } from 'pino';
import type { Log, LogFacts } from '../domain/log.js';
import { redact, redactText } from '../domain/sensitive.js';
import type { Clock } from '../domain/time.js';

export type LoggerOptions = {
  readonly clock: Clock;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** JSON lines go here as well as to `write`. Absent: no file. */
  readonly file?: { readonly path: string; readonly largestBytes: number; readonly keptFiles: number };
  /** Where lines go besides the file: usually stdout. */
  readonly write: (line: string) => void;
};

export type RunningLog = Log & {
  /** Writes out what is buffered and closes the file. */
  close(): void;
};

/**
 * Structured log: one JSON object per line with `at`, `level`, `message` and facts. Every line passes redaction, whoever wrote it.
 * The file is written synchronously: what was logged before a crash is on disk.
 */
export function createLogger({ clock, level, file, write }: LoggerOptions): RunningLog {
  const sink = file === undefined ? undefined : openRotatingFile(file);
  const streams = multistream([{ level: 'debug', stream: { write } }, ...(sink === undefined ? [] : [{ level: 'debug' as const, stream: sink }])]);
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"at":"${clock.now().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    streams,
  );
  return { ...asLog(logger, {}), close: () => sink?.close() };
}

function asLog(logger: Logger, always: LogFacts): Log {
  const line =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, facts: LogFacts = {}): void => {
      if (logger.isLevelEnabled(level)) logger[level](withoutReserved(redact({ ...always, ...facts })), redactText(message));
    };
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error'), with: (facts) => asLog(logger, { ...always, ...facts }) };
}

/** A fact cannot pose as the line's own level, time or message. */
function withoutReserved(facts: unknown): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  if (typeof facts !== 'object' || facts === null) return copy;
  for (const [key, value] of Object.entries(facts)) copy[key === 'level' || key === 'at' || key === 'message' ? `fact_${key}` : key] = value;
  return copy;
}

type RotatingFile = { write(line: string): void; close(): void };

/** hospay.log, hospay.log.1 (yesterday's) … up to the number kept. Rotation by size bounds the disk a noisy fault can fill. */
function openRotatingFile({ path, largestBytes, keptFiles }: NonNullable<LoggerOptions['file']>): RotatingFile {
  mkdirSync(dirname(path), { recursive: true });
  const open = () => destination({ dest: path, sync: true, mode: 0o640 });
  let stream = open();
  let bytes = existsSync(path) ? statSync(path).size : 0;
  const rotate = () => {
    stream.end();
    rmSync(`${path}.${keptFiles - 1}`, { force: true });
    for (let index = keptFiles - 2; index >= 1; index -= 1) if (existsSync(`${path}.${index}`)) renameSync(`${path}.${index}`, `${path}.${index + 1}`);
    if (keptFiles > 1) renameSync(path, `${path}.1`);
    else rmSync(path, { force: true });
    stream = open();
    bytes = 0;
  };
  return {
    write(line) {
      const length = Buffer.byteLength(line);
      if (bytes > 0 && bytes + length > largestBytes) rotate();
      bytes += length;
      stream.write(line);
    },
    close() {
      stream.end();
    },
  };
}
