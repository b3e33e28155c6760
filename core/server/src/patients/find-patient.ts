import type { CardType } from '@hospay/plugin-sdk';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { hisRefusal } from '../domain/his-refusal.js';
import { maskName, maskNumber } from '../domain/mask.js';
import type { PatientPorts } from './ports.js';

export type PatientView = {
  readonly patientId: string;
  readonly name: string;
  readonly sex: 'male' | 'female' | 'unknown';
  readonly birthday?: string;
  readonly idNo?: string;
  readonly cardNo?: string;
  readonly phone?: string;
  readonly feeCategory?: string;
};

/** Finds the files of a card (one card may have several; the patient picks). Masked: a kiosk's screen faces the hall. */
export async function findPatient(ports: PatientPorts, request: { readonly hospitalId: string; readonly cardType: CardType; readonly cardNo: string }): Promise<Outcome<PatientView[]>> {
  const hospital = ports.hospitals.find(request.hospitalId);
  if (hospital === undefined) return refused('HIS_UNAVAILABLE');
  const found = await hospital.findPatient({ cardType: request.cardType, cardNo: request.cardNo });
  if (found.kind !== 'ok') return hisRefusal(found);
  if (found.value.length === 0) return refused('PATIENT_NOT_FOUND');
  return ok(
    found.value.map((patient) => ({
      patientId: patient.patientId,
      name: maskName(patient.name),
      sex: patient.sex,
      ...(patient.birthday === undefined ? {} : { birthday: patient.birthday }),
      ...(patient.idNo === undefined ? {} : { idNo: maskNumber(patient.idNo) }),
      ...(patient.cardNo === undefined ? {} : { cardNo: maskNumber(patient.cardNo) }),
      ...(patient.phone === undefined ? {} : { phone: maskNumber(patient.phone) }),
      ...(patient.feeCategory === undefined ? {} : { feeCategory: patient.feeCategory }),
    })),
  );
}
