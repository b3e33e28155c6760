import { runBankLinkConformance } from '@hospay/plugin-sdk/testkit';
import { startCmbStand } from './bank-link-cmb-stand.js';

runBankLinkConformance({ name: 'China Merchants Bank by CDC', makeSubject: async () => (await startCmbStand()).subject });
