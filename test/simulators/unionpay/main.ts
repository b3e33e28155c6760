import { runAsProcess } from '../machinery/simulator-process.js';
import { startUnionPaySimulator } from './start-unionpay-simulator.js';

await runAsProcess(startUnionPaySimulator, ({ baseUrl, credentialsFile }) => ({ ready: 'unionpay-simulator', gatewayUrl: baseUrl, fileUrl: baseUrl, walletUrl: `${baseUrl}/wallet`, credentialsFile }));
