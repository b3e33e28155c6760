/** `hospay disk`: how full the data disk is, and its ballast, also where the console cannot be signed in to because nothing can be written. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from 'commander';
import { coreWords, type CoreOptions } from './support-command.js';

export function addDiskCommand(program: Command, root: string): void {
  const run = (word: string): void => {
    const { status } = spawnSync(process.execPath, [join(root, 'core/server/dist/platform-disk-main.js'), word, ...coreWords(program.opts<CoreOptions>())], { stdio: 'inherit' });
    if (status !== 0) process.exitCode = status ?? 1;
  };
  const disk = program.command('disk').description('the data disk and its ballast 数据盘与压舱文件');
  disk.command('show', { isDefault: true }).description('how full it is 占用情况').action(() => { run('show'); });
  disk.command('release-ballast').description('let the ballast go, so that a repair can write 释放压舱文件').action(() => { run('release'); });
}
