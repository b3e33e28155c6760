/** What the door in front of every plugin costs: a call through the plugin host, in this process and shut in one of its own, beside the same call without a door and a bare message to another process. */
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryStore } from '@hospay/plugin-sdk/host';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { createPluginHost } from '@hospay/server/plugin-host/plugin-host.js';
import { SILENT_METRICS } from '@hospay/server/plugin-host/ports.js';
import { percentile } from './machine.js';

export type BoundaryResult = Readonly<Record<'bareCallMs' | 'inProcessMs' | 'bareMessageMs' | 'isolatedMs', { readonly p50: number; readonly p99: number }>>;

const MANIFEST = {
  id: 'instant', version: '1.0.0', title: { zh: '基准', en: 'Benchmark' }, publisher: 'Hospay', sdk: '^0.2.0', entry: 'index.js', contributes: { channels: ['instant'] }, needs: {},
  limits: { callTimeoutMs: 10_000, concurrency: 64 }, owner: 'Hospay',
};
const SOURCE = `const settings = { type: 'object', properties: {}, additionalProperties: false };
export const channel = { merchantNo: 'M1', methods: ['nativeQr'], async charge() { return { kind: 'pending', present: { kind: 'qr', content: 'code' } }; }, async query() { return { kind: 'notFound' }; } };
export default { settings, activate: () => ({ channels: { instant: channel } }) };`;
const ECHO = `process.on('message', (message) => { process.send(message); });`;
const WARM_UP = 500;

export async function measureBoundary({ count }: { readonly count: number }): Promise<BoundaryResult> {
  const root = mkdtempSync(join(tmpdir(), 'hospay-boundary-'));
  const folder = join(root, 'instant');
  mkdirSync(folder);
  for (const [name, text] of Object.entries({ 'plugin.json': JSON.stringify(MANIFEST), 'package.json': '{"type":"module"}', 'index.js': SOURCE })) writeFileSync(join(folder, name), text);
  writeFileSync(join(root, 'echo.mjs'), ECHO);
  const host = (isFirstParty: boolean) => createPluginHost({
    folders: [root], clock: { now: () => new Date() }, timers: SYSTEM_TIMERS, log: SILENT_LOG, metrics: SILENT_METRICS, stores: { open: () => createMemoryStore() }, isFirstParty: () => isFirstParty,
  });
  const through = async (isFirstParty: boolean) => {
    const running = host(isFirstParty);
    const { state, reason } = await running.activate({ id: 'instant', plugin: 'instant', settings: {}, enabled: true });
    const channel = running.channel('instant');
    if (channel === undefined) throw new Error(`the plugin is ${state}: ${reason ?? ''}`);
    // One number each: a host remembers how often it tried one.
    const times = await timed(count, (serial) => channel.charge(requestOf(serial)));
    await running.stop();
    return times;
  };
  const bare: { readonly channel: { charge(request: object): Promise<object> } } = await import(join(folder, 'index.js'));
  const echo = fork(join(root, 'echo.mjs'), [], { serialization: 'advanced', execArgv: [] });
  try {
    return {
      bareCallMs: await timed(count, (serial) => bare.channel.charge(requestOf(serial))),
      inProcessMs: await through(true),
      bareMessageMs: await timed(count, (serial) => new Promise((heard) => {
        echo.once('message', heard);
        echo.send(requestOf(serial));
      })),
      isolatedMs: await through(false),
    };
  } finally {
    echo.kill();
    rmSync(root, { recursive: true });
  }
}

function requestOf(serial: number) {
  return { tradeNo: `H2026112200${String(serial).padStart(8, '0')}`, amountFen: 100, description: 'd', method: 'nativeQr' as const, submittedAt: '2026-11-22T00:00:00Z', expiresAt: '2026-11-22T00:05:00Z' };
}

async function timed(count: number, work: (serial: number) => Promise<unknown>): Promise<{ p50: number; p99: number }> {
  const times: number[] = [];
  for (let serial = 0; serial < count + WARM_UP; serial += 1) {
    const began = performance.now();
    await work(serial);
    if (serial >= WARM_UP) times.push(performance.now() - began);
  }
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}
