import { parseArgs } from 'node:util';

/** A simulator as a process, for the demo: `main.js --data FOLDER [--port N] [--host H]` prints one JSON line when it listens and ends on SIGTERM or SIGINT. */
export async function runAsProcess<Simulator extends { readonly stop: () => Promise<void> }>(
  start: (options: { readonly port: number; readonly host: string; readonly dataFolder: string }) => Promise<Simulator>,
  readyLine: (simulator: Simulator) => object,
): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, host: { type: 'string', default: '127.0.0.1' }, data: { type: 'string' } } });
  if (values.data === undefined || !/^\d{1,5}$/.test(values.port)) {
    console.error('usage: main.js --data FOLDER [--port N] [--host H]');
    process.exit(2);
  }
  const simulator = await start({ port: Number(values.port), host: values.host, dataFolder: values.data });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void simulator.stop());
  console.log(JSON.stringify(readyLine(simulator)));
}
