/** Draws what the medical insurance (医保) needs: the voucher, which insurance, what it pays, and an order that was paid in part. */
import { isInsuranceDue, ownLeftFen, yuanText, type Order } from '../src/index.js';
import { button, element } from './element.js';
import { payInsured, payRest, presettle, takeVoucher, withoutInsurance } from './insuring.js';
import { actions, keypad, money, pair, type Drawing } from './parts.js';
import type { Screen, SplitScreen, VoucherScreen } from './screen.js';

export function voucher({ walk, texts }: Drawing, screen: VoucherScreen): HTMLElement {
  const input = element('input', { id: 'voucher', attributes: { type: 'text', autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false', maxlength: '64', 'aria-label': texts.showVoucher, placeholder: texts.voucherHint } });
  const go = () => {
    if (input.value.trim() !== '') void takeVoucher(walk, screen, input.value);
  };
  return element('section', { class: 'card' },
    element('h1', {}, texts.showVoucher), element('p', { class: 'hint' }, texts.voucherWhere), input,
    keypad({ texts, input, last: 'X', isAccepted: (text) => text.length <= 64, go }),
    actions(button(texts.back, () => walk.show(screen.before), { id: 'back', disabled: walk.isBusy }), button(texts.next, go, { class: 'primary', id: 'take-voucher', disabled: walk.isBusy })));
}

export function insurances({ walk, texts }: Drawing, screen: Extract<Screen, { kind: 'insurances' }>): HTMLElement {
  return element('section', { class: 'patients' },
    element('h1', {}, texts.chooseInsurance),
    element('div', { class: 'list' }, ...screen.insurances.map((one) => element('button', { class: 'row', onTap: () => void presettle(walk, screen, one), attributes: { type: 'button', ...(walk.isBusy ? { disabled: '' } : {}) } }, element('b', {}, texts.insuranceType(one.type)), element('span', {}, one.place)))),
    actions(button(texts.back, () => walk.show(screen.before), { id: 'back' })));
}

export function split({ walk, texts }: Drawing, screen: SplitScreen): HTMLElement {
  const { before, totalFen, split: { fundFen, accountFen, cashFen } } = screen;
  return element('section', { class: 'quote' },
    element('h1', {}, texts.checkInsurance), element('p', { class: 'who' }, element('b', {}, before.name)),
    element('dl', { class: 'parts' }, ...pair(texts.total, money(totalFen)), ...pair(texts.fund, money(fundFen)), ...pair(texts.personalAccount, money(accountFen)), ...pair(texts.selfPay, money(cashFen, 'self-pay'), 'self-pay')),
    element('p', { class: 'hint' }, cashFen === 0 ? texts.allInsured : walk.ownFirst ? texts.ownFirstHint : texts.insuranceFirstHint),
    actions(button(texts.withoutInsurance, () => void withoutInsurance(walk, screen), { id: 'without-insurance', disabled: walk.isBusy }), button(texts.payInsured, () => void payInsured(walk, screen), { class: 'primary', id: 'pay-insured', disabled: walk.isBusy })));
}

/** Between two payments: the next one begins by itself once, and by a touch after that. */
export function partlyPaid({ walk, texts }: Drawing, order: Order): HTMLElement {
  const isDue = isInsuranceDue(order);
  return element('section', { class: 'wait good' },
    element('div', { class: 'mark good' }, '✓'),
    element('h1', { id: 'state' }, isDue ? texts.ownPartPaid : texts.insuredPartPaid(yuanText(order.tender?.paidFen ?? 0))),
    isDue ? undefined : money(ownLeftFen(order), 'amount'), element('p', { class: 'hint' }, isDue ? texts.settleInsuranceHint : texts.payRestHint),
    actions(button(walk.isBusy ? texts.cancelling : texts.cancelAll, () => void walk.cancel(), { id: 'cancel', disabled: walk.isBusy }), button(isDue ? texts.settleInsurance : texts.payRest, () => void payRest(walk, order), { class: 'primary', id: 'pay-rest', disabled: walk.isBusy })));
}
