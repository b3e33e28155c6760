/** Alarm rules (告警规则) as the platform ships them. Each names one measure, when it raises and clears, and what to do about it. Documents and the console are written from this list. */
import type { MeasureId } from './alarm-measures.js';

/** 1 urgent, 2 important, 3 to know, as cases have them. */
export type Severity = 1 | 2 | 3;

export type AlarmRule = {
  readonly id: string;
  readonly measure: MeasureId;
  readonly severity: Severity;
  /** Which side of the thresholds is wrong. */
  readonly wrong: 'above' | 'below';
  /** The value from which on it is wrong. */
  readonly raise: number;
  /** The value from which on it is well again; on the well side of `raise` or equal to it: what lies between changes nothing. */
  readonly clear: number;
  /** How long it must be wrong, and well, without a break. */
  readonly raiseAfterSeconds: number;
  readonly clearAfterSeconds: number;
  readonly zh: string;
  readonly en: string;
  readonly repairZh: string;
  readonly repairEn: string;
  /** The console page where it is repaired. */
  readonly page: string;
};

/** Thresholds of a rule: wrong and well value, seconds wrong, seconds well. */
type Limits = readonly [raise: number, clear: number, raiseAfterSeconds: number, clearAfterSeconds: number];
type Words = readonly [zh: string, en: string, repairZh: string, repairEn: string];
const rule = <Id extends string>(id: Id, measure: MeasureId, severity: Severity, wrong: AlarmRule['wrong'], [raise, clear, raiseAfterSeconds, clearAfterSeconds]: Limits, page: string, [zh, en, repairZh, repairEn]: Words) =>
  ({ id, measure, severity, wrong, raise, clear, raiseAfterSeconds, clearAfterSeconds, zh, en, repairZh, repairEn, page }) as const;

