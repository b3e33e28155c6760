import { oneAfterAnother } from '@hospay/plugin-sdk';
import { lineOfSubject } from '../domain/bank-receipt.js';
import { ok, refused } from '../domain/errors.js';
import { fetchReceipt } from './fetch-receipt.js';
import type { ReceiptDesk, ReceiptPorts } from './ports.js';
import { viewReceipt } from './receipt-view.js';

/** A bank wants its questions seconds apart: so many are asked for in one turn of the task, the rest in the next. */
const AT_ONCE = 40;

/** 电子回单: fetched one after another by the clock or by a person, downloaded by a person. */
export function createReceiptDesk(ports: ReceiptPorts): ReceiptDesk {
  const { receipts, files, accounts, links, audit, clock } = ports;
  const inTurn = oneAfterAnother();
  return {
    listReceipts: async ({ subjects }) => (await receipts.list(subjects)).map(viewReceipt),
    accountsWithReceipts: () => accounts.filter(({ accountNo }) => links.ofAccount(accountNo)?.receipt !== undefined).map(({ id }) => id),
    fetchNow: ({ subject, by }) => inTurn(async () => {
      const fetched = await fetchReceipt(ports, subject);
      if (fetched.kind === 'refused') return fetched;
      await audit.record({ who: by, what: 'bankReceipt.fetch', object: objectOf(subject), after: { state: fetched.value.state, receiptNo: fetched.value.document?.receiptNo } });
      return ok(viewReceipt(fetched.value));
    }),
    fetchDue: () => inTurn(async () => {
      const withReceipts = accounts.filter(({ accountNo }) => links.ofAccount(accountNo)?.receipt !== undefined).map(({ id }) => id);
      const due = await receipts.due({ accounts: withReceipts, now: clock.now(), limit: AT_ONCE });
      let kept = 0;
      for (const subject of due) {
        const fetched = await fetchReceipt(ports, subject);
        if (fetched.kind === 'ok' && fetched.value.state === 'kept') kept += 1;
      }
      return due.length === 0 ? { zh: '没有待取的电子回单', en: 'No receipt is awaited' } : { zh: `待取电子回单 ${String(due.length)} 份，已取得 ${String(kept)} 份`, en: `${String(kept)} of ${String(due.length)} receipts kept` };
    }),
    async openReceipt({ subject, by }) {
      const document = (await receipts.find(subject))?.document;
      if (document === undefined) return refused('NO_SUCH_ITEM', subject);
      const bytes = await files.open(document.sha256);
      if (bytes === undefined) return refused('NO_SUCH_ITEM', { zh: `电子回单文件缺失或与保存时不一致（${document.sha256}）；请从备份恢复数据目录下的 bank-receipts`, en: `the file ${document.sha256} is missing or is not what was kept; restore the data folder’s bank-receipts from the backup` });
      await audit.record({ who: by, what: 'bankReceipt.download', object: objectOf(subject), after: { receiptNo: document.receiptNo, sha256: document.sha256 } });
      return ok({ ...document, bytes });
    },
  };
}

function objectOf(subject: string): string {
  const line = lineOfSubject(subject);
  return line === undefined ? `payout ${subject}` : `bank line ${line.bankLineNo} of ${line.account}`;
}
