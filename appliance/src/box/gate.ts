/** `hospay-gate.service`: on a machine on trial, goes back to the other slot when the new system does not find itself well. Of a relay it says that it is well, too: there is no core that would. */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { boxStatus, commitUpdate, revertUpdate } from '../update/box-update.js';
import { BOX } from './box-places.js';
import { readRole } from './machine-role.js';
import { judgeGate } from './update-gate.js';
import { UPDATE_PLACES } from './update-places.js';

const LOOK_EVERY_MS = 10_000;
const RELAY_FILE = '/run/hospay-relay/ready.json';
const since = performance.now();
let serving: { readonly run: number; readonly since: number } | undefined;
const say = (line: string): void => { process.stdout.write(`${line}\n`); };

for (;;) {
  const { role } = readRole(BOX.state);
  const judged = judgeGate({
    role, isTrying: boxStatus(UPDATE_PLACES).isTrying, restarts: Number(propertyOf(role === 'relay' ? 'hospay-relay.service' : 'hospay.service', 'NRestarts')), servesMs: role === 'relay' ? servesMs() : undefined,
    preparationFailed: propertyOf('hospay-prepare.service', 'ActiveState') === 'failed', waitedMs: performance.now() - since,
  });
  if (judged.verdict === 'passed') {
    say('this system is not on trial, or was found well');
    break;
  }
  if (judged.verdict === 'commit') {
    say('the relay serves: this system stays');
    commitUpdate(UPDATE_PLACES);
    break;
  }
  if (judged.verdict === 'revert') {
    say(`going back to the other slot: ${judged.reason.en}`);
    revertUpdate(UPDATE_PLACES, judged.reason);
    spawnSync('systemctl', ['--no-block', 'reboot']);
    break;
  }
  await new Promise((wake) => { setTimeout(wake, LOOK_EVERY_MS); });
}

/** Since this run of the relay was first seen serving: the service manager takes its file away with it. Not by the clock, which is set while a machine starts. */
function servesMs(): number | undefined {
  const run = statSync(RELAY_FILE, { throwIfNoEntry: false })?.mtimeMs;
  if (run !== serving?.run) serving = run === undefined ? undefined : { run, since: performance.now() };
  return serving === undefined ? undefined : performance.now() - serving.since;
}

function propertyOf(unit: string, property: string): string {
  return spawnSync('systemctl', ['show', '-p', property, '--value', unit], { encoding: 'utf8' }).stdout.trim();
}
