/** Draws the walk. Each function makes one screen anew; nothing is kept on the page but what the walk says. */
import QRCode from 'qrcode';
import { openPaymentOf, ownFen, ownPaidFen, qrContentOf, yuanText, type Bill, type Order } from '../src/index.js';
import { button, element, type Child } from './element.js';
import type { FormOfSlip } from './numbered-form.js';
import { actions, beijing, countdown, ending, fact, keypad, money, pair, spinner, type Drawing } from './parts.js';
import { checkedIn, checkedInSlip, checkIns, prices, queue, report, reports, reportSlip } from './screens-asking.js';
import { clinics, departments, holdEnded, placeText, slots, timeText } from './screens-registration.js';
import { insurances, partlyPaid, split, voucher } from './screens-insurance.js';
import { amount, discharge, fees, feesSlip, settlement, settlementSlip, stays, stayText } from './screens-inpatient.js';
import { isOfStay, isSettlementEnded, NEEDED, type CodeScreen, type IdentityType, type QuoteScreen, type Screen, type Stay } from './screen.js';
import type { Texts } from './texts.js';
import type { Walk } from './walk.js';

export function drawScreen(drawing: Drawing): HTMLElement {
  const { screen } = drawing.walk;
  switch (screen.kind) {
    case 'welcome':
      return welcome(drawing);
    case 'identify':
      return identify(drawing);
    case 'card':
      return card(drawing, screen);
    case 'patients':
      return patients(drawing, screen);
    case 'departments':
      return departments(drawing, screen);
    case 'clinics':
      return clinics(drawing, screen);
    case 'slots':
      return slots(drawing, screen);
    case 'holdEnded':
      return holdEnded(drawing, screen);
    case 'givenBack':
      return ending(drawing, { mark: 'good', title: drawing.texts.givenBack, hint: drawing.texts.givenBackHint });
    case 'checkIns':
      return checkIns(drawing, screen);
    case 'checkedIn':
      return checkedIn(drawing, screen);
    case 'queue':
      return queue(drawing, screen);
    case 'reports':
      return reports(drawing, screen);
    case 'report':
      return report(drawing, screen);
    case 'prices':
      return prices(drawing, screen);
    case 'stays':
      return stays(drawing, screen);
    case 'amount':
      return amount(drawing, screen);
    case 'fees':
      return fees(drawing, screen);
    case 'discharge':
      return discharge(drawing, screen);
    case 'settlement':
      return settlement(drawing, screen);
    case 'bills':
      return bills(drawing, screen);
    case 'quote':
      return quote(drawing, screen);
    case 'voucher':
      return voucher(drawing, screen);
    case 'insurances':
      return insurances(drawing, screen);
    case 'split':
      return split(drawing, screen);
    case 'creating':
      return creating(drawing);
    case 'code':
      return code(drawing, screen);
    case 'notTaken':
      return ending(drawing, { mark: 'quiet', title: drawing.texts.notTaken, hint: drawing.texts.notTakenHint });
    case 'order':
      return order(drawing);
  }
}

/** Where on the walk the screen is, 0 to 4. */
export function stepOf(screen: Screen, stage: Walk['stage'], errand: Walk['errand']): number | undefined {
  switch (screen.kind) {
    case 'welcome':
    case 'notTaken':
    case 'givenBack':
    case 'holdEnded':
    case 'prices':
      return undefined;
    case 'identify':
    case 'card':
    case 'patients':
      return 0;
    case 'stays':
      return errand === 'deposit' ? 0 : 1;
    case 'bills':
    case 'departments':
    case 'clinics':
    case 'slots':
    case 'amount':
    case 'checkIns':
    case 'queue':
    case 'reports':
      return 1;
    case 'checkedIn':
    case 'report':
      return 2;
    case 'quote':
    case 'voucher':
    case 'insurances':
    case 'split':
    case 'discharge':
    case 'fees':
      return 2;
    case 'settlement':
      return isSettlementEnded(screen) ? 4 : 3;
    case 'creating':
    case 'code':
      return 3;
    case 'order':
      return stage === 'done' ? 4 : 3;
  }
}

