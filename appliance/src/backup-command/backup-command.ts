/** `hospay backup …`: sets at the running core's console, and, where no core runs, sets in a folder: looked at, proved, restored. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from 'commander';
import { addConsoleOptions, asList, asObject, atConsole, type ConsoleOptions } from '../change-command/console-session.js';
import type { Screen } from '../screen.js';

type Json = Readonly<Record<string, unknown>>;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const LOOK_EVERY_MS = 2_000;
const SERVER = 'a file that describes the server as a target of the configuration does; <set> is its name there 备份服务器描述文件';
type Options = Readonly<Partial<Record<'identity' | 'scratch' | 'into' | 'server' | 'until', string>>>;
const given = (options: Options, ...names: readonly (keyof Options)[]): readonly string[] => names.flatMap((name) => { const value = options[name]; return value === undefined ? [] : [`--${name}`, value]; });

export function addBackupCommand(program: Command, screen: Screen, root: string): void {
  const backup = program.command('backup').description('sets of everything a box needs to stand up again 备份与恢复');
  const run = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      screen.fail(error instanceof Error ? error.message : 'it failed');
    }
  };
  /** Of the built core: it works on files alone, and needs no platform. */
  const offline = (words: readonly string[]): void => {
    const { status } = spawnSync(process.execPath, [join(root, 'core/server/dist/platform-backup-main.js'), ...words], { stdio: 'inherit' });
    if (status !== 0) process.exitCode = status ?? 1;
  };

  backup.command('list').description('sets in a folder, newest first; without --folder those the platform knows 列出备份')
    .option('--folder <folder>', 'a target 备份位置').option('--server <file>', SERVER).option('--console <address>', 'the console of the running core', 'http://127.0.0.1:8090').option('--login <login>', 'who you are 登录名').option('--password-file <file>', 'your password 密码文件')
    .action((options: Partial<ConsoleOptions> & { readonly folder?: string; readonly server?: string; readonly console: string }) => run(async () => {
      if (options.server !== undefined) return offline(['list', ...given(options, 'server')]);
      if (options.folder !== undefined) return offline(['list', '--folder', options.folder]);
      if (options.login === undefined) throw new Error('give --folder <target> or --server <file>, or --login <login> for what the platform knows 请给出 --folder、--server 或 --login');
      await atConsole({ ...options, login: options.login }, async (session) => {
        const { body } = await session.call('GET', '/system');
        for (const set of asList(body['sets'])) for (const line of saySet(set)) screen.say(line);
      });
    }));

  for (const [word, path, kind, description] of [['now', '/system/backups', 'backup', 'take one now 立即备份'], ['drill', '/system/proofs', 'backupProof', 'prove the newest at the running platform 恢复演练']] as const) {
    addConsoleOptions(backup.command(word).description(description)).action((options: ConsoleOptions) => run(() => atConsole(options, async (session) => {
      const { body: begun } = await session.call('POST', path);
      const before = text(begun['began']);
      for (;;) {
        const { body } = await session.call('GET', '/work');
        const work = asList(body['work']).find((one) => one['kind'] === kind);
        if (work !== undefined && work['state'] !== 'running' && work['state'] !== 'waiting') {
          if (work['state'] !== 'done') throw new Error(text(work['problem']) || 'it failed 失败');
          break;
        }
        await new Promise((go) => { setTimeout(go, LOOK_EVERY_MS); });
      }
      const { body } = await session.call('GET', '/system');
      const [newest] = asList(body['sets']);
      if (newest === undefined) throw new Error(`no set ${before}`);
      for (const line of saySet(newest)) screen.say(line);
    })));
  }

  /** Of the increments that lie beside a set. */
  const UNTIL = ['--until <time>', 'no increment taken later, Beijing time "2026-11-29 07:40:00" 只恢复到该时刻（北京时间）'] as const;
  const ALONE = ['--set-alone', 'no increment at all 只用备份，不接增量'] as const;
  const howFar = (options: Options & { readonly setAlone?: boolean }): string[] => [...given(options, 'until'), ...(options.setAlone === true ? ['--set-alone'] : [])];
  const IDENTITY = ['--identity <file>', 'a key it is encrypted to 备份密钥文件'] as const;
  backup.command('verify <set>').description('read a set to its end and compare every file 核对备份文件').requiredOption(...IDENTITY).option('--server <file>', SERVER)
    .action((set: string, options: Options) => { offline(['verify', set, ...given(options, 'identity', 'server')]); });
  backup.command('prove <set>').description('restore it into scratch, replay and compare 恢复演练').requiredOption(...IDENTITY).option('--scratch <folder>', 'where it is unpacked for a while 临时目录').option('--server <file>', SERVER).option(...UNTIL).option(...ALONE)
    .action((set: string, options: Options & { readonly setAlone?: boolean }) => { offline(['prove', set, ...given(options, 'identity', 'scratch', 'server'), ...howFar(options)]); });
  backup.command('fetch <set>').description('a set of a server into a folder, with the increments behind it 从服务器取回备份及其后的增量').requiredOption('--server <file>', SERVER).requiredOption('--into <folder>', 'where it is put 存放目录')
    .action((set: string, options: Options) => { offline(['fetch', set, ...given(options, 'server', 'into')]); });
  backup.command('restore <set>').description('make a data folder of it, fenced 恢复为新的数据目录（启动后隔离）').requiredOption(...IDENTITY).requiredOption('--into <folder>', 'an empty or new folder 新数据目录').option('--server <file>', SERVER).option(...UNTIL).option(...ALONE)
    .option('--accept-problems', 'also when the proof finds problems: for the day there is no better set 核对有问题也恢复')
    .action((set: string, options: Options & { readonly acceptProblems?: boolean; readonly setAlone?: boolean }) => { offline(['restore', set, ...given(options, 'identity', 'into', 'server'), ...howFar(options), ...(options.acceptProblems === true ? ['--accept-problems'] : [])]); });
  backup.command('make-key <file>').description('a key for the safe: its recipient goes into the configuration 生成备份密钥').option('--comment <text>', 'what stands in the file 备注')
    .action((file: string, { comment }: { comment?: string }) => { offline(['make-key', file, ...(comment === undefined ? [] : ['--comment', comment])]); });
}

function saySet(set: Json): readonly string[] {
  const [problem, proof] = [asObject(set['problem']), asObject(set['proof'])];
  const copies = asList(set['copies']).map((copy) => `${text(copy['target'])}${copy['verifiedAt'] === undefined ? '（未核对 not verified）' : ''}`).join(' ');
  return [
    `${text(set['begunAt'])}  ${text(set['state'])}  ${typeof set['bytes'] === 'number' ? `${String(set['bytes'])} bytes` : '-'}  ${copies}  ${set['provedAt'] === undefined ? '未演练 not proved' : `已演练 proved ${text(set['provedAt'])}`}`, `  ${text(set['name'])}`,
    ...(text(problem['zh']) === '' ? [] : [`  ${text(problem['zh'])} ${text(problem['en'])}`]), ...(text(proof['zh']) === '' ? [] : [`  ${text(proof['zh'])} ${text(proof['en'])}`]),
  ];
}
