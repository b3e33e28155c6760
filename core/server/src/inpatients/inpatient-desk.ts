import { askHospital } from '../domain/ask-hospital.js';
import { ok, refused } from '../domain/errors.js';
import { viewInpatient } from './inpatient-view.js';
import type { InpatientDesk, InpatientPorts } from './ports.js';
import { quoteDeposit } from './quote-deposit.js';
import { quoteDischarge } from './quote-discharge.js';
import { findDischarge, listRecentDischarges, settleDischarge } from './settle-discharge.js';

export function createInpatientDesk(ports: InpatientPorts): InpatientDesk {
  const { hospitals } = ports;
  return {
    async findInpatient({ hospitalId, ...request }) {
      const found = await askHospital(hospitals, hospitalId, 'findInpatient', request);
      if (found.kind !== 'ok') return found;
      return found.value.length === 0 ? refused('INPATIENT_NOT_FOUND') : ok(found.value.map(viewInpatient));
    },
    listDeposits: ({ hospitalId, ...stay }) => askHospital(hospitals, hospitalId, 'listDeposits', stay),
    listDailyFees: ({ hospitalId, ...stay }) => askHospital(hospitals, hospitalId, 'listDailyFees', stay),
    sumFees: ({ hospitalId, ...stay }) => askHospital(hospitals, hospitalId, 'sumFees', stay),
    quoteDeposit: (request) => quoteDeposit(ports, request),
    quoteDischarge: (request) => quoteDischarge(ports, request),
    settleDischarge: (request) => settleDischarge(ports, request),
    findDischarge: (request) => findDischarge(ports, request),
    listRecentDischarges: (owner) => listRecentDischarges(ports, owner),
  };
}
