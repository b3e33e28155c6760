/** What monitoring (监控) measures: every measure (测点), once. A measure with a subject has one value for each channel, topic or task. */
import { assertNever } from './assert-never.js';

export const MEASURE_GROUPS = ['transactions', 'flows', 'database', 'queue', 'terminals', 'his', 'channels', 'host'] as const;
export type MeasureGroup = (typeof MEASURE_GROUPS)[number];

/** `flag`: 1 is wrong, 0 is well. Money is never a measure. */
export type MeasureUnit = 'count' | 'flag' | 'seconds' | 'milliseconds' | 'percent' | 'megabytes';

export type Measure = {
  readonly id: string;
  readonly group: MeasureGroup;
  readonly unit: MeasureUnit;
  readonly zh: string;
  readonly en: string;
};

export const MEASURES = [
  { id: 'paymentsUnknown', group: 'transactions', unit: 'count', zh: '结果未知的支付笔数', en: 'payments without a definite answer' },
  { id: 'paymentUnknownAge', group: 'transactions', unit: 'seconds', zh: '结果未知支付的最长追问时间', en: 'how long the oldest payment without a definite answer has been asked about' },
  { id: 'confirmationAge', group: 'transactions', unit: 'seconds', zh: '已收款未入账的最长时间', en: 'how long the oldest paid order waits for the booking of the HIS' },
  { id: 'payoutsUnknown', group: 'transactions', unit: 'count', zh: '结果未知的付款笔数', en: 'payouts without a definite answer' },
  { id: 'casesUrgent', group: 'transactions', unit: 'count', zh: '未结紧急差错单', en: 'open urgent cases' },
  { id: 'casesOverdue', group: 'transactions', unit: 'count', zh: '超期未结差错单', en: 'open cases past their due time' },
  { id: 'runningDifferences', group: 'transactions', unit: 'count', zh: '日间对账持续存在的差异', en: 'differences of the day that is not over which stand in two runs on end' },
  { id: 'callbacksUndelivered', group: 'flows', unit: 'count', zh: '多次未送达的应用通知', en: 'notifications to applications that were tried often' },
  { id: 'hisNoticesOpen', group: 'flows', unit: 'count', zh: '未办理的医院推送', en: 'notices of the HIS that are not carried out' },
  { id: 'approvalWaiting', group: 'flows', unit: 'seconds', zh: '待审批的最长等待时间', en: 'how long the oldest proposal of a kind waits for the approval of another person' },
  { id: 'taskFailed', group: 'flows', unit: 'flag', zh: '任务上次运行失败', en: 'the last run of a task failed' },
  { id: 'credentialsUrgent', group: 'flows', unit: 'count', zh: '证书与密钥紧急告警', en: 'urgent alarms about keys and certificates' },
  { id: 'credentialsSoon', group: 'flows', unit: 'count', zh: '证书与密钥重要告警', en: 'important alarms about keys and certificates' },
  { id: 'safeMode', group: 'database', unit: 'flag', zh: '安全模式', en: 'safe mode' },
  { id: 'commitMilliseconds', group: 'database', unit: 'milliseconds', zh: '资金库提交最慢耗时（一分钟内）', en: 'slowest commit of the money store within a minute' },
  { id: 'moneyFileMegabytes', group: 'database', unit: 'megabytes', zh: '资金库文件大小', en: 'size of the money database' },
  { id: 'walMegabytes', group: 'database', unit: 'megabytes', zh: '资金库预写日志大小', en: 'size of the write-ahead log of the money database' },
  { id: 'backupAge', group: 'database', unit: 'seconds', zh: '距上次成功备份', en: 'how long ago the last good backup was taken' },
  { id: 'backupProofAge', group: 'database', unit: 'seconds', zh: '距上次恢复演练成功', en: 'how long ago a backup was last restored and found whole' },
  { id: 'backupLag', group: 'database', unit: 'seconds', zh: '连续备份落后', en: 'how far what the targets would give back is behind' },
  { id: 'backupFailed', group: 'database', unit: 'flag', zh: '上次备份失败或不完整', en: 'the last backup failed, or a target did not get it' },
  { id: 'backupNotSetUp', group: 'database', unit: 'flag', zh: '未配置备份位置或备份密钥', en: 'no target of backups, or nobody but the box can open one' },
  { id: 'queueOpen', group: 'queue', unit: 'count', zh: '消息队列待办总数', en: 'work open in the outbox' },
  { id: 'queueLate', group: 'queue', unit: 'seconds', zh: '到期未处理的最长时间', en: 'how long the oldest due work of a topic waits' },
  { id: 'brokerLine', group: 'terminals', unit: 'flag', zh: '与消息服务器断开', en: 'no connection to the broker' },
  { id: 'terminalsOffline', group: 'terminals', unit: 'count', zh: '离线终端数', en: 'active terminals that are off line' },
  { id: 'kiosksAway', group: 'terminals', unit: 'percent', zh: '应开机而离线的自助机比例', en: 'kiosks that are off line of those that should be on' },
  { id: 'terminalsCopied', group: 'terminals', unit: 'count', zh: '终端密钥告警', en: 'urgent alarms about keys of terminals' },
  { id: 'terminalClocksOff', group: 'terminals', unit: 'count', zh: '时钟偏差终端数', en: 'terminals whose clock is off' },
  { id: 'terminalFaults', group: 'terminals', unit: 'count', zh: '终端严重故障', en: 'critical faults terminals report' },
  { id: 'printFaults', group: 'terminals', unit: 'count', zh: '打印机故障', en: 'printers that report a fault' },
  { id: 'hisInactive', group: 'his', unit: 'flag', zh: '医院适配器未运行', en: 'the hospital adapter is not active' },
  { id: 'hisUnanswered', group: 'his', unit: 'percent', zh: '医院接口无应答比例（五分钟内）', en: 'calls to the HIS without an answer within five minutes' },
  { id: 'hisSlow', group: 'his', unit: 'milliseconds', zh: '医院接口平均耗时（五分钟内）', en: 'how long the HIS takes on average within five minutes' },
  { id: 'hisTurnedAway', group: 'his', unit: 'percent', zh: '因预算未发往医院的请求比例（五分钟内）', en: 'calls the budget of the HIS turned away within five minutes' },
  { id: 'hisWaiting', group: 'his', unit: 'count', zh: '等待发往医院的请求数', en: 'calls that wait for a place at the HIS' },
  { id: 'hisBreakerOpen', group: 'his', unit: 'flag', zh: '医院接口熔断', en: 'a breaker of the HIS is open' },
  { id: 'channelOut', group: 'channels', unit: 'flag', zh: '渠道被摘除', en: 'a channel is taken out of the routing' },
  { id: 'channelUnanswered', group: 'channels', unit: 'percent', zh: '渠道无应答比例（五分钟内）', en: 'calls to a channel without an answer within five minutes' },
  { id: 'relayLine', group: 'channels', unit: 'flag', zh: '与 DMZ 中继断开', en: 'no line to the DMZ relay' },
  { id: 'pluginFailed', group: 'channels', unit: 'flag', zh: '插件实例未运行', en: 'a plugin instance that should run does not' },
  { id: 'cpuPercent', group: 'host', unit: 'percent', zh: 'CPU 使用率', en: 'CPU in use' },
  { id: 'memoryAvailable', group: 'host', unit: 'megabytes', zh: '可用内存', en: 'memory available' },
  { id: 'processMemory', group: 'host', unit: 'megabytes', zh: '平台进程内存', en: 'memory of the platform process' },
  { id: 'eventLoopDelay', group: 'host', unit: 'milliseconds', zh: '事件循环延迟（P99）', en: 'delay of the event loop (p99)' },
  { id: 'diskFree', group: 'host', unit: 'megabytes', zh: '数据盘剩余空间', en: 'space left on the data disk' },
  { id: 'diskStep', group: 'host', unit: 'count', zh: '数据盘阶梯（0 充足、1 预警、2 清理、3 停收）', en: 'step of the data disk (0 ample, 1 scarce, 2 clearing, 3 refusing)' },
  { id: 'ballastReleased', group: 'host', unit: 'flag', zh: '压舱文件已释放', en: 'the ballast was let go' },
  { id: 'clockJump', group: 'host', unit: 'milliseconds', zh: '主机时钟跳变（十分钟内）', en: 'largest jump of the host clock within ten minutes' },
  { id: 'measuresMissing', group: 'host', unit: 'count', zh: '读不到的测点数', en: 'measures that cannot be read' },
  { id: 'alarmsUndelivered', group: 'host', unit: 'seconds', zh: '告警未送达的最长时间', en: 'how long the oldest alarm of a delivery channel waits' },
  { id: 'auditUnforwarded', group: 'host', unit: 'seconds', zh: '审计外送停滞时间', en: 'how long a collector has taken no audit events although there are some' },
] as const satisfies readonly Measure[];

export type MeasureId = (typeof MEASURES)[number]['id'];

export function measureOf(id: MeasureId): Measure {
  const measure = MEASURES.find((one) => one.id === id);
  if (measure === undefined) throw new Error(`no measure is called ${id}`);
  return measure;
}

/** One value of one measure. `subject` is empty where the measure has none; it is an id (channel, topic, task), never a person's. */
export type Reading = { readonly measure: MeasureId; readonly subject: string; readonly value: number };

/** A value with its unit, for people: `12 s`, `3 %`, `1024 MB`. A flag is said by the rule's own title. */
export function showReading(unit: MeasureUnit, value: number): string {
  const rounded = String(Math.abs(value) < 10 ? Math.round(value * 10) / 10 : Math.round(value));
  switch (unit) {
    case 'count': return rounded;
    case 'flag': return value > 0 ? '是' : '否';
    case 'seconds': return `${rounded} s`;
    case 'milliseconds': return `${rounded} ms`;
    case 'percent': return `${rounded} %`;
    case 'megabytes': return `${rounded} MB`;
    default: return assertNever(unit);
  }
}
