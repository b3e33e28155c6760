import { spawnSync } from 'node:child_process';

export type ToolOptions = { readonly cwd?: string; readonly env?: Readonly<Record<string, string>>; readonly input?: string };

/** Runs a command to its end. @throws with its last words when it fails or is not installed. @returns what it printed. */
export function tool(command: string, args: readonly string[], { cwd, env = {}, input }: ToolOptions = {}): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, input, encoding: 'utf8', env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 });
  if (error !== undefined) throw new Error(`${command} does not run: ${error.message}`);
  if (status !== 0) throw new Error(`${command} ${args.slice(0, 6).join(' ')} ended with ${String(status)}:\n${(stderr === '' ? stdout : stderr).split('\n').slice(-15).join('\n')}`);
  return stdout;
}
