import assert from 'node:assert/strict';
import { fits, okValue } from './hospital-bench.js';
import type { HospitalRule } from './hospital-rule.js';

/** Who the patient is, and that no character of his number is changed on the way. */
export const PATIENT_RULES: readonly HospitalRule[] = [
  {
    id: 'patient.find',
    title: 'a patient is found by card, and an unknown card finds nobody',
    run: async (bench) => {
      const { patient } = bench.subject;
      const found = okValue(fits('findPatient', await bench.adapter.findPatient({ cardType: patient.cardType, cardNo: patient.cardNo }, bench.context())));
      assert.deepEqual(found.map(({ patientId }) => patientId), [patient.patientId]);
      const nobody = fits('findPatient', await bench.adapter.findPatient({ cardType: patient.cardType, cardNo: '0000000000000' }, bench.context()));
      assert.ok((nobody.kind === 'ok' && nobody.value.length === 0) || nobody.kind === 'rejected', JSON.stringify(nobody));
    },
  },
  {
    id: 'patient.injection',
    title: 'SQL or quotes in a card number are characters that match nobody',
    run: async (bench) => {
      for (const cardNo of ["' OR '1'='1", "x'; DROP TABLE t--", '"%_']) {
        const result = fits('findPatient', await bench.adapter.findPatient({ cardType: bench.subject.patient.cardType, cardNo }, bench.context()));
        assert.ok((result.kind === 'ok' && result.value.length === 0) || result.kind === 'rejected', JSON.stringify(result));
      }
    },
  },
  {
    id: 'text.lossy',
    title: 'characters the HIS cannot hold are refused, not changed',
    applies: ({ lossyCardNo }) => lossyCardNo !== undefined,
    run: async (bench) => {
      const { patient, lossyCardNo = '' } = bench.subject;
      const result = fits('findPatient', await bench.adapter.findPatient({ cardType: patient.cardType, cardNo: lossyCardNo }, bench.context()));
      assert.equal(result.kind, 'rejected', JSON.stringify(result));
    },
  },
];
