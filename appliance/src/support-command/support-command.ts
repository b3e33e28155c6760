/** `hospay support …`: a bundle for those who help from outside, collected where no core runs, looked at before it leaves. It sends nothing. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from 'commander';

export type CoreOptions = { readonly profile: string; readonly profileFolder: string; readonly dataFolder?: string };

/** As the core takes them. */
export function coreWords({ profile, profileFolder, dataFolder }: CoreOptions): readonly string[] {
  return ['--profile', profile, '--profile-folder', profileFolder, ...(dataFolder === undefined ? [] : ['--data-folder', dataFolder])];
}

export function addSupportCommand(program: Command, root: string): void {
  const support = program.command('support').description('a bundle for support, redacted by type 支持包（核心停止时也可收集）');
  /** Of the built core: it works on files alone, and needs no platform. */
  const run = (words: readonly string[]): void => {
    const { status } = spawnSync(process.execPath, [join(root, 'core/server/dist/platform-support-main.js'), ...words], { stdio: 'inherit' });
    if (status !== 0) process.exitCode = status ?? 1;
  };
  support.command('collect').description('collect one and say what the checks find 收集并诊断').option('--out <folder>', 'where the bundle is written 输出目录', '.').option('--without <file...>', 'files that are left out 不包含的文件')
    .action(({ out, without = [] }: { readonly out: string; readonly without?: readonly string[] }) => {
      run(['collect', '--out', out, ...without.flatMap((file) => ['--without', file]), ...coreWords(program.opts<CoreOptions>())]);
    });
  support.command('preview <bundle> [file]').description('what is in it, with how much was redacted; or one of its files 预览').action((bundle: string, file?: string) => { run(['preview', bundle, ...(file === undefined ? [] : [file])]); });
  support.command('remove <bundle> <files...>').description('take files out of it before it leaves 去掉文件').action((bundle: string, files: readonly string[]) => { run(['without', bundle, ...files]); });
}
