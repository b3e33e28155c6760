/** What lies in files and is read as it is: the core's own logs, its configuration, certificates. */
import { X509Certificate } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Collector } from '../../support/ports.js';
import { runProgram } from './run-program.js';

const LARGEST_LOG_BYTES = 4 * 1_048_576;
const LARGEST_LOGS_BYTES = 16 * 1_048_576;
const DEADLINE_MS = 30_000;
const MISSING_SECRET = /needs the environment variable ([A-Z][A-Z0-9_]*)/g;
const CERTIFICATE_FILE = /\.(pem|crt|cer)$/i;
const LARGEST_CERTIFICATE_BYTES = 256 * 1_024;
const DEEPEST_FOLDER = 3;

/** The end of every log, the newest first, until there is enough. */
export function logCollector(dataFolder: string): Collector {
  return {
    id: 'logs', deadlineMs: DEADLINE_MS,
    collect: () => {
      const folder = join(dataFolder, 'logs');
      if (!existsSync(folder)) return Promise.resolve({ files: [{ path: 'logs/none.txt', text: `没有日志文件夹 ${folder} there is no folder of logs\n` }] });
      const newestFirst = readdirSync(folder).filter((name) => /\.log(\.\d+)?$/.test(name)).map((name) => ({ name, changed: statSync(join(folder, name)).mtimeMs })).toSorted((left, right) => right.changed - left.changed);
      let left = LARGEST_LOGS_BYTES;
      return Promise.resolve({
        files: newestFirst.flatMap(({ name }) => {
          if (left <= 0) return [];
          const text = tailOf(join(folder, name), Math.min(left, LARGEST_LOG_BYTES));
          left -= Buffer.byteLength(text);
          return [{ path: `logs/${name}`, text }];
        }),
      });
    },
  };
}

/** Begins with a whole line: half a number would pass the net. */
function tailOf(file: string, most: number): string {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.alloc(Math.min(size, most));
    const count = readSync(descriptor, bytes, 0, bytes.byteLength, size - bytes.byteLength);
    const text = bytes.subarray(0, count).toString('utf8');
    return size <= most ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    closeSync(descriptor);
  }
}

/** As `hospay config` prints it, by a process of its own: a configuration that cannot be read is a finding. */
export function configurationCollector({ program, words }: { readonly program: string; readonly words: readonly string[] }): Collector {
  return {
    id: 'configuration', deadlineMs: 2 * DEADLINE_MS + 1_000,
    async collect() {
      const print = (environment: NodeJS.ProcessEnv) => runProgram({ program: process.execPath, words: [program, 'config', ...words], deadlineMs: DEADLINE_MS, environment });
      const first = await print(process.env);
      // Secrets come to the service alone. Whoever collects has none, and none is printed: for the rest of the configuration their names are enough.
      const missing = first.kind === 'ended' && first.status !== 0 ? [...first.output.matchAll(MISSING_SECRET)].flatMap(([, name]) => (name === undefined ? [] : [name])) : [];
      const ran = missing.length === 0 ? first : await print({ ...process.env, ...Object.fromEntries(missing.map((name) => [name, 'given-to-the-service'])) });
      if (ran.kind !== 'ended') throw new Error('the configuration could not be printed in time');
      const note = missing.length === 0 ? '' : `# 只有服务才有的环境变量，此处以占位代替 variables only the service has, here by a stand-in: ${missing.join(' ')}\n`;
      return { files: [{ path: 'configuration.txt', text: `${note}${ran.output}\n` }], facts: { configuration: { isReadable: ran.status === 0 } } };
    },
  };
}

/** When certificates in files end. Keys are not opened. */
export function certificateFiles(folders: readonly string[]): readonly { readonly title: string; readonly endsAt: string }[] {
  return folders.flatMap((folder) => filesBelow(folder, DEEPEST_FOLDER).filter((file) => CERTIFICATE_FILE.test(file)).flatMap((file) => {
    try {
      if (statSync(file).size > LARGEST_CERTIFICATE_BYTES) return [];
      return [{ title: relative(folder, file), endsAt: new Date(new X509Certificate(readFileSync(file)).validTo).toISOString() }];
    } catch {
      return [];
    }
  }));
}

function filesBelow(folder: string, depth: number): readonly string[] {
  if (depth === 0 || !existsSync(folder)) return [];
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name), depth - 1) : entry.isFile() ? [join(folder, entry.name)] : []));
  } catch {
    return [];
  }
}
