import { satisfies } from 'semver';
import type { Bilingual } from '../domain/bilingual.js';
import type { PreflightCheck, UpdateBundle } from './ports.js';

const DAY_MS = 24 * 60 * 60_000;
const MEGABYTE = 1_048_576;
const PROVED_WITHIN_DAYS = 14;
const BACKED_UP_WITHIN_MS = 36 * 60 * 60_000;
/** What migrations and the first hours of a new version may write. */
const LEAST_FREE_MEGABYTES = 1_024;

export type PreflightFacts = {
  readonly bundle: UpdateBundle;
  readonly now: Date;
  readonly isTrying: boolean;
  readonly health: { readonly ok: boolean; readonly failing: readonly string[] };
  readonly freeBytes: number | undefined;
  readonly lastGoodBackupAt: Date | undefined;
  readonly lastProvedAt: Date | undefined;
  /** Plugins the hospital installed: those of the product come with the update. */
  readonly plugins: readonly { readonly id: string; readonly title: string; readonly version: string; readonly sdk: string }[];
  /** Payments and refunds somebody waits for. */
  readonly openMoney: number;
  readonly isWithinWindow: boolean;
  readonly window: string;
};

/** 更新前检查: everything that is known before a byte is written, each by name. */
export function preflight({ bundle, now, isTrying, health, freeBytes, lastGoodBackupAt, lastProvedAt, plugins, openMoney, isWithinWindow, window }: PreflightFacts): readonly PreflightCheck[] {
  const check = (name: PreflightCheck['check'], isGood: boolean, otherwise: 'look' | 'stop', good: Bilingual, bad: Bilingual, subject?: string): PreflightCheck => ({ check: name, ...(subject === undefined ? {} : { subject }), level: isGood ? 'good' : otherwise, said: isGood ? good : bad });
  const freeMegabytes = freeBytes === undefined ? undefined : Math.floor(freeBytes / MEGABYTE);
  const hoursSince = (at: Date | undefined): string => (at === undefined ? '—' : String(Math.floor((now.getTime() - at.getTime()) / 3_600_000)));
  return [
    check('trial', !isTrying, 'stop', { zh: '当前系统已确认', en: 'the running system is committed' }, { zh: '当前系统尚在试运行，等它确认或回退', en: 'the running system is still on trial: wait until it is committed or has gone back' }),
    check('health', health.ok, 'stop', { zh: '健康检查全部通过', en: 'every health check passes' }, { zh: `健康检查未通过：${health.failing.join('、')}`, en: `health checks fail: ${health.failing.join(', ')}` }),
    check('disk', freeMegabytes !== undefined && freeMegabytes >= LEAST_FREE_MEGABYTES, 'stop', { zh: `数据盘剩余 ${String(freeMegabytes)} MB`, en: `${String(freeMegabytes)} MB are free` }, { zh: `数据盘剩余 ${String(freeMegabytes ?? '—')} MB，少于 ${String(LEAST_FREE_MEGABYTES)} MB`, en: `${String(freeMegabytes ?? '—')} MB are free, ${String(LEAST_FREE_MEGABYTES)} MB are needed` }),
    check('backup', lastGoodBackupAt !== undefined && now.getTime() - lastGoodBackupAt.getTime() <= BACKED_UP_WITHIN_MS, 'stop', { zh: `${hoursSince(lastGoodBackupAt)} 小时前有完好备份`, en: `a good backup was taken ${hoursSince(lastGoodBackupAt)} hours ago` }, { zh: '36 小时内没有完好的备份，请先备份', en: 'there is no good backup of the last 36 hours: take one first' }),
    check('proof', lastProvedAt !== undefined && now.getTime() - lastProvedAt.getTime() <= PROVED_WITHIN_DAYS * DAY_MS, 'stop', { zh: `${hoursSince(lastProvedAt)} 小时前恢复演练成功`, en: `a restore was proved ${hoursSince(lastProvedAt)} hours ago` }, { zh: `${String(PROVED_WITHIN_DAYS)} 天内没有成功的恢复演练，请先演练`, en: `no restore was proved within ${String(PROVED_WITHIN_DAYS)} days: prove one first` }),
    ...plugins.map(({ id, title, version, sdk }) => check('plugin', satisfies(bundle.sdk, sdk), 'stop', { zh: `插件 ${title}（${id} ${version}）兼容`, en: `plugin ${title} (${id} ${version}) fits` }, { zh: `插件 ${title}（${id} ${version}）要求接口 ${sdk}，更新后为 ${bundle.sdk}：请先向厂商取得新版`, en: `plugin ${title} (${id} ${version}) asks for the interface ${sdk}, the update brings ${bundle.sdk}: get a newer version from its vendor first` }, id)),
    check('openMoney', openMoney === 0, 'look', { zh: '没有在途的付款或退款', en: 'no payment or refund is under way' }, { zh: `有 ${String(openMoney)} 笔付款或退款在途；重启期间不能收款，重启后继续查询到有结果`, en: `${String(openMoney)} payments or refunds are under way; none is taken during the restart, and each is asked about until it ends` }),
    check('window', isWithinWindow, 'look', { zh: `在更新时段 ${window} 内`, en: `within the window ${window}` }, { zh: `不在更新时段 ${window}：可等时段开始时重启，或确认立即重启`, en: `outside the window ${window}: the restart waits for it, or is asked for at once` }),
  ];
}

/** `22:00` to `05:30` passes midnight. @param minutes of the day in the hospital's time */
export function isInWindow(minutes: number, { from, to }: { readonly from: string; readonly to: string }): boolean {
  const [start, end] = [minutesOf(from), minutesOf(to)];
  return start <= end ? minutes >= start && minutes < end : minutes >= start || minutes < end;
}

/** Until the window opens; 0 inside. */
export function minutesUntilWindow(minutes: number, window: { readonly from: string; readonly to: string }): number {
  return isInWindow(minutes, window) ? 0 : (minutesOf(window.from) - minutes + 1_440) % 1_440;
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
