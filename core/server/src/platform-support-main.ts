/** What `hospay support` and the console run: collecting a bundle, looking at one, taking files out of one. Part of the composition root; works where no core runs and no configuration can be read. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfiguration } from './config/load-configuration.js';
import { BilingualError, saidOf } from './domain/bilingual.js';
import { packBundle, unpackBundle } from './edges/support/bundle-archive.js';
import { readDatabase, SUPPORT_DATABASES } from './edges/support/database-facts.js';
import { collectSupport } from './platform-support.js';
import { withoutFiles } from './support/collect-bundle.js';
import type { Bundle, BundleManifest, VerdictLevel } from './support/ports.js';
import { sayRedactions } from './support/write-summary.js';

const { values, positionals: [command = '', first = '', ...more] } = parseArgs({
  allowPositionals: true,
  options: { profile: { type: 'string', default: 'production' }, 'profile-folder': { type: 'string', default: 'config/profiles' }, 'data-folder': { type: 'string' }, out: { type: 'string', default: '.' }, as: { type: 'string' }, without: { type: 'string', multiple: true, default: [] } },
});
const print = (text: string): void => { process.stdout.write(`${text}\n`); };
const MARKS: Readonly<Record<VerdictLevel, string>> = { wrong: '✖', attention: '!', unknown: '?', fine: '✓' };
const PATH_WIDTH = 28;
/** Where the appliance keeps its state. */
const APPLIANCE_DATA = '/var/lib/hospay';

const COMMANDS: Readonly<Record<string, () => Promise<void> | void>> = {
  async collect() {
    const profileFolder = resolve(values['profile-folder']);
    const dataFolder = findDataFolder(profileFolder);
    const words = ['--profile', values.profile, '--profile-folder', profileFolder, ...(values['data-folder'] === undefined ? [] : ['--data-folder', dataFolder])];
    const bundle = await collectSupport({ dataFolder, configFolder: dirname(profileFolder), words, version: readVersion(), now: new Date(), without: values.without });
    // For the console, which lays it where it likes and shows what is in it.
    if (values.as !== undefined) {
      await write(bundle, resolve(values.as));
      return print(JSON.stringify(bundle.manifest));
    }
    tellWritten(bundle, await write(bundle, join(resolve(values.out), `${bundle.manifest.name}.tar.gz`)));
  },
  async preview() {
    const { manifest, files } = await unpackBundle(readFileSync(resolve(first)));
    const [path] = more;
    if (path === undefined) return tell(manifest);
    const found = files.find((file) => file.path === path);
    if (found === undefined) throw new BilingualError({ zh: `支持包中没有 ${path}`, en: `there is no ${path} in the bundle` });
    process.stdout.write(found.text);
  },
  async without() {
    const file = resolve(first);
    const bundle = await unpackBundle(readFileSync(file));
    const unknown = more.filter((path) => !bundle.files.some((one) => one.path === path));
    if (unknown.length > 0 || more.length === 0) throw new BilingualError({ zh: `支持包中没有 ${unknown.join('、') || '要去掉的文件（请给出文件名）'}`, en: `there is no ${unknown.join(', ') || 'file named to be left out'} in the bundle` });
    const left = withoutFiles(bundle, more);
    tellWritten(left, await write(left, file));
  },
  'database-facts'() {
    const file = SUPPORT_DATABASES.find((name) => name === first);
    if (file === undefined) throw new BilingualError({ zh: `没有数据库 ${first}`, en: `there is no database ${first}` });
    print(JSON.stringify(readDatabase({ dataFolder: resolve(values['data-folder'] ?? 'data'), file })));
  },
};

/** A configuration that cannot be read must not keep anybody from collecting why. */
function findDataFolder(profileFolder: string): string {
  const given = values['data-folder'];
  if (given !== undefined) return resolve(given);
  try {
    return loadConfiguration({ profile: values.profile, profileFolder, environment: process.env }).configuration.dataFolder;
  } catch {
    return existsSync(APPLIANCE_DATA) ? APPLIANCE_DATA : resolve(dirname(profileFolder), '../data');
  }
}

async function write(bundle: Bundle, file: string): Promise<string> {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, await packBundle(bundle), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return file;
}

function tellWritten({ manifest }: Bundle, file: string): void {
  tell(manifest);
  print(`\n${file}\n支持包只在本机，未发送给任何人。请先用 hospay support preview 查看，再交给技术支持。\nThe bundle is on this machine only. Look at it with hospay support preview before you hand it on.`);
}

function tell({ files, problems, verdicts, without }: BundleManifest): void {
  for (const { level, said, next } of verdicts) print(`${MARKS[level]} ${said.zh}  ${said.en}${next === undefined || level === 'fine' ? '' : `\n    → ${next.zh}  ${next.en}`}`);
  print('');
  for (const { path, bytes, redactions } of files) print(`${path.padEnd(PATH_WIDTH)} ${String(bytes).padStart(10)}  ${sayRedactions(redactions)}`);
  for (const path of without) print(`${path.padEnd(PATH_WIDTH)} ${'-'.padStart(10)}  已去掉 left out`);
  for (const { collector, said } of problems) print(`未能收集 not collected: ${collector}：${said.zh} ${said.en}`);
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as { version: string };
  return version;
}

try {
  const work = COMMANDS[command];
  if (work === undefined) throw new BilingualError({ zh: `没有命令 ${command}`, en: `there is no command ${command}` });
  await work();
} catch (error) {
  const { zh, en } = saidOf(error);
  process.stderr.write(zh === en ? `${zh}\n` : `${zh}\n${en}\n`);
  process.exitCode = 1;
}
// A file system that does not answer any more would hold the process for ever.
if (process.exitCode === undefined || process.exitCode === 0) process.stdout.write('', () => process.exit());
else process.exit();
