/** Every rule of the optional facets can fail: a bad adapter for each, which is the sound one over the simulated hospital with one mistake made of its answers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HospitalAdapter } from '@hospay/plugin-sdk';
import { HOSPITAL_FAULTS, HOSPITAL_RULES, HospitalBench, type HospitalRule } from '@hospay/plugin-sdk/testkit';
import { makeSqlServerSubject } from './hospital-adapter-sqlserver-subject.js';

type Call = { readonly name: string; readonly request: string; readonly before: readonly unknown[]; readonly isTwin: boolean };
/** What the bad adapter makes of an answer. */
type Mistake = (answer: unknown, call: Call) => unknown;

const kindOf = (answer: unknown): unknown => (typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'kind') : undefined);
const valueOf = (answer: unknown): unknown => (typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'value') : undefined);
const rejected = { kind: 'rejected', code: 'BAD', message: '' };
const CONFIRMED = { settlementNo: 'X1', receiptNo: '', amountFen: 1 };
/** What a HIS that had said yes would have told. */
const YES: Readonly<Record<string, unknown>> = {
  confirm: CONFIRMED, approveRefund: { hisRefundNo: 'X1' }, lockSlot: { hisLockNo: 'X1', expiresAt: '2999-01-01T00:00:00Z' }, issueInvoice: { invoiceCode: '1', invoiceNo: '1', checkCode: '1', amountFen: 1, issuedAt: '2026-01-01T00:00:00Z', onPaper: 'no' },
  holdRegistration: { hisRegistrationNo: 'X1', totalFen: 1, fundFen: 0, personalAccountFen: 0, selfPayFen: 1, expiresAt: '2999-01-01T00:00:00Z' }, redFlushInvoice: { redInvoiceCode: '1', redInvoiceNo: '1' },
  returnAccountBalance: { hisReturnNo: 'X1', balanceFen: 0 }, checkIn: { queueNo: '1', place: '' }, reissueCard: { patientId: 'P1', cardNo: 'X1' }, resolveGuideCode: { patientId: 'P0000002', visitNo: '' },
};

const MISTAKES = {
  lostIsRefused: (answer) => (kindOf(answer) === 'unknown' ? rejected : answer),
  lostIsAbsent: (answer, { name }) => (kindOf(answer) === 'unknown' && name.startsWith('query') ? { kind: 'absent' } : answer),
  absentIsUnknown: (answer) => (kindOf(answer) === 'absent' ? { kind: 'unknown', reason: 'not found' } : answer),
  refusesTheReplay: (answer, { before }) => (before.some((earlier) => kindOf(earlier) === 'ok') ? rejected : answer),
  refusesTheTwin: (answer, { isTwin }) => (isTwin ? rejected : answer),
  refusalIsYes: (answer, { name }) => (kindOf(answer) === 'rejected' || kindOf(answer) === 'mismatch' ? { kind: 'ok', value: YES[name] ?? {} } : answer),
  mismatchIsRefusal: (answer) => (kindOf(answer) === 'mismatch' ? rejected : answer),
  listsNothing: (answer) => (Array.isArray(valueOf(answer)) ? { kind: 'ok', value: [] } : answer),
  addsAFen: (answer) => spoilAmounts(answer),
  unknownIsEmpty: (answer) => (kindOf(answer) === 'unknown' ? { kind: 'ok', value: [] } : answer),
  unansweredIsRefused: (answer, { name }) => (kindOf(answer) === 'unknown' && name !== 'presettle' ? rejected : answer),
  alwaysMaySettle: (answer, { name }) => (name === 'checkDischarge' && kindOf(answer) === 'ok' ? { kind: 'ok', value: { mayBeSettled: 'yes', hindrance: '' } } : answer),
  cancelledIsRefused: (answer, { name, before }) => (/^(cancel|unlock)/.test(name) && before.length > 0 ? rejected : answer),
  neverAbsent: (answer) => (kindOf(answer) === 'absent' ? { kind: 'ok', value: CONFIRMED } : answer),
  refusesEverythingNew: (answer, { name }) => (/^(lock|confirm$|approveRefund|presettle$)/.test(name) ? rejected : answer),
  cardsAreValid: (answer, { name }) => (name === 'checkCard' ? { kind: 'ok', value: { patientId: 'P1', state: 'valid' } } : answer),
  neverLetsGo: (answer) => (kindOf(answer) === 'unknown' && String(Reflect.get(Object(answer), 'reason')).startsWith('notSent:') ? { kind: 'unknown', reason: 'no answer' } : answer),
  findsSomebody: (answer, { name }) => (name === 'findPatient' ? { kind: 'ok', value: [{ patientId: 'P1', name: '', sex: 'male' }] } : answer),
} as const satisfies Readonly<Record<string, Mistake>>;

function spoilAmounts(answer: unknown): unknown {
  const value = valueOf(answer);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return answer;
  return { kind: 'ok', value: Object.fromEntries(Object.entries(value).map(([name, field]) => [name, /^(total|deposit|collect)Fen$/.test(name) ? Number(field) + 1 : field])) };
}

