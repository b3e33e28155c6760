import { BilingualError, inOneLine, saidOf, type Bilingual } from '../domain/bilingual.js';
import { ok, refused, type Outcome } from '../domain/errors.js';
import type { WorkHear } from '../running-work/ports.js';
import { readIncrementName } from './increment-name.js';
import { whichToRemove } from './keep-rules.js';
import type { BackupDesk, BackupHealth, BackupPorts, BackupSet, BackupStep, BackupTarget, CopyOfSet, ProofOfSet, StreamMark } from './ports.js';
import { makeSetName, readSetName, showMoment } from './set-name.js';

const LOOK_EVERY_MS = 500;
/** A folder is cleaned in less; a start waits for no server. */
const CLEANED_WITHIN_MS = 2_000;
/** Behind so many of the newest good sets increments stay. */
const SETS_WITH_INCREMENTS = 2;
/** More than two years of nights. */
const MOST_SETS = 1_000;
/** Shares of a whole run: most of the time goes into packing. */
const SPANS: Readonly<Record<BackupStep, readonly [from: number, to: number]>> = { databases: [0, 2_000], files: [2_000, 7_000], verify: [7_000, 10_000], extract: [0, 5_000], prove: [5_000, 10_000] };

const FENCED_OFF = { kind: 'unusable', said: { zh: '本机处于隔离状态，不连接备份服务器', en: 'this box is fenced and asks no server of backups' } } as const;

/** 备份 of one hospital. One thing at a time: a set is taken, or one is proved. */
export function createBackupDesk(ports: BackupPorts): BackupDesk {
  const { rows, worker, targets, recipients, fence, keep, clock, timers, log } = ports;
  let busy = false;
  let latest: BackupHealth | undefined;
  /** What is still being taken away may bear the name of nothing that is written meanwhile. */
  let cleaned: Promise<unknown> = Promise.resolve();
  const alone = async <Value>(work: () => Promise<Outcome<Value>>): Promise<Outcome<Value>> => {
    if (busy) return refused('CONFLICT', { zh: '正在备份或恢复演练', en: 'a backup or a proof is running' });
    busy = true;
    try {
      return await work();
    } finally {
      busy = false;
      await health().catch(() => undefined);
    }
  };
  const health = async (): Promise<BackupHealth> => (latest = healthOf(ports, await rows.list(MOST_SETS)));
  const mustFind = async (name: string): Promise<BackupSet> => {
    const set = await rows.find(name);
    if (set === undefined) throw new Error(`the row of ${name} is gone`);
    return set;
  };

  return {
    recipients, keep, fence,
    take: ({ by, hear }) => (fence === undefined ? alone(async () => {
      await cleaned;
      const takenAt = clock.now();
      const name = makeSetName({ hospital: ports.hospitalId, takenAt, recipients: recipients.map(({ recipient }) => recipient) });
      // Pressed twice within a second, across a restart.
      if ((await rows.find(name)) !== undefined) return refused('CONFLICT', { zh: '同一秒的备份集已存在，请稍后再试', en: 'a set of this second is there already' });
      await rows.begin({ name, by, at: takenAt });
      let follows: StreamMark | undefined;
      try {
        follows = await ports.continuous()?.mark();
        await heard(ports, hear, () => takeAndVerify(ports, { name, takenAt, follows }));
      } catch (error) {
        if (!(error instanceof BilingualError)) log.error('the backup failed', { set: name, error });
        await rows.change(name, { state: 'failed', endedAt: clock.now(), problem: saidOf(error) });
      }
      const set = await mustFind(name);
      await ports.audit.record({ who: by, what: 'backup.take', object: `backup ${name}`, after: { state: set.state, bytes: set.bytes, files: set.files, journal: set.journalSeq, copies: set.copies.map(({ target, problem }) => `${target}${problem === undefined ? '' : ` (${problem.en})`}`) }, ...(set.problem === undefined ? {} : { reason: set.problem.en }) });
      if (set.state === 'good' && follows !== undefined) ports.continuous()?.follow(set, follows);
      if (set.state === 'good') await keepTo(ports);
      return ok(set);
    }) : Promise.resolve(refused('CONFLICT', { zh: '隔离中的主机不备份：原主机的备份集保持原样', en: 'a fenced box takes no backup: the sets of the old one stay as they are' }))),

    prove: ({ by, name, hear }) => alone(async () => {
      const known = await rows.list(MOST_SETS);
      const set = known.find((one) => (name === undefined ? one.state === 'good' : one.name === name));
      const reached = new Set(targets.filter(({ protocol }) => fence === undefined || protocol === 'folder').map(({ id }) => id));
      const copy = set?.copies.find(({ target, verifiedAt, problem }) => verifiedAt !== undefined && problem === undefined && reached.has(target));
      if (set === undefined || copy === undefined) return refused('NO_SUCH_ITEM', { zh: '没有已校验的备份集', en: 'there is no verified set' });
      try {
        const proof = await heard(ports, hear, () => worker.prove({ name: set.name, target: copy.target }));
        const said = sayProof(proof);
        await rows.change(set.name, proof.problems.length === 0 ? { provedAt: clock.now(), proof: said, proofFailedAt: undefined } : { proofFailedAt: clock.now(), proof: said });
      } catch (error) {
        if (!(error instanceof BilingualError)) log.error('the proof of a backup failed', { set: set.name, error });
        await rows.change(set.name, { proofFailedAt: clock.now(), proof: saidOf(error) });
      }
      const proved = await mustFind(set.name);
      await ports.audit.record({ who: by, what: 'backup.prove', object: `backup ${set.name}`, after: { isProved: proved.proofFailedAt === undefined, found: proved.proof?.en } });
      return ok(proved);
    }),

    list: () => rows.list(MOST_SETS),
    health,
    provedAt: () => latest?.lastProvedAt,
    continuous: async () => ports.continuous()?.state(await rows.list(MOST_SETS)),
    cleaned: () => cleaned,
    // A fenced box speaks to no server: the old one may be speaking to it.
    targets: () => Promise.all(targets.map(async (target) => ({ id: target.id, protocol: target.protocol, place: target.place, ...(fence !== undefined && target.protocol !== 'folder' ? FENCED_OFF : await target.state()) }))),
    async start() {
      for (const { name, state } of await rows.list(MOST_SETS)) {
        if (state === 'running') await rows.change(name, { state: 'failed', endedAt: clock.now(), problem: { zh: '平台在备份过程中停止', en: 'The platform stopped while it was taken' } });
      }
      await health();
      // A box that may be a copy of one that still runs touches nothing of it: what is being written there may be the other's.
      if (fence !== undefined) return;
      cleaned = Promise.all(targets.map((target) => target.clean().catch((error: unknown) => { log.warn('a backup target could not be cleaned', { target: target.id, error }); })));
      await new Promise<void>((go) => {
        const late = timers.after(CLEANED_WITHIN_MS, go);
        void cleaned.then(() => { late.cancel(); go(); });
      });
    },
  };
}

