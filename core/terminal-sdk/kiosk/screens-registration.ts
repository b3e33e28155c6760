/** Draws registration (挂号): department, doctor, day, time. */
import { yuanText } from '../src/index.js';
import { button, element } from './element.js';
import { actions, clockOf, ending, type Drawing } from './parts.js';
import { chooseClinic, chooseDepartment, doctorOf, holdSlot } from './registering.js';
import { dayOf } from './staying.js';
import type { About, ClinicsScreen, Schedule, Screen, SlotsScreen } from './screen.js';
import type { Texts } from './texts.js';

export function departments({ walk, texts }: Drawing, { patient, departments: list }: Extract<Screen, { kind: 'departments' }>): HTMLElement {
  return element('section', { class: 'departments' },
    element('h1', {}, texts.chooseDepartment), element('p', { class: 'who' }, element('b', {}, patient.name)),
    list.length === 0 ? element('p', { class: 'hint' }, texts.noDepartments) : element('div', { class: 'tiles' }, ...list.map((one) => choice({ id: `department-${one.departmentCode}`, label: one.name, detail: one.place ?? '', isBusy: walk.isBusy, onTap: () => void chooseDepartment(walk, one) }))),
    actions(button(texts.home, () => walk.home())));
}

/** First the doctors of the department, then the chosen doctor's days. */
export function clinics(drawing: Drawing, screen: ClinicsScreen): HTMLElement {
  const { walk, texts } = drawing;
  const back = screen.doctorCode === undefined ? () => walk.show({ kind: 'departments', patient: screen.patient, departments: screen.from }) : () => walk.show({ ...screen, doctorCode: undefined });
  const rows = screen.doctorCode === undefined ? doctorRows(drawing, screen) : dayRows(drawing, screen, screen.doctorCode);
  return element('section', { class: 'clinics' },
    element('h1', {}, screen.doctorCode === undefined ? texts.chooseDoctor : texts.chooseDay), element('p', { class: 'who' }, element('b', {}, screen.patient.name), element('span', {}, screen.department.name)),
    rows.length === 0 ? element('p', { class: 'hint' }, texts.noClinics) : element('div', { class: screen.doctorCode === undefined ? 'list' : 'tiles' }, ...rows),
    actions(button(texts.home, () => walk.home()), button(texts.back, back, { id: 'back' })));
}
function doctorRows({ walk, texts }: Drawing, screen: ClinicsScreen): HTMLElement[] {
  const doctors = new Map<string, Schedule[]>();
  for (const schedule of screen.schedules) doctors.set(doctorOf(schedule), [...(doctors.get(doctorOf(schedule)) ?? []), schedule]);
  return [...doctors].flatMap(([code, schedules]) => {
    const [first] = schedules;
    if (first === undefined) return [];
    const remaining = schedules.reduce((sum, schedule) => sum + schedule.remaining, 0);
    return [element('button', { class: 'row doctor', id: `doctor-${code}`, onTap: () => walk.show({ ...screen, doctorCode: code }), attributes: { type: 'button', ...(remaining === 0 ? { disabled: '' } : {}) } },
      element('span', { class: 'what' }, element('b', {}, first.doctorName ?? texts.anyDoctor), element('small', {}, first.title ?? '')), element('span', { class: 'rest' }, remaining === 0 ? texts.full : texts.placesLeft(remaining)), element('span', { class: 'money' }, element('i', {}, '¥'), yuanText(feeOf(first))))];
  });
}
function dayRows({ walk, texts }: Drawing, screen: ClinicsScreen, doctorCode: string): HTMLElement[] {
  const today = dayOf(walk.client.coreTime);
  return screen.schedules.filter((schedule) => doctorOf(schedule) === doctorCode).map((schedule) => choice({
    id: `clinic-${schedule.scheduleId}`, label: `${dayText(texts, schedule.day, today)} ${texts.sessions[schedule.session]}`, detail: schedule.remaining === 0 ? texts.full : texts.placesLeft(schedule.remaining),
    isBusy: walk.isBusy || schedule.remaining === 0, onTap: () => void chooseClinic(walk, screen, schedule),
  }));
}

export function slots({ walk, texts }: Drawing, screen: SlotsScreen): HTMLElement {
  const { clinics: before, schedule } = screen;
  return element('section', { class: 'slots' },
    element('h1', {}, texts.chooseTime),
    element('p', { class: 'who' }, element('b', {}, before.patient.name), element('span', {}, before.department.name), element('span', {}, schedule.doctorName ?? texts.anyDoctor), element('span', {}, `${dayText(texts, schedule.day, dayOf(walk.client.coreTime))} ${texts.sessions[schedule.session]}`)),
    screen.slots.length === 0 ? element('p', { class: 'hint' }, texts.noSlots) : element('div', { class: 'tiles' }, ...screen.slots.map((slot) => choice({
      id: `slot-${slot.slotId}`, label: `${clockOf(slot.beginsAt)}–${clockOf(slot.endsAt)}`, detail: slot.remaining === 0 ? texts.full : texts.placesLeft(slot.remaining), isBusy: walk.isBusy || slot.remaining === 0, onTap: () => void holdSlot(walk, screen, slot),
    }))),
    actions(button(texts.home, () => walk.home()), button(texts.back, () => walk.show(before), { id: 'back' })));
}

export function holdEnded(drawing: Drawing, { slots: before }: Extract<Screen, { kind: 'holdEnded' }>): HTMLElement {
  const { walk, texts } = drawing;
  return ending(drawing, { mark: 'quiet', title: texts.holdEnded, hint: texts.holdEndedHint, act: before === undefined ? undefined : button(texts.chooseAgain, () => void chooseClinic(walk, before.clinics, before.schedule), { class: 'primary', id: 'choose-again', disabled: walk.isBusy }) });
}

/** Where and when, in words; the same on screen and slip. */
export function placeText(texts: Texts, { schedule }: Extract<About, { errand: 'registration' }>): string {
  return [schedule.departmentName, schedule.doctorName ?? texts.anyDoctor, schedule.title ?? ''].filter((part) => part !== '').join(' ');
}
export function timeText(texts: Texts, { schedule, slot }: Extract<About, { errand: 'registration' }>): string {
  return `${schedule.day} ${texts.sessions[schedule.session]} ${clockOf(slot.beginsAt)}–${clockOf(slot.endsAt)}`;
}

function choice({ id, label, detail, isBusy, onTap }: { readonly id: string; readonly label: string; readonly detail: string; readonly isBusy: boolean; readonly onTap: () => void }): HTMLElement {
  return element('button', { class: 'tile choice', id, onTap, attributes: { type: 'button', ...(isBusy ? { disabled: '' } : {}) } }, element('b', {}, label), element('small', {}, detail));
}
const feeOf = ({ registrationFeeFen, treatmentFeeFen }: Schedule): number => registrationFeeFen + treatmentFeeFen;

function dayText(texts: Texts, day: string, today: string): string {
  const at = new Date(`${day}T00:00:00Z`);
  const days = Math.round((at.getTime() - Date.parse(`${today}T00:00:00Z`)) / 86_400_000);
  return texts.day(`${String(at.getUTCMonth() + 1)}/${String(at.getUTCDate())}`, at.getUTCDay(), days);
}
