import { runBankLinkConformance } from '@hospay/plugin-sdk/testkit';
import { startIcbcStand } from './bank-link-icbc-stand.js';
import { withoutReceipts } from './bank-link-without-receipts.js';

runBankLinkConformance({ name: 'ICBC, by its NetSafe Client', makeSubject: async () => (await startIcbcStand()).subject, notApplicable: withoutReceipts('its DownEBill asks for counter, teller and serial number, which the statement of this link does not tell') });
