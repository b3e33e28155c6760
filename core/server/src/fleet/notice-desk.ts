/** Notices to terminals (通知): to all, a kind, a group or one terminal, for a time. Kept by the platform; the broker only shows the newest signed list. */
import { ok, refused, type Outcome } from '../domain/errors.js';
import type { RandomSource } from '../domain/time.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import { audienceOf, EVERYBODY, TERMINAL_KINDS, type FleetPorts, type NewNotice, type Notice, type NoticeAnnouncements } from './ports.js';

export type NoticeDesk = NoticeAnnouncements & {
  list(): Promise<readonly Notice[]>;
  issue(notice: NewNotice, by: string): Promise<Outcome<Notice>>;
  withdraw(noticeId: string, act: { readonly by: string; readonly reason: string }): Promise<Outcome<Notice>>;
};

const LONGEST_MS = 366 * 24 * 60 * 60_000;
/** One screen's worth; more are no notices any more. */
const MOST_LIVE = 20;
const SHOWN = 200;
const ONE_TERMINAL = audienceOf('');

export type NoticeDeskPorts = FleetPorts & { readonly random: RandomSource; readonly isTerminal: (deviceId: string) => Promise<boolean> };

export function createNoticeDesk({ store, clock, random, audit, isTerminal }: NoticeDeskPorts): NoticeDesk {
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  return {
    list: () => store.listNotices({ limit: SHOWN }),
    async issue(given, by) {
      const now = clock.now();
      if (!(await isAudience(given.audience))) return refused('NO_SUCH_ITEM', { zh: '没有该终端类型、分组或终端', en: 'no such kind, group or terminal' });
      if (given.validUntil <= given.validFrom || given.validUntil <= now) return refused('NOTICE_TIME_WRONG', { zh: '结束时间须晚于现在和开始时间', en: 'validUntil: must be in the future and after validFrom' });
      if (given.validUntil.getTime() - now.getTime() > LONGEST_MS) return refused('NOTICE_TIME_WRONG', { zh: '结束时间最多在一年之内', en: 'validUntil: at most a year ahead' });
      if ((await store.liveNotices(now)).filter(({ audience }) => audience === given.audience).length >= MOST_LIVE) return refused('TOO_MANY_NOTICES', { zh: `同一范围最多 ${String(MOST_LIVE)} 条有效通知`, en: `at most ${String(MOST_LIVE)}` });
      const notice: Notice = { ...given, noticeId: `N${makeOpaqueId(random, 15)}`, createdAt: now, createdBy: by, withdrawnAt: undefined, withdrawnBy: undefined };
      await store.addNotice(notice);
      await audit.record({ who: by, what: 'terminalNotice.issue', object: `notice ${notice.noticeId}`, after: { audience: notice.audience, severity: notice.severity, zh: notice.zh, en: notice.en, validFrom: notice.validFrom, validUntil: notice.validUntil } });
      tell();
      return ok(notice);
    },
    async withdraw(noticeId, { by, reason }) {
      const withdrawn = await store.withdrawNotice(noticeId, { at: clock.now(), by });
      if (withdrawn === undefined) return refused('NO_SUCH_ITEM', { zh: '通知不存在，或已撤回', en: 'it is not there, or it was withdrawn' });
      await audit.record({ who: by, what: 'terminalNotice.withdraw', object: `notice ${noticeId}`, before: { audience: withdrawn.audience, zh: withdrawn.zh }, reason });
      tell();
      return ok(withdrawn);
    },
    async board() {
      const board = new Map<string, readonly Notice[]>([EVERYBODY, ...TERMINAL_KINDS, ...(await store.listGroups()).map(({ id }) => id)].map((audience) => [audience, []]));
      for (const notice of await store.liveNotices(clock.now())) if (board.has(notice.audience) || notice.audience.startsWith(ONE_TERMINAL)) board.set(notice.audience, [...(board.get(notice.audience) ?? []), notice]);
      return board;
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  async function isAudience(audience: string): Promise<boolean> {
    if (audience.startsWith(ONE_TERMINAL)) return isTerminal(audience.slice(ONE_TERMINAL.length));
    return audience === EVERYBODY || TERMINAL_KINDS.some((kind) => kind === audience) || (await store.listGroups()).some(({ id }) => id === audience);
  }
}
