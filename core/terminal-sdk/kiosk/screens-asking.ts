/** Draws what a patient only asks: taking a number, the queue, reports and prices. */
import { checkIn, findPrices, isInitials, readReport } from './asking.js';
import { button, element, type Child } from './element.js';
import { actions, beijing, ending, fact, money, type Drawing } from './parts.js';
import type { CheckedInScreen, PricesScreen, ReportScreen, ReportsScreen, Screen } from './screen.js';
import type { Texts } from './texts.js';

const LETTERS = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z'] as const;

export function checkIns({ walk, texts }: Drawing, { patient, registrations }: Extract<Screen, { kind: 'checkIns' }>): HTMLElement {
  return element('section', { class: 'stays' },
    element('h1', {}, registrations.length === 0 ? texts.noCheckIns : texts.chooseCheckIn), element('p', { class: 'who', id: 'patient' }, element('b', {}, patient.name)),
    registrations.length === 0 ? element('p', { class: 'hint' }, texts.noCheckInsHint) : undefined,
    element('div', { class: 'list' }, ...registrations.map((one) => element('div', { class: 'bill stay' },
      element('dl', { class: 'facts' }, ...fact(texts.clinic, `${one.departmentName} ${one.doctorName}`), ...fact(texts.visitAt, texts.sessions[one.session]), ...fact(texts.queueNo, one.queueNo), ...fact(texts.place, one.place)),
      one.state === 'checkedIn' ? element('p', { class: 'hint' }, texts.isCheckedIn) : button(texts.checkIn, () => void checkIn(walk, patient, one), { class: 'primary wide', id: `check-in-${one.hisRegistrationNo}`, disabled: walk.isBusy })))),
    actions(button(texts.home, () => walk.home(), { id: 'finish' })));
}
export function checkedIn(drawing: Drawing, screen: CheckedInScreen): HTMLElement {
  const { walk, texts, print } = drawing;
  return element('section', { class: 'ending' },
    element('div', { class: 'mark good' }, '✓'), element('h1', { id: 'state' }, texts.checkedIn),
    element('p', { class: 'next-step', id: 'queue' }, `${texts.queueNo}：`, element('b', { id: 'queue-no' }, screen.queueNo)), element('p', { class: 'next-step' }, `${texts.place}：${screen.place}`),
    element('p', { class: 'hint' }, texts.checkedInHint),
    actions(button(texts.printSlip, print, { class: 'plain', id: 'print' }), button(texts.finish, () => walk.home(), { class: 'primary', id: 'finish' })));
}
export function checkedInSlip(texts: Texts, { patient, registration, queueNo, place }: CheckedInScreen): Child[] {
  return [element('h3', {}, texts.checkInSlip), line(texts.queueNo, queueNo, 'pair bold'), line(texts.place, place), line(texts.clinic, `${registration.departmentName} ${registration.doctorName}`), line(texts.visitAt, `${registration.day} ${texts.sessions[registration.session]}`), line(texts.patient, patient.name)];
}

export function queue(drawing: Drawing, { patient, places }: Extract<Screen, { kind: 'queue' }>): HTMLElement {
  const { walk, texts } = drawing;
  if (places.length === 0) return ending(drawing, { mark: 'quiet', title: texts.noQueue, hint: texts.noQueueHint });
  return element('section', { class: 'stays' },
    element('h1', {}, texts.queueTitle), element('p', { class: 'who', id: 'patient' }, element('b', {}, patient.name)),
    element('div', { class: 'list' }, ...places.map((one) => element('div', { class: 'bill stay' },
      element('p', { class: 'next-step ahead' }, one.ahead === 0 ? texts.nextUp : texts.ahead(one.ahead)),
      element('dl', { class: 'facts' }, ...fact(texts.queueNo, one.queueNo), ...fact(texts.clinic, `${one.departmentName} ${one.doctorName}`), ...fact(texts.place, one.place))))),
    element('p', { class: 'hint' }, texts.queueHint),
    actions(button(texts.home, () => walk.home(), { class: 'primary', id: 'finish' })));
}

