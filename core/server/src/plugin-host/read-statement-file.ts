import { StatementReadingSchema, type StatementFile, type StatementReading } from '@hospay/plugin-sdk';
import { Compile } from 'typebox/compile';
import type { StatementReaderOf } from '../domain/guests.js';
import { loadModule } from './load-module.js';

const Reading = Compile(StatementReadingSchema);

/**
 * Has a plugin's reader read a statement's file. Meant for a thread of its own: reading takes as long as it takes. What the reader says is checked as at the boundary; one that throws, or says
 * something of another shape, has read nothing.
 */
export async function readStatementFile({ channel, settings, ...code }: StatementReaderOf, file: StatementFile): Promise<StatementReading> {
  try {
    const { statementReaders } = await loadModule(code);
    const reading: unknown = await statementReaders?.[channel]?.(file, settings);
    return Reading.Check(reading) ? reading : { kind: 'malformed', message: `the reader of ${channel} does not answer in the shape of the contract` };
  } catch (error) {
    return { kind: 'malformed', message: `the reader of ${channel} failed: ${error instanceof Error ? error.message.slice(0, 300) : ''}` };
  }
}
