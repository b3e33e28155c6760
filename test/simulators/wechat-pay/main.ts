import { parseArgs } from 'node:util';

import { startWechatPaySimulator } from './start-wechat-pay-simulator.js';

/**
 * The simulator as a process, for the demo: `main.js [--port N] [--host H] --data FOLDER`. Prints one JSON line when it listens and
 * ends on SIGTERM or SIGINT.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    data: { type: 'string' },
    'merchant-name': { type: 'string' },
  },
});
if (values.data === undefined || !/^\d{1,5}$/.test(values.port)) {
  console.error('usage: main.js --data FOLDER [--port N] [--host H] [--merchant-name NAME]');
  process.exit(2);
}

const simulator = await startWechatPaySimulator({
  port: Number(values.port),
  host: values.host,
  dataFolder: values.data,
  ...(values['merchant-name'] === undefined ? {} : { merchantName: values['merchant-name'] }),
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void simulator.stop());

console.log(
  JSON.stringify({
    ready: 'wechat-pay-simulator',
    port: simulator.port,
    baseUrl: simulator.baseUrl,
    walletUrl: `${simulator.baseUrl}wallet`,
    credentialsFile: simulator.credentialsFile,
  }),
);
