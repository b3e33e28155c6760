import { beijingDay, daysBefore } from '@hospay/plugin-sdk';
import { inOneLine, type Bilingual } from '../domain/bilingual.js';
import { ok } from '../domain/errors.js';
import type { DaySummary } from '../domain/reconciliation-store.js';
import { COMPARISON_WORDS, DAY_STATE_WORDS } from '../domain/reconciliation-words.js';
import type { ReconciliationDesk, ReconciliationPorts, RunHear } from './ports.js';
import { runChannelDay } from './run-channel-day.js';
import { runHospitalDay } from './run-hospital-day.js';
import { runSettlementDay } from './run-settlement-day.js';
import { uploadStatement } from './upload-statement.js';

/** Days that are not settled are run again this far back; what waited longer has its case. */
const LOOKS_BACK_DAYS = 3;
/** A day that was compared is not fetched again within this. */
const COMPARED_AGAIN_AFTER_MS = 2 * 60 * 60 * 1000;

const WHOLE = 10_000;

/** Reconciliation of one hospital: days are run one after another, never two at once. */
export function createReconciliationDesk(ports: ReconciliationPorts): ReconciliationDesk {
  const { store, clock, audit } = ports;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
  const ofDay = (day: string): readonly DaySummary[] => store.listDays({ from: day, to: day });
  const runNow = async (day: string, by: string, hear?: RunHear): Promise<readonly DaySummary[]> => {
    await runDay(ports, day, hear);
    const days = ofDay(day);
    await audit.record({ who: by, what: 'reconciliation.run', object: `day ${day}`, after: days.map(({ comparison, source, state }) => ({ comparison, source, state })) });
    return days;
  };
  return {
    runDay: ({ day, by, hear }) => inTurn(() => runNow(day, by, hear)),
    uploadStatement: (request) => inTurn(async () => {
      const taken = await uploadStatement(ports, request);
      return taken.kind === 'ok' ? ok(await runNow(request.day, request.by)) : taken;
    }),
    uploadable: () => ports.sources().flatMap(({ source }) => (ports.channels.find(source)?.statementFiles === undefined ? [] : [source])),
    runDue: () => inTurn(async () => {
      const today = beijingDay(clock.now());
      const told: Bilingual[] = [];
      for (let back = LOOKS_BACK_DAYS; back >= 1; back -= 1) {
        const day = daysBefore(today, back);
        const before = ofDay(day);
        if (!isDue(before, back, clock.now())) continue;
        await runDay(ports, day);
        told.push(tellDay(day, ofDay(day)));
      }
      return told.length === 0 ? { zh: '各日均已对账完毕', en: 'Every day is settled' } : inOneLine(told);
    }),
    listDays: (range) => store.listDays(range),
    listDifferences: (of) => store.listDifferences(of),
  };
}

function tellDay(day: string, parts: readonly DaySummary[]): Bilingual {
  return {
    zh: `${day}：${parts.map(({ comparison, source, state }) => `${COMPARISON_WORDS[comparison].zh} ${source} ${DAY_STATE_WORDS[state].zh}`).join('、')}`,
    en: `${day}: ${parts.map(({ comparison, source, state }) => `${comparison} ${source} ${state}`).join(', ')}`,
  };
}

/** Yesterday is always wanted; a day before it only while something of it was begun and is not settled. */
function isDue(days: readonly DaySummary[], back: number, now: Date): boolean {
  if (days.length === 0) return back === 1;
  return days.some(({ state, ranAt }) => state === 'postponed' || state === 'stopped' || (state === 'open' && now.getTime() - Date.parse(ranAt) >= COMPARED_AGAIN_AFTER_MS));
}

/** Channel by channel, then the HIS: what one cannot give keeps no other from being compared. */
async function runDay(ports: ReconciliationPorts, day: string, hear?: RunHear): Promise<void> {
  const sources = ports.sources();
  for (const [index, source] of sources.entries()) {
    if (hear?.isCancelled() === true) return;
    hear?.step({ share: Math.floor((index * WHOLE) / (sources.length + 1)), step: source.source });
    const compared = await runChannelDay(ports, source, day);
    if (compared?.stated !== undefined) await runSettlementDay(ports, source.source, day, compared.stated);
  }
  if (hear?.isCancelled() === true) return;
  hear?.step({ share: Math.floor((sources.length * WHOLE) / (sources.length + 1)), step: 'HIS' });
  await runHospitalDay(ports, day);
}
