import { beijingDay, daysBefore } from '@hospay/plugin-sdk';
import { assertNever } from '../domain/assert-never.js';
import { type Bilingual, inOneLine, shortened } from '../domain/bilingual.js';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { accountCode, CHART, type AccountName } from '../domain/ledger.js';
import { heard } from '../domain/own-words.js';
import { hashOfSheet, lastDayOf, monthAfter, type PeriodClose, type PeriodSheet, type TrialBalanceLine } from '../domain/period-close.js';
import { COMPARISON_WORDS, DAY_STATE_WORDS } from '../domain/reconciliation-words.js';
import type { ComparisonKind, DayState } from '../domain/reconciliation.js';
import { MONTH_CLOSED, NOT_WHAT_WAS_SHOWN, NOTHING_PROPOSED, OLDER_THAN_THREE_DAYS } from '../domain/refusal-words.js';
import type { PeriodBlocker, PeriodDesk, PeriodPorts, PeriodSheetView, PeriodView } from './ports.js';

/** Before anything was ever posted. */
const BEGINNING = '2000-01-01';

/** 月结 of one hospital. */
export function createPeriodDesk(ports: PeriodPorts): PeriodDesk {
  const { periods, clock, audit } = ports;
  const read = async (month: string): Promise<Outcome<PeriodSheetView>> => {
    const first = await periods.firstMonth();
    if (first === undefined || month < first || month > currentMonth(ports)) return refused('NO_SUCH_ITEM', month);
    const closes = await periods.listCloses();
    const closed = closes.find(({ sheet }) => sheet.month === month);
    if (closed !== undefined) return ok({ ...viewOfClose(closed), hash: closed.hash, blockers: [], sheet: closed.sheet });
    const { sheet, problems } = await draw(ports, month, closes);
    const hash = hashOfSheet(sheet);
    const proposal = await periods.findProposal(month);
    const isProposed = proposal !== undefined && proposal.hash === hash && Date.parse(proposal.expiresAt) > clock.now().getTime();
    return ok({ month, state: isProposed ? 'proposed' : 'open', ...(isProposed ? { proposedBy: proposal.by } : {}), hash, blockers: [...blockersOf(ports, month, closes), ...(await notCompared(ports, month)), ...problems.map((problem): PeriodBlocker => ({ code: 'suspense', detail: heard(problem) }))], sheet });
  };
  return {
    async listPeriods() {
      const [first, closes] = await Promise.all([periods.firstMonth(), periods.listCloses()]);
      if (first === undefined) return [];
      const months: PeriodView[] = [];
      for (let month = first; month <= currentMonth(ports); month = monthAfter(month)) {
        const closed = closes.find(({ sheet }) => sheet.month === month);
        const proposal = closed === undefined ? await periods.findProposal(month) : undefined;
        const isProposed = proposal !== undefined && Date.parse(proposal.expiresAt) > clock.now().getTime();
        months.unshift(closed !== undefined ? viewOfClose(closed) : { month, state: isProposed ? 'proposed' : 'open', ...(isProposed ? { proposedBy: proposal.by } : {}) });
      }
      return months;
    },
    readPeriod: ({ month }) => read(month),
    async proposeClose({ month, hash, by }) {
      const shown = await read(month);
      if (shown.kind === 'refused') return shown;
      if (shown.value.state === 'closed') return refused('CONFLICT', MONTH_CLOSED);
      if (shown.value.blockers.length > 0) return refused('PERIOD_NOT_CLOSABLE', shortened(inOneLine(shown.value.blockers.map(({ detail }) => detail)), 500));
      if (shown.value.hash !== hash) return refused('APPROVAL_OVER', NOT_WHAT_WAS_SHOWN);
      const proposed = await periods.propose({ sheet: shown.value.sheet, by, now: clock.now() });
      switch (proposed.kind) {
        case 'proposed':
          await audit.record({ who: by, what: 'period.propose', object: `month ${month}`, after: { hash } });
          return read(month);
        case 'closed':
          return refused('CONFLICT', MONTH_CLOSED);
        case 'notNext':
          return refused('PERIOD_NOT_CLOSABLE', { zh: '上一个月份尚未月结', en: 'the month before it is not closed' });
        default:
          return assertNever(proposed);
      }
    },
    async decideClose({ month, hash, isApproved, reason, by }) {
      // What stands against it is looked at again inside the decision: a day may have been run anew since. A day's first money enters with a journal, which moves the month's end.
      const missing = await notCompared(ports, month);
      const closes = await periods.listCloses();
      const problem = (): Bilingual | undefined => [...blockersOf(ports, month, closes), ...missing].map(({ detail }) => detail)[0];
      const decided = await periods.decide({ month, hash, isApproved, by, reason, now: clock.now(), problem });
      switch (decided.kind) {
        case 'decided':
          await audit.record({ who: by, what: isApproved ? 'period.close' : 'period.reject', object: `month ${month}`, after: { hash }, reason });
          return read(month);
        case 'closed':
        case 'nothingProposed':
          return refused('CONFLICT', decided.kind === 'closed' ? MONTH_CLOSED : NOTHING_PROPOSED);
        case 'ownProposal':
          return refused('SECOND_PERSON_NEEDED');
        case 'notWhatWasShown':
        case 'expired':
          return refused('APPROVAL_OVER', decided.kind === 'expired' ? OLDER_THAN_THREE_DAYS : NOT_WHAT_WAS_SHOWN);
        case 'notNext':
          return refused('PERIOD_NOT_CLOSABLE', { zh: '上一个月份尚未月结', en: 'the month before it is not closed' });
        case 'moved':
          return refused('PERIOD_NOT_CLOSABLE', decided.what);
        default:
          return assertNever(decided);
      }
    },
  };
}

