/** The machine's side: one question, on a connection of the core. Mounts the export, lets rclone do what was asked as the core's own user, and ends. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { MountRefused } from './mount-export.js';
import { FirstLine, NFS_REMOTE, frame, readQuestion, type NfsQuestion } from './question.js';

const STILL_HERE_MS = 1_000;
const FAILED = 1;

export type NfsMachine = {
  /** Where the export is seen once it is mounted. @throws MountRefused */
  mount(question: NfsQuestion): Promise<string>;
  readonly program: string;
  /** Whose files they are on the server, and whose rights rclone has here. Absent: those of this process. */
  readonly user?: number | undefined;
};

/** Resolves when the question is answered or nobody waits for it any more; the process ends then, and with it the mount. */
export function serveQuestion(line: Duplex, machine: NfsMachine): Promise<void> {
  return new Promise((resolve) => {
    const first = new FirstLine();
    const stillHere = setInterval(() => { line.write(frame('alive')); }, STILL_HERE_MS);
    const over = (): void => {
      clearInterval(stillHere);
      resolve();
    };
    let hangUp = over;
    const end = (code: number | null, told = ''): void => {
      if (told !== '') line.write(frame('told', Buffer.from(told)));
      clearInterval(stillHere);
      line.end(frame('end', Buffer.from(code === null ? '' : String(code))), over);
    };
    // Whoever asked is gone: nothing is finished for nobody, half a set least of all.
    line.on('error', () => { hangUp(); });
    line.on('close', () => { hangUp(); });
    const readFirst = (chunk: Buffer): void => {
      try {
        const taken = first.take(chunk);
        if (taken === undefined) return;
        line.pause();
        line.off('data', readFirst);
        line.off('end', over);
        const question = readQuestion(taken.line);
        if (question === undefined) end(FAILED, 'this machine knows no such question');
        else void answer(question, taken.rest);
      } catch (error) {
        end(FAILED, error instanceof Error ? error.message : 'the question cannot be read');
      }
    };
    line.on('data', readFirst);
    line.on('end', over);

    async function answer(question: NfsQuestion, rest: Buffer): Promise<void> {
      let folder: string;
      try {
        folder = join(await machine.mount(question), question.place.folder ?? '');
      } catch (error) {
        if (!(error instanceof MountRefused)) process.stderr.write(`${String(error)}\n`);
        end(FAILED, error instanceof MountRefused ? error.message : 'the machine cannot mount; its journal says why');
        return;
      }
      const child = spawn(machine.program, question.words, {
        stdio: ['pipe', 'pipe', 'pipe'], cwd: '/', ...(machine.user === undefined ? {} : { uid: machine.user, gid: machine.user }),
        env: { [`RCLONE_CONFIG_${NFS_REMOTE}_TYPE`]: 'alias', [`RCLONE_CONFIG_${NFS_REMOTE}_REMOTE`]: folder, RCLONE_CONFIG: '/dev/null', RCLONE_RETRIES: '1', RCLONE_LOW_LEVEL_RETRIES: '3', RCLONE_USE_MMAP: 'true', HOME: '/nonexistent' },
      });
      hangUp = () => {
        child.kill('SIGKILL');
        over();
      };
      child.stdin.on('error', () => undefined);
      child.stderr.on('data', (bytes: Buffer) => { line.write(frame('told', bytes)); });
      child.stdout.on('data', (bytes: Buffer) => {
        if (line.write(frame('output', bytes))) return;
        child.stdout.pause();
        line.once('drain', () => { child.stdout.resume(); });
      });
      child.once('error', (error) => { end(FAILED, `rclone cannot be started: ${error.message}`); });
      child.once('close', (code) => { end(code); });
      child.stdin.write(rest);
      line.pipe(child.stdin);
    }
  });
}
