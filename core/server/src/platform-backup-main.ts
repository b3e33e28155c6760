/** What `hospay backup` runs where no platform runs: looking at sets, proving them, making a box of one. Part of the composition root. */
import { readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { sayProof } from './backups/backup-desk.js';
import { readSetName } from './backups/set-name.js';
import { BilingualError, type Bilingual } from './domain/bilingual.js';
import { readSet } from './edges/backups/archive.js';
import { makeIdentityFile, readIdentities } from './edges/backups/age-keys.js';
import { proveFile, restoreSet, RESTORED_CONFIGURATION, sourceOf } from './platform-backup-restore.js';

const { values, positionals: [command = '', file = ''] } = parseArgs({
  allowPositionals: true,
  options: { identity: { type: 'string' }, into: { type: 'string' }, folder: { type: 'string' }, scratch: { type: 'string', default: tmpdir() }, comment: { type: 'string', default: 'Hospay backups' }, 'accept-problems': { type: 'boolean', default: false } },
});
const say = ({ zh, en }: Bilingual): void => { process.stdout.write(`${zh}\n${en}\n`); };
const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`;
const given = (name: 'identity' | 'into' | 'folder'): string => {
  const value = values[name];
  if (value === undefined) throw new BilingualError({ zh: `缺少 --${name}`, en: `--${name} is missing` });
  return value;
};
const identities = async (): Promise<readonly string[]> => (await readIdentities(resolve(given('identity')))).map(({ identity }) => identity);

const COMMANDS: Readonly<Record<string, () => Promise<void>>> = {
  list() {
    const folder = resolve(given('folder'));
    const sets = readdirSync(folder).flatMap((name) => { const read = readSetName(name); return read === undefined ? [] : [{ name, ...read }]; });
    for (const { name, hospital, stamp, recipients } of sets.toSorted((left, right) => (left.stamp < right.stamp ? 1 : -1))) {
      const at = stamp.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3 $4:$5:$6');
      process.stdout.write(`${at}  ${megabytes(statSync(join(folder, name)).size).padStart(10)}  ${hospital}  密钥 keys ${recipients.join(' ')}\n  ${name}\n`);
    }
    if (sets.length === 0) say({ zh: `${folder} 中没有备份`, en: `no set is in ${folder}` });
    return Promise.resolve();
  },
  async verify() {
    const { takenAt, hospital, version, journal, databases, files } = await readSet({ source: sourceOf(file), identities: await identities() });
    say({ zh: `完整：${hospital}，${takenAt}，平台 ${version}，数据库 ${String(databases.length)} 个，文件 ${String(files.length)} 个，末条凭证 ${String(journal.seq)}`, en: `whole: ${hospital}, ${takenAt}, platform ${version}, ${String(databases.length)} databases, ${String(files.length)} files, last journal ${String(journal.seq)}` });
  },
  async prove() {
    const { proof } = await proveFile({ file, identities: await identities(), scratch: values.scratch });
    say(sayProof(proof));
    for (const problem of proof.problems) say(problem);
    if (proof.problems.length > 0) process.exitCode = 1;
  },
  async restore() {
    const into = resolve(given('into'));
    const { manifest, proof } = await restoreSet({ file, identities: await identities(), into, now: new Date(), acceptsProblems: values['accept-problems'] });
    say(sayProof(proof));
    say({
      zh: `已恢复到 ${into}（${manifest.hospital}，备份时间 ${manifest.takenAt}，末条凭证 ${String(manifest.journal.seq)}）。\n配置文件在 ${join(into, RESTORED_CONFIGURATION)}，请与本机配置核对（当时方案 ${manifest.profile}）。\n平台启动后处于隔离状态：不收款、不退款、不联系任何系统，须两名管理员在“备份与系统”确认旧机器已停用。`,
      en: `Restored into ${into} (${manifest.hospital}, taken ${manifest.takenAt}, last journal ${String(manifest.journal.seq)}).\nThe configuration is in ${join(into, RESTORED_CONFIGURATION)}: compare it with the machine's own (profile ${manifest.profile}).\nThe platform starts fenced: no payment, no refund, no call to anybody, until two administrators confirm at the console that the old box is off.`,
    });
  },
  async 'make-key'() {
    const recipient = await makeIdentityFile(resolve(file), values.comment);
    say({ zh: `已生成备份密钥 ${basename(file)}：打印或拷贝后离线保管，平台上不留。公钥（写入配置 backups.recipients）：`, en: `Made ${basename(file)}: keep it where the box is not. Its recipient, for backups.recipients:` });
    process.stdout.write(`${recipient}\n`);
  },
};

try {
  const work = COMMANDS[command];
  if (work === undefined) throw new BilingualError({ zh: `没有命令 ${command}`, en: `there is no command ${command}` });
  await work();
} catch (error) {
  const said = error instanceof BilingualError ? error.said : { zh: error instanceof Error ? error.message : String(error), en: '' };
  process.stderr.write(`${said.zh}\n${said.en}\n`);
  process.exitCode = 1;
}
