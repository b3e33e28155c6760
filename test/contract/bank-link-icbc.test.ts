import { runBankLinkConformance } from '@hospay/plugin-sdk/testkit';
import { startIcbcStand } from './bank-link-icbc-stand.js';

runBankLinkConformance({ name: 'ICBC, by its NetSafe Client', makeSubject: async () => (await startIcbcStand()).subject });
