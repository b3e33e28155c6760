/** `hospay-gate.service`: on a machine on trial, goes back to the other slot when the new system does not find itself well. */
import { spawnSync } from 'node:child_process';
import { boxStatus, revertUpdate } from '../update/box-update.js';
import { judgeGate } from './update-gate.js';
import { UPDATE_PLACES } from './update-places.js';

const LOOK_EVERY_MS = 10_000;
const since = performance.now();
const say = (line: string): void => { process.stdout.write(`${line}\n`); };

for (;;) {
  const judged = judgeGate({ isTrying: boxStatus(UPDATE_PLACES).isTrying, coreRestarts: Number(propertyOf('hospay.service', 'NRestarts')), preparationFailed: propertyOf('hospay-prepare.service', 'ActiveState') === 'failed', waitedMs: performance.now() - since });
  if (judged.verdict === 'passed') {
    say('this system is not on trial, or was found well');
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

function propertyOf(unit: string, property: string): string {
  return spawnSync('systemctl', ['show', '-p', property, '--value', unit], { encoding: 'utf8' }).stdout.trim();
}
