import { parseArgs } from 'node:util';

import { startBankCardPosSimulator } from './start-bank-card-pos-simulator.js';

/** The simulator as a process, for the demo. Prints one JSON line when it listens and ends on SIGTERM or SIGINT. */
const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '0' },
    'first-terminal-port': { type: 'string' },
    terminals: { type: 'string', default: '1' },
    'app-key': { type: 'string' },
  },
});
if (values.data === undefined) {
  console.error('usage: main.js --data FOLDER [--host H] [--port N] [--first-terminal-port N] [--terminals N] [--app-key KEY]');
  process.exit(2);
}

const simulator = await startBankCardPosSimulator({
  dataFolder: values.data,
  host: values.host,
  port: Number(values.port),
  terminals: Number(values.terminals),
  ...(values['first-terminal-port'] === undefined ? {} : { firstTerminalPort: Number(values['first-terminal-port']) }),
  ...(values['app-key'] === undefined ? {} : { appKey: values['app-key'] }),
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void simulator.stop());

console.log(
  JSON.stringify({
    ready: 'bank-card-pos-simulator',
    baseUrl: simulator.baseUrl,
    deskUrl: `${simulator.baseUrl}/terminals`,
    merchantNo: simulator.merchantNo,
    cloud: simulator.cloud,
    terminals: simulator.terminals.map(({ host, port, posId, machine: { terminalNo } }) => ({ host, port, posId, terminalNo })),
  }),
);