/** 试算平衡: what every account had at the beginning, what moved, what it has at the end. */
async function draw({ periods, ledger }: PeriodPorts, month: string, closes: readonly PeriodClose[]): Promise<{ readonly sheet: PeriodSheet; readonly problems: readonly string[] }> {
  const before = closes.find(({ sheet }) => monthAfter(sheet.month) === month);
  const [moved, earlier, { problems, ...end }] = await Promise.all([ledger({ from: `${month}-01`, to: lastDayOf(month) }), before === undefined ? ledger({ from: BEGINNING, to: daysBefore(`${month}-01`) }) : [], periods.readEnd(month)]);
  const opening = new Map<string, number>(before?.sheet.lines.map(({ account, closingFen }) => [account, closingFen]) ?? []);
  for (const { account, debitFen, creditFen } of earlier) opening.set(account, (opening.get(account) ?? 0) + onItsSide(account, debitFen, creditFen));
  const sums = new Map<string, { debitFen: number; creditFen: number }>();
  for (const { account, debitFen, creditFen } of moved) {
    const sum = sums.get(account) ?? { debitFen: 0, creditFen: 0 };
    sums.set(account, { debitFen: sum.debitFen + debitFen, creditFen: sum.creditFen + creditFen });
  }
  const lines = [...new Set([...opening.keys(), ...sums.keys()])].toSorted().map((account): TrialBalanceLine => {
    const { debitFen, creditFen } = sums.get(account) ?? { debitFen: 0, creditFen: 0 };
    const openingFen = opening.get(account) ?? 0;
    return { account: account as AccountName, openingFen, debitFen, creditFen, closingFen: openingFen + onItsSide(account, debitFen, creditFen) };
  }).filter(({ openingFen, debitFen, creditFen }) => openingFen !== 0 || debitFen !== 0 || creditFen !== 0);
  const hanging = (code: '1191' | '2091'): number => lines.filter(({ account }) => accountCode(account) === code).reduce((sum, { closingFen }) => sum + closingFen, 0);
  return { sheet: { month, ...end, lines, longFen: hanging('2091'), shortFen: hanging('1191') }, problems };
}
function onItsSide(account: string, debitFen: number, creditFen: number): number {
  return CHART[accountCode(account as AccountName)].normal === 'debit' ? debitFen - creditFen : creditFen - debitFen;
}

/** What can be asked without waiting. */
function blockersOf(ports: PeriodPorts, month: string, closes: readonly PeriodClose[]): PeriodBlocker[] {
  const [last] = closes;
  const days = ports.days({ from: `${month}-01`, to: lastDayOf(month) }).filter(({ state }) => state !== 'balanced' && state !== 'explained');
  return [
    ...(month >= currentMonth(ports) ? [{ code: 'notOver', detail: { zh: `${month} 尚未结束`, en: `${month} is not over` } } as const] : []),
    ...(last !== undefined && month !== monthAfter(last.sheet.month) ? [{ code: 'notNext', detail: { zh: `须先月结 ${monthAfter(last.sheet.month)}`, en: `${monthAfter(last.sheet.month)} is closed first` } } as const] : []),
    ...days.map(({ day, comparison, source, state, reason }): PeriodBlocker => ({ code: 'dayOpen', detail: openDetail({ day, comparison, source, state, reason }), of: { day, comparison, source, state } })),
  ];
}

/** A day with money whose other side tells its days, and that was never compared. */
async function notCompared(ports: PeriodPorts, month: string): Promise<PeriodBlocker[]> {
  const known = ports.days({ from: `${month}-01`, to: lastDayOf(month) });
  const sourceOf = (channel: string): string => ports.sources().find(({ channels }) => channels.includes(channel))?.source ?? channel;
  const isTold = (comparison: 'channel' | 'hospital', source: string): boolean => ports.tellsDays(comparison, source) ?? known.some((one) => one.comparison === comparison && one.source === source);
  const wanted = new Map<string, { readonly comparison: 'channel' | 'hospital'; readonly source: string; readonly day: string }>();
  for (const { day, channel } of await ports.periods.daysWithMoney(month)) {
    for (const [comparison, source] of [['channel', sourceOf(channel)], ['hospital', ports.hospitalId]] as const) wanted.set(`${comparison} ${source} ${day}`, { comparison, source, day });
  }
  return [...wanted.values()].filter((one) => isTold(one.comparison, one.source) && !known.some(({ comparison, source, day }) => comparison === one.comparison && source === one.source && day === one.day))
    .map(({ comparison, source, day }): PeriodBlocker => ({ code: 'dayNotCompared', detail: openDetail({ day, comparison, source, state: 'none', reason: '' }), of: { day, comparison, source, state: 'none' } }));
}

function openDetail({ day, comparison, source, state, reason }: { readonly day: string; readonly comparison: ComparisonKind; readonly source: string; readonly state: DayState | 'none'; readonly reason: string }): Bilingual {
  const [compared, stands, said] = [COMPARISON_WORDS[comparison], DAY_STATE_WORDS[state], heard(reason)];
  return { zh: `${day} ${compared.zh} ${source}：${stands.zh}${said.zh === '' ? '' : `（${said.zh}）`}`, en: `${day} ${compared.en} ${source}: ${stands.en}${said.en === '' ? '' : ` (${said.en})`}` };
}

const currentMonth = ({ clock }: Pick<PeriodPorts, 'clock'>): string => beijingDay(clock.now()).slice(0, 7);
function viewOfClose({ sheet: { month }, proposedBy, closedBy, closedAt }: PeriodClose): PeriodView {
  return { month, state: 'closed', proposedBy, closedBy, closedAt };
}
