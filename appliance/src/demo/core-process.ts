import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ROOT } from './built-artefacts.js';
import { writeMovedConfiguration } from './moved-configuration.js';
import { PORT_OFFSET } from './ports.js';

export type CoreAddresses = { readonly payment: string; readonly console: string; readonly mqtt: number; readonly mqttWebSocket: number; readonly enrolment: number };
export type RunningCore = { readonly addresses: CoreAddresses; readonly firstLoginCode: string | undefined; stop(): Promise<void> };

type Ready = { readonly kind: 'ready'; readonly addresses: CoreAddresses; readonly firstLoginCode?: string };

/** Starts the built core with a demo profile in its own process group, so that Ctrl-C reaches us first and the core is stopped in order. */
export async function startCore({ dataFolder, profile }: { readonly dataFolder: string; readonly profile: string }, onEnd: (reason: string) => void): Promise<RunningCore> {
  const core = fork(join(ROOT, 'core/server/dist/main.js'), ['--profile', profile, '--profile-folder', PORT_OFFSET === 0 ? join(ROOT, 'config/profiles') : writeMovedConfiguration(dataFolder, PORT_OFFSET), '--data-folder', dataFolder], {
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    detached: true,
  });
  let lastWords = '';
  core.stderr?.on('data', (chunk: Buffer) => { lastWords = `${lastWords}${chunk.toString('utf8')}`.slice(-4_000); });
  const ready = Promise.withResolvers<Ready>();
  core.on('message', (message: unknown) => { if (isReady(message)) ready.resolve(message); });
  core.once('exit', (code, signal) => {
    const reason = `${lastWords.trim()} (exit ${String(code ?? signal)}; log: ${join(dataFolder, 'logs/hospay.log')})`;
    ready.reject(new Error(`the core did not start: ${reason}`));
    onEnd(reason);
  });
  const { addresses, firstLoginCode } = await ready.promise;
  return {
    addresses,
    firstLoginCode,
    async stop() {
      if (core.exitCode !== null || core.signalCode !== null) return;
      const ended = once(core, 'exit');
      core.kill('SIGTERM');
      await ended;
      if (core.exitCode !== 0) throw new Error(`exit ${String(core.exitCode ?? core.signalCode)}`);
    },
  };
}

function isReady(message: unknown): message is Ready {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'ready' && 'addresses' in message;
}
