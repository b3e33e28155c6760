/** A machine with two slots: the appliance's own service behind its socket, on plain files. What the boot loader does is done by `restart`. */
import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { serveBoxRequest } from '@hospay/appliance/box/box-request.js';
import { writeBundle } from '@hospay/appliance/image/write-bundle.js';
import { boxStatus, commitUpdate, inspectBundle, revertUpdate, settleAtStart, stageBundle, type UpdatePlaces } from '@hospay/appliance/update/box-update.js';
import { makeSigningKey, type SigningKey } from '@hospay/plugin-sdk/package';

export type SimulatedBox = {
  readonly socket: string;
  readonly updatesFolder: string;
  readonly release: SigningKey;
  /** Restarts it was asked for. */
  readonly restarts: () => number;
  readonly entries: () => readonly string[];
  status(): ReturnType<typeof boxStatus>;
  /** As the boot loader and the preparation of a start do it. */
  restart(slot: 'a' | 'b', version: string): void;
  bundle(version: string, asked?: { readonly sdk?: string; readonly signer?: SigningKey }): Promise<string>;
  stop(): Promise<void>;
};

export async function startSimulatedBox(folder: string): Promise<SimulatedBox> {
  const entriesFolder = join(folder, 'esp/EFI/Linux');
  const updatesFolder = join(folder, 'updates');
  for (const path of [entriesFolder, join(folder, 'state'), join(folder, 'new'), updatesFolder]) mkdirSync(path, { recursive: true });
  const release = makeSigningKey();
  writeFileSync(join(entriesFolder, 'hospay-a.efi'), 'the first');
  for (const slot of ['a', 'b']) {
    writeFileSync(join(folder, `root-${slot}`), Buffer.alloc(300_000, slot));
    writeFileSync(join(folder, `new/hospay-${slot}.efi`), `boots slot ${slot}`);
  }
  writeFileSync(join(folder, 'new/root.img'), Buffer.alloc(200_000, 'R'));
  writeFileSync(join(folder, 'keys.json'), JSON.stringify([{ keyId: release.keyId, publicKeyPem: release.publicKeyPem, title: 'release' }]));
  writeFileSync(join(folder, 'cmdline'), 'hospay.slot=a');
  let version = '1.0.0';
  let restarts = 0;
  const places: UpdatePlaces = {
    esp: join(folder, 'esp'), state: join(folder, 'state'), builtInKeys: join(folder, 'keys.json'), commandLine: join(folder, 'cmdline'), get version() { return version; }, deviceOf: (slot) => join(folder, `root-${slot}`), flush: () => {}, now: () => new Date('2026-11-20T01:00:00.000Z'),
  };
  const socket = join(folder, 'box.sock');
  const server: Server = createServer((connection) => {
    const lines = createInterface({ input: connection });
    connection.on('error', () => { lines.close(); });
    lines.once('line', (line) => {
      void serveBoxRequest(line, {
        status: () => boxStatus(places), inspect: (bundle, progress) => inspectBundle(places, join(updatesFolder, bundle), progress),
        stage: ({ bundle, manifestSha256 }, progress) => stageBundle(places, { file: join(updatesFolder, bundle), manifestSha256, progress }),
        commit: () => { commitUpdate(places); }, revert: (reason) => { revertUpdate(places, reason); }, restart: () => { restarts += 1; },
      }, (answer) => { connection.write(`${JSON.stringify(answer)}\n`); }, () => {}).then(() => { connection.end(); });
    });
  });
  await new Promise<void>((go) => { server.listen(socket, go); });
  let made = 0;
  return {
    socket, updatesFolder, release, restarts: () => restarts, entries: () => readdirSync(entriesFolder).toSorted(), status: () => boxStatus(places),
    restart(slot, running) {
      version = running;
      writeFileSync(places.commandLine, `hospay.slot=${slot}`);
      const entry = readdirSync(entriesFolder).find((name) => name.startsWith(`hospay-${slot}+`));
      const [, left = '0', done = '0'] = /\+(\d+)(?:-(\d+))?/.exec(entry ?? '') ?? [];
      if (entry !== undefined) renameSync(join(entriesFolder, entry), join(entriesFolder, `hospay-${slot}+${String(Number(left) - 1)}-${String(Number(done) + 1)}.efi`));
      settleAtStart(places);
    },
    async bundle(of, { sdk = '0.2.0', signer = release } = {}) {
      made += 1;
      const file = join(folder, `made-${String(made)}.hpu`);
      const at = (name: string): string => join(folder, 'new', name);
      await writeBundle({ file, version: of, upgradesFrom: '1.0.0', sdk, epoch: 1_795_000_000, notes: { zh: '对账更快', en: 'faster reconciliation' }, signers: [signer], system: { root: { file: at('root.img') }, boot: { a: at('hospay-a.efi'), b: at('hospay-b.efi') } } });
      return file;
    },
    stop: () => new Promise<void>((go) => { server.close(() => { go(); }); }),
  };
}
