import { parseArgs } from 'node:util';
import { startHisAdmin } from './admin.js';
import { startHisSimulator } from './his-simulator.js';
import { PERSONALITY_NAMES } from './personalities/personality-of.js';
import { startWire } from './wires.js';

/** The HIS simulator as a process: prints one line of JSON when it listens, ends on SIGTERM or SIGINT. */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    data: { type: 'string' },
    'admin-port': { type: 'string' },
    personality: { type: 'string', default: 'procedures' },
    wire: { type: 'string', multiple: true, default: [] },
  },
});

const personality = PERSONALITY_NAMES.find((name) => name === values.personality);
if (personality === undefined) throw new Error(`--personality: expected one of ${PERSONALITY_NAMES.join(', ')}`);
const simulator = await startHisSimulator({ port: Number(values.port), host: values.host, personality, neverRunsDry: true, ...(values.data === undefined ? {} : { dataFolder: values.data }) });
const admin = values['admin-port'] === undefined ? undefined : await startHisAdmin(simulator, { port: Number(values['admin-port']) });
const wires = await Promise.all(values.wire.map((wire) => startWire(simulator, wire)));

let stopping = false;
const stop = (): void => {
  if (stopping) return;
  stopping = true;
  void Promise.all([...wires.map((wire) => wire.down()), simulator.stop(), admin?.stop()]).then(() => process.exit(0));
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);

process.stdout.write(`${JSON.stringify({ ready: true, host: simulator.host, port: simulator.port, database: simulator.databaseName, ...(admin ? { adminPort: admin.port } : {}), ...(wires.length > 0 ? { wires: wires.map(({ name, address }) => ({ name, address })) } : {}) })}\n`);
