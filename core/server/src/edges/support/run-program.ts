import { execFile } from 'node:child_process';

export type Ran = { readonly kind: 'ended'; readonly status: number; readonly output: string } | { readonly kind: 'absent' } | { readonly kind: 'late' };
export type RunRequest = { readonly program: string; readonly words: readonly string[]; readonly deadlineMs: number; readonly environment?: NodeJS.ProcessEnv; /** Ends it before its time. */ readonly signal?: AbortSignal };

const MOST_BYTES = 16 * 1_048_576;

/** Runs a program of the machine with an end that it cannot put off. Never throws: a program that is not there is an answer. `output`: what it printed, then what it complained about. */
export function runProgram({ program, words, deadlineMs, environment, signal }: RunRequest): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(program, [...words], { timeout: deadlineMs, killSignal: 'SIGKILL', maxBuffer: MOST_BYTES, encoding: 'utf8', ...(signal === undefined ? {} : { signal }), env: { ...(environment ?? process.env), LC_ALL: 'C.UTF-8', SYSTEMD_PAGER: '', SYSTEMD_COLORS: '0' } }, (error, stdout, stderr) => {
      if (error === null) resolve({ kind: 'ended', status: 0, output: stdout });
      else if (error.code === 'ENOENT') resolve({ kind: 'absent' });
      else if (error.killed === true) resolve({ kind: 'late' });
      else resolve({ kind: 'ended', status: typeof error.code === 'number' ? error.code : 1, output: [stdout, stderr].filter((text) => text !== '').join('\n') });
    });
  });
}