export const ALARM_RULES = [
  rule('payments-unknown-many', 'paymentsUnknown', 2, 'above', [20, 5, 60, 120], '/queue', [
    '结果未知的支付过多', 'Many payments without a definite answer',
    '先看哪个渠道无应答；不要让患者重复付款，平台会一直追问到有结果。渠道恢复后自动消除。', 'See which channel does not answer. Let no patient pay twice: the platform asks until there is an answer.',
  ]),
  rule('payment-unknown-old', 'paymentUnknownAge', 1, 'above', [1_800, 600, 0, 60], '/cases', [
    '有支付长时间结果未知', 'A payment has had no definite answer for long',
    '在差错单中找到该笔，到渠道商户平台查单核实；不要手工退款，由平台按查询结果入账或关闭。', 'Find it among the cases and look it up at the channel. Refund nothing by hand: the platform books or closes it by the answer.',
  ]),
  rule('confirmation-late', 'confirmationAge', 1, 'above', [180, 60, 0, 60], '/orders', [
    '已收款，医院长时间未入账', 'Paid, and not booked by the HIS for long',
    '检查 HIS 是否在线、接口账号是否可用；钱已收到，不要让患者再付。HIS 恢复后平台自动补入账。', 'Check that the HIS is on line and its account works. The money is here: let nobody pay again; the platform books it when the HIS is back.',
  ]),
  rule('payouts-unknown', 'payoutsUnknown', 2, 'above', [1, 0, 3_600, 60], '/payouts', [
    '有付款结果未知', 'A payout has no definite answer',
    '登录企业网银查该笔转账；不要重新发起。银行流水到达后平台自动定论。', 'Look the transfer up at the bank. Send nothing again: the statement decides.',
  ]),
  rule('cases-urgent', 'casesUrgent', 1, 'above', [1, 0, 60, 60], '/cases', ['有紧急差错单未结', 'Urgent cases are open', '打开差错单，领取后按单内提示处理。', 'Open the cases, take one and follow what it says.']),
  rule('cases-overdue', 'casesOverdue', 2, 'above', [1, 0, 300, 60], '/cases', ['差错单超期', 'Cases are past their due time', '在差错单页找到超期的单子，联系领取人或改由他人处理。', 'Find the late ones on the cases page and speak to whoever took them.']),
  rule('running-differences', 'runningDifferences', 2, 'above', [1, 0, 0, 0], '/reconciliation', [
    '日间对账差异连续两次存在', 'Differences of today stand in two checks on end',
    '打开对账页看日间（截至）一栏：已收款未入账的先查 HIS 接口，医院单边账与渠道否认的逐笔到对方核实；不要手工补账或退款，次日对账给出最终结论。', 'See the provisional rows on the reconciliation page. Paid and not booked: look at the interface of the HIS. Booked without money, or denied by the channel: look each up on the other side. Book and refund nothing by hand: the final run of tomorrow decides.',
  ]),
  rule('callbacks-undelivered', 'callbacksUndelivered', 2, 'above', [1, 0, 300, 60], '/queue', [
    '应用收不到支付结果通知', 'An application does not take its notifications',
    '检查该应用的回调地址能否访问、证书是否有效；修复后在消息队列点“立即处理”。', 'Check that its notify address answers and its certificate is valid; then press “do it now” in the queue.',
  ]),
  rule('his-notices-open', 'hisNoticesOpen', 2, 'above', [20, 5, 300, 120], '/his-notices', ['医院推送积压', 'Notices of the HIS pile up', '打开医院推送页，看最早的一条卡在哪里；多为渠道退款无应答。', 'Open the notices of the HIS and see where the oldest one is stuck: mostly a refund a channel does not answer.']),
  rule('approval-waiting', 'approvalWaiting', 3, 'above', [14_400, 10_800, 0, 0], '/approvals', [
    '有申请长时间待审批', 'A proposal has waited for its approval for long',
    '打开审批页，看是哪一类（changes 变更、payouts 付款、settlements 结算批次、refunds 退款）、由谁提出，请另一位有权限的人核对后批准或驳回；过期的申请作废，须重新提出。', 'See on the approvals page which kind it is and who proposed it, and have another person with the right approve or refuse it; past its time it is void and must be proposed again.',
  ]),
  rule('task-failed', 'taskFailed', 2, 'above', [1, 0, 0, 0], '/tasks', ['任务运行失败', 'A task failed', '打开任务页看该任务的失败原因，处理后点“立即运行”。', 'Read on the tasks page why it failed, put it right and run it again.']),
  rule('credentials-urgent', 'credentialsUrgent', 1, 'above', [1, 0, 0, 60], '/certificates', ['证书或密钥已失效或即将失效', 'A key or certificate is invalid or about to be', '打开证书与密钥页，按告警提示先做轮换演练，再更换。', 'Open the keys page, rehearse the rotation, then carry it out.']),
  rule('credentials-soon', 'credentialsSoon', 3, 'above', [1, 0, 0, 60], '/certificates', ['证书或密钥需要关注', 'A key or certificate needs attention', '打开证书与密钥页，安排更换时间。', 'Open the keys page and plan the rotation.']),
  rule('safe-mode', 'safeMode', 1, 'above', [1, 0, 0, 0], '/ledger', [
    '平台处于安全模式，不收款', 'Safe mode: nothing is written and no payment taken',
    '资金库与见证不一致或已损坏。不要删除任何文件；保留现场，用最近的备份在另一目录核对后再恢复。', 'The money store contradicts its witness or is damaged. Delete nothing; keep it as it is and restore the last backup beside it.',
  ]),
  rule('commit-slow', 'commitMilliseconds', 2, 'above', [500, 200, 60, 120], '/monitoring', ['资金库写入缓慢', 'Commits of the money store are slow', '检查磁盘是否有坏道、RAID 是否重建、是否有备份或杀毒软件在扫描数据目录。', 'Check the disk, the RAID, and whether a backup or a virus scanner reads the data folder.']),
  rule('money-file-large', 'moneyFileMegabytes', 3, 'above', [51_200, 49_152, 300, 300], '/monitoring', ['资金库文件过大', 'The money database is large', '核对磁盘剩余空间与备份时长，安排扩容。', 'Check the disk and how long backups take; plan more space.']),
  rule('wal-large', 'walMegabytes', 2, 'above', [512, 128, 300, 60], '/monitoring', ['预写日志不收缩', 'The write-ahead log does not shrink', '多为报表或备份长时间占用读连接；结束该导出，仍不收缩则择机重启平台。', 'Mostly a long export or backup that reads; end it, and if it stays restart the platform at a quiet time.']),
  rule('backup-old', 'backupAge', 1, 'above', [93_600, 90_000, 3_600, 60], '/system', [
    '超过 26 小时没有成功的备份', 'No good backup for more than 26 hours',
    '打开“备份与系统”看最近一次失败的原因：备份位置是否挂载、空间是否足够；处理后点“立即备份”。', 'See on the backups page why the last one failed: is the target mounted, has it room? Then take one now.',
  ]),
  rule('backup-unproved', 'backupProofAge', 2, 'above', [691_200, 604_800, 3_600, 60], '/system', [
    '超过 8 天没有成功的恢复演练', 'No backup was proved for more than eight days',
    '打开“备份与系统”点“恢复演练”；失败时按提示处理，没有演练成功的备份不能当作可以恢复。', 'Prove one on the backups page and do what it says: a backup nobody restored is not one.',
  ]),
  rule('backup-lag', 'backupLag', 2, 'above', [3_600, 900, 1_800, 60], '/system', [
    '连续备份落后超过 1 小时', 'Continuous backup is more than an hour behind',
    '打开“备份与系统”看各备份位置的“可恢复到”与原因：位置是否挂载、网络是否通；恢复后增量会自动补传。', 'See on the backups page how far each target goes and why: is it mounted, is the network there? What waits is sent by itself.',
  ]),
  rule('backup-failed', 'backupFailed', 2, 'above', [1, 0, 0, 0], '/system', ['上次备份失败或缺少一处', 'The last backup failed, or a target did not get it', '打开“备份与系统”看失败的位置与原因，处理后点“立即备份”。', 'See on the backups page which target failed and why, then take one now.']),
  rule('backup-not-set-up', 'backupNotSetUp', 2, 'above', [1, 0, 3_600, 60], '/system', [
    '未配置备份位置或备份密钥', 'Backups are not set up',
    '按《备份与恢复手册》配置至少一个备份位置和一把保管在平台之外的备份密钥；否则机器损坏时数据无法恢复。', 'Configure a target and a key that is kept away from the box, as the manual says: without them a broken box takes its data with it.',
  ]),
  rule('queue-deep', 'queueOpen', 2, 'above', [2_000, 500, 120, 120], '/queue', ['消息队列积压', 'The outbox piles up', '打开消息队列看哪类积压，先恢复对应的渠道或 HIS。', 'See in the queue which topic piles up, and bring its channel or the HIS back first.']),
  rule('queue-late', 'queueLate', 2, 'above', [120, 30, 60, 60], '/queue', ['到期消息未处理', 'Due work is not being done', '打开消息队列核对该主题；若处理中的数量长期不变，重启平台（不会丢失或重复）。', 'Look at the topic in the queue; if what runs never changes, restart the platform: nothing is lost or done twice.']),
  rule('broker-line-down', 'brokerLine', 1, 'above', [1, 0, 15, 10], '/terminals', ['与终端消息服务器断开', 'No connection to the broker of the terminals', '检查消息服务器进程、端口与防火墙；终端此时无法发起收款。', 'Check the broker, its port and the firewall: terminals cannot begin payments now.']),
  rule('terminals-offline', 'terminalsOffline', 3, 'above', [3, 1, 300, 120], '/terminals', ['多台终端离线', 'Several terminals are off line', '打开终端页看离线终端是否在同一院区或交换机；检查网络与电源。', 'See whether they share a campus or a switch; check network and power.']),
  rule('kiosks-away', 'kiosksAway', 2, 'above', [20, 10, 600, 120], '/terminals', ['开诊时间自助机离线过多', 'Too many kiosks are off line in opening hours', '先看是否同一院区、楼层或交换机断网断电；个别未开机的通知现场开机。不在开机时间内的，核对配置 terminals.openingHours。', 'See whether a campus, a floor or a switch is without network or power; have the others switched on. Where they need not be on, correct terminals.openingHours.']),
  rule('terminals-copied', 'terminalsCopied', 1, 'above', [1, 0, 0, 60], '/terminals', ['终端密钥疑似被复制', 'A key of a terminal seems to be copied', '打开终端页核对两处来源，确认后吊销并重新登记该终端。', 'Compare the two places on the terminals page, then revoke and enrol it again.']),
  rule('terminal-clocks-off', 'terminalClocksOff', 3, 'above', [1, 0, 120, 60], '/terminals', ['终端时钟偏差', 'Clocks of terminals are off', '在该终端上启用网络对时，指向院内时间服务器。', 'Turn on network time at the terminal, with the hospital’s time server.']),
  rule('terminal-faults', 'terminalFaults', 2, 'above', [1, 0, 60, 60], '/terminals', ['终端上报严重故障', 'Terminals report critical faults', '打开终端页看故障部件，通知现场处理或暂停该终端。', 'See the component on the terminals page and send somebody.']),
  rule('print-faults', 'printFaults', 3, 'above', [1, 0, 120, 60], '/terminals', ['打印机故障或缺纸', 'Printers are out of paper or at fault', '给该终端加纸或排除卡纸；凭条可在窗口补打。', 'Add paper or clear the jam; receipts can be printed again at a window.']),
  rule('his-inactive', 'hisInactive', 1, 'above', [1, 0, 15, 10], '/plugins', ['医院适配器未运行', 'The hospital adapter is not active', '打开插件页看未运行的原因，修正设置后重新启用。', 'Read on the plugins page why, correct the settings and start it again.']),
  rule('his-unanswered', 'hisUnanswered', 1, 'above', [30, 10, 60, 120], '/plugins', ['医院接口大量无应答', 'The HIS leaves many calls unanswered', '联系 HIS 值班：检查接口服务、数据库锁与网络；查询与入账会自动重试。', 'Call whoever keeps the HIS: interface, locks, network. Questions and bookings repeat by themselves.']),
  rule('his-slow', 'hisSlow', 2, 'above', [3_000, 1_500, 120, 120], '/plugins', ['医院接口缓慢', 'The HIS is slow', '联系 HIS 值班核对慢查询；高峰期可暂停非必要的查询业务。', 'Ask whoever keeps the HIS about slow statements; leave out questions that can wait.']),
  rule('his-turned-away', 'hisTurnedAway', 2, 'above', [10, 2, 60, 120], '/plugins', [
    '医院接口请求被预算拒绝', 'The budget of the HIS turns calls away',
    '医院接口处理不过来：联系 HIS 值班看慢在哪里；确认 HIS 能承受后，可在适配器设置 operations 中调大该类的 concurrency。入账不会丢，会自动补发。', 'The HIS cannot keep up: ask whoever keeps it what is slow. Where it can bear more, raise concurrency under operations in the settings of the adapter. No booking is lost; they repeat by themselves.',
  ]),
  rule('his-waiting', 'hisWaiting', 3, 'above', [20, 5, 60, 60], '/plugins', ['等待医院接口的请求堆积', 'Calls wait for the HIS', '多为 HIS 变慢的先兆：核对慢查询；高峰期先停用报告、价格等查询业务。', 'Mostly the HIS is about to be slow: look at its statements, and leave out reports and prices while it is busy.']),
  rule('his-breaker-open', 'hisBreakerOpen', 1, 'above', [1, 0, 15, 30], '/plugins', ['医院接口连续失败，已熔断', 'Calls to the HIS failed in a row: the breaker is open', '联系 HIS 值班检查接口服务与数据库；平台每隔几秒试一次，恢复后自动放行。bookings 熔断时患者仍可付款，入账会自动补发。', 'Call whoever keeps the HIS about its interface and database. One call is tried every few seconds and opens the way again; while bookings are stopped patients can pay, and bookings repeat by themselves.']),
  rule('channel-out', 'channelOut', 1, 'above', [1, 0, 10, 30], '/plugins', ['支付渠道无应答，已从路由摘除', 'A channel does not answer and is out of the routing', '检查外网线路与渠道状态公告；恢复应答后自动放回，在途支付继续追问。', 'Check the line out and the channel’s own news; it comes back by itself and open payments are asked about.']),
  rule('channel-unanswered', 'channelUnanswered', 2, 'above', [20, 5, 60, 120], '/plugins', ['渠道部分请求无应答', 'A channel leaves calls unanswered', '检查外网线路质量与渠道限流；可在路由中让其他渠道优先。', 'Check the line out and limits of the channel; another may be routed to first.']),
  rule('relay-line-down', 'relayLine', 2, 'above', [1, 0, 60, 10], '/monitoring', [
    '与 DMZ 中继断开', 'No line to the DMZ relay',
    '收款改由查询确认，会慢一些，钱不会错；患者手机付款页打不开，请引导到窗口或自助机。检查中继机器是否开机、本机到隧道端口的防火墙；原因见 /readyz 的 relay。恢复后自动重连。', 'Payments are found by queries meanwhile, later and none lost; the page of patients’ phones is closed: send them to a window or a kiosk. See whether the relay runs and the firewall lets this machine to its tunnel port; /readyz says the reason under relay. The line comes back by itself.',
  ]),
  rule('plugin-failed', 'pluginFailed', 2, 'above', [1, 0, 60, 30], '/plugins', ['插件未运行', 'A plugin does not run', '打开插件页看原因；升级后出现的可退回上一版本。', 'Read why on the plugins page; after an upgrade roll it back.']),
  rule('cpu-busy', 'cpuPercent', 2, 'above', [90, 70, 300, 120], '/monitoring', ['主机 CPU 持续繁忙', 'The CPU is busy for long', '查看主机上是否有其他程序占用；备份、导出安排到夜间。', 'See what else runs on the host; move backups and exports to the night.']),
  rule('memory-short', 'memoryAvailable', 2, 'below', [256, 512, 120, 120], '/monitoring', ['主机可用内存不足', 'Memory of the host runs short', '关闭主机上其他程序或扩充内存；平台被系统终止后会自动重启并继续。', 'End other programs or add memory; if the system ends the platform it starts again and goes on.']),
  rule('process-large', 'processMemory', 3, 'above', [1_536, 1_280, 600, 300], '/monitoring', ['平台进程占用内存过大', 'The platform process is large', '择机重启平台，并把日志交给厂商分析。', 'Restart it at a quiet time and send the log to the vendor.']),
  rule('event-loop-late', 'eventLoopDelay', 2, 'above', [500, 200, 60, 60], '/monitoring', ['平台响应迟滞', 'The platform answers late', '多为 CPU 不足或磁盘缓慢，同时查看这两项；持续出现时把日志交给厂商。', 'Mostly too little CPU or a slow disk; look at both, and send the log if it stays.']),
  rule('disk-scarce', 'diskStep', 2, 'above', [1, 0, 60, 60], '/system', ['数据盘空间不足', 'The data disk is filling up', '清理旧备份与导出文件，或扩容；不要删除资金库及其日志文件。', 'Remove old backups and exports or add space; never the money database and its log.']),
  rule('disk-clearing', 'diskStep', 2, 'above', [2, 1, 0, 60], '/system', ['数据盘紧张，正在清理旧日志与导出文件', 'The data disk is tight: old logs and exports are removed', '平台已自行清理；仍在增长时移走旧备份或扩容，到 97% 将停止收款。', 'The platform removed what it can spare. Where it goes on growing, move old backups away or add space: at 97 % payments are refused.']),
  rule('disk-full', 'diskStep', 1, 'above', [3, 2, 0, 30], '/system', ['数据盘将满，已停止收款', 'The data disk is nearly full: payments are refused', '立即腾出空间：先移走旧备份与导出文件；写不进去时在“备份与系统”释放压舱文件。查询、退款与通知照常；空间恢复后自动恢复收款。', 'Make room now: move old backups and exports away; where nothing can be written, let the ballast go on the system page. Queries, refunds and notifications go on; payments are taken again by themselves.']),
  rule('disk-last', 'diskFree', 1, 'below', [64, 256, 0, 30], '/system', ['数据盘即将写尽，退款也可能写不进去', 'The data disk is at its end: not even a refund may be written', '立即移走旧备份与导出文件；平台在最后时刻自行释放压舱文件，也可在服务器上执行 hospay disk release-ballast。', 'Move old backups and exports away now. The platform releases the ballast by itself at the last moment; hospay disk release-ballast does it on the machine.']),
  rule('ballast-released', 'ballastReleased', 1, 'above', [1, 0, 0, 30], '/system', ['压舱文件已释放，应尽快腾出空间', 'The ballast was let go: make room', '释放出的空间只供抢修：移走旧备份与导出文件或扩容，空间足够后平台自动重建压舱文件。', 'Its room is for the repair alone: move old backups and exports away or add space; the platform makes it again by itself when there is room.']),
  rule('clock-jumped', 'clockJump', 2, 'above', [2_000, 1_000, 0, 60], '/monitoring', ['主机时钟跳变', 'The clock of the host jumped', '检查主机对时服务（chrony/ntpd）与虚拟机挂起；对账与有效期都依赖准确时间。', 'Check time synchronisation and whether the machine was suspended: validity and days depend on it.']),
  rule('measures-missing', 'measuresMissing', 3, 'above', [1, 0, 300, 60], '/monitoring', ['部分测点读不到', 'Some measures cannot be read', '查看平台日志中的读取错误；读不到不等于正常，其告警保持原状。', 'Read the error in the log: what cannot be read is not well, and its alarms stay as they are.']),
  rule('alarms-undelivered', 'alarmsUndelivered', 2, 'above', [900, 60, 0, 0], '/monitoring', ['告警未能送达', 'Alarms are not delivered', '在监控页对该通道点“发送测试告警”，按提示检查邮件、回调或日志服务器。', 'Send a test alarm from the monitoring page and check the mail, webhook or log server by what it says.']),
  rule('audit-unforwarded', 'auditUnforwarded', 2, 'above', [900, 60, 0, 0], '/monitoring', [
    '审计日志未能外送', 'Audit events are not taken elsewhere',
    '在监控页“审计外送”看原因，检查日志服务器、端口、证书与防火墙；审计仍写在本机，恢复后自动从断点补送，不会漏也不影响收款。', 'See why on the monitoring page and check the collector, its port, certificates and the firewall. The log is kept here meanwhile and goes on from where it stood; nothing is missed and no payment waits.',
  ]),
] as const satisfies readonly AlarmRule[];

