#!/usr/bin/env node
/** The `hospay` command: what hospital IT types on the appliance. It runs the built core; it contains none of it. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { addBackupCommand } from './backup-command/backup-command.js';
import { addChangeCommand } from './change-command/change-command.js';
import { addDoctorCommand } from './doctor-command/doctor-command.js';
import { addHisCommand } from './his-doctor/his-doctor-command.js';
import { addPluginCommand } from './plugin-command/plugin-command.js';
import { addDiskCommand } from './support-command/disk-command.js';
import { addSupportCommand } from './support-command/support-command.js';

/** appliance/dist → repository or installation root. */
const ROOT = resolve(import.meta.dirname, '../..');
/** Where the appliance keeps its state. */
const APPLIANCE_DATA = '/var/lib/hospay';

const program = new Command('hospay')
  .description('Hospay payment platform 医院智能综合支付平台')
  .option('--profile <name>', 'configuration profile 配置方案', 'production')
  .option('--profile-folder <folder>', 'where profiles are 配置目录', join(ROOT, 'config/profiles'))
  .option('--data-folder <folder>', 'where state lives 数据目录');

program.command('start').description('run the core until a signal 启动').action(() => { runCore([]); });
program.command('config').description('print every configured value and where it comes from 打印配置及来源').action(() => { runCore(['config']); });
const screen = {
  say: (line: string) => { console.log(line); },
  fail: (line: string) => {
    console.error(line);
    process.exitCode = 1;
  },
};
addPluginCommand(program, screen);
addChangeCommand(program, screen);
addHisCommand(program, screen);
addBackupCommand(program, screen, ROOT);
addSupportCommand(program, ROOT);
addDiskCommand(program, ROOT);
addDoctorCommand(program, screen, { dataFolder: existsSync(APPLIANCE_DATA) ? APPLIANCE_DATA : join(ROOT, 'data') });
await program.parseAsync();

function runCore(command: readonly string[]): void {
  const { profile, profileFolder, dataFolder } = program.opts<{ profile: string; profileFolder: string; dataFolder?: string }>();
  const words = [...command, '--profile', profile, '--profile-folder', profileFolder, ...(dataFolder === undefined ? [] : ['--data-folder', dataFolder])];
  const result = spawnSync(process.execPath, [join(ROOT, 'core/server/dist/main.js'), ...words], { stdio: 'inherit' });
  process.exitCode = result.status ?? 1;
}
