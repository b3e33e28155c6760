/** Starts a relay (role `relay` of the image): reads its settings, waits for a signal. `pairing` prints what the core is paired with instead. */
import { renameSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isPaired, openIdentity } from './relay-identity.js';
import { readRelaySettings } from './relay-settings.js';
import { sayOnStdout } from './say.js';
import { startRelay, type RelayState } from './start-relay.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    folder: { type: 'string', default: 'data/relay' },
    settings: { type: 'string', default: 'relay.yaml' },
    // Where whoever started the service reads fingerprint and pairing secret, instead of the journal.
    'announce-file': { type: 'string' },
  },
});
const folder = resolve(values.folder);

try {
  if (positionals[0] === 'pairing') {
    const identity = await openIdentity(folder, new Date());
    process.stdout.write(pairingText({ fingerprint: identity.fingerprint, ...(isPaired(folder, identity) ? {} : { pairingSecret: identity.secret }) }));
  } else await serve();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(78);
}

async function serve(): Promise<void> {
  const announceFile = values['announce-file'];
  const announce = (state: RelayState): void => {
    if (announceFile !== undefined) announceIn(announceFile, state);
    else if (process.send === undefined) process.stdout.write(pairingText(state));
    process.send?.({ kind: 'ready', ...state });
  };
  const settings = resolve(values.settings);
  const relay = await startRelay({ folder, settings: readRelaySettings(settings), settingsFolder: dirname(settings), announce, say: sayOnStdout });
  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    await relay.stop();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
  // Whoever started us is gone: nobody would stop us otherwise.
  process.once('disconnect', () => void stop());
}

function pairingText({ fingerprint, pairingSecret }: Pick<RelayState, 'fingerprint' | 'pairingSecret'>): string {
  return `证书指纹 fingerprint: ${fingerprint}\n配对密钥 pairing secret: ${pairingSecret ?? '已配对，不再显示 paired, not shown any more'}\n`;
}

/** For the owner of the service alone: whoever has the secret may be the core. */
function announceIn(file: string, state: RelayState): void {
  const draft = `${file}.new`;
  writeFileSync(draft, JSON.stringify(state), { mode: 0o600 });
  renameSync(draft, file);
}
