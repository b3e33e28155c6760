/** Draws what the core says. Each function makes one screen anew; nothing is kept on the page but the view. */
import type { CheckoutView, Receipt, Wallet } from './checkout-api.js';
import { drawQr } from './draw-qr.js';
import { element, type Child } from './element.js';
import { APP_NAMES, beijingTime, PAY_WITH, TEXTS, timeLeftText, yuanText, type Said, type Told } from './texts.js';

export type Acts = { pay(wallet: Wallet): void; toWallet(): void; /** Nothing is to be paid. */ confirm(): void; follow(): void; cancel(): void; again(): void };
export type Drawing = { readonly view: CheckoutView | undefined; readonly notice: Said | undefined; readonly trouble: Told | undefined; readonly isBusy: boolean; readonly secondsLeft: number; readonly nowMs: number; readonly acts: Acts };

export function drawPage(drawing: Drawing): HTMLElement {
  const { view, notice, trouble, acts } = drawing;
  return element('main', { class: drawing.isBusy ? 'busy' : '', attributes: { 'data-stage': view?.stage ?? 'none' } },
    element('header', {}, element('h1', {}, view?.hospitalName ?? TEXTS.title.zh), words('small', view === undefined ? { zh: '', en: TEXTS.title.en } : { zh: view.description, en: TEXTS.title.en })),
    notice === undefined ? undefined : element('p', { class: 'notice', id: 'notice', attributes: { role: 'status' } }, ...lines(notice)),
    trouble === undefined ? undefined : element('div', { class: 'notice bad', id: 'trouble', attributes: { role: 'alert' } }, element('b', {}, ...lines(trouble)), element('p', {}, ...lines(trouble.next))),
    view === undefined ? blank(drawing) : stage(drawing, view),
    trouble === undefined || view !== undefined ? undefined : action(TEXTS.tryAgain, acts.again, { class: 'plain', id: 'again' }),
    element('footer', {}, ...lines(TEXTS.footer)));
}

function blank({ trouble }: Drawing): HTMLElement | undefined {
  return trouble === undefined ? element('section', { class: 'wait' }, spinner(), words('h2', TEXTS.loading)) : undefined;
}

function stage(drawing: Drawing, view: CheckoutView): HTMLElement {
  switch (view.stage) {
    case 'open':
      return open(drawing, view);
    case 'starting':
      return waiting(view, { title: TEXTS.starting, hint: TEXTS.pleaseWait }, cancelButton(drawing, view));
    case 'toPay':
      return toPay(drawing, view);
    case 'elsewhere':
      return waiting(view, { title: TEXTS.elsewhere, hint: TEXTS.elsewhereHint, tone: 'warn' }, view.mayCancel === true ? action(TEXTS.takeOver, drawing.acts.cancel, { class: 'plain', id: 'cancel', disabled: drawing.isBusy }) : undefined);
    case 'confirming':
      return waiting(view, { title: TEXTS.confirming, hint: TEXTS.confirmingHint, tone: 'warn' });
    case 'closing':
      return waiting(view, { title: TEXTS.closing, hint: TEXTS.closingHint, tone: 'warn' });
    case 'paid':
      return view.amountFen === 0 ? waiting(view, { title: TEXTS.settling, hint: TEXTS.pleaseWait, tone: 'good' }) : waiting(view, { title: TEXTS.paid, hint: TEXTS.paidHint, tone: 'good' });
    case 'done':
      return view.receipt === undefined ? ending(view, { mark: 'good', title: TEXTS.doneElsewhere, hint: TEXTS.doneElsewhereHint }) : done(view, view.receipt);
    case 'goingBack':
      return waiting(view, { title: TEXTS.goingBack, hint: TEXTS.goingBackHint, tone: 'warn' });
    case 'returned':
      return ending(view, { mark: 'back', title: TEXTS.returned, hint: TEXTS.returnedHint });
    case 'returnBlocked':
      return ending(view, { mark: 'bad', title: TEXTS.returnBlocked, hint: TEXTS.returnBlockedHint });
  }
}

function open(drawing: Drawing, view: CheckoutView): HTMLElement {
  const { acts, isBusy } = drawing;
  const others = view.otherApps.map((app) => APP_NAMES[app]);
  const before = view.before === undefined ? undefined : element('p', { class: 'notice', id: 'before' }, ...lines(view.before === 'declined' ? TEXTS.beforeDeclined : TEXTS.beforeClosed));
  if (view.amountFen === 0) {
    return element('section', {}, before, bill(view, TEXTS.amount), timeLeft(drawing), words('p', TEXTS.nothingToPayHint, 'hint'),
      element('div', { class: 'wallets' }, action(TEXTS.confirmNothing, acts.confirm, { class: 'wallet confirm', id: 'confirm', disabled: isBusy })));
  }
  if (view.wallets.length === 0) {
    return element('section', {}, before, bill(view, TEXTS.amount),
      element('div', { class: 'notice', id: 'not-here' }, element('b', {}, ...lines(TEXTS.notHere)), element('p', {}, ...lines(others.length === 0 ? TEXTS.notHereWindow : TEXTS.notHereApps(others)))));
  }
  return element('section', {}, before, bill(view, TEXTS.amount), timeLeft(drawing),
    words('p', TEXTS.checkFirst, 'hint'),
    element('div', { class: 'wallets' }, ...view.wallets.map((wallet) => action(PAY_WITH[wallet], () => { acts.pay(wallet); }, { class: `wallet ${wallet}`, id: `pay-${wallet}`, disabled: isBusy }))),
    others.length === 0 || view.app !== 'browser' ? undefined : words('p', TEXTS.scanInstead(others), 'hint'));
}

