import { createHash } from 'node:crypto';

import { beijingStamp, type CallContext, type FetchedStatement, type PluginContext, type Statement, type StatementLine, type StatementReader } from '@hospay/plugin-sdk';

import type { UnionpaySettings } from './settings.js';
import { inflatedContent, openSettlementArchive, type SettlementFiles } from './settlement-archive.js';
import { readSettlementLines } from './settlement-lines.js';
import type { Wire } from './wire.js';

const NOT_READY = '98';
/** UnionPay is asked for a month and a day without a year: half a year back there is only one such day. */
const OLDEST_MS = 180 * 86_400_000;

/** The settlement file of a day (76). The day is UnionPay's settlement day, which begins at the cut-off of the evening before. */
export function createSettlementDownload({ settings, now }: PluginContext<UnionpaySettings>, wire: Wire): Required<Pick<Statement, 'downloadStatement' | 'fetchStatement'>> {
  const fetchZip = async ({ day }: { readonly day: string }, call: CallContext): Promise<FetchedStatement> => {
    const age = now().getTime() - Date.parse(`${day}T00:00:00+08:00`);
    if (!(age <= OLDEST_MS)) return { kind: 'unknown', reason: 'UnionPay’s settlement days name no year: this one is too old to be asked for' };
    const fields = { txnType: '76', txnSubType: '01', bizType: '000000', txnTime: beijingStamp(now()), settleDate: day.slice(5).replace('-', ''), fileType: '00' };
    const answer = await wire.ask('file', fields, call);
    if (answer.kind !== 'answer') return { kind: 'unknown', reason: answer.reason };
    if (answer.code === NOT_READY) return { kind: 'notReady', message: answer.message };
    const { fileContent = '' } = answer.fields;
    if (answer.code !== '00' || fileContent === '') return { kind: 'unknown', reason: `UnionPay answered ${answer.code} without a file` };
    try {
      const raw = new Uint8Array(await inflatedContent(fileContent));
      return { kind: 'file', raw, sha256: createHash('sha256').update(raw).digest('hex') };
    } catch {
      // Whatever is wrong with the container, nothing of it may be used.
      return { kind: 'malformed', message: 'the file cannot be opened: its content is not deflated' };
    }
  };
  return {
    fetchStatement: fetchZip,
    async downloadStatement({ day }, call) {
      const file = await fetchZip({ day }, call);
      if (file.kind !== 'file') return file;
      const lines: StatementLine[] = [];
      const read = await readSettlementFile({ day, raw: file.raw }, settings, (line) => { lines.push(line); });
      return read.kind === 'ok' ? { ...read, raw: file.raw, sha256: file.sha256, lines } : read;
    },
  };
}

/** The zip of a settlement day, as the interface gives it or the merchant's portal (商户服务平台) does. */
export const readSettlementFile: StatementReader<UnionpaySettings> = async ({ day, raw }, settings, give) => {
  const files = await opened(Buffer.from(raw), { merId: settings.merId, day });
  return 'message' in files ? { kind: 'malformed', message: files.message } : readSettlementLines([files.payments, files.errors], { day, settings }, give);
};

/** Whatever is wrong with the archive, nothing of it may be used. */
async function opened(zip: Buffer, of: { readonly merId: string; readonly day: string }): Promise<SettlementFiles | { readonly message: string }> {
  try {
    return await openSettlementArchive(zip, of);
  } catch (error) {
    return { message: `the file cannot be opened: ${error instanceof Error ? error.message.slice(0, 300) : ''}` };
  }
}
