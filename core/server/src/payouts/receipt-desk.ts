import { ok, refused } from '../domain/errors.js';
import { fetchReceipt } from './fetch-receipt.js';
import type { ReceiptDesk, ReceiptPorts } from './ports.js';
import { viewReceipt } from './receipt-view.js';

/** A bank wants its questions seconds apart: so many are asked for in one turn of the task, the rest in the next. */
const AT_ONCE = 40;

/** 电子回单: fetched one after another by the clock or by a person, downloaded by a person. */
export function createReceiptDesk(ports: ReceiptPorts): ReceiptDesk {
  const { receipts, payouts, files, accounts, links, audit, clock } = ports;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
  return {
    listReceipts: async ({ payoutNos }) => (await receipts.list(payoutNos)).map(viewReceipt),
    accountsWithReceipts: () => accounts.filter(({ accountNo }) => links.ofAccount(accountNo)?.receipt !== undefined).map(({ id }) => id),
    fetchNow: ({ payoutNo, by }) => inTurn(async () => {
      const fetched = await fetchReceipt(ports, payoutNo);
      if (fetched.kind === 'refused') return fetched;
      await audit.record({ who: by, what: 'bankReceipt.fetch', object: `payout ${payoutNo}`, after: { state: fetched.value.state, receiptNo: fetched.value.document?.receiptNo } });
      return ok(viewReceipt(fetched.value));
    }),
    fetchDue: () => inTurn(async () => {
      const withReceipts = accounts.filter(({ accountNo }) => links.ofAccount(accountNo)?.receipt !== undefined).map(({ id }) => id);
      const due = await receipts.due({ accounts: withReceipts, now: clock.now(), limit: AT_ONCE });
      let kept = 0;
      for (const payoutNo of due) {
        const fetched = await fetchReceipt(ports, payoutNo);
        if (fetched.kind === 'ok' && fetched.value.state === 'kept') kept += 1;
      }
      return due.length === 0 ? 'no receipt is awaited' : `${String(kept)} of ${String(due.length)} receipts kept`;
    }),
    async openReceipt({ payoutNo, by }) {
      const document = (await payouts.find(payoutNo)) === undefined ? undefined : (await receipts.find(payoutNo))?.document;
      if (document === undefined) return refused('NO_SUCH_ITEM', payoutNo);
      const bytes = await files.open(document.sha256);
      if (bytes === undefined) return refused('NO_SUCH_ITEM', `the file ${document.sha256} is missing or is not what was kept; restore the data folder’s bank-receipts from the backup`);
      await audit.record({ who: by, what: 'bankReceipt.download', object: `payout ${payoutNo}`, after: { receiptNo: document.receiptNo, sha256: document.sha256 } });
      return ok({ ...document, bytes });
    },
  };
}