export type AlarmRuleId = (typeof ALARM_RULES)[number]['id'];
export const ALARM_RULE_IDS: readonly AlarmRuleId[] = ALARM_RULES.map(({ id }) => id);

/** What a hospital changes about a rule; what is absent stays. */
export type RuleChange = {
  readonly enabled?: boolean;
  readonly severity?: Severity;
  readonly raise?: number;
  readonly clear?: number;
  readonly raiseAfterSeconds?: number;
  readonly clearAfterSeconds?: number;
};

/** The rules that hold in this hospital. Switched-off ones are left out. */
export function rulesInForce(changes: Readonly<Partial<Record<string, RuleChange>>>): readonly AlarmRule[] {
  return ALARM_RULES.flatMap((shipped): AlarmRule[] => {
    const { enabled = true, ...changed } = changes[shipped.id] ?? {};
    return enabled ? [{ ...shipped, ...changed }] : [];
  });
}

/** Why thresholds contradict each other, or undefined: a value may not be wrong and well at once. */
export function whyContradictory({ wrong, raise, clear }: Pick<AlarmRule, 'wrong' | 'raise' | 'clear'>): string | undefined {
  if (wrong === 'above' && clear >= raise) return `clear (${String(clear)}) must be below raise (${String(raise)})`;
  if (wrong === 'below' && clear <= raise) return `clear (${String(clear)}) must be above raise (${String(raise)})`;
  return undefined;
}
