import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Statement } from '@hospay/plugin-sdk';

import { statementOf } from './daily-file.js';
import type { StatementSettings } from './statement-settings.js';
import type { TerminalBook } from './terminal-book.js';

const LARGEST_FILE_BYTES = 64 * 1_048_576;

/** The acquirer's file of a day: put into a folder by whoever fetches it from the acquirer, or returned by the terminals when they were settled. */
export function createStatementDownload({ settings, book }: { readonly settings: StatementSettings | undefined; readonly book: TerminalBook }): Statement['downloadStatement'] {
  return async ({ day }, { signal }) => {
    if (settings === undefined) return { kind: 'notReady', message: '未配置对账文件格式 / no daily file is configured' };
    const { source } = settings;
    const files = source.from === 'settlement' ? await book.settlementsOf(day) : await readFromFolder(source, day, signal);
    if ('kind' in files) return files;
    if (files.length === 0) return { kind: 'notReady', message: '收单机构的对账文件尚未到达 / the acquirer\'s file of this day is not there yet' };
    return statementOf(files, settings, (row) => book.intentOfSlip(row));
  };
}

/** The acquirer's file as a person brought it, by the same mapping, each row tied to our own number where its slip is known. */
export function createStatementReader({ settings, book }: { readonly settings: StatementSettings; readonly book: TerminalBook }): Required<Statement>['readStatement'] {
  return async ({ raw }) => {
    const read = await statementOf([raw], settings, (row) => book.intentOfSlip(row));
    switch (read.kind) {
      case 'ok':
        return { kind: 'ok', lines: read.lines, totals: read.totals };
      case 'empty': case 'malformed':
        return read;
      default:
        return { kind: 'malformed', message: 'the file cannot be read' };
    }
  };
}

type Folder = Extract<StatementSettings['source'], { from: 'folder' }>;

async function readFromFolder({ folder, fileName }: Folder, day: string, signal: AbortSignal): Promise<readonly Uint8Array[] | { readonly kind: 'unknown'; readonly reason: string }> {
  const name = fileName.replaceAll('{yyyy-MM-dd}', day).replaceAll('{yyyyMMdd}', day.replaceAll('-', ''));
  try {
    const raw = await readFile(join(folder, name), { signal });
    return raw.length > LARGEST_FILE_BYTES ? { kind: 'unknown', reason: `the file ${name} is larger than any day` } : [raw];
  } catch (error) {
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unnamed error';
    return code === 'ENOENT' ? [] : { kind: 'unknown', reason: `the file ${name} could not be read: ${code}` };
  }
}