/** What the kiosk is for; one that only takes payments asks for the card at once. */
function welcome(drawing: Drawing): HTMLElement {
  const { walk, texts, config } = drawing;
  const { functions } = walk.session?.configuration ?? {};
  const errands = (config.errands ?? ['bills']).filter((errand) => functions === undefined || NEEDED[errand] === undefined || functions.includes(NEEDED[errand]));
  const isSeveral = errands.length > 1;
  const isReady = walk.session !== undefined;
  return element('section', { class: 'welcome' },
    element('h1', {}, isSeveral ? texts.welcomeErrands : texts.welcome),
    isSeveral ? undefined : element('p', { class: 'hint' }, texts.welcomeHint),
    isSeveral
      ? element('div', { class: errands.length > 6 ? 'tiles errands many' : 'tiles errands' }, ...errands.map((errand) => element('button', { class: 'tile choice', id: `errand-${errand}`, onTap: () => walk.begin(errand), attributes: { type: 'button', ...(isReady ? {} : { disabled: '' }) } }, element('b', {}, texts.errands[errand]), element('small', {}, texts.errandHints[errand]))))
      : cardTiles(drawing, walk.session?.configuration.cardTypes ?? []),
    isReady ? demoCards(drawing, false) : undefined,
  );
}

/** Which card or number is there for the errand. */
function identify(drawing: Drawing): HTMLElement {
  const { walk, texts } = drawing;
  const asksStay = isOfStay(walk.errand);
  const cardTypes = (walk.session?.configuration.cardTypes ?? []).filter((cardType) => !asksStay || cardType !== 'outpatientNo');
  return element('section', { class: 'welcome' },
    element('h1', {}, texts.errands[walk.errand]),
    element('p', { class: 'hint' }, asksStay ? texts.identifyStay : texts.identify),
    cardTiles(drawing, asksStay ? ['inpatientNo', ...cardTypes] : cardTypes),
    demoCards(drawing, asksStay),
    actions(button(texts.home, () => walk.home())),
  );
}
function cardTiles({ walk, texts }: Drawing, cardTypes: readonly IdentityType[]): HTMLElement {
  return element('div', { class: 'tiles' }, ...cardTypes.map((cardType) => button(texts.cardTypes[cardType], () => walk.chooseCard(cardType), { class: 'tile', id: `card-${cardType}`, disabled: walk.isBusy })));
}
function demoCards({ walk, texts, config }: Drawing, asksStay: boolean): HTMLElement | undefined {
  const fitting = config.demoCards.flatMap((demo, index) => ((demo.cardType === 'inpatientNo') === asksStay ? [{ ...demo, index }] : []));
  if (fitting.length === 0) return undefined;
  return element('div', { class: 'demo' }, element('span', { class: 'tag' }, texts.demoCards),
    ...fitting.map(({ label, cardNo, cardType, index }) => button(label ?? cardNo, () => void walk.identify(cardType, cardNo), { class: 'demo-card', id: `demo-card-${String(index)}`, disabled: walk.isBusy })));
}

