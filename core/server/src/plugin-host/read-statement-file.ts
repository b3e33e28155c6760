import { FundStatementReadingSchema, StatementReadingSchema, type FundStatementReading, type PluginDefinition, type StatementFile, type StatementReading } from '@hospay/plugin-sdk';
import { Compile } from 'typebox/compile';
import type { StatementReaderOf } from '../domain/guests.js';
import { loadModule } from './load-module.js';

const Reading = Compile(StatementReadingSchema);
const FundReading = Compile(FundStatementReadingSchema);

/**
 * Has a plugin's reader read a statement's file. Meant for a thread of its own: reading takes as long as it takes. What the reader says is checked as at the boundary; one that throws, or says
 * something of another shape, has read nothing.
 */
export function readStatementFile(reader: StatementReaderOf, file: StatementFile): Promise<StatementReading> {
  return checkedBy(Reading, reader, ({ statementReaders }) => statementReaders?.[reader.channel]?.(file, reader.settings));
}

/** The same for the file of a fund statement. */
export function readFundStatementFile(reader: StatementReaderOf, file: StatementFile): Promise<FundStatementReading> {
  return checkedBy(FundReading, reader, ({ fundStatementReaders }) => fundStatementReaders?.[reader.channel]?.(file, reader.settings));
}

async function checkedBy<Answer>(answer: { Check(value: unknown): value is Answer }, { channel, ...code }: StatementReaderOf, read: (definition: PluginDefinition) => unknown): Promise<Answer | { kind: 'malformed'; message: string }> {
  try {
    const reading: unknown = await read(await loadModule(code));
    return answer.Check(reading) ? reading : { kind: 'malformed', message: `the reader of ${channel} does not answer in the shape of the contract` };
  } catch (error) {
    return { kind: 'malformed', message: `the reader of ${channel} failed: ${error instanceof Error ? error.message.slice(0, 300) : ''}` };
  }
}
