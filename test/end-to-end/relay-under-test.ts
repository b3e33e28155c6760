/** The DMZ relay as its own process on real files and sockets, beside a core that is paired with it. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePort } from '../simulators/free-port.js';
import { eventually, ROOT, type ApplianceUnderTest } from './appliance-under-test.js';

export type Pairing = { readonly fingerprint: string; readonly pairingSecret?: string };

export class RelayUnderTest {
  readonly folder = mkdtempSync(join(tmpdir(), 'hospay-relay-'));
  readonly publicPort: number;
  readonly tunnelPort: number;
  /** As it was shown at the last start. */
  shown: Pairing = { fingerprint: '' };
  output = '';
  #process: ChildProcess | undefined;

  private constructor(publicPort: number, tunnelPort: number) {
    this.publicPort = publicPort;
    this.tunnelPort = tunnelPort;
  }

  static async start(): Promise<RelayUnderTest> {
    const relay = new RelayUnderTest(await freePort(), await freePort());
    writeFileSync(join(relay.folder, 'relay.yaml'), stringify({ publicHost: '127.0.0.1', publicPort: relay.publicPort, tunnelHost: '127.0.0.1', tunnelPort: relay.tunnelPort }));
    await relay.begin();
    return relay;
  }

  get origin(): string {
    return `http://127.0.0.1:${String(this.publicPort)}`;
  }

  async begin(): Promise<void> {
    const relay = fork(join(ROOT, 'core/relay/dist/main.js'), ['--folder', join(this.folder, 'state'), '--settings', join(this.folder, 'relay.yaml')], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.#process = relay;
    for (const stream of [relay.stdout, relay.stderr]) stream?.on('data', (chunk: Buffer) => { this.output += chunk.toString('utf8'); });
    const ready = Promise.withResolvers<Pairing>();
    relay.once('message', (message) => { ready.resolve(message as Pairing); });
    relay.once('exit', (code, signal) => { ready.reject(new Error(`the relay ended (${String(code ?? signal)}): ${this.output.slice(-2_000)}`)); });
    this.shown = await ready.promise;
  }

  /** As a power cut would, for the process. */
  async end(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const relay = this.#process;
    if (relay === undefined || relay.exitCode !== null || relay.signalCode !== null) return;
    const ended = once(relay, 'exit');
    relay.kill(signal);
    await ended;
  }

  stored(): readonly string[] {
    return readdirSync(join(this.folder, 'state/notifications')).filter((name) => name.endsWith('.notification'));
  }

  /** The secret is shown before the core has been paired: taken then. */
  configurationOf({ fingerprint, pairingSecret = '' }: Pairing): object {
    return { host: '127.0.0.1', port: this.tunnelPort, fingerprint, secret: pairingSecret };
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What the core says of its line: undefined while it is well. */
export async function relayProblem({ addresses }: ApplianceUnderTest): Promise<string | undefined> {
  const report = (await (await fetch(`${addresses.payment}/readyz`)).json()) as { readonly ok: boolean; readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly reason?: string }[] };
  const check = report.checks.find(({ name }) => name === 'relay');
  return check === undefined ? 'no such check' : check.reason;
}

export async function isPairedWith(appliance: ApplianceUnderTest): Promise<void> {
  await eventually('the core is connected to the relay', async () => ((await relayProblem(appliance)) === undefined ? true : undefined));
}
