/** Draws what inpatients (住院) do: the stay to confirm, the amount of a deposit, what a stay comes to, and its settlement. */
import { yuanText } from '../src/index.js';
import { button, element, type Child } from './element.js';
import { actions, beijing, ending, fact, keypad, money, pair, spinner, type Drawing } from './parts.js';
import { isSettlementEnded, type Deposit, type Discharge, type DischargeScreen, type FeesScreen, type Screen, type SettlementScreen, type Stay } from './screen.js';
import { collect, confirmStay, dayBeside, dayOf, listFees, quoteDeposit, settle } from './staying.js';
import type { Texts } from './texts.js';

const QUICK_YUAN = [500, 1_000, 2_000, 3_000, 5_000] as const;
const LARGEST_YUAN = 200_000;

export function stays({ walk, texts }: Drawing, { stays: list }: Extract<Screen, { kind: 'stays' }>): HTMLElement {
  return element('section', { class: 'stays' },
    element('h1', {}, texts.checkStay), element('p', { class: 'hint' }, texts.checkStayHint),
    element('div', { class: 'list' }, ...list.map((stay) => element('div', { class: 'bill stay' },
      element('dl', { class: 'facts' }, ...pair(texts.inpatient, element('b', { class: 'name' }, stay.name)), ...fact(texts.inpatientNo, stay.inpatientNo), ...fact(texts.ward, `${stay.departmentName} ${stay.ward} ${texts.bed(stay.bed)}`), ...fact(texts.admittedAt, beijing(stay.admittedAt).slice(0, 10))),
      button(texts.isThis, () => void confirmStay(walk, stay), { class: 'primary wide', id: `stay-${stay.inpatientNo}-${stay.visitId}`, disabled: walk.isBusy })))),
    actions(button(texts.notThis, () => walk.home(), { id: 'not-this' })));
}

export function amount({ walk, texts }: Drawing, { stay }: Extract<Screen, { kind: 'amount' }>): HTMLElement {
  const input = element('input', { id: 'yuan', attributes: { type: 'text', inputmode: 'numeric', autocomplete: 'off', maxlength: '6', 'aria-label': texts.depositAmount, placeholder: texts.depositHint } });
  const go = () => {
    const yuan = /^[1-9]\d{0,5}$/.test(input.value) ? Number(input.value) : 0;
    if (yuan > 0 && yuan <= LARGEST_YUAN) void quoteDeposit(walk, stay, yuan * 100);
  };
  return element('section', { class: 'card amount' },
    element('h1', {}, texts.depositAmount),
    element('p', { class: 'who' }, element('b', {}, stay.name), element('span', {}, `${stay.ward} ${texts.bed(stay.bed)}`), element('span', {}, `${texts.balance} ¥${yuanText(stay.depositFen)}`), element('span', {}, `${texts.costSoFar} ¥${yuanText(stay.costFen)}`)),
    stay.arrearsFen > 0 ? element('p', { class: 'notice inline', id: 'arrears' }, texts.arrears(yuanText(stay.arrearsFen))) : undefined,
    element('div', { class: 'quick' }, ...QUICK_YUAN.map((yuan) => button(`¥${String(yuan)}`, () => { input.value = String(yuan); input.focus(); }, { class: 'key word', id: `yuan-${String(yuan)}` }))),
    input,
    keypad({ texts, input, last: '00', isAccepted: (text) => /^([1-9]\d{0,5})?$/.test(text) && Number(text) <= LARGEST_YUAN, go }),
    actions(button(texts.home, () => walk.home()), button(texts.next, go, { class: 'primary', id: 'quote-deposit', disabled: walk.isBusy })));
}

