import { createHash } from 'node:crypto';
import { beijingDay, daysBefore } from '@hospay/plugin-sdk';
import { inOneLine, type Bilingual } from '../domain/bilingual.js';
import type { MoneyFact, Receiver, StatementFilePorts } from './ports.js';
import { statementWriter } from './write-statement-file.js';

/** A slice is read between two payments: a few milliseconds. */
const SLICE_FACTS = 100;
const SLICE_EVENTS = 500;

const HOSPITAL: Receiver = { scope: 'hospital', appId: '' };

/**
 * Makes the files that are missing (yesterday, and every day that ended since the last run) and those of days that have changed since they were last looked at (a late success, a refund whose bill day has passed, a
 * confirmation). A day of which all is as it was gets no new version: run again, this makes nothing. The mark moves last, so what was broken off is looked at again.
 */
export async function makeStatementFiles(ports: StatementFilePorts): Promise<Bilingual> {
  const { files, facts, clock, policy, folder } = ports;
  const today = beijingDay(clock.now());
  const yesterday = daysBefore(today);
  const oldest = daysBefore(today, policy.lookBackDays);
  const upTo = facts.newestEvent();
  const mark = files.mark();
  const changed = mark === undefined ? await daysWithMoney(ports, oldest, yesterday) : await changedDays(ports, mark.eventId, upTo);
  const missing = missingDays(mark?.at, yesterday, oldest);
  const days = new Set([...missing, ...changed].filter((day) => day <= yesterday && day >= oldest));
  const receivers: Receiver[] = [HOSPITAL, ...(await ports.receivers()).map((appId): Receiver => ({ scope: 'application', appId })), ...ports.merchants.map((appId): Receiver => ({ scope: 'merchant', appId }))];
  const told: Bilingual[] = [];
  let looked = 0;
  for (const day of [...days].toSorted()) {
    looked += 1;
    for (const { receiver, version } of await makeDay(ports, day, receivers, missing.includes(day))) told.push({ zh: `${day} ${receiver.appId === '' ? '全院' : receiver.appId} 第 ${String(version)} 版`, en: `${day} ${receiver.appId === '' ? 'hospital' : receiver.appId} version ${String(version)}` });
  }
  await files.moveMark(upTo, clock.now());
  const removed = await folder.removeBefore(daysBefore(today, policy.keepDays));
  const made = told.length === 0 ? { zh: '无变化', en: 'nothing has changed' } : { zh: `生成：${told.map(({ zh }) => zh).join('、')}`, en: `made: ${told.map(({ en }) => en).join(', ')}` };
  return inOneLine([{ zh: `检查 ${String(looked)} 天`, en: `${String(looked)} days looked at` }, made, ...(removed === 0 ? [] : [{ zh: `清理 ${String(removed)} 天的文件`, en: `files of ${String(removed)} days removed` }])]);
}

/** Every day that has ended since a run came to its end: a platform that was off for a week makes seven. At the very first run yesterday, beside the days that have money. */
function missingDays(lastRunAt: string | undefined, yesterday: string, oldest: string): string[] {
  const days = [yesterday];
  if (lastRunAt === undefined) return days;
  const first = beijingDay(lastRunAt);
  for (let day = daysBefore(yesterday); day >= first && day >= oldest; day = daysBefore(day)) days.push(day);
  return days;
}

async function changedDays({ facts, breathe }: StatementFilePorts, mark: number, upTo: number): Promise<Set<string>> {
  const found = new Set<string>();
  for (let after = mark; after < upTo; after += SLICE_EVENTS) {
    for (const day of facts.changedDays({ after, upTo: Math.min(after + SLICE_EVENTS, upTo) })) found.add(day);
    await breathe();
  }
  return found;
}