export function reports(drawing: Drawing, screen: ReportsScreen): HTMLElement {
  const { walk, texts } = drawing;
  if (screen.reports.length === 0) return ending(drawing, { mark: 'quiet', title: texts.noReports, hint: texts.noReportsHint });
  return element('section', { class: 'patients' },
    element('h1', {}, texts.chooseReport), element('p', { class: 'who', id: 'patient' }, element('b', {}, screen.patient.name)),
    element('div', { class: 'list' }, ...screen.reports.map((one) => {
      const isHeld = one.hindrance !== undefined && one.hindrance !== '';
      return element('button', { class: 'row report', id: `report-${one.reportId}`, onTap: () => void readReport(walk, screen, one), attributes: { type: 'button', ...(isHeld || walk.isBusy ? { disabled: '' } : {}) } },
        element('span', { class: 'what' }, element('b', {}, one.title), element('small', {}, `${texts.reportKinds[one.kind]} · ${beijing(one.reportedAt)}`)), element('span', {}, isHeld ? (one.hindrance ?? '') : ''));
    })),
    actions(button(texts.home, () => walk.home(), { id: 'finish' })));
}
export function report({ walk, texts, print }: Drawing, { before, report: read, items }: ReportScreen): HTMLElement {
  return element('section', { class: 'fees' },
    element('h1', {}, read.title), element('p', { class: 'who' }, element('b', {}, before.patient.name), element('span', {}, texts.reportKinds[read.kind]), element('span', {}, beijing(read.reportedAt))),
    element('table', { class: 'fee-table', id: 'report' }, ...items.map((item) => element('tr', { class: item.flag === undefined || item.flag === '' ? '' : 'flagged' }, element('td', {}, item.name), element('td', { class: 'number' }, element('b', {}, `${item.value} ${item.flag ?? ''}`)), element('td', {}, item.unit ?? ''), element('td', {}, item.range ?? '')))),
    element('p', { class: 'hint' }, texts.reportHint),
    actions(button(texts.back, () => walk.show(before), { id: 'back' }), button(texts.printReport, print, { class: 'primary', id: 'print' })));
}
export function reportSlip(texts: Texts, { before, report: read, items }: ReportScreen): Child[] {
  return [element('h3', {}, read.title), line(texts.patient, before.patient.name), line(texts.reportedAt, beijing(read.reportedAt)), element('hr', {}),
    ...items.flatMap((item) => [line(item.name, [item.value, item.unit ?? '', item.flag ?? ''].join(' ').trim(), 'pair bold'), item.range === undefined || item.range === '' ? undefined : line(texts.normalRange, item.range)]), element('p', {}, texts.reportHint)];
}

export function prices({ walk, texts }: Drawing, screen: PricesScreen): HTMLElement {
  const { priceKind, initials, prices: found } = screen;
  const input = element('input', { id: 'initials', attributes: { type: 'text', autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false', maxlength: '12', 'aria-label': texts.initials, placeholder: texts.initialsHint } });
  input.value = initials;
  const go = () => void findPrices(walk, screen, input.value);
  const press = (change: (text: string) => string) => () => {
    const next = change(input.value);
    if (isInitials(next)) input.value = next;
    input.focus();
  };
  input.addEventListener('keydown', (event) => { if (event.key === 'Enter') go(); });
  return element('section', { class: 'fees prices' },
    element('h1', {}, texts.errands.prices),
    element('div', { class: 'tabs' }, ...(['drug', 'service'] as const).map((kind) => button(texts.priceKinds[kind], () => walk.show({ ...screen, priceKind: kind, prices: undefined }), { class: kind === priceKind ? 'tab now' : 'tab', id: `prices-${kind}` }))),
    input,
    element('div', { class: 'letters' }, ...LETTERS.map((letter) => button(letter, press((text) => `${text}${letter}`), { class: 'key' })), button(texts.erase, press((text) => text.slice(0, -1)), { class: 'key word' }), button(texts.clear, press(() => ''), { class: 'key word' })),
    found === undefined ? undefined : found.length === 0 ? element('p', { class: 'hint', id: 'no-prices' }, texts.noPrices)
      : element('table', { class: 'fee-table', id: 'prices' }, ...found.map((one) => element('tr', {}, element('td', {}, one.name, element('small', {}, ` ${[one.spec ?? '', one.insuranceClass ?? ''].filter((part) => part !== '').join(' · ')}`)), element('td', { class: 'number' }, money(one.priceFen)), element('td', {}, one.unit === undefined || one.unit === '' ? '' : `/ ${one.unit}`)))),
    actions(button(texts.home, () => walk.home(), { id: 'finish' }), button(texts.look, go, { class: 'primary', id: 'find-prices', disabled: walk.isBusy })));
}

function line(label: string, value: string, kind = 'pair'): HTMLElement {
  return element('div', { class: kind }, element('span', {}, label), element('span', {}, value));
}
