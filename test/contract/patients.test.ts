/** Files, cards, reports, prices, queues and guide sheets through the payment API, asked of the demo HIS over TDS. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { ApiResult, NewPatient } from '@hospay/payment-sdk';
import type { HisCallContext } from '@hospay/plugin-sdk';
import { createPatientDesk } from '@hospay/server/patients/patient-desk.js';
import { makeSqlServerSubject } from './hospital-adapter-sqlserver-subject.js';
import { startStand, type Stand } from './payment-api-stand.js';

const call = (): HisCallContext => ({ deadline: new Date(Date.now() + 5_000).toISOString(), signal: new AbortController().signal });
const DAYS = { from: '2020-01-01', to: '2099-12-31' };
const GROWN_UP: NewPatient = { name: '诸葛亮', sex: 'male', birthday: '1990-01-01', idType: 'idCard', idNo: '110101199001010015', phone: '13900000001' };

function valueOf<Value>(result: ApiResult<Value>): Value {
  assert.equal(result.kind, 'ok', JSON.stringify(result));
  return result.value;
}
function must<Operation>(operation: Operation | undefined): Operation {
  assert.ok(operation !== undefined);
  return operation;
}
const refusalOf = (result: ApiResult<unknown>): string => (result.kind === 'refused' ? `${result.error.code} ${result.error.detail ?? ''}`.trim() : result.kind);

/** A stand whose optional questions go to the simulated HIS. */
async function start(context: TestContext) {
  const { adapter, his, stop } = await makeSqlServerSubject();
  context.after(() => stop?.());
  const stand = await startStand(context);
  stand.clock.set(new Date().toISOString());
  const facets: Stand['hospital']['facets'] = {
    listReports: (request) => must(adapter.listReports)(request, call()), readReport: (request) => must(adapter.readReport)(request, call()), listPrices: (request) => must(adapter.listPrices)(request, call()), queuePlaces: (request) => must(adapter.queuePlaces)(request, call()),
    resolveGuideCode: (request) => must(adapter.resolveGuideCode)(request, call()), checkCard: (request) => must(adapter.checkCard)(request, call()), createPatient: (request) => must(adapter.createPatient)(request, call()), updatePatient: (request) => must(adapter.updatePatient)(request, call()),
    reportCardLost: (request) => must(adapter.reportCardLost)(request, call()), reissueCard: (request) => must(adapter.reissueCard)(request, call()),
  };
  stand.hospital.facets = facets;
  return { stand, facets, his, app: stand.client() };
}

test('a file is made once for a person, by what his identity number says; a child has a guardian; who made it is written down', async (context) => {
  const { stand, app } = await start(context);
  const { patientId } = valueOf(await app.createPatient(GROWN_UP));
  assert.equal(valueOf(await app.createPatient(GROWN_UP)).patientId, patientId);
  assert.deepEqual(valueOf(await app.updatePatient({ patientId, phone: '13900000002' })), { patientId });
  assert.deepEqual(stand.acts.map(({ who, what, object }) => [who, what, object]), [['application/hospital-app', 'patient.create', `patient ${patientId}`], ['application/hospital-app', 'patient.create', `patient ${patientId}`], ['application/hospital-app', 'patient.update', `patient ${patientId}`]]);
  assert.ok(!JSON.stringify(stand.acts).includes('诸葛亮') && !JSON.stringify(stand.acts).includes(GROWN_UP.idNo), 'no person stands in the audit');
  for (const [change, why] of [[{ idNo: '110101199001010016' }, /^MALFORMED_REQUEST idNo/], [{ birthday: '1990-01-02' }, /^MALFORMED_REQUEST birthday/], [{ sex: 'female' }, /^MALFORMED_REQUEST sex/], [{ idType: 'passport', idNo: 'E1', birthday: '2999-01-01' }, /^MALFORMED_REQUEST birthday: in the future/]] as const) assert.match(refusalOf(await app.createPatient({ ...GROWN_UP, ...change })), why);
  const born = `${String(stand.clock.now().getUTCFullYear() - 13)}-01-01`;
  const child: NewPatient = { name: '诸葛瞻', sex: 'male', birthday: born, idType: 'passport', idNo: 'E12345678', phone: '13900000001' };
  assert.match(refusalOf(await app.createPatient(child)), /^MALFORMED_REQUEST guardianName/);
  assert.match(refusalOf(await app.createPatient({ ...child, guardianName: '诸葛亮', guardianIdNo: '123' })), /^MALFORMED_REQUEST guardianIdNo/);
  assert.notEqual(valueOf(await app.createPatient({ ...child, guardianName: '诸葛亮', guardianIdNo: GROWN_UP.idNo })).patientId, patientId);
});

