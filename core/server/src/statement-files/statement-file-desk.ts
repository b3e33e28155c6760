import { beijingDay, daysBefore } from '@hospay/plugin-sdk';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { makeStatementFiles } from './make-statement-files.js';
import type { OpenedFile, StatementFile, StatementFileDesk, StatementFilePorts } from './ports.js';

/** One question may ask for so many days. */
const MOST_DAYS = 92;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Statement files (对账文件): made one run after another, listed and opened. */
export function createStatementFileDesk(ports: StatementFilePorts): StatementFileDesk {
  const { files, folder, clock, policy, audit } = ports;
  let last: Promise<unknown> = Promise.resolve();
  const oldestKept = (): string => daysBefore(beijingDay(clock.now()), policy.keepDays);
  const opened = async (file: StatementFile): Promise<Outcome<OpenedFile>> => {
    const content = await folder.open(file);
    return content === undefined ? refused('NO_SUCH_ITEM', { zh: '该文件已超过保存期限', en: 'the file is no longer kept' }) : ok({ file, content });
  };
  return {
    makeDue() {
      const turn = last.then(() => makeStatementFiles(ports));
      last = turn.catch(() => undefined);
      return turn;
    },
    list({ from, to, ...of }) {
      if (!isRealDay(from) || !isRealDay(to) || from > to || (Date.parse(to) - Date.parse(from)) / DAY_MS >= MOST_DAYS) return refused('MALFORMED_REQUEST', { zh: `起止日期须为 yyyy-MM-dd，开始不晚于结束，最长 ${String(MOST_DAYS)} 天`, en: `query: from, to: calendar days yyyy-MM-dd, from not after to, at most ${String(MOST_DAYS)} days` });
      const oldest = oldestKept();
      return ok(files.list({ ...of, from: from < oldest ? oldest : from, to }));
    },
    async open({ scope, appId, day, version }) {
      if (!isRealDay(day)) return refused('MALFORMED_REQUEST', { zh: '日期须为 yyyy-MM-dd', en: 'path: day: must be a calendar day yyyy-MM-dd' });
      const newest = files.newest({ scope, appId, day });
      if (newest === undefined) return refused('STATEMENT_NOT_READY');
      const wanted = version === undefined || version === newest.version ? newest : files.list({ receiver: { scope, appId }, from: day, to: day }).find((file) => file.version === version);
      return wanted === undefined ? refused('NO_SUCH_ITEM', { zh: `${day} 的最新版本是第 ${String(newest.version)} 版`, en: `the newest version of ${day} is ${String(newest.version)}` }) : opened(wanted);
    },
    async openFor({ id, by }) {
      const file = files.find(id);
      if (file === undefined) return refused('NO_SUCH_ITEM');
      const found = await opened(file);
      if (found.kind === 'ok') await audit.record({ who: by, what: 'statementFile.download', object: file.fileName, after: { sha256: file.sha256 } });
      return found;
    },
  };
}

function isRealDay(day: string): boolean {
  const at = new Date(`${day}T00:00:00.000Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day);
}