/** What a stay costs, item by item or by kind, and what was paid in; printed as it is shown. */
export function fees({ walk, texts, print }: Drawing, screen: FeesScreen): HTMLElement {
  const { stay, list, day, rows } = screen;
  const go = (to: FeesScreen['list'], at: string) => () => void listFees(walk, stay, to, at);
  const isToday = day >= dayOf(walk.client.coreTime);
  return element('section', { class: 'fees' },
    element('h1', {}, texts.feeLists[list]),
    element('p', { class: 'who' }, element('b', {}, stay.name), element('span', {}, stay.inpatientNo), element('span', {}, `${texts.balance} ¥${yuanText(stay.depositFen)}`), element('span', {}, `${texts.costSoFar} ¥${yuanText(stay.costFen)}`)),
    stay.arrearsFen > 0 ? element('p', { class: 'notice inline', id: 'arrears' }, texts.arrears(yuanText(stay.arrearsFen))) : undefined,
    element('div', { class: 'tabs' }, ...(['sums', 'day', 'deposits'] as const).map((one) => button(texts.feeLists[one], go(one, day), { class: one === list ? 'tab now' : 'tab', id: `list-${one}`, disabled: walk.isBusy }))),
    list === 'day' ? element('div', { class: 'days' }, button(texts.dayBefore, go('day', dayBeside(day, -1)), { class: 'key word', id: 'day-before', disabled: walk.isBusy }), element('b', { id: 'day' }, day), button(texts.dayAfter, go('day', dayBeside(day, 1)), { class: 'key word', id: 'day-after', disabled: walk.isBusy || isToday })) : undefined,
    rows.length === 0 ? element('p', { class: 'hint' }, texts.nothingListed) : element('table', { class: 'fee-table' }, ...rows.map(({ label, detail, amountFen }) => element('tr', {}, element('td', {}, label), element('td', {}, list === 'deposits' ? beijing(detail) : detail), element('td', { class: 'number' }, yuanText(amountFen))))),
    rows.length === 0 ? undefined : element('div', { class: 'sum' }, element('span', {}, ''), element('span', {}, texts.sum), money(sumOf(screen), 'sum-amount')),
    actions(button(texts.home, () => walk.home(), { id: 'finish' }), rows.length === 0 ? undefined : button(texts.printList, print, { class: 'primary', id: 'print' })));
}
const sumOf = ({ rows }: FeesScreen): number => rows.reduce((sum, { amountFen }) => sum + amountFen, 0);

export function feesSlip(texts: Texts, screen: FeesScreen): Child[] {
  const { stay, list, day, rows } = screen;
  const line = (label: string, value: string) => element('div', { class: 'pair' }, element('span', {}, label), element('span', {}, value));
  return [element('h3', {}, list === 'day' ? `${texts.feeLists.day} ${day}` : texts.feeLists[list]), line(texts.inpatient, stay.name), line(texts.inpatientNo, stay.inpatientNo), element('hr', {}),
    ...rows.map(({ label, detail, amountFen }) => line(list === 'deposits' ? `${beijing(detail).slice(0, 10)} ${label}` : `${label} ${detail}`, yuanText(amountFen))), element('hr', {}), line(texts.sum, `¥${yuanText(sumOf(screen))}`), line(texts.balance, `¥${yuanText(stay.depositFen)}`), element('p', {}, texts.receiptNote)];
}

/** What a stay comes to, and which way the difference goes. */
export function discharge({ walk, texts }: Drawing, screen: DischargeScreen): HTMLElement {
  const { stay, priced: { totalFen, fundFen, personalAccountFen, selfPayFen, depositFen, collectFen, refundFen } } = screen;
  const isCollected = collectFen > 0;
  const [label, fen] = isCollected ? [texts.toCollect, collectFen] : refundFen > 0 ? [texts.toReturn, refundFen] : [texts.even, 0];
  return element('section', { class: 'quote discharge' },
    element('h1', {}, texts.checkDischarge),
    element('p', { class: 'who' }, element('b', {}, stay.name), element('span', {}, stay.inpatientNo), element('span', {}, `${stay.ward} ${texts.bed(stay.bed)}`)),
    element('dl', { class: 'parts' },
      ...pair(texts.total, money(totalFen)), ...(fundFen === 0 ? [] : pair(texts.fund, money(fundFen))), ...(personalAccountFen === 0 ? [] : pair(texts.personalAccount, money(personalAccountFen))), ...pair(texts.ownCost, money(selfPayFen)),
      ...pair(texts.depositsPaid, money(depositFen)), ...pair(label, money(fen, 'difference'), 'self-pay')),
    element('p', { class: 'next-step', id: 'ways' }, isCollected ? texts.collectHint : refundFen > 0 ? waysText(texts, screen.deposits) : texts.evenHint),
    actions(button(texts.home, () => walk.home()), isCollected ? button(texts.payDifference, () => collect(walk, screen), { class: 'primary', id: 'collect' }) : button(refundFen > 0 ? texts.settleAndReturn : texts.settleStay, () => void settle(walk, screen), { class: 'primary', id: 'settle', disabled: walk.isBusy })));
}
function waysText(texts: Texts, deposits: readonly Deposit[] | undefined): string {
  const kept = deposits?.filter(({ state }) => state === 'paid');
  if (kept === undefined || kept.length === 0) return texts.returnsSomehow;
  if (kept.every(hasOrder)) return texts.returnsToWallets;
  return kept.some(hasOrder) ? texts.returnsBothWays : texts.returnsAtWindow;
}
const hasOrder = ({ tradeNo }: Deposit): boolean => tradeNo !== undefined && tradeNo !== '';

