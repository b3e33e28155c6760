import { runBankLinkConformance } from '@hospay/plugin-sdk/testkit';
import { startCiticStand } from './bank-link-citic-stand.js';
import { withoutReceipts } from './bank-link-without-receipts.js';

runBankLinkConformance({ name: 'CITIC Bank, by its front-end machine', makeSubject: async () => (await startCiticStand()).subject, notApplicable: withoutReceipts('the published manual does not say which column of its list of receipts names the movement') });
