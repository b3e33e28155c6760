/** 中文词表：术语以 core/docs/glossary.md 为准。 */
export const zhCn = {
  product: { name: 'Hospay', title: '智能综合支付平台', console: '管理控制台' },
  language: { other: 'English', label: '切换语言' },
  areas: { overview: '总览', orders: '订单', cases: '差错单', ledger: '账本', tasks: '任务', plugins: '插件', terminals: '终端', dictionaries: '字典', audit: '审计', users: '用户' },
  groups: { money: '资金', machine: '运行', people: '安全' },
  act: { done: '已完成', refresh: '刷新', search: '查询', reset: '重置', cancel: '取消', confirm: '确定', back: '返回', close: '关闭', more: '加载更多', copy: '复制', retry: '重试', change: '修改', previous: '上一页', next: '下一页' },
  empty: { none: '暂无数据', orders: '没有符合条件的订单', cases: '没有差错单', entries: '没有凭证' },
  failure: { next: '下一步', code: '错误码', request: '请求编号', detail: '详情' },
  table: { time: '时间', state: '状态', detail: '说明', act: '操作', name: '名称', version: '版本', kind: '类型', reason: '原因', since: '自', none: '无' },
  frame: { signOut: '退出登录', password: '修改密码', beijing: '北京时间', skip: '跳到正文' },
  roles: { administrator: '管理员', finance: '财务', auditor: '审计员' },
  signIn: {
    title: '登录管理控制台', login: '用户名', password: '密码', submit: '登录', ended: '会话已结束，请重新登录', hint: '连续 5 次失败将锁定 30 分钟；15 分钟无操作自动退出',
    needLogin: '请输入用户名', needPassword: '请输入密码',
  },
  firstLogin: {
    title: '首次登录', lead: '系统没有默认账号。请用平台启动时打印的首次登录码建立第一位管理员。', code: '首次登录码', codeHint: '形如 XXXX-XXXX-XXXX-XXXX，24 小时内有效，仅可使用一次', login: '用户名',
    loginHint: '3–32 位小写字母、数字、点、横线，字母开头', displayName: '姓名', password: '密码', again: '再次输入密码', rule: '至少 12 位，含大写、小写、数字、符号中的三类', submit: '建立管理员并登录',
    differ: '两次输入的密码不一致', needCode: '请输入首次登录码', needName: '请输入姓名', toSignIn: '已有账号？去登录', toFirstLogin: '首次登录？使用首次登录码',
  },
  password: { title: '修改密码', must: '当前密码由他人设置，请先修改密码再继续。', current: '当前密码', next: '新密码', again: '再次输入新密码', submit: '修改密码', done: '密码已修改', differ: '两次输入的新密码不一致' },
  overview: {
    title: '总览', figures: { paid: '今日实收', refunded: '今日退款', net: '今日净额' }, paid: '实收', refunded: '退款', net: '净额', count: '{count} 笔', unknown: '结果未知的支付', unconfirmed: '已收款、医院未入账', refundsInFlight: '退款在途', openCases: '待处理差错单', urgent: '紧急 {count}',
    byChannel: '分渠道', channel: '渠道', byHour: '分时收款', hour: '{hour} 时', attention: '需要处理', allWell: '一切正常，没有需要处理的事项', terminals: '在线终端', plugins: '运行中插件', updated: '数据时间 {time}',
    problem: { plugin: '插件', terminal: '终端', task: '任务', dictionary: '字典' }, toOrder: '查看订单', attempts: '已查询 {count} 次', noPayments: '今日尚无收款',
  },
  orders: {
    title: '订单', days: '日期', from: '开始日期', to: '结束日期', tradeNo: '平台订单号', paymentNo: '支付单号', channelTradeNo: '渠道交易号', patientId: '患者编号', number: '编号', paymentState: '支付状态', confirmation: '医院确认',
    channel: '渠道', createdAt: '下单时间', patient: '患者', amount: '金额', refund: '退款', owner: '发起方', any: '全部', refunding: '退款中 {amount}', refunded: '已退 {amount}', cases: '{count} 个差错单', page: '第 {page} 页', exact: '精确匹配',
  },
  owner: { terminal: '终端', application: '应用' },
  order: {
    title: '订单详情', amount: '应付金额', total: '费用总额', fund: '统筹', personalAccount: '个人账户', selfPay: '自付', patient: '患者', patientId: '患者编号', bills: '待缴费单', owner: '发起方', createdAt: '下单时间', hisQuoteNo: '预结算号',
    payment: '支付单', paymentState: '支付', confirmationState: '医院确认', refundState: '退款', channel: '渠道', merchantNo: '商户号', method: '支付方式', channelTradeNo: '渠道交易号', paidAt: '支付时间', expiresAt: '支付截止', attempts: '查询次数', billDay: '账单日',
    fundingSource: '付款来源', lastNews: '最近消息', refundable: '可退金额', settlementNo: '结算号', receiptNo: '发票号', pickupWindow: '取药窗口', guide: '指引', confirmedAt: '入账时间', hisDay: 'HIS 入账日', receiptPrintedAt: '凭条打印', refunds: '退款单',
    refundNo: '退款单号', cause: '退款原因类别', reason: '原因', requestedBy: '申请人', requestedAt: '申请时间', refundedAt: '到账时间', hisRefundNo: '医院退费号', channelRefundNo: '渠道退款号', ask: '退款', timeline: '时间线', noRefund: '没有退款', notRefundable: '当前没有可退金额',
    description: '事项', presettlementNo: '医保预结算号', insuranceSplit: '医保支付构成', insuranceParts: '统筹基金 {fund}，个人账户 {account}',
  },
  timeline: {
    all: '全部', event: '状态', fact: '事实', journal: '凭证', case: '差错单', axis: { payment: '支付单', confirmation: '医院确认', refund: '退款单', presettlement: '医保预结算' }, because: '依据', raw: '原始内容（脱敏）', hide: '收起', opened: '产生差错单', resolved: '差错单已消除', seq: '凭证号 {seq}',
    version: '版本 {version}', source: '来源 {source}',
  },
  refund: {
    title: '申请退款', whole: '全额退款', part: '部分退款', refundable: '可退金额', amount: '退款金额（元）', reason: '退款原因', reasonHint: '写入审计日志，请勿填写患者隐私', submit: '提交退款', sure: '确认退款', check: '请核对：将向患者原路退回',
    wrong: '请输入金额，最多两位小数', tooMuch: '超过可退金额 {amount}', needReason: '请填写退款原因（至少 2 个字）', accepted: '退款已受理：{refundNo}', common: { wrongItem: '项目开错', notDone: '检查未做', drugReturned: '退药', paidTwice: '重复缴费' },
    note: '医院已入账的订单须先由医院系统冲销，再原路退款。', edit: '返回修改',
  },
  ledger: {
    title: '账本', accounts: '科目', journals: '凭证', account: '科目', balance: '余额', debit: '借方', credit: '贷方', pending: '预留', openItems: '未清项', balanced: '借贷平衡', unbalanced: '借贷不平，差 {amount}', clearKey: '清分键', net: '净额', openedAt: '产生时间',
    day: '记账日', seq: '凭证号', step: '业务', entries: '分录', phase: '阶段', tradeNo: '订单号', moreOpen: '仅显示最早的 200 项', clearedBy: '清零条件', hash: '链哈希',
  },
  phase: { pending: '预留', voided: '释放', final: '正式' },
  side: { debit: '借', credit: '贷' },
  step: {
    'payment/succeeded': '收款', 'confirmation/confirmed': '医院入账结转', 'refund/reserved': '退款预留', 'refund/accepted': '退款受理', 'refund/succeeded': '退款到账', 'refund/released': '退款预留释放',
  },
  cases: { title: '差错单', open: '待处理', resolved: '已消除', severity: '级别', kind: '类型', subject: '对象', openedAt: '产生时间', resolvedAt: '消除时间', detail: '说明', order: '订单' },
  severity: { 1: '紧急', 2: '重要', 3: '提示' },
  tasks: {
    title: '任务', rule: '规则', missed: '错过时', next: '下次运行', last: '最近结果', enabled: '启用', runNow: '立即运行', runs: '运行记录', started: '已开始运行', fireTime: '应运行时间', took: '耗时', result: '结果', cause: '原因', seconds: '{seconds} 秒', off: '已停用', running: '运行中',
    sureOff: '停用后该任务不再按规则运行，确定停用？', missedPolicy: { runOnce: '补运行一次', skip: '跳过' },
  },
  taskName: { 'reload-dictionaries': '重新加载字典', 'verify-ledger': '校验账本', 'verify-audit-log': '校验审计日志', 'remove-expired-rows': '清理过期数据' },
  taskRun: { running: '运行中', succeeded: '成功', failed: '失败', missed: '错过', overlapped: '重叠跳过', interrupted: '中断' },
  taskCause: { rule: '规则', catchUp: '补运行', person: '人工' },
  plugins: {
    title: '插件', instances: '实例', packages: '插件包', instance: '实例', plugin: '插件', inFlight: '进行中调用', reload: '重新加载', stop: '停止', start: '启动', folder: '目录', fits: '可用', refused: '不符合：{reason}', sureStop: '停止后该实例不再受理新的调用，进行中的调用先完成。确定停止 {id}？',
    reloaded: '已重新加载', stopped: '已停止', started: '已启动', kind: { channel: '支付渠道', hospitalAdapter: '医院适配器' },
  },
  plugin: { discovered: '已发现', verified: '已校验', activating: '启动中', active: '运行中', stopping: '停止中', stopped: '已停止', waiting: '等待重试', attention: '需处理配置', failed: '不可用', disabled: '已禁用' },
  terminals: {
    title: '终端', register: '登记终端', id: '终端编号', idHint: '小写字母、数字、横线，如 kiosk-12', titleField: '名称', kind: '类型', status: '登记', online: '在线', lastSeen: '最近通信', claim: '登记码', revoke: '停用', claimTitle: '终端登记码', claimLead: '在终端上输入此码完成登记。关闭后不再显示，如遗失请重新生成。',
    claimUntil: '有效期至 {time}', revokeTitle: '停用终端', revokeLead: '停用后终端立即断开，密钥作废；恢复须重新登记。', revokeReason: '停用原因', registered: '已登记，请生成登记码', revoked: '已停用', needId: '请按格式填写终端编号', needTitle: '请填写名称', needReason: '请填写原因（至少 2 个字）',
    onlineCount: '在线 {online} / 共 {total}',
  },
  terminalKind: { kiosk: '自助机', window: '窗口', doctorStation: '医生站' },
  terminalStatus: { unclaimed: '待登记', active: '已登记', disabled: '已停用' },
  presence: { online: '在线', offline: '离线' },
  dictionaries: { title: '字典', entries: '条目数', loadedAt: '加载时间', age: '距今', fresh: '最新', stale: '过期', problem: '问题', reload: '重新加载', reloaded: '已重新加载', never: '从未加载' },
  age: { seconds: '{count} 秒', minutes: '{count} 分钟', hours: '{count} 小时', days: '{count} 天' },
  audit: {
    title: '审计', who: '操作人', what: '操作', object: '对象', before: '变更前', after: '变更后', reason: '原因', verify: '校验日志链', good: '日志链完整：{rows} 行，无缺失、无改动', bad: '日志链异常：{count} 处', checkedAt: '校验时间 {time}', note: '只增不改：系统不提供修改或删除审计日志的功能。',
  },
  auditAct: {
    session: { begin: '登录', end: '退出', refused: '登录被拒' },
    user: { lock: '账号锁定', firstLogin: '首次登录', add: '新增用户', change: '修改用户', resetPassword: '重置密码', changePassword: '修改密码' },
    refund: { request: '申请退款' },
    task: { run: '立即运行任务', enable: '启用任务', disable: '停用任务' },
    plugin: { reload: '重新加载插件', activate: '启动插件', deactivate: '停止插件' },
    terminal: { register: '登记终端', offerClaim: '生成登记码', revoke: '停用终端' },
    dictionary: { reload: '重新加载字典' },
  },
  users: {
    title: '用户', add: '新增用户', login: '用户名', displayName: '姓名', roles: '角色', status: '状态', createdAt: '建立时间', password: '初始密码', passwordHint: '用户首次登录须修改', disable: '停用', enable: '启用', reset: '重置密码', resetTitle: '重置 {login} 的密码', added: '已新增', changed: '已修改', resetDone: '密码已重置',
    lockedUntil: '锁定至 {time}', mustChange: '待改密码', needRoles: '请选择角色', sureDisable: '停用后 {login} 立即退出，确定停用？', save: '保存', editRoles: '修改角色',
  },
  userStatus: { active: '正常', disabled: '已停用' },
  payment: { created: '已创建', submitted: '已提交', paying: '待支付', unknown: '结果未知', closing: '关闭中', succeeded: '已支付', closed: '已关闭', failed: '支付失败' },
  confirmation: { none: '未开始', toConfirm: '待确认', confirming: '确认中', unknown: '结果未知', confirmed: '医院已入账', rejected: '医院拒绝', reversing: '冲销中', reversed: '已冲销' },
  refundState: { reserved: '已预留', approving: '医院审核中', submitted: '已提交', unknown: '结果未知', processing: '退款处理中', abnormal: '退款异常', succeeded: '已退款', closed: '渠道关闭', rejected: '医院拒绝退款' },
  presettlement: { requested: '已请求', unknown: '结果未知', presettled: '已预结算', settling: '结算中', settled: '已结算', abandoning: '撤销中', abandoned: '已撤销' },
  refundCause: { hisRejected: '医院拒绝入账', hisMismatch: '医院入账不符', latePayment: '迟到支付', requested: '人工申请', successor: '接续退款' },
  refundExtent: { any: '有退款', inFlight: '退款在途' },
  method: { nativeQr: '扫码支付', jsapi: '公众号支付', miniProgram: '小程序支付', h5: 'H5 支付', app: 'APP 支付', paymentCode: '付款码', webPage: '网关支付', bankCard: '银行卡', cash: '现金', medicalInsurance: '医保' },
  trigger: {
    accept: '受理', answer: '应答', notification: '通知', query: '查询', statement: '对账单', timer: '定时', cancel: '撤销', operator: '人工', paid: '到账', send: '发送', refund: '退款', hisAnswer: '医院应答', hisQuery: '医院查询', request: '请求', payment: '支付',
  },
  cause: { request: '请求', answer: '渠道应答', notification: '渠道通知', query: '渠道查询', statement: '对账单', hisAnswer: '医院应答', hisQuery: '医院查询', timer: '定时作业', operator: '人工' },
  factKind: { channelAnswer: '渠道应答', channelNotification: '渠道通知', channelQuery: '渠道查询结果', hisAnswer: '医院应答', hisQuery: '医院查询结果', request: '请求', operator: '人工' },
  caseKind: {
    amountMismatch: '金额不符', merchantMismatch: '商户不符', secondChannelPayment: '渠道重复支付', confirmationUnknown: '已收款、医院未确认', confirmationAmount: '医院入账金额不符', paymentUnknown: '支付结果长时间未知', refundLate: '退款超时未完成', refundAbnormal: '退款异常',
    insuranceSplit: '医保基金与个人账户构成不明', presettlementOpen: '医保预结算未能撤销', refundRefusedByHis: '医院拒绝退款', lateSuccessRefunded: '迟到支付已自动退款', unknownOrder: '渠道通知了未知订单', ownerNotTold: '应用长时间未接收通知',
  },
};

/** What every other language must have. */
export type Words = typeof zhCn;
