/** Inpatients (住院) at the kiosk: deposits (预交金), and the settlement at the end of a stay (出院结算). */
import type { CallResult } from '../src/index.js';
import type { DischargeScreen, FeeList, FeeRow, SettlementScreen, Stay } from './screen.js';
import { isSettlementEnded } from './screen.js';
import type { Visit } from './visit.js';

const ASK_EVERY_MS = 3_000;

/** Only stays the errand is possible for; the patient sees the masked name and says whether it is he. */
export async function findStays(visit: Visit, cardType: string, cardNo: string): Promise<void> {
  const found = await visit.ask(() => visit.client.call('inpatient.find', { cardType, cardNo }));
  if (found === undefined) return;
  const stays = found.inpatients.filter(({ state }) => (visit.errand === 'deposit' ? state === 'admitted' : visit.errand === 'inquiry' || state !== 'settled'));
  if (stays.length === 0) return visit.show(visit.screen, { kind: 'noStay' });
  visit.show({ kind: 'stays', stays });
}

export async function confirmStay(visit: Visit, stay: Stay): Promise<void> {
  if (visit.errand === 'deposit') return visit.show({ kind: 'amount', stay });
  if (visit.errand === 'inquiry') return listFees(visit, stay, 'sums', dayOf(visit.client.coreTime));
  const { inpatientNo, visitId } = stay;
  const priced = await visit.ask(() => visit.client.call('discharge.quote', { inpatientNo, visitId }));
  if (priced === undefined) return;
  // Only to say which way the money goes: without an answer the page says it in general.
  const listed = await visit.ask(() => visit.client.call('inpatient.deposits', { inpatientNo, visitId }));
  if (visit.screen.kind === 'stays') visit.show({ kind: 'discharge', stay, priced, deposits: listed?.deposits });
}

export async function quoteDeposit(visit: Visit, stay: Stay, amountFen: number): Promise<void> {
  const { inpatientNo, visitId, name } = stay;
  const quote = await visit.ask(() => visit.client.call('deposit.quote', { inpatientNo, visitId, amountFen }));
  if (quote !== undefined) visit.show({ kind: 'quote', name, patient: undefined, bills: [], quote, about: { errand: 'deposit', stay } });
}

/** One of the lists of a stay, as the HIS has it now. `day` is the day of the daily list, yyyy-MM-dd in Beijing. */
export async function listFees(visit: Visit, stay: Stay, list: FeeList, day: string): Promise<void> {
  const rows = await visit.ask(() => readRows(visit, stay, list, day));
  if (rows !== undefined) visit.show({ kind: 'fees', stay, list, day, rows });
}
async function readRows({ client }: Visit, { inpatientNo, visitId }: Stay, list: FeeList, day: string): Promise<CallResult<readonly FeeRow[]>> {
  const of = { inpatientNo, visitId };
  if (list === 'sums') return mapped(await client.call('inpatient.feeSums', of), ({ sums }) => sums.map(({ feeClass, amountFen }) => ({ label: feeClass, detail: '', amountFen })));
  if (list === 'deposits') return mapped(await client.call('inpatient.deposits', of), ({ deposits }) => deposits.map(({ at, receiptNo, amountFen }) => ({ label: receiptNo, detail: at, amountFen })));
  return mapped(await client.call('inpatient.dailyFees', { ...of, day }), ({ fees }) => fees.map(({ itemName, quantity, unit = '', amountFen }) => ({ label: itemName, detail: `× ${quantity}${unit}`, amountFen })));
}
function mapped<From, To>(result: CallResult<From>, how: (value: From) => To): CallResult<To> {
  return result.kind === 'ok' ? { ...result, value: how(result.value) } : result;
}
/** The day in Beijing, yyyy-MM-dd. */
export function dayOf(at: Date): string {
  return at.toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' });
}
export function dayBeside(day: string, by: 1 | -1): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10);
}

/** Something is to be collected: it is paid like bills. */
export function collect(visit: Visit, screen: DischargeScreen): void {
  visit.show({ kind: 'quote', name: screen.stay.name, patient: undefined, bills: [], quote: screen.priced.quote, about: { errand: 'discharge', priced: screen } });
}

/** Nothing is to be collected: settled under one key, which is asked with until there is an answer. */
export async function settle(visit: Visit, before: DischargeScreen): Promise<void> {
  visit.show({ kind: 'settlement', before, key: `leave-${before.priced.quote.quoteId}`.slice(0, 60).replace(/[^0-9A-Za-z-]/g, '-'), settlement: undefined });
  await follow(visit);
}

/** One question about the settlement on the screen. Silence says nothing: it is asked again. */
export async function follow(visit: Visit): Promise<void> {
  const { screen } = visit;
  if (screen.kind !== 'settlement' || isSettlementEnded(screen)) return;
  const { settlement, key, before } = screen;
  if (settlement !== undefined) {
    const asked = await visit.client.call('discharge.query', { settlementNo: settlement.settlementNo });
    if (visit.screen === screen && asked.kind === 'ok') tell(visit, { ...screen, settlement: asked.value });
    return;
  }
  if (before === undefined) return;
  const asked = await visit.client.settleDischarge(key, { quoteId: before.priced.quote.quoteId });
  if (visit.screen !== screen) return;
  if (asked.kind === 'ok') return tell(visit, { ...screen, settlement: asked.value });
  if (asked.kind === 'noAnswer' || !DEFINITE.has(asked.error.code)) return;
  // Somebody began before: this terminal's own settlement is shown, another's is known to a window.
  const known = asked.error.code === 'DISCHARGE_UNDERWAY' && asked.error.detail !== undefined ? await visit.client.call('discharge.query', { settlementNo: asked.error.detail }) : undefined;
  if (visit.screen !== screen) return;
  if (known?.kind === 'ok') return tell(visit, { ...screen, settlement: known.value });
  if (known?.kind !== 'noAnswer') visit.show(before, { kind: 'refused', error: asked.error });
}
/** After these the core has not begun. Anything else decides nothing. */
const DEFINITE: ReadonlySet<string> = new Set(['DISCHARGE_UNDERWAY', 'QUOTE_NOT_FOUND', 'QUOTE_EXPIRED', 'AMOUNT_MISMATCH', 'IDEMPOTENCY_KEY_REUSED', 'MALFORMED_REQUEST', 'NOT_PERMITTED', 'UNSUPPORTED_OPERATION', 'FUNCTION_NOT_OFFERED']);

function tell(visit: Visit, next: SettlementScreen): void {
  const { screen } = visit;
  const isNews = screen.kind === 'settlement' && screen.settlement?.state !== next.settlement?.state;
  // Waiting is not touching: a page nobody looks at still goes back to the start.
  if (isNews) visit.show(next);
}

/** Called every second. */
export function followLater(visit: Visit, sinceAskedMs: number): boolean {
  return visit.screen.kind === 'settlement' && !isSettlementEnded(visit.screen) && sinceAskedMs >= ASK_EVERY_MS;
}

/** What the stay holds after a deposit was booked, fen. Undefined when the HIS does not say. */
export async function balanceOf(visit: Visit, { inpatientNo, visitId }: Stay): Promise<number | undefined> {
  const found = await visit.client.call('inpatient.find', { cardType: 'inpatientNo', cardNo: inpatientNo });
  return found.kind === 'ok' ? found.value.inpatients.find((stay) => stay.visitId === visitId)?.depositFen : undefined;
}
