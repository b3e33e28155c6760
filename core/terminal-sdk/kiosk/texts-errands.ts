/** The words of registration (挂号) and inpatients (住院). Chinese first; plain words an elder person understands. */
const WEEKDAYS_ZH = ['周日', '周一', '周二', '周三', '周四', '周五', '周六'] as const;
const WEEKDAYS_EN = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

export const errandsZh = {
  errands: { bills: '门诊缴费', registration: '挂号', checkIn: '预约取号', queue: '排队查询', reports: '报告查询打印', prices: '价格查询', deposit: '住院预交金', inquiry: '住院费用查询', discharge: '出院结算' },
  errandHints: { bills: '看病后缴费', registration: '今天和未来一周', checkIn: '预约过的今天取号', queue: '前面还有几位', reports: '检验、检查报告', prices: '药品和项目价格', deposit: '给住院病人存钱', inquiry: '一日清单、余额', discharge: '办理出院、退补费用' },
  welcomeErrands: '请选择要办理的业务', identify: '请选择证件', identifyStay: '请选择住院人的证件',
  errandSteps: {
    bills: ['读卡', '选择费用', '核对金额', '扫码支付', '完成'], registration: ['读卡', '选择号源', '核对金额', '扫码支付', '完成'],
    checkIn: ['读卡', '选择预约', '完成'], queue: ['读卡', '排队情况'], reports: ['读卡', '选择报告', '查看打印'], prices: [],
    deposit: ['找到住院人', '填写金额', '核对金额', '扫码支付', '完成'], inquiry: ['找到住院人', '核对身份', '查看费用'], discharge: ['找到住院人', '核对身份', '核对费用', '补缴或退款', '完成'],
  },
  chooseDepartment: '请选择科室', noDepartments: '现在没有可以挂号的科室', chooseDoctor: '请选择医生', chooseDay: '请选择就诊日期', chooseTime: '请选择就诊时间', anyDoctor: '普通门诊', full: '已满', placesLeft: (count: number) => `余 ${String(count)} 个号`,
  noClinics: '近七天没有号源，请选择其他科室', noSlots: '这个时段已经没有号了，请返回另选', slotTaken: '这个时间刚刚被挂走', slotTakenHint: '没有扣款，请另选一个时间', sessions: { morning: '上午', afternoon: '下午', evening: '晚间', night: '夜间', day: '全天' },
  day: (date: string, weekday: number, days: number) => `${days === 0 ? '今天' : days === 1 ? '明天' : (WEEKDAYS_ZH[weekday] ?? '')} ${date}`,
  checkRegistration: '请核对挂号信息', clinic: '就诊科室', visitAt: '就诊时间', heldFor: '号源为您保留', heldHint: '请在时间内付款，过时号源自动退回', giveBack: '不挂了，退号', givenBack: '已退号', givenBackHint: '号源已退回，没有扣款', keepsItself: '暂时没有应答，还不知道号源是否已退回', keepsItselfHint: '没有扣款。不付款的话，号源到时间会自动退回',
  holdEnded: '号源保留时间已到', holdEndedHint: '没有扣款，号源已退回。如仍需挂号，请重新选择', chooseAgain: '重新选择时间', queueNo: '就诊序号', place: '候诊地点', payAgain: '重新支付', endedHeldHint: '没有扣款。号源还为您保留着，可以重新支付；返回首页即退号。', nowToPay: { bills: '本次自付', registration: '本次自付', checkIn: '', queue: '', reports: '', prices: '', deposit: '本次缴纳', inquiry: '', discharge: '本次补缴' },
  inpatientNo: '住院号', inpatient: '住院人', checkStay: '请核对住院人', checkStayHint: '为保护隐私，姓名只显示一部分', ward: '病区床位', bed: (bed: string) => `${bed} 床`, admittedAt: '入院日期', isThis: '是这位', notThis: '不是，返回首页', noStay: '没有找到可以办理的住院记录', noStayHint: '请核对号码，或到住院窗口办理',
  stayHint: '请输入住院号，或扫描腕带', depositAmount: '请输入预交金金额', depositHint: '整元，例如 2000', balance: '预交金余额', costSoFar: '已发生费用', arrears: (yuan: string) => `现欠费 ¥${yuan}，请尽快补缴`, checkDeposit: '请核对预交金',
  checkDischarge: '请核对出院费用', ownCost: '个人负担', depositsPaid: '已缴预交金', toCollect: '还需补缴', toReturn: '应退给您', even: '不补不退', collectHint: '预交金不够，请补缴差额。付款后自动办好出院结算。', payDifference: '补缴差额', settleAndReturn: '确认结算并退款', settleStay: '确认结算', evenHint: '预交金正好够，确认后即办好出院结算。',
  returnsToWallets: '多缴的钱原路退回：从哪里付的退到哪里。', returnsAtWindow: '预交金是在窗口缴的，多缴的钱请到住院窗口领取。', returnsBothWays: '手机缴的原路退回；窗口缴的，剩余部分请到住院窗口领取。', returnsSomehow: '手机缴的原路退回；不能原路退的，请到住院窗口领取。',
  feeLists: { sums: '费用汇总', day: '一日清单', deposits: '预交金记录' }, dayBefore: '前一天', dayAfter: '后一天', nothingListed: '这里还没有记录', printList: '打印清单',
  settling: '正在办理出院结算', settlingHint: '请稍候，不要离开，也请勿重复办理', settlementUnclear: '结算结果确认中，请勿重复办理', settlementUnclearHint: '请勿重复缴费或结算。您可以继续等待，也可以记下结算单号离开，应退的钱不会丢失。', notSettled: '没有结算成功', notSettledHint: '没有扣款，也没有退款。请到住院窗口办理。',
  ownSettlementNo: '结算单号', returnedTo: (way: string) => `退回${way}`, returnedAtWindow: '到住院窗口领取', originalWay: '原支付账户', returnsOnTheWay: '正在原路退回，一般马上到账，最迟 7 个工作日。', transferAtWindow: (yuan: string) => `还有 ¥${yuan} 请带本凭条到住院窗口领取。`, printSlip: '打印凭条',
  depositMethods: { wechat: '微信', alipay: '支付宝', unionpay: '云闪付', 'card-terminal': '银行卡', cash: '现金' },
  stageDone: { bill: '缴费成功', registration: '挂号成功', deposit: '预交金已入账', discharge: '出院结算完成' }, slipTitles: { bill: '门诊缴费凭条', registration: '挂号凭条', deposit: '住院预交金凭条', discharge: '出院结算凭条' },
};