async function takeAndVerify({ worker, rows, clock }: BackupPorts, { name, takenAt, follows }: { readonly name: string; readonly takenAt: Date; readonly follows: StreamMark | undefined }): Promise<void> {
  const taken = await worker.take({ name, takenAt: takenAt.toISOString(), follows });
  const copies: CopyOfSet[] = [];
  for (const { target, problem } of taken.copies) {
    if (problem !== undefined) {
      copies.push({ target, problem });
      continue;
    }
    try {
      await worker.verify({ name, target });
      copies.push({ target, verifiedAt: clock.now().toISOString() });
    } catch (error) {
      copies.push({ target, problem: saidOf(error) });
    }
  }
  const isGood = copies.some(({ verifiedAt }) => verifiedAt !== undefined);
  const problems = copies.flatMap(({ target, problem }) => (problem === undefined ? [] : [{ zh: `${target}：${problem.zh}`, en: `${target}: ${problem.en}` }]));
  await rows.change(name, {
    state: isGood ? 'good' : 'failed', endedAt: clock.now(), bytes: taken.bytes, sha256: taken.sha256, files: taken.manifest.files, journalSeq: taken.manifest.journal.seq, copies, problem: problems.length === 0 ? undefined : inOneLine(problems),
  });
}

/** Old sets go once a newer one was read back; a target that cannot be read keeps all it has. */
async function keepTo({ rows, targets, keep, hospitalId, streams, clock, log, audit }: BackupPorts): Promise<void> {
  // What has no row here was made by another box, or since the set this one was restored from: it is nobody's to remove.
  const known = new Map((await rows.list(MOST_SETS)).map((set) => [set.name, set]));
  for (const target of targets) {
    try {
      const sets = (await target.list()).flatMap(({ name }) => {
        const set = known.get(name);
        const copy = set?.copies.find((one) => one.target === target.id);
        return set === undefined || copy === undefined ? [] : [{ name, isVerified: copy.verifiedAt !== undefined && copy.problem === undefined, isProved: set.provedAt !== undefined && set.proofFailedAt === undefined }];
      });
      for (const name of whichToRemove(sets, hospitalId, keep)) {
        await target.remove(name);
        const set = known.get(name);
        if (set === undefined) continue;
        const copies = set.copies.filter((one) => one.target !== target.id);
        const changed: BackupSet = { ...set, copies, state: copies.length === 0 ? 'removed' : set.state };
        known.set(name, changed);
        await rows.change(name, { copies, state: changed.state });
        await audit.record({ who: 'system', what: 'backup.remove', object: `backup ${name}`, after: { target: target.id, at: clock.now().toISOString() }, reason: 'keep rules' });
      }
      await removeIncrements(target, [...known.values()], streams());
    } catch (error) {
      log.warn('old backups were not removed', { target: target.id, error });
    }
  }
}

