/** What each setting is called (参数名称), by its place in the schema: `[]` stands for any member of a list, `*` for any key. A test holds it against the schema: no setting without words, no words without a setting. */

/** Chinese; English where the schema's own description does not say it. */
export type ParameterWords = readonly [zh: string, en?: string];

/** The groups of the page, by the first part of the key, in its order. */
export const PARAMETER_GROUPS = {
  hospital: ['医院与商户号', 'Hospital and merchants'], payments: ['支付时限', 'Payments'], his: ['医院系统', 'HIS'], channels: ['支付渠道', 'Channels'], routing: ['支付路由', 'Routing'], checkout: ['聚合码与收银台', 'Checkout'], quickPay: ['快捷支付', 'Quick pay'], counters: ['窗口权限', 'Counters'],
  approvals: ['审批', 'Approvals'], payouts: ['付款与本院账户', 'Payouts'], bankLinks: ['银企直联', 'Bank links'], settlement: ['结算与到账', 'Settlement'], reconciliation: ['对账', 'Reconciliation'], statementFiles: ['对账文件', 'Statement files'], reports: ['报表插件', 'Reports'], queue: ['消息输出', 'Event sinks'],
  users: ['用户与登录', 'Users and signing in'], terminals: ['终端管理', 'Terminals'], mqtt: ['终端通信', 'MQTT'], http: ['网络地址', 'HTTP'], relay: ['DMZ 中继', 'DMZ relay'], monitoring: ['监控与告警', 'Monitoring'], certificates: ['证书与密钥', 'Certificates'], tasks: ['定时任务', 'Tasks'], dictionaries: ['字典', 'Dictionaries'], plugins: ['插件', 'Plugins'], provision: ['首次安装', 'Provisioning'],
  backups: ['备份', 'Backups'], updates: ['系统更新', 'System updates'], retention: ['保存期限', 'Retention'], disk: ['磁盘', 'Disk'], logging: ['日志', 'Logging'], store: ['数据库', 'Store'], dataFolder: ['数据目录', 'Data folder'],
} as const satisfies Readonly<Record<string, readonly [zh: string, en: string]>>;
export type ParameterGroup = keyof typeof PARAMETER_GROUPS;

/** The same wherever they stand. */
export const COMMON_WORDS: Readonly<Record<string, ParameterWords>> = {
  id: ['编号', 'Id'], name: ['名称', 'Name'], title: ['名称', 'Title'], plugin: ['插件', 'Plugin'], contribution: ['插件中的部件', 'Which of the plugin’s contributions'], settings: ['插件设置'], enabled: ['启用', 'In use'], campus: ['院区', 'Campus'], account: ['本院账户', 'Account of the hospital'], source: ['渠道', 'Channel'],
  channel: ['渠道', 'Channel'], merchantNo: ['商户号', 'Merchant number'], host: ['主机', 'Host'], port: ['端口', 'Port'], leastSeverity: ['起送级别'], authorityFile: ['签发机构证书文件'], kind: ['类型', 'Kind'], username: ['用户名', 'User name'], password: ['口令'], certificateFile: ['证书文件'], privateKeyFile: ['私钥文件'],
};

