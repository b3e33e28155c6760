/** What `hospay disk` runs: the data disk on its ladder, and its ballast, where no core runs or nobody can sign in because nothing can be written. Part of the composition root. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfiguration, type LoadedConfiguration } from './config/load-configuration.js';
import { BilingualError, saidOf } from './domain/bilingual.js';
import { ballastFile } from './operations/ballast-file.js';
import { spaceOf, usedPercentOf } from './operations/disk-space.js';

const { values, positionals: [command = ''] } = parseArgs({ allowPositionals: true, options: { profile: { type: 'string', default: 'production' }, 'profile-folder': { type: 'string', default: 'config/profiles' }, 'data-folder': { type: 'string' } } });
const MEGABYTE = 1_048_576;
const print = (zh: string, en: string): void => { process.stdout.write(`${zh}  ${en}\n`); };

async function tell(folder: string): Promise<void> {
  const [space, kept] = [await spaceOf(folder), ballastFile({ folder, wantedBytes: 0 }).state()];
  const [free, used] = [String(Math.floor(space.freeBytes / MEGABYTE)), String(Math.floor(usedPercentOf(space)))];
  print(`数据盘 ${folder} 已用 ${used}%，剩余 ${free} MB`, `data disk ${used} % used, ${free} MB free`);
  print(kept.kind === 'kept' ? `压舱文件 ${String(kept.bytes / MEGABYTE)} MB` : kept.kind === 'released' ? '压舱文件已释放' : '没有压舱文件', kept.kind === 'kept' ? `ballast ${String(kept.bytes / MEGABYTE)} MB` : kept.kind === 'released' ? 'the ballast was let go' : 'no ballast');
}

function release(folder: string): void {
  const ballast = ballastFile({ folder, wantedBytes: 0 });
  if (ballast.state().kind !== 'kept') throw new BilingualError({ zh: `${folder} 中没有压舱文件`, en: `there is no ballast in ${folder}` });
  ballast.release();
  print('压舱文件已释放，空间只供抢修：请移走旧备份与导出文件', 'the ballast was let go; its room is for the repair: move old backups and exports away');
}

/** A configuration that cannot be read is no reason to leave a disk full: then the folder is named. */
function findDataFolder(): string {
  const given = values['data-folder'];
  if (given !== undefined) return resolve(given);
  let loaded: LoadedConfiguration;
  try {
    loaded = loadConfiguration({ profile: values.profile, profileFolder: resolve(values['profile-folder']), environment: process.env });
  } catch {
    throw new BilingualError({ zh: '配置无法读取：请用 --data-folder 给出数据目录', en: 'the configuration cannot be read: give --data-folder' });
  }
  return loaded.configuration.dataFolder;
}

try {
  const folder = findDataFolder();
  if (command === 'release') release(folder);
  await tell(folder);
} catch (error) {
  const { zh, en } = saidOf(error);
  process.stderr.write(`${zh}\n${en}\n`);
  process.exitCode = 1;
}
