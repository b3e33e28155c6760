/** Inpatients (住院) at the kiosk: deposits (预交金), and the settlement at the end of a stay (出院结算). */
import type { DischargeScreen, SettlementScreen, Stay } from './screen.js';
import { isSettlementEnded } from './screen.js';
import type { Walk } from './walk.js';

const ASK_EVERY_MS = 3_000;

/** Only stays the errand is possible for; the patient sees the masked name and says whether it is he. */
export async function findStays(walk: Walk, cardType: string, cardNo: string): Promise<void> {
  const found = await walk.ask(() => walk.client.call('inpatient.find', { cardType, cardNo }));
  if (found === undefined) return;
  const stays = found.inpatients.filter(({ state }) => (walk.errand === 'deposit' ? state === 'admitted' : state !== 'settled'));
  if (stays.length === 0) return walk.show(walk.screen, { kind: 'noStay' });
  walk.show({ kind: 'stays', stays });
}

export async function confirmStay(walk: Walk, stay: Stay): Promise<void> {
  if (walk.errand === 'deposit') return walk.show({ kind: 'amount', stay });
  const { inpatientNo, visitId } = stay;
  const priced = await walk.ask(() => walk.client.call('discharge.quote', { inpatientNo, visitId }));
  if (priced === undefined) return;
  // Only to say which way the money goes: without an answer the page says it in general.
  const listed = await walk.ask(() => walk.client.call('inpatient.deposits', { inpatientNo, visitId }));
  if (walk.screen.kind === 'stays') walk.show({ kind: 'discharge', stay, priced, deposits: listed?.deposits });
}

export async function quoteDeposit(walk: Walk, stay: Stay, amountFen: number): Promise<void> {
  const { inpatientNo, visitId, name } = stay;
  const quote = await walk.ask(() => walk.client.call('deposit.quote', { inpatientNo, visitId, amountFen }));
  if (quote !== undefined) walk.show({ kind: 'quote', name, patient: undefined, bills: [], quote, about: { errand: 'deposit', stay } });
}

/** Something is to be collected: it is paid like bills. */
export function collect(walk: Walk, screen: DischargeScreen): void {
  walk.show({ kind: 'quote', name: screen.stay.name, patient: undefined, bills: [], quote: screen.priced.quote, about: { errand: 'discharge', priced: screen } });
}

/** Nothing is to be collected: settled under one key, which is asked with until there is an answer. */
export async function settle(walk: Walk, before: DischargeScreen): Promise<void> {
  walk.show({ kind: 'settlement', before, key: `leave-${before.priced.quote.quoteId}`.slice(0, 60).replace(/[^0-9A-Za-z-]/g, '-'), settlement: undefined });
  await follow(walk);
}

/** One question about the settlement on the screen. Silence says nothing: it is asked again. */
export async function follow(walk: Walk): Promise<void> {
  const { screen } = walk;
  if (screen.kind !== 'settlement' || isSettlementEnded(screen)) return;
  const { settlement, key, before } = screen;
  const asked = settlement === undefined ? await walk.client.settleDischarge(key, { quoteId: before.priced.quote.quoteId }) : await walk.client.call('discharge.query', { settlementNo: settlement.settlementNo });
  if (walk.screen !== screen) return;
  if (asked.kind === 'ok') return tell(walk, { ...screen, settlement: asked.value });
  if (asked.kind === 'noAnswer' || settlement !== undefined || !DEFINITE.has(asked.error.code)) return;
  // Somebody began before: this terminal's own settlement is shown, another's is known to a window.
  const known = asked.error.code === 'DISCHARGE_UNDERWAY' && asked.error.detail !== undefined ? await walk.client.call('discharge.query', { settlementNo: asked.error.detail }) : undefined;
  if (walk.screen !== screen) return;
  if (known?.kind === 'ok') return tell(walk, { ...screen, settlement: known.value });
  if (known?.kind !== 'noAnswer') walk.show(before, { kind: 'refused', error: asked.error });
}
/** After these the core has not begun. Anything else decides nothing. */
const DEFINITE: ReadonlySet<string> = new Set(['DISCHARGE_UNDERWAY', 'QUOTE_NOT_FOUND', 'QUOTE_EXPIRED', 'AMOUNT_MISMATCH', 'IDEMPOTENCY_KEY_REUSED', 'MALFORMED_REQUEST', 'NOT_PERMITTED', 'UNSUPPORTED_OPERATION', 'FUNCTION_NOT_OFFERED']);

function tell(walk: Walk, next: SettlementScreen): void {
  const { screen } = walk;
  const isNews = screen.kind === 'settlement' && screen.settlement?.state !== next.settlement?.state;
  // Waiting is not touching: a page nobody looks at still goes back to the start.
  if (isNews) walk.show(next);
}

/** Called every second. */
export function followLater(walk: Walk, sinceAskedMs: number): boolean {
  return walk.screen.kind === 'settlement' && !isSettlementEnded(walk.screen) && sinceAskedMs >= ASK_EVERY_MS;
}

/** What the stay holds after a deposit was booked, fen. Undefined when the HIS does not say. */
export async function balanceOf(walk: Walk, { inpatientNo, visitId }: Stay): Promise<number | undefined> {
  const found = await walk.client.call('inpatient.find', { cardType: 'inpatientNo', cardNo: inpatientNo });
  return found.kind === 'ok' ? found.value.inpatients.find((stay) => stay.visitId === visitId)?.depositFen : undefined;
}
