/** Draws the walk. Each function makes one screen anew; nothing is kept on the page but what the walk says. */
import QRCode from 'qrcode';
import { qrContentOf, yuanText, type Bill, type Order, type OrderStage } from '../src/index.js';
import { button, element, type Child } from './element.js';
import type { KioskConfig } from './kiosk-config.js';
import type { Texts } from './texts.js';
import type { CodeScreen, Screen, Walk } from './walk.js';

export type Drawing = { readonly walk: Walk; readonly texts: Texts; readonly config: KioskConfig; readonly secondsLeft: (order: Order) => number; readonly print: () => void };

export function drawScreen(drawing: Drawing): HTMLElement {
  const { screen } = drawing.walk;
  switch (screen.kind) {
    case 'welcome':
      return welcome(drawing);
    case 'card':
      return card(drawing, screen);
    case 'patients':
      return patients(drawing, screen);
    case 'bills':
      return bills(drawing, screen);
    case 'quote':
      return quote(drawing, screen);
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
export function stepOf(screen: Screen, stage: OrderStage | undefined): number | undefined {
  switch (screen.kind) {
    case 'welcome':
    case 'notTaken':
      return undefined;
    case 'card':
    case 'patients':
      return 0;
    case 'bills':
      return 1;
    case 'quote':
      return 2;
    case 'creating':
    case 'code':
      return 3;
    case 'order':
      return stage === 'done' ? 4 : 3;
  }
}

function welcome({ walk, texts, config }: Drawing): HTMLElement {
  const cardTypes = walk.session?.configuration.cardTypes ?? [];
  return element('section', { class: 'welcome' },
    element('h1', {}, texts.welcome),
    element('p', { class: 'hint' }, texts.welcomeHint),
    element('div', { class: 'tiles' }, ...cardTypes.map((cardType) => button(texts.cardTypes[cardType], () => walk.chooseCard(cardType), { class: 'tile', id: `card-${cardType}`, disabled: walk.isBusy }))),
    config.demoCards.length === 0 || cardTypes.length === 0 ? undefined : element('div', { class: 'demo' }, element('span', { class: 'tag' }, texts.demoCards), ...demoCards(walk, config)),
  );
}

function demoCards(walk: Walk, config: KioskConfig): HTMLElement[] {
  return config.demoCards.map(({ label, cardNo, cardType }, index) => button(label ?? cardNo, () => void walk.findPatient(cardType, cardNo), { class: 'demo-card', id: `demo-card-${String(index)}`, disabled: walk.isBusy }));
}

function card({ walk, texts }: Drawing, { cardType }: Extract<Screen, { kind: 'card' }>): HTMLElement {
  const input = element('input', { id: 'card-no', attributes: { type: 'text', autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false', maxlength: '64', 'aria-label': texts.cardNo, placeholder: texts.cardHint } });
  const go = () => {
    if (input.value.trim() !== '') void walk.findPatient(cardType, input.value);
  };
  // Card readers and scanners type like a keyboard and end with Enter.
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') go();
  });
  const press = (change: (text: string) => string) => () => {
    input.value = change(input.value).slice(0, 64);
    input.focus();
  };
  const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9', 'X', '0'].map((digit) => button(digit, press((text) => `${text}${digit}`), { class: 'key' }));
  queueMicrotask(() => input.focus());
  return element('section', { class: 'card' },
    element('h1', {}, texts.cardTypes[cardType]),
    element('p', { class: 'hint' }, texts.cardHint),
    input,
    element('div', { class: 'keypad' }, ...digits, button(texts.erase, press((text) => text.slice(0, -1)), { class: 'key word' })),
    actions(button(texts.back, () => walk.home(), { class: 'plain' }), button(texts.clear, press(() => ''), { class: 'plain' }), button(texts.next, go, { class: 'primary', id: 'find-patient', disabled: walk.isBusy })),
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

function quote({ walk, texts }: Drawing, { patient, quote: shown }: Extract<Screen, { kind: 'quote' }>): HTMLElement {
  return element('section', { class: 'quote' },
    element('h1', {}, texts.check),
    element('p', { class: 'who' }, element('b', {}, patient.name), element('span', {}, `${texts.quoteUntil} ${beijing(shown.validUntil)}`)),
    element('dl', { class: 'parts' },
      ...pair(texts.total, money(shown.totalFen)), ...pair(texts.fund, money(shown.fundFen)), ...pair(texts.personalAccount, money(shown.personalAccountFen)), ...pair(texts.selfPay, money(shown.selfPayFen, 'self-pay'), 'self-pay')),
    actions(button(texts.back, () => void walk.backToBills(), { disabled: walk.isBusy }), button(shown.selfPayFen === 0 ? texts.settleNow : texts.payNow, () => void walk.pay(), { class: 'primary', id: 'pay', disabled: walk.isBusy })),
  );
}

function creating({ texts }: Drawing): HTMLElement {
  return element('section', { class: 'wait' }, spinner(), element('h1', {}, texts.starting), element('p', { class: 'hint' }, texts.scanHint));
}

function order(drawing: Drawing): HTMLElement {
  const { walk, texts } = drawing;
  const { order: shown, stage } = walk;
  if (shown === undefined || stage === undefined) return creating(drawing);
  switch (stage) {
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
      return waiting(drawing, { title: texts.refunding, hint: texts.refundingHint, order: shown, tone: 'warn' });
    case 'done':
      return done(drawing, shown);
    case 'refunded':
      return ending(drawing, { mark: 'warn', title: texts.refunded, hint: texts.refundedHint, order: shown });
    case 'refundBlocked':
      return ending(drawing, { mark: 'bad', title: texts.refundBlocked, hint: texts.refundBlockedHint, order: shown });
    case 'ended':
      return ending(drawing, { mark: 'quiet', title: texts.ended, hint: texts.endedHint, order: shown });
  }
}

function scan({ walk, texts, config, secondsLeft }: Drawing, shown: Order): HTMLElement {
  const content = qrContentOf(shown) ?? '';
  const canvas = element('canvas', { id: 'qr', attributes: { 'data-content': content, role: 'img', 'aria-label': texts.scan } });
  void QRCode.toCanvas(canvas, content, { width: 640, margin: 2, errorCorrectionLevel: 'M' });
  const wallet = config.walletUrlTemplate?.replace('{content}', encodeURIComponent(content)).replace('{code}', encodeURIComponent(/[?&]pr=([^&]+)/.exec(content)?.[1] ?? content));
  return element('section', { class: 'scan' },
    element('h1', {}, texts.scan),
    money(shown.amountFen, 'amount'),
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
    money(screen.quote.selfPayFen, 'amount'),
    element('div', { class: 'code' }, canvas),
    element('p', { class: 'countdown' }, `${texts.secondsLeft} `, element('b', { id: 'seconds' }, countdown(walk.codeSecondsLeft))),
    element('p', { class: 'hint' }, texts.scanAnyHint),
    config.linksCode === true ? element('a', { class: 'wallet', id: 'phone', attributes: { href: screen.url, target: '_blank', rel: 'noopener' } }, texts.phone) : undefined,
    actions(button(walk.isBusy ? texts.cancelling : texts.cancel, () => void walk.cancel(), { id: 'cancel', disabled: walk.isBusy })),
  );
}

function waiting({ walk, texts }: Drawing, said: { readonly title: string; readonly hint: string; readonly order: Order; readonly tone: 'warn' | 'good'; readonly more?: HTMLElement }): HTMLElement {
  return element('section', { class: `wait ${said.tone}` }, spinner(), element('h1', { id: 'state' }, said.title), money(said.order.amountFen, 'amount'), element('p', { class: 'hint' }, said.hint), orderNumber(texts, said.order), actions(said.more ?? button(texts.home, () => walk.home())));
}

function done({ walk, texts, print }: Drawing, shown: Order): HTMLElement {
  const { confirmation } = shown;
  const isPrinted = confirmation.receiptPrintedAt !== undefined;
  const paid = shown.payments.find(({ state }) => state === 'succeeded');
  const facts: Child[] = [];
  const fact = (label: string, value: string | undefined, id?: string) => {
    if (value !== undefined && value !== '') facts.push(...pair(label, element('span', id === undefined ? {} : { id }, value)));
  };
  fact(texts.receiptNo, confirmation.receiptNo, 'receipt-no');
  fact(texts.invoiceNo, invoiceText(shown));
  fact(texts.settlementNo, confirmation.settlementNo);
  fact(texts.patient, shown.patientLabel);
  fact(texts.paidAt, paid?.paidAt === undefined ? undefined : beijing(paid.paidAt));
  fact(texts.orderNo, shown.tradeNo, 'trade-no');
  return element('section', { class: 'done' },
    element('div', { class: 'mark good' }, '✓'),
    element('h1', { id: 'state' }, texts.done),
    money(shown.amountFen, 'amount'),
    confirmation.pickupWindow === undefined || confirmation.pickupWindow === '' ? undefined : element('p', { class: 'next-step', id: 'window' }, `${texts.window}：`, element('b', {}, confirmation.pickupWindow)),
    confirmation.guide === undefined || confirmation.guide === '' ? undefined : element('p', { class: 'next-step' }, `${texts.guide}：${confirmation.guide}`),
    element('dl', { class: 'facts' }, ...facts),
    actions(button(isPrinted ? texts.printAgain : texts.print, print, { class: isPrinted ? 'plain' : 'primary', id: 'print' }), button(texts.finish, () => walk.home(), { class: isPrinted ? 'primary' : 'plain', id: 'finish' })),
    isPrinted ? element('p', { class: 'hint', id: 'printed' }, texts.printed) : undefined,
  );
}

function ending({ walk, texts }: Drawing, said: { readonly mark: 'quiet' | 'warn' | 'bad'; readonly title: string; readonly hint: string; readonly order?: Order }): HTMLElement {
  return element('section', { class: 'ending' }, element('div', { class: `mark ${said.mark}` }, said.mark === 'warn' ? '↩' : '!'), element('h1', { id: 'state' }, said.title), said.order === undefined ? undefined : money(said.order.amountFen, 'amount'),
    element('p', { class: 'hint' }, said.hint), said.order === undefined ? undefined : orderNumber(texts, said.order), actions(button(texts.home, () => walk.home(), { class: 'primary', id: 'finish' })));
}

/** 票据代码, 票据号码 and 校验码 are what a citizen looks an invoice up by. It may come after the slip was printed. */
function invoiceText({ invoice }: Order): string | undefined {
  return invoice?.state === 'issued' ? [invoice.invoiceCode, invoice.invoiceNo, invoice.checkCode].join(' ') : undefined;
}

/** The slip for an 80 mm printer; on the screen it is hidden. */
export function drawReceipt(walk: Walk, texts: Texts): HTMLElement | undefined {
  const { order: shown, stage } = walk;
  if (shown === undefined || stage !== 'done') return undefined;
  const paid = shown.payments.find(({ state }) => state === 'succeeded');
  const line = (label: string, value: string | undefined) => (value === undefined || value === '' ? undefined : element('div', { class: 'pair' }, element('span', {}, label), element('span', {}, value)));
  return element('div', { class: 'receipt' },
    element('h2', {}, walk.session?.configuration.hospitalName ?? ''), element('h3', {}, texts.receiptTitle),
    line(texts.receiptNo, shown.confirmation.receiptNo), line(texts.invoiceNo, invoiceText(shown)), line(texts.settlementNo, shown.confirmation.settlementNo), line(texts.patient, shown.patientLabel), line(texts.orderNo, shown.tradeNo),
    element('hr', {}),
    walk.orderBills.length === 0 ? line(texts.items, shown.billNos.join(' ')) : undefined,
    ...walk.orderBills.flatMap((bill) => [element('div', { class: 'pair bold' }, element('span', {}, bill.billType), element('span', {}, yuanText(bill.amountFen))), ...bill.lines.map((item) => line(`${item.itemName} × ${item.quantity}`, yuanText(item.amountFen)))]),
    element('hr', {}),
    line(texts.total, yuanText(shown.totalFen)), line(texts.fund, yuanText(shown.fundFen)), line(texts.personalAccount, yuanText(shown.personalAccountFen)), line(texts.selfPay, `¥${yuanText(shown.amountFen)}`),
    line(texts.paidAt, paid?.paidAt === undefined ? undefined : beijing(paid.paidAt)), line(texts.channelNo, paid?.channelTradeNo), line(texts.window, shown.confirmation.pickupWindow), line(texts.guide, shown.confirmation.guide),
    element('p', {}, texts.receiptNote));
}

export function countdown(seconds: number): string {
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}

function actions(...buttons: readonly HTMLElement[]): HTMLElement {
  return element('div', { class: 'actions' }, ...buttons);
}
function money(amountFen: number, id?: string): HTMLElement {
  return element('span', { class: 'money', ...(id === undefined ? {} : { id }) }, element('i', {}, '¥'), yuanText(amountFen));
}
function pair(label: string, value: Node, className = ''): [HTMLElement, HTMLElement] {
  return [element('dt', { class: className }, label), element('dd', { class: className }, value)];
}
function orderNumber(texts: Texts, shown: Order): HTMLElement {
  return element('p', { class: 'order-no' }, `${texts.orderNo} `, element('span', { id: 'trade-no' }, shown.tradeNo));
}
function spinner(): HTMLElement {
  return element('div', { class: 'spinner', attributes: { 'aria-hidden': 'true' } });
}
/** Hospital time, whatever the kiosk's own zone. Text that is no time is shown as it came. */
function beijing(time: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return time;
  return at.toLocaleString('zh-CN', { timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hour12: false });
}
