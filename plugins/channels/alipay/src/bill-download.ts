import { createHash } from 'node:crypto';

import type { CallContext, FetchedStatement, PluginContext, Statement, StatementLine, StatementReader } from '@hospay/plugin-sdk';

import { readBillZip, type BillFiles } from './bill-zip.js';
import { BillAnswer, readJson } from './messages.js';
import { DEFAULT_BILL_READY_HOUR, MAIN_BILL_FILE_URL, type AlipaySettings } from './settings.js';
import { readTradeBill } from './trade-bill.js';
import type { AskAlipay } from './verified-wire.js';

/** Zipped; a day of about a million rows. */
const MAX_BILL_BYTES = 64 * 1_048_576;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/**
 * The trade bill of a day: a signed answer names a link that lives for seconds, the zip behind it carries neither signature nor hash. So it is only
 * fetched from the configured host, and what it holds must agree with itself.
 */
export function createBillDownload({ context, ask }: {
  readonly context: PluginContext<AlipaySettings>;
  readonly ask: AskAlipay;
}): Required<Pick<Statement, 'downloadStatement' | 'fetchStatement'>> {
  const { settings } = context;
  const fetchZip = async ({ day }: { readonly day: string }, call: CallContext): Promise<FetchedStatement> => {
    const request = { method: 'alipay.data.dataservice.bill.downloadurl.query', bizContent: { bill_type: 'trade', bill_date: day } };
    const answer = await ask('bill', request, call);
    if (answer.kind === 'refused') {
      if (answer.meaning !== 'noBill') return { kind: 'unknown', reason: `Alipay answered ${answer.code}` };
      // The same code means "not yet" and "nothing was sold"; from some hour of the next day on, the latter.
      const readyAt = Date.parse(`${day}T00:00:00+08:00`) + DAY_MS + (settings.billReadyHour ?? DEFAULT_BILL_READY_HOUR) * HOUR_MS;
      return context.now().getTime() < readyAt ? { kind: 'notReady', message: answer.message } : { kind: 'empty' };
    }
    if (answer.kind !== 'accepted') return { kind: 'unknown', reason: answer.kind === 'payerIsPaying' ? 'Alipay answered 10003' : answer.reason };
    const link = readJson(BillAnswer, answer.node)?.bill_download_url;
    const url = link === undefined ? null : URL.parse(link);
    if (url === null) return { kind: 'unknown', reason: 'the answer holds no usable bill_download_url' };

    const base = (settings.billFileUrl ?? MAIN_BILL_FILE_URL).replace(/\/$/, '');
    const file = await context.http.request({ method: 'GET', url: `${base}${url.pathname}${url.search}`, maxAnswerBytes: MAX_BILL_BYTES, signal: call.signal });
    if (file.kind !== 'answer') return { kind: 'unknown', reason: file.reason };
    if (file.status !== 200) return { kind: 'unknown', reason: `the bill file answered status ${String(file.status)}` };
    const raw = new Uint8Array(file.body);
    return { kind: 'file', raw, sha256: createHash('sha256').update(raw).digest('hex') };
  };
  return {
    fetchStatement: fetchZip,
    async downloadStatement({ day }, call) {
      const file = await fetchZip({ day }, call);
      if (file.kind !== 'file') return file;
      const lines: StatementLine[] = [];
      const read = await readBillFile({ day, raw: file.raw }, settings, (line) => { lines.push(line); });
      return read.kind === 'ok' ? { ...read, raw: file.raw, sha256: file.sha256, lines } : read;
    },
  };
}

/** The zip of a day's trade bill, as the API gives it or the merchant's portal (商家中心) does. */
export const readBillFile: StatementReader<AlipaySettings> = async ({ day, raw }, { sellerId }, give) => {
  const files = await unzipped(raw);
  return files === undefined ? { kind: 'malformed', message: 'the bill file is not a whole zip archive with a 业务明细' } : readTradeBill(files, { sellerId, day }, give);
};

async function unzipped(body: Uint8Array): Promise<BillFiles | undefined> {
  try {
    return await readBillZip(body);
  } catch {
    // Whatever is wrong with the archive, nothing of it may be used.
    return undefined;
  }
}