/** At the first run: a history of years is not read through for the days a file is still made of. */
async function daysWithMoney({ facts, breathe }: StatementFilePorts, oldest: string, yesterday: string): Promise<string[]> {
  const found: string[] = [];
  for (let day = yesterday; day >= oldest; day = daysBefore(day)) {
    if (facts.payments({ day, after: '', limit: 1 }).length > 0 || facts.refunds({ day }).length > 0) found.push(day);
    await breathe();
  }
  return found;
}

type Writing = { readonly receiver: Receiver; readonly version: number; readonly put: (facts: readonly MoneyFact[]) => Promise<void>; readonly end: () => Promise<boolean>; readonly drop: () => Promise<void> };

/** One look at the day writes the files of all receivers: of a missing day everybody's, empty ones too, so that "not yet" and "nothing" are told apart; of a day made before theirs who have something in it. */
async function makeDay(ports: StatementFilePorts, day: string, receivers: readonly Receiver[], isMissing: boolean): Promise<readonly Writing[]> {
  const writings: Writing[] = [];
  try {
    for (const receiver of receivers) writings.push(await beginFile(ports, day, receiver, isMissing));
    const put = async (facts: readonly MoneyFact[]): Promise<void> => {
      for (const writing of writings) {
        await writing.put(facts.filter((fact) => isFor(writing.receiver, fact)));
      }
      await ports.breathe();
    };
    let after = '';
    for (;;) {
      const slice = ports.facts.payments({ day, after, limit: SLICE_FACTS });
      await put(slice);
      after = slice.at(-1)?.paymentNo ?? '';
      if (slice.length < SLICE_FACTS) break;
    }
    await put(ports.facts.refunds({ day }));
    const made: Writing[] = [];
    for (const writing of writings) if (await writing.end()) made.push(writing);
    return made;
  } catch (error) {
    for (const writing of writings) await writing.drop();
    throw error;
  }
}

function isFor({ scope, appId }: Receiver, { ownerKind, ownerId, merchantNo }: MoneyFact): boolean {
  if (scope === 'hospital') return true;
  return scope === 'merchant' ? merchantNo === appId : ownerKind === 'application' && ownerId === appId;
}

async function beginFile({ hospital, files, folder, clock, policy }: StatementFilePorts, day: string, receiver: Receiver, isMissing: boolean): Promise<Writing> {
  const newest = files.newest({ ...receiver, day });
  const version = (newest?.version ?? 0) + 1;
  const madeAt = clock.now();
  const writer = statementWriter({ ...receiver, hospitalId: hospital.id, day, version, madeAt });
  const file = await folder.begin();
  await file.write(writer.head());
  let facts = 0;
  return {
    receiver, version,
    async put(some) {
      facts += some.length;
      if (some.length > 0) await file.write(writer.rows(some));
    },
    async end() {
      const { text, totals } = writer.foot();
      const isWanted = newest === undefined ? facts > 0 || isMissing || receiver.scope === 'hospital' : newest.bodySha256 !== totals.bodySha256;
      if (!isWanted) {
        await file.discard();
        return false;
      }
      await file.write(text);
      const fileName = `hospay-${nameOf(receiver)}-${day}-v${String(version)}.csv`;
      // First the file, whole and on the disk, then the row that says so: what was broken off between is written over by the next run.
      const kept = await file.keep({ day, fileName });
      const push = policy.push.find(({ application, scope }) => (receiver.scope === 'hospital' ? scope === 'hospital' : receiver.scope === 'application' && scope === undefined && application === receiver.appId));
      await files.add({ ...receiver, day, version, ...totals, fileName, ...kept, madeAt: madeAt.toISOString() }, push);
      return true;
    },
    drop: () => file.discard(),
  };
}

/** A merchant number may be any text; where it would make no file name its hash does, behind a mark no plain one begins with. */
function nameOf({ scope, appId }: Receiver): string {
  if (scope === 'hospital') return 'hospital';
  return `${scope}-${scope === 'application' || /^[0-9A-Za-z-]+$/.test(appId) ? appId : `_${createHash('sha256').update(appId).digest('hex').slice(0, 32)}`}`;
}