export function settlement(drawing: Drawing, screen: SettlementScreen): HTMLElement {
  const { walk, texts, print } = drawing;
  const { settlement: known } = screen;
  if (known?.state === 'rejected') return ending(drawing, { mark: 'bad', title: texts.notSettled, hint: texts.notSettledHint, more: known.reason === undefined ? [] : [element('p', { class: 'hint', id: 'reason' }, known.reason)] });
  if (known === undefined || !isSettlementEnded(screen)) {
    const isUnclear = known === undefined || known.state === 'unknown';
    return element('section', { class: `wait ${isUnclear ? 'warn' : 'good'}` }, spinner(), element('h1', { id: 'state' }, isUnclear ? texts.settlementUnclear : texts.settling), element('p', { class: 'hint' }, isUnclear ? texts.settlementUnclearHint : texts.settlingHint),
      known === undefined ? undefined : numberOf(texts, known), actions(button(texts.home, () => walk.home())));
  }
  return element('section', { class: 'done settled' },
    element('div', { class: 'mark good' }, '✓'),
    element('h1', { id: 'state' }, texts.stageDone.discharge),
    element('p', { class: 'hint' }, known.refundFen > 0 ? texts.toReturn : texts.even), money(known.refundFen, 'amount'),
    known.refundFen > 0 ? element('p', { class: 'next-step', id: 'ways' }, [known.returns.length > 0 ? texts.returnsOnTheWay : '', (known.transferFen ?? 0) > 0 ? texts.transferAtWindow(yuanText(known.transferFen ?? 0)) : ''].filter((part) => part !== '').join(' ')) : undefined,
    element('dl', { class: 'facts' }, ...settledFacts(texts, screen, known).flatMap(([label, value, id]) => [...fact(label, value, id)])),
    actions(button(texts.printSlip, print, { class: 'plain', id: 'print' }), button(texts.finish, () => walk.home(), { class: 'primary', id: 'finish' })));
}
function settledFacts(texts: Texts, { before }: SettlementScreen, known: Discharge): readonly (readonly [string, string | undefined, string?])[] {
  return [
    [texts.inpatient, known.patientLabel], [texts.inpatientNo, known.inpatientNo], [texts.receiptNo, known.receiptNo, 'receipt-no'], [texts.settlementNo, known.hisSettlementNo], [texts.ownSettlementNo, known.settlementNo, 'settlement-no'],
    ...known.returns.map(({ tradeNo, refundFen }): readonly [string, string, string] => [texts.returnedTo(methodText(texts, before?.deposits?.find((deposit) => deposit.tradeNo === tradeNo))), `¥${yuanText(refundFen)}`, `return-${tradeNo}`]),
    ...((known.transferFen ?? 0) > 0 ? [[texts.returnedAtWindow, `¥${yuanText(known.transferFen ?? 0)}`] as const] : []),
  ];
}
function methodText(texts: Texts, deposit: Deposit | undefined): string {
  const words: Readonly<Record<string, string>> = texts.depositMethods;
  return words[deposit?.method ?? ''] ?? texts.originalWay;
}
function numberOf(texts: Texts, { settlementNo }: Discharge): HTMLElement {
  return element('p', { class: 'order-no' }, `${texts.ownSettlementNo} `, element('span', { id: 'settlement-no' }, settlementNo));
}

/** The slip of a settlement that returned something. */
export function settlementSlip(texts: Texts, screen: SettlementScreen): Child[] {
  const known = screen.settlement;
  if (known?.state !== 'returned') return [];
  const line = (label: string, value: string | undefined) => (value === undefined || value === '' ? undefined : element('div', { class: 'pair' }, element('span', {}, label), element('span', {}, value)));
  return [
    element('h3', {}, texts.slipTitles.discharge), ...settledFacts(texts, screen, known).map(([label, value]) => line(label, value)), element('hr', {}),
    ...priceLines(texts, screen.before).map(([label, fen]) => line(label, yuanText(fen))), line(texts.toReturn, `¥${yuanText(known.refundFen)}`),
    element('p', {}, texts.receiptNote),
  ];
}

/** Nothing after a power cut: the price was on the screen only. */
function priceLines(texts: Texts, before: DischargeScreen | undefined): readonly (readonly [string, number])[] {
  if (before === undefined) return [];
  const { totalFen, fundFen, personalAccountFen, selfPayFen, depositFen } = before.priced;
  return [[texts.total, totalFen], [texts.fund, fundFen], [texts.personalAccount, personalAccountFen], [texts.ownCost, selfPayFen], [texts.depositsPaid, depositFen]];
}

export function stayText(texts: Texts, { departmentName, ward, bed }: Stay): string {
  return `${departmentName} ${ward} ${texts.bed(bed)}`;
}