export const errandsEn: typeof errandsZh = {
  errands: { bills: 'Outpatient bills', registration: 'Register', checkIn: 'Check in', queue: 'Queue', reports: 'Reports', prices: 'Prices', deposit: 'Inpatient deposit', inquiry: 'Inpatient costs', discharge: 'Leave hospital' },
  errandHints: { bills: 'Pay after seeing a doctor', registration: 'Today and the coming week', checkIn: 'Take the number of an appointment', queue: 'How many are before you', reports: 'Laboratory and imaging', prices: 'Drugs and services', deposit: 'Pay in for somebody in hospital', inquiry: 'Daily list, what is left', discharge: 'Settle the stay, pay or get back' },
  welcomeErrands: 'What would you like to do?', identify: 'What do you have with you?', identifyStay: 'What do you have of the inpatient?',
  errandSteps: {
    bills: ['Card', 'Bills', 'Amount', 'Pay', 'Done'], registration: ['Card', 'Time', 'Amount', 'Pay', 'Done'],
    checkIn: ['Card', 'Appointment', 'Done'], queue: ['Card', 'Queue'], reports: ['Card', 'Report', 'Read, print'], prices: [],
    deposit: ['Inpatient', 'Amount', 'Check', 'Pay', 'Done'], inquiry: ['Inpatient', 'Is it you', 'Costs'], discharge: ['Inpatient', 'Is it you', 'Costs', 'Pay or get back', 'Done'],
  },
  chooseDepartment: 'Choose a department', noDepartments: 'No department takes registrations now', chooseDoctor: 'Choose a doctor', chooseDay: 'Choose a day', chooseTime: 'Choose a time', anyDoctor: 'General clinic', full: 'Full', placesLeft: (count: number) => `${String(count)} left`,
  noClinics: 'Nothing is free in the next seven days; please choose another department', noSlots: 'Nothing is left here; please go back', slotTaken: 'Somebody has just taken this time', slotTakenHint: 'Nothing was charged. Please choose another', sessions: { morning: 'morning', afternoon: 'afternoon', evening: 'evening', night: 'night', day: 'all day' },
  day: (date: string, weekday: number, days: number) => `${days === 0 ? 'Today' : days === 1 ? 'Tomorrow' : (WEEKDAYS_EN[weekday] ?? '')} ${date}`,
  checkRegistration: 'Please check the registration', clinic: 'Clinic', visitAt: 'Time', heldFor: 'Kept for you for', heldHint: 'Please pay in this time; after it the place goes back by itself', giveBack: 'Give the place back', givenBack: 'Given back', givenBackHint: 'The place went back. Nothing was charged', keepsItself: 'No answer: we do not know yet whether the place went back', keepsItselfHint: 'Nothing was charged. Unpaid, it goes back by itself at its time',
  holdEnded: 'The place is not kept any longer', holdEndedHint: 'Nothing was charged. Please choose again', chooseAgain: 'Choose a time again', queueNo: 'Queue no.', place: 'Where to wait', payAgain: 'Pay again', endedHeldHint: 'Nothing was charged. The place is still kept: pay again, or go to the start page to give it back.', nowToPay: { bills: 'You pay', registration: 'You pay', checkIn: '', queue: '', reports: '', prices: '', deposit: 'You pay in', inquiry: '', discharge: 'Still to pay' },
  inpatientNo: 'Inpatient no.', inpatient: 'Inpatient', checkStay: 'Is this the inpatient?', checkStayHint: 'Only a part of the name is shown, for privacy', ward: 'Ward and bed', bed: (bed: string) => `bed ${bed}`, admittedAt: 'Admitted', isThis: 'Yes', notThis: 'No: start page', noStay: 'No stay was found for this', noStayHint: 'Check the number, or go to the inpatient window',
  stayHint: 'Type the inpatient number or scan the wristband', depositAmount: 'How much will you pay in?', depositHint: 'Whole yuan, e.g. 2000', balance: 'Deposit left', costSoFar: 'Costs so far', arrears: (yuan: string) => `¥${yuan} is owed; please pay soon`, checkDeposit: 'Please check the deposit',
  checkDischarge: 'What the stay comes to', ownCost: 'Your part', depositsPaid: 'Deposits paid', toCollect: 'Still to pay', toReturn: 'You get back', even: 'Nothing to pay or return', collectHint: 'The deposits do not cover it. The stay is settled as soon as the rest is paid.', payDifference: 'Pay the rest', settleAndReturn: 'Settle and return', settleStay: 'Settle', evenHint: 'The deposits cover it exactly.',
  returnsToWallets: 'What is left goes back the way it came.', returnsAtWindow: 'The deposits were paid at a window: please collect what is left there.', returnsBothWays: 'What came by phone goes back by itself; the rest is paid out at the inpatient window.', returnsSomehow: 'What came by phone goes back by itself; what cannot is paid out at the inpatient window.',
  feeLists: { sums: 'By kind', day: 'Daily list', deposits: 'Deposits' }, dayBefore: 'Day before', dayAfter: 'Day after', nothingListed: 'Nothing is listed here yet', printList: 'Print list',
  settling: 'Settling the stay', settlingHint: 'Please wait here and do not start again', settlementUnclear: 'Confirming the result. Please do not settle again', settlementUnclearHint: 'Please do not pay or settle again. You may wait, or note the number and leave: what is due to you is not lost.', notSettled: 'The stay was not settled', notSettledHint: 'Nothing was charged or returned. Please go to the inpatient window.',
  ownSettlementNo: 'Settlement ref.', returnedTo: (way: string) => `Back to ${way}`, returnedAtWindow: 'At the inpatient window', originalWay: 'where it was paid from', returnsOnTheWay: 'On its way back, usually at once, at most 7 working days.', transferAtWindow: (yuan: string) => `Please take this slip to the inpatient window for ¥${yuan}.`, printSlip: 'Print slip',
  depositMethods: { wechat: 'WeChat', alipay: 'Alipay', unionpay: 'UnionPay', 'card-terminal': 'the bank card', cash: 'cash' },
  stageDone: { bill: 'Payment complete', registration: 'Registered', deposit: 'The deposit is booked', discharge: 'The stay is settled' }, slipTitles: { bill: 'Outpatient payment slip', registration: 'Registration slip', deposit: 'Inpatient deposit slip', discharge: 'Discharge slip' },
};
