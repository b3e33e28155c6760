import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HospitalGuest } from '../domain/guests.js';
import { createHisDoctor } from './his-doctor.js';
import type { Examination, HisDoctorPorts } from './ports.js';

type Asked = Pick<HospitalGuest, 'ping' | 'loadDictionary' | 'findPatient' | 'listOpenBills' | 'listDay' | 'readBudget'>;
const WELL: Asked = {
  ping: () => Promise.resolve({ kind: 'ok', value: { hisTime: '2026-11-20T02:00:20Z' } }),
  loadDictionary: () => Promise.resolve({ kind: 'ok', value: [{ code: '01', name: '内科' }] }),
  findPatient: () => Promise.resolve({ kind: 'ok', value: [{ patientId: 'P1', name: '赵小试', gender: 'male', birthDate: '1990-01-01' }] as never }),
  listOpenBills: () => Promise.resolve({ kind: 'ok', value: [] }),
  listDay: () => Promise.resolve({ kind: 'ok', value: [] }),
  readBudget: () => Promise.resolve({ kind: 'ok', value: { classes: [{ name: 'payment', calls: 1, refused: 0, expired: 0, timedOut: 0, failed: 0, inFlight: 0, waiting: 0, isOpen: false }] } as never }),
};
function examined(asked: Partial<Asked>, more: Partial<HisDoctorPorts> = {}) {
  const audited: string[] = [];
  let at = 0;
  const doctor = createHisDoctor({
    adapter: () => ({ hospital: { ...WELL, ...asked } as unknown as HospitalGuest }), dictionaries: ['department'], unconfirmed: () => Promise.resolve(0), clock: { now: () => new Date('2026-11-20T02:00:00Z') }, elapsed: () => (at += 40), changed: () => undefined,
    audit: { record: ({ what }) => { audited.push(what); return Promise.resolve(); } }, ...more,
  });
  const ended = async (card?: { cardType: 'visitCard'; cardNo: string }): Promise<Examination> => {
    assert.equal((await doctor.begin({ by: 'li', ...(card === undefined ? {} : { card }) })).kind, 'ok');
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
    await new Promise((resolve) => { setImmediate(resolve); });
    return doctor.latest() ?? assert.fail('none');
  };
  return { doctor, ended, audited };
}
const states = ({ findings }: Examination) => Object.fromEntries(findings.map(({ step, state }) => [step, state]));
const CARD = { cardType: 'visitCard', cardNo: 'T1' } as const;

test('a HIS that is well answers step by step, and nobody is named in what is found', async () => {
  const { ended, audited } = examined({});
  const examination = await ended(CARD);
  assert.deepEqual(states(examination), { adapter: 'ok', reach: 'ok', clock: 'ok', mapping: 'ok', dictionary: 'ok', patient: 'ok', bills: 'ok', dayList: 'ok', budget: 'ok', backlog: 'ok' });
  assert.deepEqual([examination.state, examination.by, audited], ['done', 'li', ['his.examine']]);
  assert.ok(!JSON.stringify(examination).includes('赵'));
  assert.deepEqual(examination.findings.filter(({ step }) => step === 'dictionary' || step === 'dayList').map(({ found }) => found), ['department: 1', '2026-11-19: 0']);
});

test('an adapter that does not run, and a HIS that is out of reach, end the questions to it with the reason; the backlog is told all the same', async () => {
  const stopped = await examined({}, { adapter: () => ({ reason: 'stopped by a person' }), unconfirmed: () => Promise.resolve(3) }).ended();
  assert.deepEqual(stopped.findings.map(({ step, state, found }) => [step, state, found]), [['adapter', 'failed', 'stopped by a person'], ['backlog', 'warning', '3']]);
  const silent = await examined({ ping: () => Promise.resolve({ kind: 'unknown', reason: 'no answer within 8 s' }) }).ended();
  assert.deepEqual(silent.findings.map(({ step, state }) => [step, state]), [['adapter', 'ok'], ['reach', 'failed'], ['backlog', 'ok']]);
});

test('clocks apart, procedures that changed under the mapping, slow answers and open breakers are told', async () => {
  let at = 0;
  const { findings } = await examined({
    ping: () => Promise.resolve({ kind: 'ok', value: { hisTime: '2026-11-20T02:05:00Z', findings: ['usp_confirm has a new parameter'] } }),
    readBudget: () => Promise.resolve({ kind: 'ok', value: { classes: [{ name: 'report', waiting: 2, isOpen: true }] } as never }),
  }, { elapsed: () => (at += 3_500) }).ended();
  const told = new Map(findings.map(({ step, ...rest }) => [step, rest]));
  assert.deepEqual([told.get('clock')?.found, told.get('clock')?.state, told.get('mapping')?.found, told.get('mapping')?.state], ['300 s', 'warning', 'usp_confirm has a new parameter', 'warning']);
  assert.deepEqual([told.get('budget')?.state, told.get('budget')?.found, told.get('reach')?.state, told.get('dictionary')?.state], ['failed', 'report, 2', 'warning', 'warning'], 'three and a half seconds are slow');
});

test('without a card nobody is asked about; what this HIS does not have is skipped; a refusal is told with its code, and a throw is no crash', async () => {
  const examination = await examined({ listDay: undefined, readBudget: undefined, loadDictionary: () => Promise.resolve({ kind: 'rejected', code: 'E1', message: '无权限' }) }).ended();
  assert.deepEqual([states(examination)['patient'], states(examination)['bills'], states(examination)['dayList'], states(examination)['budget'], states(examination)['dictionary']], ['skipped', 'skipped', 'skipped', 'skipped', 'failed']);
  const thrown = await examined({ loadDictionary: () => Promise.reject(new Error('boom')) }).ended();
  assert.deepEqual([states(thrown)['dictionary'], thrown.state], ['failed', 'done']);
});

test('one at a time; a cancelled one asks nothing more', async () => {
  const answer = Promise.withResolvers<Awaited<ReturnType<HospitalGuest['ping']>>>();
  const { doctor } = examined({ ping: () => answer.promise });
  await doctor.begin({ by: 'li' });
  assert.equal((await doctor.begin({ by: 'wang' })).kind, 'refused');
  doctor.cancel();
  answer.resolve({ kind: 'ok', value: { hisTime: '2026-11-20T02:00:00Z' } });
  await new Promise((resolve) => { setImmediate(resolve); });
  assert.deepEqual([doctor.latest()?.state, doctor.latest()?.findings.map(({ step }) => step)], ['cancelled', ['adapter', 'reach']]);
});