/** Nights stay as sets; minutes stay behind the newest two good ones, in case the newest does not open. Only of runs of this very box. */
async function removeIncrements(target: BackupTarget, sets: readonly BackupSet[], streams: ReadonlySet<string>): Promise<void> {
  const oldest = sets.filter(({ state, copies }) => state === 'good' && copies.some((copy) => copy.target === target.id && copy.verifiedAt !== undefined && copy.problem === undefined)).map(({ name }) => readSetName(name)?.stamp ?? '').toSorted().at(-SETS_WITH_INCREMENTS);
  if (oldest === undefined) return;
  for (const { name } of await target.increments()) {
    const read = readIncrementName(name);
    if (read !== undefined && streams.has(read.stream) && read.stamp < oldest) await target.remove(name);
  }
}

/** Tells whoever began it how far it is, and passes on that he wants it to stop. */
async function heard<Value>({ worker, timers }: BackupPorts, hear: WorkHear | undefined, work: () => Promise<Value>): Promise<Value> {
  if (hear === undefined) return work();
  let isOver = false;
  const look = async (): Promise<void> => {
    if (isOver) return;
    const now = await worker.progress().catch(() => undefined);
    if (now !== undefined) {
      const [from, to] = SPANS[now.step];
      hear.step({ share: Math.round(from + ((to - from) * now.share) / 10_000), step: now.step });
    }
    if (hear.isCancelled()) await worker.cancel().catch(() => undefined);
    timers.after(LOOK_EVERY_MS, () => void look());
  };
  timers.after(LOOK_EVERY_MS, () => void look());
  try {
    return await work();
  } finally {
    isOver = true;
  }
}

function healthOf({ targets, recipients, continuous }: BackupPorts, sets: readonly BackupSet[]): BackupHealth {
  const newest = (dates: readonly (Date | undefined)[]): Date | undefined => dates.reduce((late, date) => (date !== undefined && (late === undefined || date > late) ? date : late), undefined);
  return {
    lastGoodAt: newest(sets.filter(({ state }) => state === 'good').map(({ begunAt }) => begunAt)),
    lastProvedAt: newest(sets.map(({ provedAt }) => provedAt)),
    firstGoodAt: sets.filter(({ state }) => state === 'good').at(-1)?.begunAt,
    upTo: newest(continuous()?.state(sets).targets.map(({ upTo }) => upTo) ?? []),
    lastFailed: sets.find(({ state }) => state === 'good' || state === 'failed')?.problem !== undefined,
    isSetUp: targets.length > 0 && recipients.some(({ isOwn }) => !isOwn),
  };
}

export function sayProof(proof: ProofOfSet): Bilingual {
  const { increments } = proof;
  const said = [sayFound(proof)];
  if (increments !== undefined && increments.count > 0) said.push({ zh: `含增量 ${String(increments.count)} 个，数据截至 ${showMoment(increments.upTo)}`, en: `With ${String(increments.count)} increments, as of ${showMoment(increments.upTo)} (Beijing)` });
  if (increments?.missing !== undefined) said.push(increments.missing);
  return inOneLine(said);
}
function sayFound({ problems, journals, entries, orders, auditRows, secrets }: ProofOfSet): Bilingual {
  if (problems.length > 0) return { zh: `恢复演练发现 ${String(problems.length)} 处问题：${inOneLine(problems.slice(0, 3)).zh}`, en: `${String(problems.length)} problems in the restored set: ${inOneLine(problems.slice(0, 3)).en}` };
  return {
    zh: `已完整恢复并核对：凭证 ${String(journals)} 张、分录 ${String(entries)} 条、订单 ${String(orders)} 笔、审计记录 ${String(auditRows)} 条、加密值 ${String(secrets)} 个，无问题`,
    en: `Restored whole and compared: ${String(journals)} journals, ${String(entries)} entries, ${String(orders)} orders, ${String(auditRows)} audit rows, ${String(secrets)} sealed values, no problem`,
  };
}
