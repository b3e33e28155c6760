/** Starts the core: reads the configuration once, builds the platform, waits for a signal. `config` prints the configuration instead. */
import { renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigurationError } from './config/configuration-error.js';
import { describeConfiguration } from './config/describe-configuration.js';
import { loadConfiguration, type LoadedConfiguration } from './config/load-configuration.js';
import { createLogger } from './operations/logger.js';
import { MACHINE, startPlatform, type Platform } from './platform.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    profile: { type: 'string', default: 'production' },
    'profile-folder': { type: 'string', default: 'config/profiles' },
    'data-folder': { type: 'string' },
    // Where whoever started the service reads its addresses and the first-login code, instead of the log.
    'announce-file': { type: 'string' },
    // On an appliance: its own service, and where it finds the bundles of updates and a drive with them.
    'box-socket': { type: 'string' },
    'updates-folder': { type: 'string' },
    'update-drive': { type: 'string' },
    // And where it starts a vendor's plugin as a unit of its own.
    'plugin-socket': { type: 'string' },
  },
});

const loaded = load();
if (positionals[0] === 'config') process.stdout.write(`${describeConfiguration(loaded)}\n`);
else await serve(loaded);

function load(): LoadedConfiguration {
  try {
    const dataFolder = values['data-folder'];
    return loadConfiguration({ profile: values.profile, profileFolder: resolve(values['profile-folder']), environment: process.env, ...(dataFolder === undefined ? {} : { dataFolder }) });
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(78);
  }
}

function boxOf() {
  const [socket, updatesFolder, updateDrive] = [values['box-socket'], values['updates-folder'], values['update-drive']];
  return socket === undefined || updatesFolder === undefined || updateDrive === undefined ? undefined : { socket, updatesFolder, updateDrive };
}

/** For the owner of the service alone: whoever reads the code makes the first account. */
function announceIn(file: string, told: object): void {
  const draft = `${file}.new`;
  writeFileSync(draft, JSON.stringify(told), { mode: 0o600 });
  renameSync(draft, file);
}

/** A fence that is lifted is a start like any other: everything is stopped and begun again, in this process. */
async function serve({ configuration, configFolder, ...origin }: LoadedConfiguration): Promise<void> {
  const log = createLogger({
    clock: MACHINE.clock,
    level: configuration.logging.level,
    file: { path: join(configuration.dataFolder, 'logs', 'hospay.log'), largestBytes: configuration.logging.largestFileMegabytes * 1024 * 1024, keptFiles: configuration.retention.logFiles },
    // Whoever started us with a channel of its own reads addresses there; the terminal stays readable.
    write: process.send === undefined ? (line) => process.stdout.write(line) : () => {},
  });
  try {
    let isStopping = false;
    /** One start or stop after another. */
    let turn: Promise<unknown> = Promise.resolve();
    const start = (): Promise<Platform> => startPlatform({
      configuration, configFolder, profile: values.profile, loaded: origin, box: boxOf(), pluginSocket: values['plugin-socket'], authoritiesFile: process.env['NODE_EXTRA_CA_CERTS'], consoleFolder: resolve(import.meta.dirname, '../../console/dist'), checkoutPageFolder: resolve(import.meta.dirname, '../../checkout-page/dist'), log, ...MACHINE,
      startAnew: () => { turn = turn.then(again).catch((error: unknown) => { giveUp(error); }); },
    });
    const announce = ({ addresses, firstLoginCode }: Platform): void => {
      const told = { addresses, ...(firstLoginCode === undefined ? {} : { firstLoginCode }) };
      const file = values['announce-file'];
      if (file !== undefined) announceIn(file, told);
      else if (process.send === undefined && firstLoginCode !== undefined) process.stdout.write(`首次登录码 first-login code: ${firstLoginCode}\n`);
      process.send?.({ kind: 'ready', ...told });
    };
    const again = async (): Promise<void> => {
      if (isStopping) return;
      log.info('starting anew');
      await platform.stop();
      platform = await start();
      announce(platform);
    };
    let platform = await start();
    const stop = async (signal: string) => {
      if (isStopping) return;
      isStopping = true;
      log.info('stopping', { signal });
      await turn;
      const problems = await platform.stop();
      log.info('stopped', { problems: problems.length });
      log.close();
      process.exit(problems.length === 0 ? 0 : 1);
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop(signal));
    // Whoever started us is gone: nobody would stop us otherwise.
    process.once('disconnect', () => void stop('disconnect'));
    // Last: whoever hears of it may end it at once, and it must stop in order.
    announce(platform);
  } catch (error) {
    giveUp(error);
  }
  function giveUp(error: unknown): never {
    log.error('did not start', { error });
    log.close();
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(70);
  }
}