test('a report is read from the patient’s own list only, and not while the HIS holds it back', async (context) => {
  const { app } = await start(context);
  const reports = valueOf(await app.searchReports({ patientId: 'P0000002', ...DAYS }));
  const free = reports.find(({ kind }) => kind === 'laboratory');
  assert.ok(free !== undefined, JSON.stringify(reports));
  const { report, items } = valueOf(await app.readReport({ patientId: 'P0000002', ...DAYS, reportId: free.reportId }));
  assert.deepEqual([report, items.length], [free, 3]);
  assert.equal(refusalOf(await app.readReport({ patientId: 'P0000005', ...DAYS, reportId: free.reportId })), 'NO_SUCH_ITEM', 'another patient’s report is none');
  assert.equal(refusalOf(await app.readReport({ patientId: 'P0000002', from: '2020-01-01', to: '2020-01-02', reportId: free.reportId })), 'NO_SUCH_ITEM');
  const [held] = valueOf(await app.searchReports({ patientId: 'P0000005', ...DAYS }));
  assert.equal(refusalOf(await app.readReport({ patientId: 'P0000005', ...DAYS, reportId: held?.reportId ?? '' })), 'REPORT_NOT_RELEASED 已打印');
});

test('prices by initials, the queue, the guide sheet; what this HIS does not have is not listed and refused', async (context) => {
  const { stand, app, facets } = await start(context);
  const prices = valueOf(await app.listPrices({ kind: 'drug', initials: 'a' }));
  assert.ok(prices.length > 0 && prices.every(({ priceFen }) => Number.isInteger(priceFen)), JSON.stringify(prices));
  assert.equal(refusalOf(await app.listPrices({ kind: 'drug', initials: "a' or 1=1" })).split(' ')[0], 'MALFORMED_REQUEST');
  assert.ok(Array.isArray(valueOf(await app.searchQueues('P0000001'))));
  assert.equal(refusalOf(await app.resolveGuideCode('nobody-printed-this')).split(' ')[0], 'HIS_REJECTED');
  assert.deepEqual(valueOf(await app.listFunctions()).toSorted(), ['checkCard', 'createPatient', 'listPrices', 'listReports', 'queuePlaces', 'reissueCard', 'reportCardLost', 'resolveGuideCode', 'updatePatient']);
  Object.assign(facets, { listPrices: undefined });
  assert.ok(!valueOf(await app.listFunctions()).includes('listPrices'));
  assert.equal(refusalOf(await app.listPrices({ kind: 'drug', initials: 'a' })), 'FUNCTION_NOT_OFFERED listPrices');
  stand.hospital.facets = {};
});

test('a card is lost and made anew once; silence about it is no failure: it is looked at before anything is sent again', async (context) => {
  const { stand, app, facets } = await start(context);
  const desk = createPatientDesk({ hospitals: stand.ports.hospitals, audit: { record: () => Promise.resolve() }, clock: stand.clock });
  const made = valueOf(await app.createPatient(GROWN_UP));
  const card = { hospitalId: 'demo', patientId: made.patientId, cardNo: made.cardNo ?? '', by: '0101' };
  assert.equal(valueOf(await app.checkCard({ cardType: 'visitCard', cardNo: card.cardNo })).state, 'valid');
  assert.equal((await desk.reportCardLost(card)).kind, 'ok');
  assert.equal(valueOf(await app.checkCard({ cardType: 'visitCard', cardNo: card.cardNo })).state, 'lost');
  const { reissueCard } = facets;
  let sent = 0;
  // The HIS makes the card and the line breaks.
  Object.assign(facets, { reissueCard: async (request: Parameters<NonNullable<typeof reissueCard>>[0]) => {
    sent += 1;
    await reissueCard?.(request);
    return { kind: 'unknown', reason: 'the connection was lost' };
  } });
  const silent = await desk.reissueCard(card);
  assert.deepEqual([silent.kind === 'refused' ? silent.code : silent.kind, sent], ['CARD_OUTCOME_UNKNOWN', 1], 'asked once');
  assert.equal(valueOf(await app.checkCard({ cardType: 'visitCard', cardNo: card.cardNo })).state, 'cancelled', 'the old card says what became of it');
});
