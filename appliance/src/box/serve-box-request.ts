/** `hospay-box@.service`: a connection to `/run/hospay/box.sock`, which the core alone may open, as standard input and output. One request, its answer, the end. */
import { spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { boxStatus, commitUpdate, inspectBundle, revertUpdate, stageBundle } from '../update/box-update.js';
import { BUNDLE_FOLDER, serveBoxRequest } from './box-request.js';
import { UPDATE_PLACES } from './update-places.js';

const lines = createInterface({ input: process.stdin });
for await (const line of lines) {
  await serveBoxRequest(line, {
    status: () => boxStatus(UPDATE_PLACES),
    inspect: (bundle, progress) => inspectBundle(UPDATE_PLACES, join(BUNDLE_FOLDER, bundle), progress),
    stage: ({ bundle, manifestSha256 }, progress) => stageBundle(UPDATE_PLACES, { file: join(BUNDLE_FOLDER, bundle), manifestSha256, progress }),
    commit: () => { commitUpdate(UPDATE_PLACES); },
    revert: (reason) => { revertUpdate(UPDATE_PLACES, reason); },
    // Not waiting: the answer must leave before the network does.
    restart: () => { spawnSync('systemctl', ['--no-block', 'reboot']); },
  }, (answer) => { process.stdout.write(`${JSON.stringify(answer)}\n`); }, (problem) => { process.stderr.write(`${problem instanceof Error ? (problem.stack ?? problem.message) : String(problem)}\n`); });
  break;
}
lines.close();
process.stdin.destroy();
