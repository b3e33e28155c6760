/** What several desks say when they refuse. What only one of them says stands where it is said. */
import type { Bilingual } from './bilingual.js';

export const NOT_WHAT_WAS_SHOWN: Bilingual = { zh: '与所见内容不一致，请刷新后核对', en: 'not what was shown' };
export const DECIDED_BEFORE: Bilingual = { zh: '已处理过，请刷新', en: 'it was decided before' };
export const OLDER_THAN_THREE_DAYS: Bilingual = { zh: '提出已超过三天，请重新提出', en: 'older than three days' };
export const NOTHING_PROPOSED: Bilingual = { zh: '没有待处理的申请，请刷新', en: 'nothing is proposed' };
export const CASE_ENDED: Bilingual = { zh: '该差错单已结案', en: 'the case has ended' };
export const MONTH_CLOSED: Bilingual = { zh: '该月份已月结', en: 'the month is closed' };
export const ALARM_ENDED: Bilingual = { zh: '该告警已消除', en: 'this alarm has ended' };
export const ALARM_ENDS_ITSELF: Bilingual = { zh: '该告警在原因消除后自动消除，不能人工确认', en: 'this alarm ends when its cause has ended, not before' };
export const NO_MARK_OF_A_PAGE: Bilingual = { zh: '翻页位置无效，请从第一页重新查询', en: 'query: after: is not a mark of an earlier page' };
