import type { Bill } from '@hospay/plugin-sdk';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { hisRefusal } from '../domain/his-refusal.js';
import type { PatientPorts } from './ports.js';

/** The patient's unpaid bills, always straight from the HIS: a doctor may change one any second. */
export async function listOpenBills(ports: PatientPorts, request: { readonly hospitalId: string; readonly patientId: string }): Promise<Outcome<Bill[]>> {
  const hospital = ports.hospitals.find(request.hospitalId);
  if (hospital === undefined) return refused('HIS_UNAVAILABLE');
  const listed = await hospital.listOpenBills({ patientId: request.patientId });
  return listed.kind === 'ok' ? ok(listed.value) : hisRefusal(listed);
}