function toPay(drawing: Drawing, view: CheckoutView): HTMLElement {
  const { acts, isBusy } = drawing;
  const wallet = view.wallet ?? 'wechat';
  const name = APP_NAMES[wallet];
  if (view.presentation?.kind === 'qr') {
    const canvas = drawQr(view.presentation.content, TEXTS.scanThis(name).zh);
    return element('section', { class: 'wait' }, bill(view, TEXTS.amount), words('h2', TEXTS.scanThis(name)), element('div', { class: 'code' }, canvas), timeLeft(drawing), cancelButton(drawing, view));
  }
  return element('section', { class: 'wait' }, bill(view, TEXTS.amount), words('h2', TEXTS.inWallet(name)), words('p', TEXTS.comeBack, 'hint'), timeLeft(drawing),
    element('div', { class: 'wallets' },
      action(TEXTS.continuePaying(name), acts.toWallet, { class: `wallet ${wallet}`, id: 'continue', disabled: isBusy }),
      action(TEXTS.havePaid, acts.follow, { class: 'plain', id: 'have-paid', disabled: isBusy }),
      cancelButton(drawing, view)));
}

function cancelButton({ acts, isBusy }: Drawing, view: CheckoutView): HTMLElement | undefined {
  return view.mayCancel === true ? action(TEXTS.otherWay, acts.cancel, { class: 'quiet', id: 'cancel', disabled: isBusy }) : undefined;
}

function waiting(view: CheckoutView, said: { readonly title: Said; readonly hint: Said; readonly tone?: 'warn' | 'good' }, more?: Child): HTMLElement {
  return element('section', { class: `wait ${said.tone ?? ''}` }, bill(view, said.tone === 'good' ? TEXTS.amountPaid : TEXTS.amount), spinner(), words('h2', said.title, undefined, 'state'), words('p', said.hint, 'hint'), more);
}

function ending(view: CheckoutView, said: { readonly mark: 'good' | 'back' | 'bad'; readonly title: Said; readonly hint: Said }): HTMLElement {
  return element('section', { class: 'wait' }, element('div', { class: `mark ${said.mark}`, attributes: { 'aria-hidden': 'true' } }, said.mark === 'good' ? '✓' : said.mark === 'back' ? '↩' : '!'), words('h2', said.title, undefined, 'state'), amount(view), words('p', said.hint, 'hint'));
}

function done(view: CheckoutView, receipt: Receipt): HTMLElement {
  const facts: HTMLElement[] = [];
  const fact = (label: Said, value: string | undefined, id?: string) => {
    if (value !== undefined && value !== '') facts.push(element('div', { class: 'fact' }, element('dt', {}, ...lines(label)), element('dd', id === undefined ? {} : { id }, value)));
  };
  fact(TEXTS.patient, view.patientLabel);
  fact(TEXTS.receiptNo, receipt.receiptNo, 'receipt-no');
  fact(TEXTS.settlementNo, receipt.settlementNo);
  fact(TEXTS.paidAt, receipt.paidAt === undefined ? undefined : beijingTime(receipt.paidAt));
  return element('section', { class: 'wait' },
    element('div', { class: 'mark good', attributes: { 'aria-hidden': 'true' } }, '✓'), words('h2', view.amountFen === 0 ? TEXTS.settledNothing : TEXTS.done, undefined, 'state'), amount(view),
    nextStep(TEXTS.pickupWindow, receipt.pickupWindow), nextStep(TEXTS.guide, receipt.guide),
    element('dl', {}, ...facts));
}

function nextStep(label: Said, value: string | undefined): HTMLElement | undefined {
  return value === undefined || value === '' ? undefined : element('p', { class: 'next-step' }, element('span', {}, `${label.zh} `, element('small', {}, label.en)), element('b', {}, value));
}

function bill(view: CheckoutView, label: Said): HTMLElement {
  return element('div', { class: 'bill' },
    element('p', { class: 'label' }, `${label.zh} `, element('small', {}, label.en)), amount(view),
    view.patientLabel === undefined ? undefined : element('p', { class: 'who', id: 'patient' }, `${TEXTS.patient.zh} `, element('b', {}, view.patientLabel)));
}

function amount(view: CheckoutView): HTMLElement {
  const text = view.amountFen === undefined ? '—' : yuanText(view.amountFen);
  // An amount broken over two lines would be read wrong: a long one is written smaller instead.
  return element('p', { class: `amount ${text.length > 10 ? 'longest' : text.length > 7 ? 'long' : ''}`, id: 'amount' }, element('i', {}, '¥'), text);
}

function timeLeft({ secondsLeft, nowMs }: Drawing): HTMLElement {
  const { label, text } = timeLeftText(secondsLeft, nowMs);
  return element('p', { class: 'time' }, `${TEXTS[label].zh} `, element('b', { id: 'time-left' }, text), element('small', {}, ` ${TEXTS[label].en}`));
}

function action(label: Said, onTap: () => void, settings: { readonly class: string; readonly id: string; readonly disabled?: boolean }): HTMLButtonElement {
  const made = element('button', { class: settings.class, id: settings.id, onTap, attributes: { type: 'button' } }, ...lines(label));
  made.disabled = settings.disabled ?? false;
  return made;
}

function words<Tag extends 'h2' | 'p' | 'small'>(tag: Tag, said: Said, className?: string, id?: string): HTMLElement {
  return element(tag, { ...(className === undefined ? {} : { class: className }), ...(id === undefined ? {} : { id }) }, ...lines(said));
}

/** Chinese, and English under it. */
function lines({ zh, en }: Said): Child[] {
  return [element('span', { class: 'zh' }, zh), element('span', { class: 'en', attributes: { lang: 'en' } }, en)];
}

function spinner(): HTMLElement {
  return element('div', { class: 'spinner', attributes: { 'aria-hidden': 'true' } });
}
