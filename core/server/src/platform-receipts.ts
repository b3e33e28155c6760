/** 电子回单 joined: receipts of payouts, their files encrypted beside the database. Called by the composition root, of which it is a part. */
import { join } from 'node:path';
import type { SqliteMoneyStore } from './edges/database/money/sqlite-money-store.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { caseFiles } from './edges/files/case-files.js';
import type { PayoutPorts, ReceiptDesk } from './payouts/ports.js';
import { createReceiptDesk } from './payouts/receipt-desk.js';

export type ReceiptParts = { readonly dataFolder: string; readonly store: SqliteMoneyStore; readonly database: Pick<PlatformDatabase, 'sealFile' | 'openFile'>; readonly payouts: PayoutPorts };

export function composeReceipts({ dataFolder, store, database, payouts }: ReceiptParts): ReceiptDesk {
  const files = caseFiles(join(dataFolder, 'bank-receipts'), { seal: database.sealFile, open: database.openFile });
  return createReceiptDesk({ ...payouts, receipts: store.receiptsOf(payouts.hospitalId), files });
}
