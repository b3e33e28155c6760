import { beijingDay, daysBefore, oneAfterAnother } from '@hospay/plugin-sdk';
import { DEPOSITS, isOfRule, matchArrivals, type Arrival, type ArrivalRule, type ArrivedLine, type ExpectedArrival } from '../domain/arrival.js';
import type { Bilingual } from '../domain/bilingual.js';
import { ok, refused } from '../domain/errors.js';
import { workingDayAfter } from '../domain/working-days.js';
import type { ArrivalDesk, ArrivalPorts, ArrivalView, ExpectedState, ExpectedView } from './ports.js';

/** Lines older than this were nobody's when they came, and stay it. */
const LOOKS_BACK_DAYS = 60;
const SHOWN = 50;

/** 到账 of one hospital: one look at a time, so that what is matched is what was seen. */
export function createArrivalDesk(ports: ArrivalPorts): ArrivalDesk {
  const inTurn = oneAfterAnother();
  return {
    async listArrivals() {
      const [seen, arrivals] = await Promise.all([Promise.all(ports.rules().map((rule) => look(ports, rule))), ports.arrivals.listArrivals(SHOWN)]);
      const accounts = [...new Set(ports.rules().map(({ account }) => account))];
      const lines = (await Promise.all(accounts.map((account) => ports.arrivals.listLines({ account, from: oldestDay(ports) })))).flat();
      return {
        expected: seen.flatMap(({ rule, expected }) => expected.map((day): ExpectedView => ({ source: day.source, key: day.key, day: day.day, amountFen: day.amountFen, account: rule.account, dueOn: dueOn(ports, rule, day), state: stateOf(ports, rule, day) }))),
        lines: lines.map((line) => ({ ...line, source: ruleOf(ports.rules(), line)?.source })),
        arrivals: arrivals.map(viewOf),
      };
    },
    matchDue: () => inTurn(() => matchDue(ports)),
    assign: ({ source, lines, days, reason, by }) => inTurn(async () => {
      const rule = ports.rules().find((known) => known.source === source);
      if (rule === undefined) return refused('NO_SUCH_ITEM', source);
      const posted = await ports.arrivals.post({ kind: 'assigned', rule, lines, days, by, reason, now: ports.clock.now() });
      if (posted.kind === 'changed') return refused('CONFLICT', { zh: `${posted.what} 与所见内容不一致，请刷新后核对`, en: `${posted.what} is not what was shown` });
      const view = viewOf(posted.arrival);
      await ports.audit.record({ who: by, what: 'arrival.assign', object: `arrival ${view.arrivalNo}`, after: { source, lines, days }, reason });
      return ok(view);
    }),
  };
}

async function matchDue(ports: ArrivalPorts): Promise<Bilingual> {
  const done = { matched: 0, overdue: 0, unexpected: 0 };
  const today = beijingDay(ports.clock.now());
  for (const rule of ports.rules()) {
    const { lines, expected } = await look(ports, rule);
    const post = async (kind: 'matched' | 'overdue' | 'unexpected', half: { readonly lines: readonly ArrivedLine[]; readonly days: readonly ExpectedArrival[] }): Promise<void> => {
      // Something moved since the look: the next one sees it.
      const posted = await ports.arrivals.post({ kind, rule, ...half, by: '', reason: '', now: ports.clock.now() });
      if (posted.kind === 'posted') done[kind] += 1;
    };
    const found = matchArrivals(lines, expected.filter(({ isFinal }) => isFinal));
    for (const half of found) await post('matched', half);
    const isFound = (one: ArrivedLine | ExpectedArrival): boolean => found.some((half) => half.lines.some((line) => line === one) || half.days.some((day) => day === one));
    for (const day of expected) if (!isFound(day) && !day.isHung && day.isFinal && today > workingDayAfter(dueOn(ports, rule, day), rule.lateWorkingDays, ports.calendar)) await post('overdue', { lines: [], days: [day] });
    for (const line of lines) if (!isFound(line) && !line.isHung && today > workingDayAfter(line.day, rule.lateWorkingDays, ports.calendar)) await post('unexpected', { lines: [line], days: [] });
  }
  return { zh: `到账匹配 ${String(done.matched)} 组，逾期未到 ${String(done.overdue)} 笔，不明到账 ${String(done.unexpected)} 笔`, en: `matched ${String(done.matched)}, overdue ${String(done.overdue)}, unexpected ${String(done.unexpected)}` };
}

async function look({ arrivals, rules, clock, ...ports }: ArrivalPorts, rule: ArrivalRule): Promise<{ readonly rule: ArrivalRule; readonly expected: readonly ExpectedArrival[]; readonly lines: readonly ArrivedLine[] }> {
  const [expected, lines] = await Promise.all([arrivals.listExpected({ rule, before: beforeOf(rule, clock.now()) }), arrivals.listLines({ account: rule.account, from: oldestDay({ ...ports, clock }) })]);
  return { rule, expected, lines: lines.filter((line) => ruleOf(rules(), line) === rule || ruleOf(rules(), line)?.source === rule.source) };
}

/** A bill day is over before it is owed; a slip is owed from the moment it was made. */
function beforeOf({ source }: ArrivalRule, now: Date): string {
  return source === DEPOSITS ? daysBefore(beijingDay(now), -1) : beijingDay(now);
}
function oldestDay({ clock }: Pick<ArrivalPorts, 'clock'>): string {
  return daysBefore(beijingDay(clock.now()), LOOKS_BACK_DAYS);
}
/** The first rule of its account that knows the payer. */
function ruleOf(rules: readonly ArrivalRule[], line: ArrivedLine): ArrivalRule | undefined {
  return rules.find((rule) => rule.account === line.account && isOfRule(rule, line));
}
function dueOn({ calendar }: Pick<ArrivalPorts, 'calendar'>, rule: ArrivalRule, { day }: ExpectedArrival): string {
  return workingDayAfter(day, rule.afterWorkingDays, calendar);
}
function stateOf(ports: ArrivalPorts, rule: ArrivalRule, day: ExpectedArrival): ExpectedState {
  if (day.isHung) return 'hung';
  if (!day.isFinal) return 'unsettled';
  return beijingDay(ports.clock.now()) < dueOn(ports, rule, day) ? 'waiting' : 'due';
}
function viewOf({ arrivalNo, kind, source, account, lines, days, by, reason, at }: Arrival): ArrivalView {
  const sum = (parts: readonly { readonly amountFen: number }[]): number => parts.reduce((total, { amountFen }) => total + amountFen, 0);
  return {
    arrivalNo, kind, source, account, by, reason, at, lines: lines.map(({ bankLineNo, day, amountFen }) => ({ bankLineNo, day, amountFen })), days: days.map(({ key, amountFen }) => ({ key, amountFen })), arrivedFen: sum(lines), expectedFen: sum(days),
  };
}
