/** Registration (挂号) at the kiosk: department → doctor → day → time, held for the patient while he pays. */
import type { Patient } from '../src/index.js';
import type { ClinicsScreen, Department, Schedule, Slot, SlotsScreen } from './screen.js';
import type { Walk } from './walk.js';

/** Today and the six days after it. */
const DAYS = 6;

export async function listDepartments(walk: Walk, patient: Patient): Promise<void> {
  const found = await walk.ask(() => walk.client.call('registration.departments', {}));
  if (found !== undefined) walk.show({ kind: 'departments', patient, departments: found.departments });
}

export async function chooseDepartment(walk: Walk, department: Department): Promise<void> {
  const { screen } = walk;
  if (screen.kind !== 'departments') return;
  const from = dayOf(walk.client.coreTime);
  const to = dayOf(new Date(walk.client.coreTime.getTime() + DAYS * 24 * 60 * 60_000));
  const found = await walk.ask(() => walk.client.call('registration.schedules', { departmentCode: department.departmentCode, from, to }));
  if (found === undefined) return;
  walk.show({ kind: 'clinics', patient: screen.patient, department, schedules: found.schedules, doctorCode: undefined, from: screen.departments });
}

/** A clinic without a doctor of its own (普通门诊) is chosen by the empty code. */
export const doctorOf = ({ doctorCode = '' }: Schedule): string => doctorCode;

export async function chooseClinic(walk: Walk, clinics: ClinicsScreen, schedule: Schedule, then?: 'slotTaken'): Promise<void> {
  const found = await walk.ask(() => walk.client.call('registration.slots', { scheduleId: schedule.scheduleId }));
  if (found === undefined) return;
  const now = walk.client.coreTime.getTime();
  const slots = found.slots.filter(({ endsAt }) => !(Date.parse(endsAt) <= now));
  walk.show({ kind: 'slots', clinics, schedule, slots, keys: new Map() }, then === undefined ? undefined : { kind: then });
}

/** Holds the place. After silence the same touch asks with the same key; a place that went to somebody else shows what is left. */
export async function holdSlot(walk: Walk, screen: SlotsScreen, slot: Slot): Promise<void> {
  const { clinics: { patient }, schedule, keys } = screen;
  const key = keys.get(slot.slotId) ?? `hold-${crypto.getRandomValues(new Uint32Array(3)).join('-')}`;
  keys.set(slot.slotId, key);
  const when = schedule.day === dayOf(walk.client.coreTime) ? 'today' : 'later';
  const held = await walk.ask(() => walk.client.holdRegistration(key, { patientId: patient.patientId, scheduleId: schedule.scheduleId, slotId: slot.slotId, when }));
  if (held === undefined) {
    const { trouble } = walk;
    if (trouble?.kind !== 'refused') return;
    keys.delete(slot.slotId);
    if (trouble.error.code === 'HIS_REJECTED') await chooseClinic(walk, screen.clinics, schedule, 'slotTaken');
    return;
  }
  walk.hold(screen, { kind: 'quote', name: patient.name, patient, bills: [], quote: held.quote, about: { errand: 'registration', patient, schedule, slot, quoteId: held.quote.quoteId } });
}

/** The day in Beijing, yyyy-MM-dd. */
export function dayOf(at: Date): string {
  return at.toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' });
}