function card({ walk, texts }: Drawing, { cardType }: Extract<Screen, { kind: 'card' }>): HTMLElement {
  const hint = cardType === 'inpatientNo' ? texts.stayHint : texts.cardHint;
  const input = element('input', { id: 'card-no', attributes: { type: 'text', autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false', maxlength: '64', 'aria-label': texts.cardNo, placeholder: hint } });
  const go = () => {
    if (input.value.trim() !== '') void walk.identify(cardType, input.value);
  };
  const clear = () => {
    input.value = '';
    input.focus();
  };
  return element('section', { class: 'card' },
    element('h1', {}, texts.cardTypes[cardType]),
    element('p', { class: 'hint' }, hint),
    input,
    keypad({ texts, input, last: 'X', isAccepted: (text) => text.length <= 64, go }),
    actions(button(texts.home, () => walk.home(), { class: 'plain' }), button(texts.clear, clear, { class: 'plain' }), button(texts.next, go, { class: 'primary', id: 'find-patient', disabled: walk.isBusy })),
  );
}

function patients({ walk, texts }: Drawing, screen: Extract<Screen, { kind: 'patients' }>): HTMLElement {
  return element('section', { class: 'patients' },
    element('h1', {}, texts.choosePatient),
    element('div', { class: 'list' }, ...screen.patients.map((patient) =>
      element('button', { class: 'row', onTap: () => void walk.choosePatient(patient), attributes: { type: 'button' } }, element('b', {}, patient.name), element('span', {}, texts.sex[patient.sex]), element('span', {}, patient.cardNo ?? patient.patientId), element('span', {}, patient.feeCategory ?? '')))),
    actions(button(texts.home, () => walk.home())),
  );
}

function bills({ walk, texts }: Drawing, { patient, bills: list, chosen }: Extract<Screen, { kind: 'bills' }>): HTMLElement {
  const who = element('p', { class: 'who', id: 'patient' }, element('b', {}, patient.name), element('span', {}, texts.sex[patient.sex]), element('span', {}, patient.feeCategory ?? ''), element('span', {}, patient.cardNo ?? ''));
  if (list.length === 0) {
    return element('section', { class: 'bills' }, element('h1', {}, texts.noBills), who, element('p', { class: 'hint' }, texts.noBillsHint), actions(button(texts.home, () => walk.home(), { class: 'primary' })));
  }
  const sumFen = list.filter(({ billNo }) => chosen.has(billNo)).reduce((sum, { amountFen }) => sum + amountFen, 0);
  return element('section', { class: 'bills' },
    element('h1', {}, texts.bills), who,
    element('div', { class: 'list' }, ...list.map((bill) => billCard(bill, { texts, isChosen: chosen.has(bill.billNo), onTap: () => walk.toggleBill(bill.billNo) }))),
    element('div', { class: 'sum' }, element('span', {}, texts.chosen(chosen.size)), element('span', {}, texts.sum), money(sumFen, 'sum-amount')),
    actions(button(texts.home, () => walk.home()), button(texts.next, () => void walk.quote(), { class: 'primary', id: 'quote', disabled: walk.isBusy || chosen.size === 0 })),
  );
}

function billCard(bill: Bill, { texts, isChosen, onTap }: { readonly texts: Texts; readonly isChosen: boolean; readonly onTap: () => void }): HTMLElement {
  const lines = element('details', {}, element('summary', {}, `${texts.details} (${String(bill.lines.length)})`), element('table', {}, ...bill.lines.map((line) =>
    element('tr', {}, element('td', {}, line.itemName, line.spec === undefined ? undefined : element('small', {}, ` ${line.spec}`)), element('td', { class: 'number' }, `${line.quantity}${line.unit ?? ''}`), element('td', { class: 'number' }, yuanText(line.amountFen))))));
  const choose = element('button', { class: 'choose', onTap, attributes: { type: 'button', role: 'checkbox', 'aria-checked': String(isChosen), 'data-bill': bill.billNo } },
    element('span', { class: 'box' }, isChosen ? '✓' : ''),
    element('span', { class: 'what' }, element('b', {}, bill.billType), element('small', {}, [bill.departmentName, bill.doctorName, beijing(bill.billedAt)].filter((part) => part !== '').join(' · '))),
    money(bill.amountFen));
  return element('div', { class: isChosen ? 'bill chosen' : 'bill' }, choose, lines);
}

function quote({ walk, texts }: Drawing, { name, quote: shown, about }: QuoteScreen): HTMLElement {
  const isHeld = about?.errand === 'registration';
  const title = isHeld ? texts.checkRegistration : about?.errand === 'deposit' ? texts.checkDeposit : texts.check;
  return element('section', { class: 'quote' },
    element('h1', {}, title),
    element('p', { class: 'who' }, element('b', {}, name), isHeld ? undefined : element('span', {}, `${texts.quoteUntil} ${beijing(shown.validUntil)}`)),
    isHeld ? element('p', { class: 'countdown held' }, `${texts.heldFor} `, element('b', { id: 'seconds' }, countdown(walk.secondsLeft)), element('small', {}, texts.heldHint)) : undefined,
    element('dl', { class: 'parts' }, ...whatFor(texts, about),
      ...(about?.errand === 'deposit' || about?.errand === 'discharge' ? [] : [...pair(texts.total, money(shown.totalFen)), ...pair(texts.fund, money(shown.fundFen)), ...pair(texts.personalAccount, money(shown.personalAccountFen)), ...(shown.roundingFen === undefined ? [] : pair(texts.rounding, money(shown.roundingFen)))]), ...pair(texts.nowToPay[about?.errand ?? 'bills'], money(shown.selfPayFen, 'self-pay'), 'self-pay')),
    actions(isHeld ? button(texts.giveBack, () => void walk.giveBack(), { id: 'give-back', disabled: walk.isBusy }) : button(texts.back, () => void walk.backFromQuote(), { id: 'back', disabled: walk.isBusy }),
      walk.mayInsure ? button(texts.useInsurance, () => walk.insure(), { class: 'plain', id: 'insure', disabled: walk.isBusy }) : undefined,
      button(shown.selfPayFen === 0 ? texts.settleNow : texts.payNow, () => void walk.pay(), { class: 'primary', id: 'pay', disabled: walk.isBusy })),
  );
}
/** What is paid when it is not bills, in words. */
function whatFor(texts: Texts, about: QuoteScreen['about']): HTMLElement[] {
  switch (about?.errand) {
    case undefined:
      return [];
    case 'registration':
      return [...fact(texts.clinic, placeText(texts, about), 'clinic'), ...fact(texts.visitAt, timeText(texts, about), 'visit-at')];
    case 'deposit':
      return [...fact(texts.inpatientNo, about.stay.inpatientNo), ...fact(texts.ward, stayText(texts, about.stay))];
    case 'discharge':
      return [...fact(texts.inpatientNo, about.priced.stay.inpatientNo), ...pair(texts.ownCost, money(about.priced.priced.selfPayFen)), ...pair(texts.depositsPaid, money(about.priced.priced.depositFen))];
  }
}

function creating({ texts }: Drawing): HTMLElement {
  return element('section', { class: 'wait' }, spinner(), element('h1', {}, texts.starting), element('p', { class: 'hint' }, texts.scanHint));
}

function order(drawing: Drawing): HTMLElement {
  const { walk, texts } = drawing;
  const { order: shown, stage } = walk;
  if (shown === undefined || stage === undefined) return creating(drawing);
  switch (stage) {
    case 'takesMore':
      return partlyPaid(drawing, shown);
    case 'starting':
      return creating(drawing);
    case 'scan':
      return scan(drawing, shown);
    case 'onPhone':
      return waiting(drawing, { title: texts.onPhone, hint: texts.onPhoneHint, order: shown, tone: 'good', more: button(walk.isBusy ? texts.cancelling : texts.cancel, () => void walk.cancel(), { id: 'cancel', disabled: walk.isBusy }) });
    case 'confirming':
      return waiting(drawing, { title: texts.confirming, hint: texts.confirmingHint, order: shown, tone: 'warn' });
    case 'paid':
      return waiting(drawing, { title: texts.paid, hint: texts.paidHint, order: shown, tone: 'good' });
    case 'refunding':
      return waiting(drawing, { ...(isUndone(shown) ? { title: texts.undoing, hint: texts.undoingHint } : { title: texts.refunding, hint: texts.refundingHint }), order: shown, tone: 'warn' });
    case 'done':
      return done(drawing, shown);
    case 'refunded':
      return endOfOrder(drawing, { mark: 'warn', title: isUndone(shown) ? texts.undone : texts.refunded, hint: isUndone(shown) && ownPaidFen(shown) === 0 ? texts.undoneHint : texts.refundedHint, order: shown });
    case 'refundBlocked':
      return endOfOrder(drawing, { mark: 'bad', title: texts.refundBlocked, hint: texts.refundBlockedHint, order: shown });
    case 'ended':
      return endOfOrder(drawing, { mark: 'quiet', title: texts.ended, hint: walk.isHeld ? texts.endedHeldHint : texts.endedHint, order: shown });
  }
}

/** What the patient has to do with himself: the payment he is at, then what his own payments brought. What the insurance pays is shown as such. */
function nowFen(shown: Order): number {
  return openPaymentOf(shown)?.amountFen ?? (shown.presettlementNo === undefined ? shown.amountFen : ownPaidFen(shown));
}
/** An insured order that ended unfinished: not the hospital failed, the patient left. */
function isUndone({ tender, presettlementNo }: Order): boolean {
  return tender?.isEnding === true && presettlementNo !== undefined;
}
/** Nothing when nothing of his own moved. */
function amountNow(shown: Order): HTMLElement | undefined {
  const fen = nowFen(shown);
  return fen === 0 && isUndone(shown) ? undefined : money(fen, 'amount');
}
/** Of an order paid in several ways the patient's own payment is what he can look up in his wallet. */
function ownPayment({ payments }: Order): Order['payments'][number] | undefined {
  const paid = payments.filter(({ state }) => state === 'succeeded');
  return paid.find(({ method }) => method !== 'medicalInsurance') ?? paid[0];
}

function scan({ walk, texts, config, secondsLeft }: Drawing, shown: Order): HTMLElement {
  const content = qrContentOf(shown) ?? '';
  const canvas = element('canvas', { id: 'qr', attributes: { 'data-content': content, role: 'img', 'aria-label': texts.scan } });
  void QRCode.toCanvas(canvas, content, { width: 640, margin: 2, errorCorrectionLevel: 'M' });
  const wallet = config.walletUrlTemplate?.replace('{content}', encodeURIComponent(content)).replace('{code}', encodeURIComponent(/[?&]pr=([^&]+)/.exec(content)?.[1] ?? content));
  return element('section', { class: 'scan' },
    element('h1', {}, texts.scan),
    money(nowFen(shown), 'amount'),
    element('div', { class: 'code' }, canvas),
    element('p', { class: 'countdown' }, `${texts.secondsLeft} `, element('b', { id: 'seconds' }, countdown(secondsLeft(shown)))),
    element('p', { class: 'hint' }, texts.scanHint),
    wallet === undefined ? undefined : element('a', { class: 'wallet', id: 'wallet', attributes: { href: wallet, target: '_blank', rel: 'noopener' } }, texts.wallet),
    orderNumber(texts, shown),
    actions(button(walk.isBusy ? texts.cancelling : texts.cancel, () => void walk.cancel(), { id: 'cancel', disabled: walk.isBusy })),
  );
}

/** One code for every wallet (聚合码). */
function code({ walk, texts, config }: Drawing, screen: CodeScreen): HTMLElement {
  const canvas = element('canvas', { id: 'qr', attributes: { 'data-content': screen.url, role: 'img', 'aria-label': texts.scanAny } });
  void QRCode.toCanvas(canvas, screen.url, { width: 640, margin: 2, errorCorrectionLevel: 'M' });
  return element('section', { class: 'scan' },
    element('h1', {}, texts.scanAny),
    money(screen.before.quote.selfPayFen, 'amount'),
    element('div', { class: 'code' }, canvas),
    element('p', { class: 'countdown' }, `${texts.secondsLeft} `, element('b', { id: 'seconds' }, countdown(walk.secondsLeft))),
    element('p', { class: 'hint' }, texts.scanAnyHint),
    config.linksCode === true ? element('a', { class: 'wallet', id: 'phone', attributes: { href: screen.url, target: '_blank', rel: 'noopener' } }, texts.phone) : undefined,
    actions(button(walk.isBusy ? texts.cancelling : texts.cancel, () => void walk.cancel(), { id: 'cancel', disabled: walk.isBusy })),
  );
}

function waiting({ walk, texts }: Drawing, said: { readonly title: string; readonly hint: string; readonly order: Order; readonly tone: 'warn' | 'good'; readonly more?: HTMLElement }): HTMLElement {
  return element('section', { class: `wait ${said.tone}` }, spinner(), element('h1', { id: 'state' }, said.title), amountNow(said.order), element('p', { class: 'hint' }, said.hint), orderNumber(texts, said.order), actions(said.more ?? button(texts.home, () => walk.home())));
}

function done(drawing: Drawing, shown: Order): HTMLElement {
  const { walk, texts, print } = drawing;
  const { confirmation } = shown;
  const isPrinted = confirmation.receiptPrintedAt !== undefined;
  const facts: Child[] = doneFacts(drawing, shown);
  return element('section', { class: 'done' },
    element('div', { class: 'mark good' }, '✓'),
    element('h1', { id: 'state' }, texts.stageDone[shown.business ?? 'bill']),
    money(ownFen(shown), 'amount'),
    confirmation.queueNo === undefined || confirmation.queueNo === '' ? undefined : element('p', { class: 'next-step', id: 'queue' }, `${texts.queueNo}：`, element('b', { id: 'queue-no' }, confirmation.queueNo)),
    walk.balanceFen === undefined ? undefined : element('p', { class: 'next-step', id: 'balance' }, `${texts.balance}：`, element('b', {}, `¥${yuanText(walk.balanceFen)}`)),
    confirmation.pickupWindow === undefined || confirmation.pickupWindow === '' ? undefined : element('p', { class: 'next-step', id: 'window' }, `${texts.window}：`, element('b', {}, confirmation.pickupWindow)),
    confirmation.guide === undefined || confirmation.guide === '' ? undefined : element('p', { class: 'next-step' }, `${texts.guide}：${confirmation.guide}`),
    element('dl', { class: 'facts' }, ...facts),
    actions(button(isPrinted ? texts.printAgain : texts.print, print, { class: isPrinted ? 'plain' : 'primary', id: 'print' }), button(texts.finish, () => walk.home(), { class: isPrinted ? 'primary' : 'plain', id: 'finish' })),
    isPrinted ? element('p', { class: 'hint', id: 'printed' }, texts.printed) : undefined,
  );
}

function stayOf(about: QuoteScreen['about']): Stay | undefined {
  return about?.errand === 'deposit' ? about.stay : about?.errand === 'discharge' ? about.priced.stay : undefined;
}
function doneFacts({ walk, texts }: Drawing, shown: Order): HTMLElement[] {
  const { confirmation } = shown;
  const { about } = walk.subject;
  const stay = stayOf(about);
  const paid = ownPayment(shown);
  return [
    ...(about?.errand === 'registration' ? [...fact(texts.clinic, placeText(texts, about)), ...fact(texts.visitAt, timeText(texts, about))] : []), ...fact(texts.place, confirmation.place, 'place'),
    ...(stay === undefined ? [] : [...fact(texts.inpatientNo, stay.inpatientNo), ...fact(texts.ward, stayText(texts, stay))]),
    ...(shown.presettlementNo === undefined ? [] : [...pair(texts.total, money(shown.totalFen)), ...pair(texts.fund, money(shown.fundFen, 'fund')), ...pair(texts.personalAccount, money(shown.personalAccountFen))]),
    ...fact(texts.receiptNo, confirmation.receiptNo, 'receipt-no'), ...fact(texts.invoiceNo, invoiceText(shown)), ...fact(texts.settlementNo, confirmation.settlementNo), ...fact(stay !== undefined ? texts.inpatient : texts.patient, shown.patientLabel),
    ...fact(texts.paidAt, paid?.paidAt === undefined ? undefined : beijing(paid.paidAt)), ...fact(texts.orderNo, shown.tradeNo, 'trade-no'),
  ];
}

function endOfOrder(drawing: Drawing, said: { readonly mark: 'quiet' | 'warn' | 'bad'; readonly title: string; readonly hint: string; readonly order: Order }): HTMLElement {
  const { walk, texts } = drawing;
  return ending(drawing, { ...said, more: [amountNow(said.order), orderNumber(texts, said.order)], act: walk.mayPayAgain ? button(texts.payAgain, () => walk.payAgain(), { class: 'primary', id: 'pay-again' }) : undefined });
}

/** 票据代码, 票据号码 and 校验码 are what a citizen looks an invoice up by. It may come after the slip was printed. */
function invoiceText({ invoice }: Order): string | undefined {
  return invoice?.state === 'issued' ? [invoice.invoiceCode, invoice.invoiceNo, invoice.checkCode].join(' ') : undefined;
}

/** The slip for an 80 mm printer; on the screen it is hidden. */
export function drawReceipt(walk: Walk, texts: Texts, taken: FormOfSlip = { kind: 'none' }): HTMLElement | undefined {
  const { order: shown, stage, screen } = walk;
  const hospital = element('h2', {}, walk.session?.configuration.hospitalName ?? '');
  if (screen.kind === 'settlement' && screen.settlement?.state === 'returned') return element('div', { class: 'receipt' }, hospital, ...settlementSlip(texts, screen));
  if (screen.kind === 'fees') return element('div', { class: 'receipt' }, hospital, ...feesSlip(texts, screen));
  if (screen.kind === 'checkedIn') return element('div', { class: 'receipt' }, hospital, ...checkedInSlip(texts, screen));
  if (screen.kind === 'report') return element('div', { class: 'receipt' }, hospital, ...reportSlip(texts, screen));
  if (shown === undefined || stage !== 'done') return undefined;
  const { about } = walk.subject;
  const stay = stayOf(about);
  const paid = ownPayment(shown);
  const line = (label: string, value: string | undefined) => (value === undefined || value === '' ? undefined : element('div', { class: 'pair' }, element('span', {}, label), element('span', {}, value)));
  return element('div', { class: 'receipt' },
    hospital, element('h3', {}, texts.slipTitles[shown.business ?? 'bill']),
    ...(shown.confirmation.queueNo === undefined || shown.confirmation.queueNo === '' ? [] : [element('div', { class: 'pair bold' }, element('span', {}, texts.queueNo), element('span', {}, shown.confirmation.queueNo))]),
    ...(about?.errand === 'registration' ? [line(texts.clinic, placeText(texts, about)), line(texts.visitAt, timeText(texts, about))] : []), line(texts.place, shown.confirmation.place),
    ...(stay === undefined ? [] : [line(texts.inpatientNo, stay.inpatientNo), line(texts.ward, stayText(texts, stay)), line(texts.balance, walk.balanceFen === undefined ? undefined : `¥${yuanText(walk.balanceFen)}`)]),
    ...(taken.kind === 'form' ? [line(texts.formCode, taken.form.code), line(texts.formNo[taken.form.medium], taken.form.number)] : [line(texts.formNo.paper, taken.kind === 'atWindow' ? texts.formAtWindow : undefined)]),
    line(texts.receiptNo, shown.confirmation.receiptNo), line(texts.invoiceNo, invoiceText(shown)), line(texts.settlementNo, shown.confirmation.settlementNo), line(texts.patient, shown.patientLabel), line(texts.orderNo, shown.tradeNo),
    element('hr', {}),
    walk.orderBills.length === 0 && (shown.business ?? 'bill') === 'bill' ? line(texts.items, shown.billNos.join(' ')) : undefined,
    ...walk.orderBills.flatMap((bill) => [element('div', { class: 'pair bold' }, element('span', {}, bill.billType), element('span', {}, yuanText(bill.amountFen))), ...bill.lines.map((item) => line(`${item.itemName} × ${item.quantity}`, yuanText(item.amountFen)))]),
    element('hr', {}),
    line(texts.total, yuanText(shown.totalFen)), line(texts.fund, yuanText(shown.fundFen)), line(texts.personalAccount, yuanText(shown.personalAccountFen)), line(texts.rounding, shown.roundingFen === undefined ? undefined : yuanText(shown.roundingFen)), line(texts.selfPay, `¥${yuanText(ownFen(shown))}`),
    line(texts.paidAt, paid?.paidAt === undefined ? undefined : beijing(paid.paidAt)), line(texts.channelNo, paid?.channelTradeNo), line(texts.window, shown.confirmation.pickupWindow), line(texts.guide, shown.confirmation.guide),
    taken.kind === 'form' && taken.form.medium === 'paper' ? undefined : element('p', {}, texts.receiptNote));
}

function orderNumber(texts: Texts, shown: Order): HTMLElement {
  return element('p', { class: 'order-no' }, `${texts.orderNo} `, element('span', { id: 'trade-no' }, shown.tradeNo));
}
