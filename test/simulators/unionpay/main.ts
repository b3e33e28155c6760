import { parseArgs } from 'node:util';

import { startUnionPaySimulator } from './start-unionpay-simulator.js';

/** The simulator as a process, for the demo: prints one JSON line when it listens and ends on SIGTERM or SIGINT. */
const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, host: { type: 'string', default: '127.0.0.1' }, data: { type: 'string' } } });
if (values.data === undefined || !/^\d{1,5}$/.test(values.port)) {
  console.error('usage: main.js --data FOLDER [--port N] [--host H]');
  process.exit(2);
}

const simulator = await startUnionPaySimulator({ port: Number(values.port), host: values.host, dataFolder: values.data });

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void simulator.stop());

console.log(JSON.stringify({ ready: 'unionpay-simulator', gatewayUrl: simulator.baseUrl, fileUrl: simulator.baseUrl, walletUrl: `${simulator.baseUrl}/wallet`, credentialsFile: simulator.credentialsFile }));
