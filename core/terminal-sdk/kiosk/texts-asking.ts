/** The words of what a patient only asks: taking a number, the queue, reports, prices. Chinese first. */
export const askingZh = {
  chooseCheckIn: '请选择要取号的预约', noCheckIns: '今天没有可以取号的预约', noCheckInsHint: '预约在就诊当天取号；如已预约，请核对证件或到窗口', checkIn: '取号', checkedIn: '取号成功', isCheckedIn: '已取号', checkedInHint: '取号后退号请到窗口办理', checkInSlip: '取号凭条',
  queueTitle: '排队情况', noQueue: '没有正在排队的就诊', noQueueHint: '请先取号；如已取号，请稍后再查', ahead: (count: number) => `前面还有 ${String(count)} 位`, nextUp: '请准备，马上到您', queueHint: '过号请到分诊台登记',
  chooseReport: '请选择报告', noReports: '近三个月没有报告', noReportsHint: '报告出来后可在这里查看和打印', reportKinds: { laboratory: '检验', imaging: '检查', other: '其他' }, reportHint: '结果请由医生解读', printReport: '打印报告', reportedAt: '报告时间', normalRange: '参考范围',
  initials: '拼音首字母', initialsHint: '输入拼音首字母，例如 AMXL', priceKinds: { drug: '药品', service: '诊疗项目' }, noPrices: '没有找到，请换首字母再试', look: '查询',
};
export const askingEn: typeof askingZh = {
  chooseCheckIn: 'Which appointment is it?', noCheckIns: 'No appointment can be checked in today', noCheckInsHint: 'You check in on the day itself; with an appointment for today, check the card or go to a window', checkIn: 'Take a number', checkedIn: 'Checked in', isCheckedIn: 'Checked in already', checkedInHint: 'After this it is given back at a window only', checkInSlip: 'Check-in slip',
  queueTitle: 'The queue', noQueue: 'You are in no queue', noQueueHint: 'Take a number first; if you have one, look again in a moment', ahead: (count: number) => `${String(count)} before you`, nextUp: 'You are next', queueHint: 'Missed your turn? Go to the triage desk',
  chooseReport: 'Choose a report', noReports: 'No reports in the last three months', noReportsHint: 'They can be read and printed here when they are ready', reportKinds: { laboratory: 'Laboratory', imaging: 'Imaging', other: 'Other' }, reportHint: 'Please let a doctor explain the result', printReport: 'Print report', reportedAt: 'Reported', normalRange: 'Normal range',
  initials: 'Initials', initialsHint: 'Initials of the pinyin, e.g. AMXL', priceKinds: { drug: 'Drugs', service: 'Services' }, noPrices: 'Nothing found; try other initials', look: 'Look up',
};
