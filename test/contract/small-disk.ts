/** Runs alone on a small disk (its argument): the ladder and its ballast over a real file system that really fills up. Prints what it saw, one JSON. */
import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { ballastFile } from '@hospay/server/operations/ballast-file.js';
import { clearDataFolder } from '@hospay/server/operations/clear-data-folder.js';
import { spaceOf, watchDiskSpace } from '@hospay/server/operations/disk-space.js';

const MEGABYTE = 1_048_576;
const folder = process.argv[2] ?? '';
const seen: Record<string, unknown> = {};
let tick = () => {};
const watch = watchDiskSpace({
  limits: { warnPercent: 85, clearPercent: 90, refusePercent: 97, roomyBytes: 20_480 * MEGABYTE, warnBelowBytes: MEGABYTE, refuseBelowBytes: 2 * MEGABYTE }, intervalMs: 3_600_000, timers: { after: (_ms, task) => ((tick = task), { cancel() {} }) }, log: SILENT_LOG,
  audit: { record: () => Promise.resolve() }, ballast: ballastFile({ folder, wantedBytes: 1024 * MEGABYTE }), clear: () => clearDataFolder({ folder, now: new Date() }), readSpace: () => spaceOf(folder),
});
const look = async (): Promise<string> => {
  tick();
  await new Promise((resolve) => { setTimeout(resolve, 200); });
  return watch.state().step;
};
const fill = async (percent: number): Promise<void> => {
  const { totalBytes, freeBytes } = await spaceOf(folder);
  writeFileSync(join(folder, `filled-${String(percent)}`), Buffer.alloc(Math.max(0, Math.floor(totalBytes * (percent / 100) - (totalBytes - freeBytes)))));
};

await watch.start();
seen['ballast'] = watch.state().ballastBytes / MEGABYTE;
mkdirSync(join(folder, 'logs'));
writeFileSync(join(folder, 'logs/hospay.log.3'), Buffer.alloc(4 * MEGABYTE));
await fill(87);
seen['at87'] = await look();
await fill(92);
seen['at92'] = await look();
seen['oldLog'] = existsSync(join(folder, 'logs/hospay.log.3'));
await fill(98);
seen['at98'] = [await look(), watch.acceptsPayments(), watch.state().ballast];
try {
  for (;;) appendFileSync(join(folder, 'flood'), Buffer.alloc(64 * 1_024));
} catch (error) {
  seen['full'] = error instanceof Error && 'code' in error ? error.code : undefined;
}
seen['afterFull'] = [await look(), watch.acceptsPayments(), watch.state().ballast];
appendFileSync(join(folder, 'refund'), Buffer.alloc(MEGABYTE));
for (const name of ['flood', 'filled-98', 'filled-92', 'filled-87']) rmSync(join(folder, name));
seen['afterRepair'] = [await look(), watch.acceptsPayments(), watch.state().ballast];
watch.stop();
process.stdout.write(JSON.stringify(seen));
