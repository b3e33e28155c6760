import { measureOf, showReading } from '../domain/alarm-measures.js';
import { ALARM_RULES, type AlarmRule, type Severity } from '../domain/alarm-rules.js';
import type { Alarm, AlarmLine, AlarmMessage } from './ports.js';

/** What a rule says, also of one that is switched off or changed: words never change with thresholds. Undefined for a rule of another version. */
export function wordsOf(rule: string): AlarmRule | undefined {
  return ALARM_RULES.find(({ id }) => id === rule);
}

/** One alarm's news as it leaves the house. */
export function lineOf({ id, rule, subject, severity, value, raisedAt, clearedAt }: Alarm, what: 'raised' | 'cleared'): AlarmLine {
  const words = wordsOf(rule);
  const unit = words === undefined ? 'count' : measureOf(words.measure).unit;
  return {
    alarm: id, what, rule, subject, severity, zh: words?.zh ?? rule, en: words?.en ?? rule, repairZh: words?.repairZh ?? '', repairEn: words?.repairEn ?? '', value: unit === 'flag' ? '' : showReading(unit, value),
    at: ((what === 'cleared' ? clearedAt : undefined) ?? raisedAt).toISOString(),
  };
}

const SEVERITY_ZH: Readonly<Record<Severity, string>> = { 1: '紧急', 2: '重要', 3: '提示' };

/** One line that names it all: the subject of a mail, the first line of a robot's message. */
export function headline({ hospital, isTest, lines, more }: AlarmMessage): string {
  if (isTest) return `[Hospay] ${hospital} 测试告警 test alarm`;
  const [first] = lines;
  const count = lines.length + more;
  if (first !== undefined && count === 1) return `[Hospay] ${hospital} ${first.what === 'cleared' ? '已消除' : SEVERITY_ZH[first.severity]} ${first.zh}${first.subject === '' ? '' : ` ${first.subject}`}`;
  const raised = lines.filter(({ what }) => what === 'raised').length + more;
  return `[Hospay] ${hospital} ${raised === 0 ? `${String(count)} 条告警已消除` : `${String(raised)} 条告警${count > raised ? `，${String(count - raised)} 条消除` : ''}`}`;
}

/** The same as text for people, Chinese first. A digest lists the most severe first. */
export function textOf(message: AlarmMessage): string {
  const { isTest, lines, more } = message;
  if (isTest) return `${headline(message)}\n这是一条测试告警，无需处理。\nThis is a test; nothing is wrong.\n${showTime(message.at)}`;
  const blocks = lines.map((line) => {
    const subject = line.subject === '' ? '' : ` ${line.subject}`;
    const value = line.value === '' ? '' : `（${line.value}）`;
    if (line.what === 'cleared') return `✓ 已消除 ${line.zh}${subject}  ${showTime(line.at)}\n  cleared: ${line.en}`;
    return `● ${SEVERITY_ZH[line.severity]} ${line.zh}${subject}${value}  ${showTime(line.at)}\n  处理建议：${line.repairZh}\n  ${line.en}. ${line.repairEn}`;
  });
  return [headline(message), ...blocks, ...(more === 0 ? [] : [`另有 ${String(more)} 条，见管理控制台“监控” / ${String(more)} more: see the console`])].join('\n');
}

/** Beijing time, whatever the machine's own zone. */
function showTime(iso: string): string {
  return new Date(new Date(iso).getTime() + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}
