import { runBankLinkConformance } from '@hospay/plugin-sdk/testkit';
import { startIsoStand } from './bank-link-iso20022-stand.js';
import { withoutReceipts } from './bank-link-without-receipts.js';

runBankLinkConformance({
  name: 'a bank by ISO 20022 files',
  makeSubject: async () => (await startIsoStand()).subject,
  notApplicable: { 'pay.saysUnknownAfterExecution': 'ISO 20022 has no status that means "unknown": PDNG is on its way', 'statement.pages': 'a camt.053 holds the whole day', ...withoutReceipts('ISO 20022 defines no receipt: the camt.053 is the bank’s record') },
});
