/** The demo hospital as `npm start` runs it, on ports of its own: the same program, profile, plugins and simulators. */
import { fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { allPortsAt, portsAt, type DemoPorts } from '@hospay/appliance/demo/ports.js';
import { verifyLedger } from '@hospay/server/edges/database/money/verify-ledger.js';
import { ROOT } from '../end-to-end/appliance-under-test.js';

export type DemoUnderTest = {
  readonly ports: DemoPorts;
  readonly firstLoginCode: string;
  readonly url: (name: keyof DemoPorts) => string;
  /** Rows of the money database, read beside the running core. */
  readonly read: <Row>(sql: string, ...values: readonly (string | number)[]) => Row[];
  readonly ledgerProblems: () => readonly unknown[];
  readonly stop: () => Promise<void>;
};

const START_MS = 120_000;

export async function startDemo(): Promise<DemoUnderTest> {
  const [folder, offset] = [mkdtempSync(join(tmpdir(), 'hospay-demo-')), await freeOffset()];
  const demo = fork(join(ROOT, 'appliance/dist/demo/demo.js'), ['--data-folder', folder], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env: { ...process.env, HOSPAY_DEMO_PORT_OFFSET: String(offset) } });
  let output = '';
  const running = Promise.withResolvers<undefined>();
  for (const stream of [demo.stdout, demo.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
      if (output.includes('Ctrl-C stops it')) running.resolve(undefined);
    });
  }
  demo.once('exit', (code) => { running.reject(new Error(`the demo ended (${String(code)}): ${output.slice(-3_000)}`)); });
  const late = setTimeout(() => { running.reject(new Error(`the demo did not start: ${output.slice(-3_000)}`)); }, START_MS);
  await running.promise.finally(() => { clearTimeout(late); });
  const ports = portsAt(offset);
  const withMoney = <Value>(look: (database: DatabaseSync) => Value): Value => {
    const database = new DatabaseSync(join(folder, 'money.sqlite'), { readOnly: true });
    try {
      return look(database);
    } finally {
      database.close();
    }
  };
  return {
    ports,
    firstLoginCode: /first-login code:\s+(\S+)/.exec(output)?.[1] ?? '',
    url: (name) => `http://127.0.0.1:${String(ports[name])}`,
    read: <Row>(sql: string, ...values: readonly (string | number)[]) => withMoney((database) => database.prepare(sql).all(...values) as Row[]),
    ledgerProblems: () => withMoney((database) => verifyLedger(database).problems),
    async stop() {
      if (demo.exitCode === null && demo.signalCode === null) {
        const ended = once(demo, 'exit');
        demo.kill('SIGTERM');
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The highest port of a demo stays below the range (32768 up) from which the system takes ports for outgoing connections: what runs beside this makes many, and one of them would sit on it until the demo listens. */
const [LEAST_OFFSET, MOST_OFFSET] = [2_000, 14_000];

/** An offset at which nobody listens on any of the demo's ports now. */
async function freeOffset(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const offset = randomInt(LEAST_OFFSET, MOST_OFFSET);
    const free = await Promise.all(allPortsAt(offset).map(isFree));
    if (free.every(Boolean)) return offset;
  }
  throw new Error('no free ports for a demo');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => { resolve(false); });
    server.listen(port, '127.0.0.1', () => { server.close(() => { resolve(true); }); });
  });
}
