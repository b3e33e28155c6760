import { beijingDay } from '@hospay/plugin-sdk';
import { askHospital } from '../domain/ask-hospital.js';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { isIdNumber, personOfIdNumber } from '../domain/id-number.js';
import { OFFERED } from './offered-functions.js';
import type { NewFile, PatientDesk, PatientDeskPorts } from './ports.js';

/** From this age on a patient answers for himself; below it a guardian does. */
const GROWN_UP_YEARS = 14;

/** Files, cards, reports, prices and queues: asked of the HIS as they are, nothing kept here. */
export function createPatientDesk({ hospitals, audit, clock }: PatientDeskPorts): PatientDesk {
  return {
    offeredFunctions(hospitalId) {
      const hospital = hospitals.find(hospitalId);
      return hospital === undefined ? undefined : OFFERED.filter((name) => hospital.facet(name) !== undefined);
    },
    listReports: ({ hospitalId, ...request }) => askHospital(hospitals, hospitalId, 'listReports', request),
    async readReport({ hospitalId, patientId, from, to, reportId }) {
      // A report is read by its number alone: whose it is the HIS says in the patient's own list, and only there.
      const listed = await askHospital(hospitals, hospitalId, 'listReports', { patientId, from, to });
      if (listed.kind !== 'ok') return listed;
      const report = listed.value.find((one) => one.reportId === reportId);
      if (report === undefined) return refused('NO_SUCH_ITEM');
      if (report.hindrance !== undefined && report.hindrance !== '') return refused('REPORT_NOT_RELEASED', report.hindrance);
      const items = await askHospital(hospitals, hospitalId, 'readReport', { reportId });
      return items.kind === 'ok' ? ok({ report, items: items.value }) : items;
    },
    listPrices: ({ hospitalId, ...request }) => askHospital(hospitals, hospitalId, 'listPrices', request),
    queuePlaces: ({ hospitalId, ...request }) => askHospital(hospitals, hospitalId, 'queuePlaces', request),
    resolveGuideCode: ({ hospitalId, ...request }) => askHospital(hospitals, hospitalId, 'resolveGuideCode', request),
    checkCard: ({ hospitalId, ...request }) => askHospital(hospitals, hospitalId, 'checkCard', request),

    async createPatient({ hospitalId, by, ...file }) {
      const wrong = whatIsWrong(file, clock.now());
      if (wrong !== undefined) return refused('MALFORMED_REQUEST', wrong);
      // The same person a second time finds the file of the first: a repeat after silence makes no other.
      const made = await askHospital(hospitals, hospitalId, 'createPatient', file);
      if (made.kind === 'ok') await audit.record({ who: by, what: 'patient.create', object: `patient ${made.value.patientId}` });
      return made;
    },
    async updatePatient({ hospitalId, by, ...change }) {
      const changed = await askHospital(hospitals, hospitalId, 'updatePatient', change);
      if (changed.kind === 'ok') await audit.record({ who: by, what: 'patient.update', object: `patient ${change.patientId}` });
      return changed.kind === 'ok' ? ok({ patientId: change.patientId }) : changed;
    },
    async reportCardLost({ hospitalId, by, ...card }) {
      const reported = await askHospital(hospitals, hospitalId, 'reportCardLost', card);
      if (reported.kind === 'ok') await audit.record({ who: by, what: 'card.reportLost', object: `patient ${card.patientId}` });
      return reported.kind === 'ok' ? ok({ patientId: card.patientId }) : unclear(reported);
    },
    async reissueCard({ hospitalId, by, ...card }) {
      const reissued = await askHospital(hospitals, hospitalId, 'reissueCard', card);
      // Also when the HIS did not answer: a card may lie in the printer.
      await audit.record({ who: by, what: 'card.reissue', object: `patient ${card.patientId}`, after: { outcome: reissued.kind === 'ok' ? 'done' : reissued.code } });
      return reissued.kind === 'ok' ? reissued : unclear(reissued);
    },
  };
}

/** Silence about a card is not failure: it may be lost, or made anew, already. Sent again blindly a patient would have two. */
function unclear<Refusal extends Extract<Outcome<never>, { kind: 'refused' }>>(refusal: Refusal): Outcome<never> {
  return refusal.code === 'HIS_UNAVAILABLE' && refusal.detail !== undefined ? { ...refusal, code: 'CARD_OUTCOME_UNKNOWN' } : refusal;
}

function whatIsWrong({ idType, idNo, birthday, sex, guardianName, guardianIdNo }: NewFile, now: Date): string | undefined {
  if (idType === 'idCard') {
    if (!isIdNumber(idNo)) return 'idNo: not an identity number (its check character is wrong)';
    const person = personOfIdNumber(idNo);
    if (person.birthday !== birthday) return 'birthday: not the one in the identity number';
    if (sex !== 'unknown' && person.sex !== sex) return 'sex: not the one in the identity number';
  }
  if (birthday > beijingDay(now)) return 'birthday: in the future';
  const grownUpOn = `${String(Number(birthday.slice(0, 4)) + GROWN_UP_YEARS).padStart(4, '0')}${birthday.slice(4)}`;
  if (grownUpOn <= beijingDay(now)) return undefined;
  if (guardianName === undefined || guardianName.trim() === '') return 'guardianName: a child under fourteen is registered by a guardian';
  return guardianIdNo === undefined || !isIdNumber(guardianIdNo) ? 'guardianIdNo: the identity number of the guardian' : undefined;
}
