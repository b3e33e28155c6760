import { runAsProcess } from '../machinery/simulator-process.js';
import { startAlipaySimulator } from './start-alipay-simulator.js';

await runAsProcess(startAlipaySimulator, ({ gatewayUrl, baseUrl, credentialsFile }) => ({ ready: 'alipay-simulator', gatewayUrl, billFileUrl: baseUrl, walletUrl: `${baseUrl}/wallet`, credentialsFile }));
