import type { ChannelGuest } from '../domain/guests.js';
import { own } from '../domain/own-words.js';
import type { StatementUpload } from '../domain/reconciliation-store.js';
import type { ChannelDayRequest, ReconciliationPorts } from './ports.js';

type Given = ChannelDayRequest['statement'];
type Source = Pick<ChannelGuest, 'downloadStatement' | 'statementFiles'>;

/** `usable`: what there is to compare with, its file kept; no file where the channel says that nothing was sold. `none`: not there yet. `broken`: there, and no use. */
export type DayStatement =
  | { readonly kind: 'usable'; readonly statement: Given; readonly fileSha256: string | undefined; readonly upload: StatementUpload | undefined }
  | { readonly kind: 'none' | 'broken'; readonly reason: string; readonly fileSha256?: string };

const EMPTY: Given = { kind: 'lines', lines: [], totals: { paymentFen: 0, refundFen: 0, lines: 0 } };

/** The statement of a day: what the channel itself gives, and only where it gives none, what a person brought. */
export async function findDayStatement(ports: Pick<ReconciliationPorts, 'store' | 'archive'>, channel: Source, of: { readonly source: string; readonly day: string }): Promise<DayStatement> {
  const told = await askChannel(ports, channel, of);
  return told.kind === 'usable' ? told : (await readUpload(ports, channel, of)) ?? told;
}

/** As the name of both in the archive: one file is one file, whoever brought it. */
export const fileOf = (source: string): string => `${source}-statement`;

async function askChannel({ archive }: Pick<ReconciliationPorts, 'archive'>, channel: Source, { source, day }: { readonly source: string; readonly day: string }): Promise<DayStatement> {
  const files = channel.statementFiles;
  const told = files?.canFetch === true ? await files.fetchStatement({ day }) : await channel.downloadStatement({ day });
  switch (told.kind) {
    case 'notReady':
      return { kind: 'none', reason: own('billNotReady', told.message) };
    case 'unknown':
      return { kind: 'none', reason: told.reason };
    case 'malformed':
      return { kind: 'broken', reason: told.message };
    case 'empty':
      return { kind: 'usable', statement: EMPTY, fileSha256: undefined, upload: undefined };
    default: {
      const fileSha256 = await archive.keep({ day, name: fileOf(source), bytes: told.raw });
      if (fileSha256 !== told.sha256) return { kind: 'broken', reason: own('otherHash'), fileSha256 };
      if (told.kind === 'ok') return { kind: 'usable', statement: { kind: 'lines', lines: told.lines, totals: told.totals }, fileSha256, upload: undefined };
      return files?.reader === undefined ? { kind: 'none', reason: own('channelStoppedMeanwhile'), fileSha256 } : { kind: 'usable', statement: { kind: 'file', reader: files.reader, raw: told.raw }, fileSha256, upload: undefined };
    }
  }
}

async function readUpload({ store, archive }: Pick<ReconciliationPorts, 'store' | 'archive'>, { statementFiles: files }: Source, { source, day }: { readonly source: string; readonly day: string }): Promise<DayStatement | undefined> {
  const upload = store.findUpload({ source, day });
  if (upload === undefined || files === undefined) return undefined;
  const { fileSha256 } = upload;
  const raw = await archive.read({ day, name: fileOf(source), sha256: fileSha256 });
  if (raw === undefined) return { kind: 'broken', reason: own('uploadNotKept', upload.fileName, upload.by), fileSha256 };
  if (files.reader !== undefined) return { kind: 'usable', statement: { kind: 'file', reader: files.reader, raw }, fileSha256, upload };
  const read = await files.readStatement({ day, raw });
  if (read.kind === 'unknown') return { kind: 'none', reason: read.reason, fileSha256 };
  if (read.kind === 'malformed') return { kind: 'broken', reason: read.message, fileSha256 };
  return { kind: 'usable', statement: read.kind === 'empty' ? EMPTY : { kind: 'lines', lines: read.lines, totals: read.totals }, fileSha256, upload };
}