export const PARAMETER_WORDS: Readonly<Record<string, ParameterWords>> = {
  'hospital.name': ['医院名称'], 'hospital.campuses[].owners': ['属于该院区的终端与应用'], 'dataFolder': ['数据目录'],
  'http.host': ['监听地址'], 'http.paymentPort': ['支付接口端口'], 'http.consolePort': ['管理控制台端口'], 'http.tls.names': ['主机名与地址'], 'http.tls.plainPort': ['明文端口（根证书与跳转）'], 'http.publicNotifyBaseUrl': ['渠道回调地址'], 'http.consoleAllowedAddresses': ['允许访问控制台的地址'], 'users.separatedDuties': ['三员分立'], 'users.secondFactorFor': ['须二次验证的角色'], 'users.passkeyOrigin': ['通行密钥所用控制台地址'],
  'relay.port': ['中继隧道端口', 'Port of the line'], 'relay.fingerprint': ['中继证书指纹'], 'relay.secret': ['中继配对密钥', 'Pairing secret'],
  'mqtt.mode': ['消息服务方式：内置或外置', 'embedded: the core’s own broker; external: Mosquitto'], 'mqtt.host': ['内置消息服务监听地址'], 'mqtt.port': ['MQTT 端口'], 'mqtt.websocketPort': ['MQTT WebSocket 端口'], 'mqtt.enrolPort': ['终端认领端口'], 'mqtt.url': ['外置消息服务地址'],
  'mqtt.filesFolder': ['外置 Mosquitto 配置目录'], 'mqtt.brokerUser': ['Mosquitto 运行用户'], 'mqtt.coreUsername': ['平台连接消息服务的用户名', 'The core’s user at the broker'], 'mqtt.corePassword': ['平台连接消息服务的口令'], 'mqtt.tls.port': ['MQTT TLS 端口'], 'mqtt.tls.websocketPort': ['MQTT TLS WebSocket 端口'],
  'mqtt.tls.clientCertificates': ['终端证书要求'],
  'terminals.clockSkewAlarmSeconds': ['时钟偏差告警（秒）'], 'terminals.reportEverySeconds': ['心跳间隔（秒）'], 'terminals.certificateDays': ['终端证书有效期（天）'], 'terminals.openingHours[].weekdays': ['星期（1 为周一）'], 'terminals.openingHours[].from': ['开机时间', 'From'], 'terminals.openingHours[].to': ['关机时间', 'To'],
  'terminals.openingHours[].campuses': ['适用院区', 'For these campuses'], 'terminals.openingHours[].groups': ['适用终端组', 'For these groups of terminals'], 'terminals.closedDays': ['停诊日'], 'terminals.rotateKeysAfterDays': ['终端密钥轮换（天）'],
  'store.kind': ['数据库类型', 'Kind of database'], 'plugins.folders': ['插件目录'], 'plugins.trustList': ['信任清单文件'], 'plugins.instances': ['运行时安装的渠道编号'],
  'bankLinks[].accountNos': ['本院账号'], 'routing[].name': ['路由名称', 'Name of the rule'], 'routing[].when.methods': ['支付方式', 'Methods'], 'routing[].when.hospitals': ['医院', 'Hospitals'], 'routing[].when.campuses': ['院区', 'Campuses'], 'routing[].when.terminalKinds': ['终端类型', 'Kinds of terminal'],
  'routing[].when.terminalGroups': ['终端组', 'Groups of terminals'], 'routing[].when.owners': ['发起方', 'Terminals and applications'], 'routing[].when.feeTypes': ['费别', 'Fee types'], 'routing[].when.fromFen': ['金额下限（分，含）'], 'routing[].when.toFen': ['金额上限（分，含）'], 'routing[].channels': ['按序选用的渠道'],
  'payments.quoteMarginSeconds': ['预结算须比二维码多有效（秒）'], 'payments.qrLifetimeSeconds': ['二维码有效期（秒）'], 'payments.paymentCodeLifetimeSeconds': ['付款码等待时间（秒）'], 'payments.bankCardLifetimeSeconds': ['刷卡等待时间（秒）'], 'payments.tenderLifetimeSeconds': ['混合支付追加时限（秒）'],
  'payments.closeMarginSeconds': ['到期后关单等待（秒）'], 'payments.promptQueryRhythmSeconds': ['当面支付查询间隔（秒）'], 'payments.queryRhythmSeconds': ['支付查询间隔（秒）'], 'payments.refundQueryRhythmSeconds': ['退款查询间隔（秒）'], 'payments.insuranceOrder': ['医保结算顺序'], 'payments.locksBills': ['收费加锁'],
  'payments.invoicedBusinesses': ['开具电子票据的业务'], 'payments.numberedBusinesses': ['使用票据号段的业务'], 'payments.confirmRhythmSeconds': ['通知医院入账间隔（秒）'], 'payments.confirmEscalationSeconds': ['已收款未入账多久建差错单（秒）'], 'payments.refundEscalationSeconds': ['退款未结束多久建差错单（秒）'],
  'payments.unknownEscalationSeconds': ['支付结果未知多久建差错单（秒）'], 'payments.tellOwnerRhythmSeconds': ['通知应用间隔（秒）'],
  'payouts.accounts[].title': ['账户名称', 'What people call it'], 'payouts.accounts[].accountNo': ['账号', 'Account number'], 'payouts.accounts[].accountName': ['户名'], 'payouts.accounts[].bankName': ['开户银行', 'Bank'], 'payouts.accounts[].bankNo': ['联行号'], 'payouts.secondApprovalFromFen': ['大额付款起点（分）'],
  'payouts.approvalSeconds': ['付款审批时限（秒）'], 'payouts.queryRhythmSeconds': ['付款查询间隔（秒）'], 'payouts.unknownEscalationSeconds': ['付款结果未知多久建差错单（秒）'], 'payouts.lateEscalationSeconds': ['付款迟未办多久建差错单（秒）'], 'payouts.absentFinalDays': ['银行无此笔几天后可放弃（天）'],
  'payouts.returnWatchDays': ['退票关注期（天）'], 'payouts.statementLateDays': ['银行流水迟到几天建差错单（天）'],
  'quickPay.mostCards': ['每人可绑卡数'], 'quickPay.mostCodesPerHour': ['每小时验证码次数'], 'quickPay.passwordlessFen': ['小额免密限额（分）'], 'quickPay.passwordlessPerDayFen': ['小额免密日限额（分）'],
  'settlement.holidays': ['节假日'], 'settlement.workdays': ['调休工作日'], 'settlement.arrivals[].payers': ['到账对方名称'], 'settlement.arrivals[].afterWorkingDays': ['到账周期（工作日）'], 'settlement.arrivals[].lateWorkingDays': ['逾期挂账（工作日）'], 'settlement.cutOffs[].at': ['日切时间', 'When its day ends, Beijing time'],
  'settlement.contracts[].from': ['合同起始日', 'From this day on'], 'settlement.contracts[].rateMillionths': ['费率（百万分之）'], 'settlement.contracts[].capFen': ['手续费封顶（分）'], 'settlement.contracts[].floorFen': ['手续费保底（分）'], 'settlement.contracts[].tiers[].fromFen': ['分档起点（分）', 'From this amount on, in fen'],
  'settlement.contracts[].tiers[].rateMillionths': ['分档费率（百万分之）'], 'settlement.contracts[].tiers[].capFen': ['分档封顶（分）'], 'settlement.contracts[].tiers[].floorFen': ['分档保底（分）'], 'settlement.contracts[].subsidyMillionths': ['手续费补贴（百万分之）'], 'settlement.contracts[].refundsFee': ['退款退回手续费'],
  'reconciliation.runningMarginSeconds': ['日间对账暂不判断的时间（秒）'], 'approvals.refunds[].fromFen': ['退款审批起点（分）'], 'approvals.refunds[].olderThanDays': ['支付超过几天（天）'], 'approvals.refunds[].channels': ['适用渠道'], 'approvals.refunds[].roles': ['适用角色'], 'approvals.refunds[].levels': ['须几人审批'],
  'approvals.expiresAfterSeconds': ['审批有效期（秒）'],
  'statementFiles.keepDays': ['对账文件保留（天）'], 'statementFiles.lookBackDays': ['对账文件重做范围（天）'], 'statementFiles.push[].application': ['推送到应用', 'The application'], 'statementFiles.push[].what': ['推送内容'], 'statementFiles.push[].scope': ['推送范围'],
  'queue.sinks[].url': ['消息服务地址'], 'queue.sinks[].topic': ['主题'], 'queue.sinks[].protocolVersion': ['MQTT 协议版本'], 'queue.sinks[].caFile': ['签发机构证书文件'],
  'checkout.publicBaseUrl': ['手机访问地址'], 'checkout.wallets.wechat': ['微信所用渠道', 'Channel of WeChat'], 'checkout.wallets.alipay': ['支付宝所用渠道', 'Channel of Alipay'], 'checkout.wallets.unionpay': ['云闪付所用渠道', 'Channel of UnionPay'], 'checkout.wallets.eCny': ['数字人民币所用渠道', 'Channel of the digital yuan'],
  'checkout.methods.wechat': ['微信内支付方式', 'Method within WeChat'], 'checkout.methods.alipay': ['支付宝内支付方式', 'Method within Alipay'], 'checkout.methods.unionpay': ['云闪付内支付方式', 'Method within UnionPay'], 'checkout.methods.eCny': ['数字人民币内支付方式', 'Method within the digital yuan'],
  'checkout.methods.browser': ['浏览器内支付方式', 'Method within a browser'], 'checkout.userAgents.wechat': ['识别微信的标记', 'How WeChat is known'], 'checkout.userAgents.alipay': ['识别支付宝的标记', 'How Alipay is known'], 'checkout.userAgents.unionpay': ['识别云闪付的标记', 'How UnionPay is known'],
  'checkout.userAgents.eCny': ['识别数字人民币的标记', 'How the digital yuan is known'], 'checkout.showPatientLabel': ['显示脱敏姓名'], 'checkout.billCodeLifetimeSeconds': ['导诊单聚合码有效期（秒）'], 'checkout.quoteReuseSeconds': ['预结算复用时间（秒）'], 'checkout.clientAddressHeader': ['客户端地址请求头'],
  'counters.refundLimits[].role': ['角色', 'Role'], 'counters.refundLimits[].amountFen': ['窗口退款上限（分）'], 'counters.refundLimits[].days': ['支付后几天内（天）'], 'dictionaries.names': ['字典名称', 'Dictionaries that are kept'], 'dictionaries.staleAfterSeconds': ['字典过期时间（秒）'],
  'tasks[].rule': ['执行时间规则'], 'tasks[].enabled': ['启用', 'Whether it runs'], 'tasks[].missed': ['停机期间错过的处理'],
  'certificates.alarmDays': ['证书到期告警（天）'], 'certificates.sharedSecretDays': ['共享密钥更换期限（天）'], 'certificates.watchedFiles[].certificateFile': ['证书文件'], 'certificates.watchedFiles[].privateKeyFile': ['私钥文件'],
  'monitoring.sampleSeconds': ['监控取样间隔（秒）'], 'monitoring.rules.*.enabled': ['启用该规则'], 'monitoring.rules.*.severity': ['告警级别'], 'monitoring.rules.*.raise': ['告警阈值'], 'monitoring.rules.*.clear': ['恢复阈值'], 'monitoring.rules.*.raiseAfterSeconds': ['持续多久告警（秒）'],
  'monitoring.rules.*.clearAfterSeconds': ['持续多久恢复（秒）'], 'monitoring.delivery.email[].security': ['邮件加密方式'], 'monitoring.delivery.email[].from': ['发件人', 'Sender'], 'monitoring.delivery.email[].to': ['收件人', 'Who is told'], 'monitoring.delivery.webhooks[].url': ['回调地址'],
  'monitoring.delivery.webhooks[].template': ['回调格式'], 'monitoring.delivery.webhooks[].secret': ['回调签名密钥'], 'monitoring.delivery.syslog[].transport': ['传输方式', 'Transport'], 'monitoring.delivery.syslog[].facility': ['日志类别'],
  'monitoring.auditCollectors[].facility': ['日志类别'], 'monitoring.auditCollectors[].serverName': ['对方证书名称'], 'monitoring.auditCollectors[].clientCertificateFile': ['本机客户端证书文件'], 'monitoring.auditCollectors[].clientKey': ['客户端证书私钥'], 'monitoring.auditCollectors[].longestMessageBytes': ['单条最长字节数'],
  'monitoring.snmp.host': ['网管监听地址'], 'monitoring.snmp.port': ['网管监听端口', 'Port of the SNMP agent'], 'monitoring.snmp.systemName': ['网管设备名称', 'System name'], 'monitoring.snmp.contact': ['网管联系人', 'Contact'], 'monitoring.snmp.location': ['网管设备位置', 'Location'], 'monitoring.snmp.allowedSources': ['允许的网管地址'],
  'monitoring.snmp.users[].name': ['网管用户名', 'User name'], 'monitoring.snmp.users[].authenticationPassword': ['网管认证口令'], 'monitoring.snmp.users[].privacyPassword': ['网管加密口令'],
  'provision.terminals[].claimFile': ['认领码文件'], 'provision.operators[].operatorNo': ['工号', 'Operator number'], 'provision.operators[].displayName': ['姓名', 'Name'], 'provision.operators[].role': ['角色', 'Role'], 'provision.forms[].medium': ['票据介质'], 'provision.forms[].code': ['票据代码'],
  'provision.forms[].firstNumber': ['起始号', 'First number'], 'provision.forms[].lastNumber': ['终止号', 'Last number'], 'provision.forms[].handOut[].tillNo': ['领用收费点', 'Till'], 'provision.forms[].handOut[].count': ['领用张数', 'How many'], 'provision.applications[].secret': ['应用密钥'],
  'provision.applications[].permissions': ['权限', 'Permissions'], 'provision.applications[].merchantNo': ['绑定商户号'], 'provision.applications[].notifyUrl': ['通知地址', 'Where it is told'],
  'updates.windowFrom': ['更新时段起', 'The window for restarts opens'], 'updates.windowTo': ['更新时段止', 'The window for restarts closes'], 'updates.mirror': ['更新镜像地址', 'Mirror of updates'],
  'backups.targets[].folder': ['备份位置'], 'backups.targets[].makes': ['自动建立备份目录'],
  'backups.targets[].sftp.user': ['SFTP 用户名', 'SFTP user'], 'backups.targets[].sftp.password': ['SFTP 口令'], 'backups.targets[].sftp.privateKey': ['SFTP 私钥'], 'backups.targets[].sftp.passphrase': ['SFTP 私钥口令'], 'backups.targets[].sftp.hostKeys': ['SFTP 主机密钥'], 'backups.targets[].sftp.folder': ['SFTP 目录'],
  'backups.targets[].s3.endpoint': ['S3 地址'], 'backups.targets[].s3.region': ['S3 区域'], 'backups.targets[].s3.bucket': ['S3 存储桶', 'Bucket'], 'backups.targets[].s3.prefix': ['S3 前缀'], 'backups.targets[].s3.accessKeyId': ['S3 访问密钥编号', 'Access key id'], 'backups.targets[].s3.secretAccessKey': ['S3 访问密钥'], 'backups.targets[].s3.pathStyle': ['S3 路径式地址'],
  'backups.targets[].smb.share': ['SMB 共享名'], 'backups.targets[].smb.folder': ['SMB 目录'], 'backups.targets[].smb.user': ['SMB 用户名', 'SMB user'], 'backups.targets[].smb.domain': ['SMB 域'], 'backups.targets[].smb.password': ['SMB 口令'],
  'backups.targets[].nfs.exportPath': ['NFS 导出路径'], 'backups.targets[].nfs.folder': ['NFS 目录', 'NFS folder'], 'backups.targets[].nfs.version': ['NFS 版本', 'NFS version'],
  'backups.recipients[].recipient': ['备份密钥（公钥）'], 'backups.keep.daily': ['保留每日备份（天）'], 'backups.keep.weekly': ['保留每周备份（周）'], 'backups.keep.monthly': ['保留每月备份（月）'], 'backups.continuous.everySeconds': ['连续备份间隔（秒；0 停用）', 'Continuous backup, seconds between'],
  'retention.auditDays': ['审计日志保存（天）'], 'retention.idempotencyDays': ['幂等记录保存（天）'], 'retention.taskRunDays': ['任务记录保存（天）', 'How long runs of tasks are kept, in days'], 'retention.logFiles': ['保留日志文件数'],
  'disk.warnBelowMegabytes': ['磁盘预警（MB）', 'A warning below this, in megabytes'], 'disk.refusePaymentsBelowMegabytes': ['停止新支付的磁盘下限（MB）'], 'disk.warnPercent': ['磁盘预警（已用 %）'], 'disk.clearPercent': ['开始清理的磁盘占用（%）'], 'disk.refusePaymentsPercent': ['停止新支付的磁盘占用（%）'], 'disk.roomyMegabytes': ['剩余多于此值时不看百分比（MB）'], 'disk.ballastMegabytes': ['压舱文件（MB）'], 'disk.checkSeconds': ['磁盘检查间隔（秒）'], 'logging.level': ['日志级别', 'Level'], 'logging.largestFileMegabytes': ['单个日志文件上限（MB）', 'Largest file, in megabytes'],
};
