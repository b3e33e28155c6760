import { runBankLinkConformance } from '@hospay/plugin-sdk/testkit';
import { startCiticStand } from './bank-link-citic-stand.js';

runBankLinkConformance({ name: 'CITIC Bank, by its front-end machine', makeSubject: async () => (await startCiticStand()).subject });
