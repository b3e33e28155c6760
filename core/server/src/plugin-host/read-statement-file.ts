import {
  FundStatementEndSchema, FundStatementLineSchema, StatementEndSchema, StatementLineSchema,
  type FundStatementEnd, type FundStatementLine, type PluginDefinition, type StatementEnd, type StatementFile, type StatementLine,
} from '@hospay/plugin-sdk';
import { Compile } from 'typebox/compile';
import type { StatementReaderOf } from '../domain/guests.js';
import { loadModule } from './load-module.js';

const STATEMENT = { line: Compile(StatementLineSchema), end: Compile(StatementEndSchema) };
const FUND = { line: Compile(FundStatementLineSchema), end: Compile(FundStatementEndSchema) };

/**
 * Has a plugin's reader read a statement's file line by line. Meant for a thread of its own: reading takes as long as it takes. What the reader says is checked as at the boundary; one that throws,
 * or says something of another shape, has read nothing: what was taken of it is not used.
 */
export function readStatementFile(reader: StatementReaderOf, file: StatementFile, take: (line: StatementLine) => void): Promise<StatementEnd> {
  return checkedBy<StatementLine, StatementEnd>(STATEMENT, reader, take, ({ statementReaders }, give) => statementReaders?.[reader.channel]?.(file, reader.settings, give));
}

/** The same for the file of a fund statement. */
export function readFundStatementFile(reader: StatementReaderOf, file: StatementFile, take: (line: FundStatementLine) => void): Promise<FundStatementEnd> {
  return checkedBy<FundStatementLine, FundStatementEnd>(FUND, reader, take, ({ fundStatementReaders }, give) => fundStatementReaders?.[reader.channel]?.(file, reader.settings, give));
}

type Check<Value> = { Check(value: unknown): value is Value };
type End = { readonly kind: 'ok' } | { readonly kind: 'empty' } | { readonly kind: 'malformed'; readonly message: string };

async function checkedBy<Line, Answer extends End>(
  { line: isLine, end: isEnd }: { readonly line: Check<Line>; readonly end: Check<Answer> }, { channel, ...code }: StatementReaderOf, take: (line: Line) => void, read: (definition: PluginDefinition, give: (line: unknown) => void) => unknown,
): Promise<Answer | { kind: 'malformed'; message: string }> {
  const malformed = (why: string) => ({ kind: 'malformed' as const, message: `the reader of ${channel} ${why}` });
  // A reader may catch what is thrown here and go on, so it is also remembered.
  let wrong: string | undefined;
  let given = 0;
  const give = (line: unknown): void => {
    if (wrong === undefined && !isLine.Check(line)) wrong = 'gives a line that is not in the shape of the contract';
    if (wrong !== undefined) throw new Error(wrong);
    given += 1;
    take(line as Line);
  };
  try {
    const end: unknown = await read(await loadModule(code), give);
    if (wrong !== undefined) return malformed(wrong);
    // What it still gives belongs to no file.
    wrong = 'has ended already';
    if (!isEnd.Check(end)) return malformed('does not answer in the shape of the contract');
    return end.kind === 'empty' && given > 0 ? malformed('gives lines of a file that it calls empty') : end;
  } catch (error) {
    return malformed(wrong ?? `failed: ${error instanceof Error ? error.message.slice(0, 300) : ''}`);
  }
}