function spoil(adapter: HospitalAdapter, mistake: Mistake): HospitalAdapter {
  const answered = new Map<string, unknown[]>();
  const running = new Map<string, number>();
  const wrapped = Object.entries(adapter).flatMap(([name, method]: [string, unknown]) => {
    if (typeof method !== 'function' || name === 'metrics' || name === 'stop') return [];
    const spoiled = async (...given: unknown[]): Promise<unknown> => {
      const request = JSON.stringify(given.slice(0, -1));
      const key = `${name} ${request}`;
      const isTwin = (running.get(key) ?? 0) > 0;
      running.set(key, (running.get(key) ?? 0) + 1);
      const answer: unknown = await Reflect.apply(method, adapter, given);
      running.set(key, (running.get(key) ?? 1) - 1);
      const before = answered.get(key) ?? [];
      answered.set(key, [...before, answer]);
      return mistake(answer, { name, request, before, isTwin });
    };
    return [[name, spoiled] as const];
  });
  return Object.assign({}, adapter, Object.fromEntries(wrapped));
}

const OWN: Readonly<Record<string, keyof typeof MISTAKES>> = {
  'schedule.list': 'listsNothing', 'schedule.stopped': 'refusesEverythingNew', 'slotLock.taken': 'cancelledIsRefused', 'slotLock.expires': 'refusalIsYes', 'hold.price': 'addsAFen', 'hold.full': 'refusalIsYes', 'hold.cancel': 'cancelledIsRefused',
  'registration.amountDiffers': 'mismatchIsRefusal', 'registration.secondPayment': 'refusalIsYes', 'registration.slotTaken': 'refusalIsYes', 'registration.cancelled': 'refusalIsYes', 'registration.stopped': 'refusalIsYes',
  'registrationRefund.afterCheckIn': 'refusalIsYes', 'registration.checkIn': 'refusalIsYes', 'inpatient.find': 'listsNothing', 'deposit.otherAmount': 'lostIsRefused', 'deposit.wrongVisit': 'refusalIsYes', 'deposit.afterDischarge': 'refusalIsYes',
  'discharge.hindered': 'alwaysMaySettle', 'discharge.quote': 'addsAFen', 'discharge.amountDiffers': 'mismatchIsRefusal', 'discharge.secondNumber': 'refusalIsYes', 'discharge.depositsSettled': 'refusalIsYes',
  'billLock.blocks': 'refusalIsYes', 'billLock.ends': 'cancelledIsRefused', 'reversal.absent': 'neverAbsent', 'reversal.dispensed': 'refusalIsYes', 'invoice.tooMuch': 'refusalIsYes', 'redFlush.onPaper': 'refusalIsYes',
  'accountReturn.tooMuch': 'refusalIsYes', 'card.reissue': 'cardsAreValid', 'guideCode.expires': 'refusalIsYes', 'confirm.nothingToPay': 'refusesTheReplay', 'text.rare': 'findsSomebody',
  'drift.presettle': 'neverLetsGo', 'drift.queryConfirmation': 'lostIsAbsent', 'drift.listOpenBills': 'unknownIsEmpty', 'budget.slow': 'refusesTheTwin', 'breaker.questions': 'neverLetsGo',
};

/** Two rules a wrong answer alone cannot break: the HIS itself must go wrong. */
const NEEDS_A_BAD_HIS: ReadonlySet<string> = new Set(['schedule.stopped', 'drift.presettle']);

function mistakeFor({ id }: HospitalRule): keyof typeof MISTAKES | undefined {
  if (OWN[id] !== undefined) return OWN[id];
  if (id.endsWith('.query.absent')) return 'absentIsUnknown';
  if (id.includes('.query.')) return 'lostIsAbsent';
  if (id.endsWith('.replay')) return 'refusesTheReplay';
  if (id.endsWith('.parallel')) return 'refusesTheTwin';
  return HOSPITAL_FAULTS.some((fault) => id.endsWith(`.${fault}`)) ? 'lostIsRefused' : undefined;
}

/** Those of notices have bad adapters of their own (`his-notices-bad.test.ts`). */
const NEW_RULES = HOSPITAL_RULES.filter((rule) => (rule.facets !== undefined || rule.shown !== undefined) && !rule.id.startsWith('notice.'));

for (const rule of NEW_RULES.filter(({ id }) => !NEEDS_A_BAD_HIS.has(id))) {
  test(`the suite catches an adapter that breaks ${rule.id}`, async () => {
    const mistake = mistakeFor(rule) ?? assert.fail(`no bad adapter for ${rule.id}`);
    const subject = await makeSqlServerSubject(rule.id.startsWith('arrival.') ? { twoSteps: true } : {});
    try {
      const bad = { ...subject, adapter: spoil(subject.adapter, MISTAKES[mistake]) };
      await assert.rejects(rule.run(new HospitalBench(bad)), assert.AssertionError, `${mistake} was not noticed`);
    } finally {
      await subject.stop?.();
    }
  });
}

test('a stopped clinic that is still offered, and a renamed amount that is still read, break their rules', async () => {
  const stopped = HOSPITAL_RULES.find(({ id }) => id === 'schedule.stopped') ?? assert.fail();
  const desk = await makeSqlServerSubject();
  const { registration } = desk.control;
  try {
    assert.ok(registration);
    const bad = { ...desk, control: { ...desk.control, registration: { ...registration, stopClinic: () => Promise.resolve() } } };
    await assert.rejects(stopped.run(new HospitalBench(bad)), assert.AssertionError);
  } finally {
    await desk.stop?.();
  }
  const drift = HOSPITAL_RULES.find(({ id }) => id === 'drift.presettle') ?? assert.fail();
  const subject = await makeSqlServerSubject();
  try {
    await assert.rejects(drift.run(new HospitalBench({ ...subject, control: { ...subject.control, renameColumn: () => Promise.resolve() } })), assert.AssertionError);
  } finally {
    await subject.stop?.();
  }
});
