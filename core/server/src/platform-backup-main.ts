/** What `hospay backup` runs where no platform runs: looking at sets, proving them, making a box of one. Part of the composition root. */
import { createWriteStream, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { BackupTarget } from './backups/ports.js';
import { sayProof } from './backups/backup-desk.js';
import { readIncrementName } from './backups/increment-name.js';
import { readSetName, showMoment, showStamp } from './backups/set-name.js';
import { BilingualError, type Bilingual } from './domain/bilingual.js';
import { readSet } from './edges/backups/archive.js';
import { makeIdentityFile, readIdentities } from './edges/backups/age-keys.js';
import { openTarget } from './edges/backups/open-target.js';
import { proveFile, restoreSet, type HowFar, RESTORED_CONFIGURATION, sourceOf } from './platform-backup-restore.js';
import { readTargetFile } from './platform-backup-targets.js';

const { values, positionals: [command = '', file = ''] } = parseArgs({
  allowPositionals: true,
  options: { identity: { type: 'string' }, into: { type: 'string' }, folder: { type: 'string' }, server: { type: 'string' }, 'wait-seconds': { type: 'string', default: '0' }, scratch: { type: 'string', default: tmpdir() }, comment: { type: 'string', default: 'Hospay backups' }, 'accept-problems': { type: 'boolean', default: false }, until: { type: 'string' }, 'set-alone': { type: 'boolean', default: false } },
});
const ASK_EVERY_MS = 3_000;
const say = ({ zh, en }: Bilingual): void => { process.stdout.write(`${zh}\n${en}\n`); };
const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`;
const given = (name: 'identity' | 'into' | 'folder'): string => {
  const value = values[name];
  if (value === undefined) throw new BilingualError({ zh: `缺少 --${name}`, en: `--${name} is missing` });
  return value;
};
const identities = async (): Promise<readonly string[]> => (await readIdentities(resolve(given('identity')))).map(({ identity }) => identity);

/** Beijing time, as people read it off a till slip. */
const howFar = (): HowFar => {
  if (values.until === undefined) return { setAlone: values['set-alone'] };
  const [, date, time] = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)$/.exec(values.until) ?? [];
  const until = new Date(`${date ?? ''}T${time ?? ''}+08:00`);
  if (Number.isNaN(until.getTime())) throw new BilingualError({ zh: `--until 应为北京时间，如 "2026-11-29 07:40:00"`, en: '--until is Beijing time, as in "2026-11-29 07:40:00"' });
  return { until, setAlone: values['set-alone'] };
};

/** The server a file describes, once it answers: a machine that has just started may have no network yet. */
const server = async (): Promise<BackupTarget | undefined> => {
  if (values.server === undefined) return undefined;
  const target = openTarget(readTargetFile(values.server, process.env));
  for (const until = Date.now() + Number(values['wait-seconds']) * 1_000; (await target.state()).kind !== 'ready' && Date.now() < until;) await setTimeout(ASK_EVERY_MS);
  return target;
};

const COMMANDS: Readonly<Record<string, () => Promise<void>>> = {
  async list() {
    const target = await server();
    const folder = target?.place ?? resolve(given('folder'));
    const found = target === undefined ? readdirSync(folder).map((name) => ({ name, bytes: statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0 })) : await target.list();
    const sets = found.flatMap(({ name, bytes }) => { const read = readSetName(name); return read === undefined ? [] : [{ name, bytes, ...read }]; });
    for (const { name, bytes, hospital, stamp, recipients } of sets.toSorted((left, right) => (left.stamp < right.stamp ? 1 : -1))) {
      process.stdout.write(`${showStamp(stamp)}  ${megabytes(bytes).padStart(10)}  ${hospital}  密钥 keys ${recipients.join(' ')}\n  ${name}\n`);
    }
    const increments = (target === undefined ? readdirSync(folder) : (await target.increments()).map(({ name }) => name)).flatMap((name) => readIncrementName(name) ?? []);
    const newest = increments.map(({ stamp }) => stamp).toSorted().at(-1);
    if (newest !== undefined) say({ zh: `连续备份：增量 ${String(increments.length)} 个，最新 ${showStamp(newest)}`, en: `continuous backup: ${String(increments.length)} increments, the newest of ${showStamp(newest)}` });
    if (sets.length === 0) say({ zh: `${folder} 中没有备份`, en: `no set is in ${folder}` });
  },
  async fetch() {
    const [target, folder] = [await server(), resolve(given('into'))];
    if (target === undefined) throw new BilingualError({ zh: '缺少 --server', en: '--server is missing' });
    const lying = await target.all();
    const fetchOne = async (name: string): Promise<{ readonly whole: string; readonly bytes: number }> => {
      const [whole, bytes] = [join(folder, basename(name)), lying.find((one) => one.name === name)?.bytes];
      if (existsSync(whole)) throw new BilingualError({ zh: `${whole} 已存在`, en: `${whole} is there already` });
      try {
        await pipeline(await target.read(name), createWriteStream(`${whole}.part`, { mode: 0o600, flush: true }));
        const fetched = statSync(`${whole}.part`).size;
        if (fetched !== bytes) throw new BilingualError({ zh: `只取到 ${String(fetched)} 字节，应为 ${String(bytes ?? 0)} 字节`, en: `only ${String(fetched)} of ${String(bytes ?? 0)} bytes came` });
        renameSync(`${whole}.part`, whole);
        return { whole, bytes: fetched };
      } finally {
        rmSync(`${whole}.part`, { force: true });
      }
    };
    const { whole, bytes } = await fetchOne(file);
    // Which of them follow it is written in the set; those of before are none of them.
    const set = readSetName(file);
    const later = lying.filter(({ name }) => { const read = readIncrementName(name); return read !== undefined && read.hospital === set?.hospital && read.stamp >= set.stamp && !existsSync(join(folder, name)); });
    for (const { name } of later) await fetchOne(name);
    say({ zh: `已取回 ${whole}（${megabytes(bytes)}），其后的增量 ${String(later.length)} 个；用 verify 核对内容`, en: `fetched ${whole} (${megabytes(bytes)}) and ${String(later.length)} increments behind it; verify compares what is in it` });
  },
  async verify() {
    const { takenAt, hospital, version, journal, databases, files } = await readSet({ source: await sourceOf({ file, from: await server() }), identities: await identities() });
    say({ zh: `完整：${hospital}，${takenAt}，平台 ${version}，数据库 ${String(databases.length)} 个，文件 ${String(files.length)} 个，末条凭证 ${String(journal.seq)}`, en: `whole: ${hospital}, ${takenAt}, platform ${version}, ${String(databases.length)} databases, ${String(files.length)} files, last journal ${String(journal.seq)}` });
  },
  async prove() {
    const { proof } = await proveFile({ file, from: await server(), identities: await identities(), scratch: values.scratch, ...howFar() });
    say(sayProof(proof));
    for (const problem of proof.problems) say(problem);
    if (proof.problems.length > 0) process.exitCode = 1;
  },
  async restore() {
    const into = resolve(given('into'));
    const { manifest, proof } = await restoreSet({ file, from: await server(), identities: await identities(), into, now: new Date(), acceptsProblems: values['accept-problems'], ...howFar() });
    say(sayProof(proof));
    say({
      zh: `已恢复到 ${into}（${manifest.hospital}，数据截至北京时间 ${showMoment(manifest.takenAt)}，末条凭证 ${String(manifest.journal.seq)}）。\n配置文件在 ${join(into, RESTORED_CONFIGURATION)}，请与本机配置核对（当时方案 ${manifest.profile}）。\n平台启动后处于隔离状态：不收款、不退款、不联系任何系统，须两名管理员在“备份与系统”确认旧机器已停用。`,
      en: `Restored into ${into} (${manifest.hospital}, as of ${showMoment(manifest.takenAt)} Beijing time, last journal ${String(manifest.journal.seq)}).\nThe configuration is in ${join(into, RESTORED_CONFIGURATION)}: compare it with the machine's own (profile ${manifest.profile}).\nThe platform starts fenced: no payment, no refund, no call to anybody, until two administrators confirm at the console that the old box is off.`,
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
