/** What a patient only asks at the kiosk: taking a number (预约取号), the queue (排队), reports (报告) and prices (价格). No money moves. */
import type { Patient } from '../src/index.js';
import type { PricesScreen, Registration, Report, ReportsScreen } from './screen.js';
import { dayOf } from './staying.js';
import type { Visit } from './visit.js';

/** Reports are looked for this far back. */
const REPORT_DAYS = 90;
const LONGEST_INITIALS = 12;

/** Today's registrations that wait for their number. */
export async function listCheckIns(visit: Visit, patient: Patient): Promise<void> {
  const today = dayOf(visit.client.coreTime);
  const found = await visit.ask(() => visit.client.call('registration.list', { patientId: patient.patientId, from: today, to: today }));
  if (found !== undefined) visit.show({ kind: 'checkIns', patient, registrations: found.registrations.filter(({ state }) => state === 'booked' || state === 'checkedIn') });
}
/** A second touch takes no second number: the HIS answers the same. */
export async function checkIn(visit: Visit, patient: Patient, registration: Registration): Promise<void> {
  const taken = await visit.ask(() => visit.client.call('registration.checkIn', { hisRegistrationNo: registration.hisRegistrationNo, patientId: patient.patientId }));
  if (taken !== undefined) visit.show({ kind: 'checkedIn', patient, registration, ...taken });
}

export async function showQueue(visit: Visit, patient: Patient): Promise<void> {
  const found = await visit.ask(() => visit.client.call('queue.places', { patientId: patient.patientId }));
  if (found !== undefined) visit.show({ kind: 'queue', patient, places: found.places });
}

export async function listReports(visit: Visit, patient: Patient): Promise<void> {
  const days = { from: dayOf(new Date(visit.client.coreTime.getTime() - REPORT_DAYS * 86_400_000)), to: dayOf(visit.client.coreTime) };
  const found = await visit.ask(() => visit.client.call('report.list', { patientId: patient.patientId, ...days }));
  if (found !== undefined) visit.show({ kind: 'reports', patient, days, reports: found.reports });
}
export async function readReport(visit: Visit, screen: ReportsScreen, { reportId }: Report): Promise<void> {
  const { patient, days } = screen;
  const read = await visit.ask(() => visit.client.call('report.read', { patientId: patient.patientId, ...days, reportId }));
  if (read !== undefined) visit.show({ kind: 'report', before: screen, ...read });
}

export async function findPrices(visit: Visit, { priceKind }: Pick<PricesScreen, 'priceKind'>, typed: string): Promise<void> {
  const initials = typed.toUpperCase();
  if (!/^[A-Z0-9]{1,12}$/.test(initials)) return;
  const found = await visit.ask(() => visit.client.call('price.list', { kind: priceKind, initials }));
  if (found !== undefined) visit.show({ kind: 'prices', priceKind, initials, prices: found.prices });
}
export const isInitials = (text: string): boolean => text.length <= LONGEST_INITIALS && /^[A-Za-z0-9]*$/.test(text);
