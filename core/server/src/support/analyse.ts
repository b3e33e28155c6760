/** The checks (诊断) of a support bundle: each says what it found and what to do next. Pure: it is told the facts and the time. */
import type { Bilingual } from '../domain/bilingual.js';
import type { SupportFacts, Verdict, VerdictLevel } from './ports.js';

type Found = { readonly level: VerdictLevel; readonly said: Bilingual; readonly next?: Bilingual };
type Check = { readonly check: string; /** Undefined: the facts are not there. */ find(facts: SupportFacts, now: Date): Found | undefined };

const DAY_MS = 86_400_000;
const PROOF_DAYS = 14;
const BACKUP_DAYS = 2;
const CERTIFICATE_DAYS = 30;
const UNKNOWN_PAYMENT_HOURS = 24;
const DISK_WARN_PERCENT = 85;
const DISK_FULL_PERCENT = 97;
const MANY_RESTARTS = 3;
const LEAST_MEMORY_SHARE = 0.05;
const FURTHEST_CLOCK_MS = 1_000;
const NOT_KNOWN: Bilingual = { zh: '未能获知', en: 'could not be found out' };

const fine = (zh: string, en: string): Found => ({ level: 'fine', said: { zh, en } });
const bad = (level: 'wrong' | 'attention', said: Bilingual, next: Bilingual): Found => ({ level, said, next });
const list = (parts: readonly string[]): string => parts.join('、');
const ageDays = (at: string, now: Date): number => (now.getTime() - Date.parse(at)) / DAY_MS;

