import type { Inpatient } from '@hospay/plugin-sdk';
import { maskName } from '../domain/mask.js';

/** A stay as a hall may see it: the name masked. Amounts in fen. */
export type InpatientView = Omit<Inpatient, 'patientId'>;

export function viewInpatient({ patientId: _patientId, name, ...stay }: Inpatient): InpatientView {
  return { ...stay, name: maskName(name) };
}
