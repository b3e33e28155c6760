/** Registration (挂号) at the kiosk: department → doctor → day → time, held for the patient while he pays. */
import type { Patient } from '../src/index.js';
import type { ClinicsScreen, Department, Schedule, Slot, SlotsScreen } from './screen.js';
import { dayOf } from './staying.js';
import type { Visit } from './visit.js';

/** Today and the six days after it. */
const DAYS = 6;

export async function listDepartments(visit: Visit, patient: Patient): Promise<void> {
  const found = await visit.ask(() => visit.client.call('registration.departments', {}));
  if (found !== undefined) visit.show({ kind: 'departments', patient, departments: found.departments });
}

export async function chooseDepartment(visit: Visit, department: Department): Promise<void> {
  const { screen } = visit;
  if (screen.kind !== 'departments') return;
  const from = dayOf(visit.client.coreTime);
  const to = dayOf(new Date(visit.client.coreTime.getTime() + DAYS * 24 * 60 * 60_000));
  const found = await visit.ask(() => visit.client.call('registration.schedules', { departmentCode: department.departmentCode, from, to }));
  if (found === undefined) return;
  visit.show({ kind: 'clinics', patient: screen.patient, department, schedules: found.schedules, doctorCode: undefined, from: screen.departments });
}

/** A clinic without a doctor of its own (普通门诊) is chosen by the empty code. */
export const doctorOf = ({ doctorCode = '' }: Schedule): string => doctorCode;

export async function chooseClinic(visit: Visit, clinics: ClinicsScreen, schedule: Schedule, then?: 'slotTaken'): Promise<void> {
  const found = await visit.ask(() => visit.client.call('registration.slots', { scheduleId: schedule.scheduleId }));
  if (found === undefined) return;
  const now = visit.client.coreTime.getTime();
  const slots = found.slots.filter(({ endsAt }) => !(Date.parse(endsAt) <= now));
  visit.show({ kind: 'slots', clinics, schedule, slots, keys: new Map() }, then === undefined ? undefined : { kind: then });
}

/** Holds the place. After silence the same touch asks with the same key; a place that went to somebody else shows what is left. */
export async function holdSlot(visit: Visit, screen: SlotsScreen, slot: Slot): Promise<void> {
  const { clinics: { patient }, schedule, keys } = screen;
  const key = keys.get(slot.slotId) ?? `hold-${crypto.getRandomValues(new Uint32Array(3)).join('-')}`;
  keys.set(slot.slotId, key);
  const when = schedule.day === dayOf(visit.client.coreTime) ? 'today' : 'later';
  const held = await visit.ask(() => visit.client.holdRegistration(key, { patientId: patient.patientId, scheduleId: schedule.scheduleId, slotId: slot.slotId, when }));
  if (held === undefined) {
    const { trouble } = visit;
    if (trouble?.kind !== 'refused') return;
    keys.delete(slot.slotId);
    if (trouble.error.code === 'HIS_REJECTED') await chooseClinic(visit, screen.clinics, schedule, 'slotTaken');
    return;
  }
  visit.hold(screen, { kind: 'quote', name: patient.name, patient, bills: [], quote: held.quote, about: { errand: 'registration', patient, schedule, slot, quoteId: held.quote.quoteId } });
}