const CHECKS: readonly Check[] = [
  {
    check: 'core',
    find: ({ coreRuns }) => coreRuns === undefined ? undefined : coreRuns ? fine('核心正在运行', 'the core runs') : bad('wrong', { zh: '核心没有运行', en: 'the core does not run' }, { zh: '先看 units.txt 与 logs/ 的最后几行；修复后启动服务 hospay', en: 'read units.txt and the last lines of logs/ first; then start the service hospay' }),
  },
  {
    check: 'configuration',
    find: ({ configuration }) => configuration === undefined ? undefined : configuration.isReadable ? fine('配置可以读取', 'the configuration can be read') : bad('wrong', { zh: '配置有错误，核心无法启动', en: 'the configuration is wrong: the core cannot start' }, { zh: '按 configuration.txt 中指出的键与文件改正', en: 'put right the key and file that configuration.txt names' }),
  },
  {
    check: 'disk',
    find({ disks }) {
      if (disks === undefined) return undefined;
      const used = disks.filter(({ totalBytes }) => totalBytes > 0).map(({ folder, totalBytes, freeBytes }) => ({ folder, percent: Math.floor(((totalBytes - freeBytes) / totalBytes) * 100) }));
      const [full, warn] = [used.filter(({ percent }) => percent >= DISK_FULL_PERCENT), used.filter(({ percent }) => percent >= DISK_WARN_PERCENT)];
      if (warn.length === 0) return fine('磁盘空间充足', 'there is room on the disks');
      const named = list(warn.map(({ folder, percent }) => `${folder} ${String(percent)}%`));
      return bad(full.length > 0 ? 'wrong' : 'attention', { zh: `磁盘将满：${named}`, en: `disks nearly full: ${named}` }, { zh: '清理旧的导出文件与备份，或扩大磁盘；97% 起停止新的收款', en: 'remove old exports and backups, or enlarge the disk; from 97 % on no new payment is taken' });
    },
  },
  {
    check: 'memory',
    find: ({ memory }) => memory === undefined ? undefined : memory.availableBytes / memory.totalBytes >= LEAST_MEMORY_SHARE ? fine('内存充足', 'there is memory') : bad('attention', { zh: '可用内存不足 5%', en: 'less than 5 % of the memory is available' }, { zh: '给虚拟机增加内存，或查看 machine.json 中谁占用最多', en: 'give the machine more memory' }),
  },
  {
    check: 'clock',
    find({ clock }) {
      if (clock === undefined) return undefined;
      if (!clock.isSynchronised) return bad('attention', { zh: '时钟未同步', en: 'the clock is not synchronised' }, { zh: '在“时间”设置中填写院内 NTP 服务器；时间偏差会使渠道拒绝签名', en: "name the hospital's time servers: a channel refuses signatures of a wrong time" });
      return Math.abs(clock.offsetMs ?? 0) > FURTHEST_CLOCK_MS ? bad('attention', { zh: '时钟偏差超过 1 秒', en: 'the clock is off by more than a second' }, { zh: '检查 NTP 服务器是否正确', en: 'check the time servers' }) : fine('时钟已同步', 'the clock is synchronised');
    },
  },
  {
    check: 'units',
    find({ units }) {
      if (units === undefined) return undefined;
      const [failed, again] = [units.filter(({ state }) => state === 'failed').map(({ unit }) => unit), units.filter(({ restarts }) => restarts >= MANY_RESTARTS).map(({ unit, restarts }) => `${unit}（${String(restarts)}）`)];
      if (failed.length + again.length === 0) return fine('服务正常', 'the units are well');
      return bad('wrong', { zh: `服务失败或反复重启：${list([...failed, ...again])}`, en: `units failed or were begun again and again: ${[...failed, ...again].join(', ')}` }, { zh: '看 journal.txt 中该服务停止前的最后几行', en: 'read its last lines in journal.txt before it ended' });
    },
  },
  {
    check: 'databases',
    find({ databases }) {
      if (databases === undefined) return undefined;
      const broken = databases.filter(({ state }) => state === 'damaged' || state === 'unreadable').map(({ file }) => file);
      if (broken.length > 0) return bad('wrong', { zh: `数据库损坏或无法读取：${list(broken)}`, en: `databases are damaged or cannot be read: ${broken.join(', ')}` }, { zh: '不要启动或删除任何文件；复制数据目录后，从最近演练成功的备份恢复', en: 'start and delete nothing; copy the data folder, then restore the newest set that was proved' });
      const open = databases.filter(({ state }) => state === 'unchecked').map(({ file }) => file);
      return open.length > 0 ? { level: 'unknown', said: { zh: `在时限内未查完：${list(open)}`, en: `not checked within the time: ${open.join(', ')}` } } : fine('数据库完整', 'the databases are whole');
    },
  },
  {
    check: 'witness',
    find({ witnesses }) {
      if (witnesses === undefined) return undefined;
      const wrong = witnesses.filter(({ state }) => state === 'differs' || state === 'shorter').map(({ chain }) => (chain === 'journal' ? { zh: '总账', en: 'ledger' } : { zh: '审计日志', en: 'audit log' }));
      if (wrong.length === 0) return fine('总账与审计日志同见证一致', 'ledger and audit log agree with their witnesses');
      const [zh, en] = [list(wrong.map((one) => one.zh)), wrong.map((one) => one.en).join(' and ')];
      return bad('wrong', { zh: `${zh}与见证不一致：已写入的内容可能丢失或被改动`, en: `${en} do not agree with the witness: what was written may be lost or altered` }, { zh: '不要删除见证文件；与最近的备份核对缺少的凭证，并联系厂商', en: 'do not remove the witness; compare with the newest set what is missing, and call the vendor' });
    },
  },
  {
    check: 'unknownPayments',
    find({ unknownSince }, now) {
      if (unknownSince === undefined) return undefined;
      const [oldest] = [unknownSince.payment, unknownSince.refund].filter((at) => at !== undefined).toSorted();
      if (oldest === undefined || ageDays(oldest, now) * 24 < UNKNOWN_PAYMENT_HOURS) return fine('没有长期不明的收款或退款', 'no payment or refund is unknown for long');
      return bad('wrong', { zh: `有收款或退款结果不明已超过一天（自 ${oldest}）`, en: `a payment or refund has been unknown for more than a day (since ${oldest})` }, { zh: '在“差错单”中处理；检查到该渠道的网络', en: 'see its case at the console; check the line to the channel' });
    },
  },
  {
    check: 'backups',
    find({ backups }, now) {
      if (backups === undefined) return undefined;
      if (backups.lastGoodAt === undefined) return bad('wrong', { zh: '还没有一份好的备份', en: 'there is no good backup' }, { zh: '在“备份与系统”设置备份位置并立即备份', en: 'set a target and take one at the console' });
      if (ageDays(backups.lastGoodAt, now) > BACKUP_DAYS) return bad('wrong', { zh: `最近的好备份在 ${backups.lastGoodAt}`, en: `the newest good backup is of ${backups.lastGoodAt}` }, { zh: '查看备份失败的原因', en: 'see why backups fail' });
      if (backups.lastProvedAt === undefined || ageDays(backups.lastProvedAt, now) > PROOF_DAYS) return bad('attention', { zh: '恢复演练已超过 14 天没有成功', en: 'no backup was proved for 14 days' }, { zh: '在“备份与系统”做一次恢复演练', en: 'prove one at the console' });
      return fine('备份正常，已演练', 'backups are good and proved');
    },
  },
  {
    check: 'certificates',
    find({ certificates }, now) {
      if (certificates === undefined) return undefined;
      const ending = certificates.filter(({ endsAt }) => -ageDays(endsAt, now) < CERTIFICATE_DAYS);
      if (ending.length === 0) return fine('30 天内没有证书到期', 'no certificate ends within 30 days');
      const named = list(ending.map(({ title, endsAt }) => `${title} ${endsAt.slice(0, 10)}`));
      return bad(ending.some(({ endsAt }) => ageDays(endsAt, now) > 0) ? 'wrong' : 'attention', { zh: `证书即将到期或已过期：${named}`, en: `certificates end or ended: ${named}` }, { zh: '在“密钥与证书”中轮换', en: 'rotate them at the console' });
    },
  },
  {
    check: 'alarms',
    find: ({ alarmsOpen }) => alarmsOpen === undefined ? undefined : alarmsOpen === 0 ? fine('没有未恢复的告警', 'no alarm is open') : bad('attention', { zh: `有 ${String(alarmsOpen)} 条告警未恢复`, en: `${String(alarmsOpen)} alarms are open` }, { zh: '见 alarms.json 与“监控”', en: 'see alarms.json and the monitoring page' }),
  },
];
const ORDER: readonly VerdictLevel[] = ['wrong', 'attention', 'unknown', 'fine'];

/** What is worst stands first. */
export function analyse(facts: SupportFacts, now: Date): readonly Verdict[] {
  return CHECKS.map(({ check, find }) => ({ check, ...(find(facts, now) ?? { level: 'unknown' as const, said: NOT_KNOWN }) })).toSorted((left, right) => ORDER.indexOf(left.level) - ORDER.indexOf(right.level));
}
