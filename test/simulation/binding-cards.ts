/** 快捷支付: users of the application bind their cards, set a password, pay, forget it and reset it, and unbind; pressed twice, codes mistyped, answers lost, unbound in the middle of a payment, cancelled at the bank. */
import type { CardHolder } from '@hospay/plugin-sdk';
import type { Holder } from '@hospay/server/quick-pay/ports.js';
import type { OrderView } from '@hospay/server/payments/order-view.js';
import { askUntilAnswered, isRefused } from './asking.js';
import { RIGHT_CODE } from './channels/card-issuer.js';
import type { WorldView } from './world-view.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const OWNER = { kind: 'application', id: 'app-1' } as const;
const TENANT = 'application/app-1';
/** One after another, each time it is forgotten. */
const PASSWORDS = ['802517', '639284', '471906'] as const;
const WRONG_PASSWORD = '111222';
const BEGIN_WITHIN_MS = 12 * MINUTE;
/** The task asks this often while things happen, then every hour, for so many days. */
const ASKED_AT = [...Array.from({ length: 18 }, (_, index) => (index + 1) * 5 * MINUTE), ...Array.from({ length: 120 }, (_, index) => (index + 2) * HOUR)];

type User = { readonly holder: Holder; readonly cardHolder: CardHolder; /** How many passwords came before this one. */ forgotten: number };
const passwordOf = ({ forgotten }: User): string => PASSWORDS[forgotten] ?? PASSWORDS[0];

/** Each ends when its user has gone home. */
export function openCardUsers(world: WorldView): readonly Promise<void>[] {
  for (const at of ASKED_AT) world.time.after(at, 'the task asks about agreements', () => { void world.ask('ask open agreements', (useCases) => useCases.askOpenAgreements()); });
  return Array.from({ length: world.weather.between(1, 3) }, async (_, index) => {
    await world.time.sleep(world.weather.nextInt(BEGIN_WITHIN_MS), `card user ${String(index)} begins`);
    const serial = String(index + 1).padStart(4, '0');
    await cardUser(world, { holder: { appId: 'app-1', userId: `user-${serial}` }, cardHolder: { name: '张三', idNo: '110101199001010018', cardNo: `622202000000${serial}`, mobile: '13912345678' }, forgotten: 0 });
  });
}

async function cardUser(world: WorldView, user: User): Promise<void> {
  const agreementNo = (await bind(world, user, 'first')) ?? (await bind(world, user, 'second'));
  if (agreementNo === undefined) return;
  if (world.faults.strikes('same card bound twice')) await bind(world, user, 'again');
  await askUntilAnswered(world, `password of ${user.holder.userId}`, 6, (useCases) => useCases.setPaymentPassword({ holder: user.holder, newPassword: passwordOf(user) }));
  if (world.faults.strikes('card cancelled at the bank')) world.channels.issuer.cancel(agreementNo);
  for (let number = 1; number <= world.weather.between(1, 2); number += 1) {
    if (user.forgotten < PASSWORDS.length - 1 && world.faults.strikes('password forgotten') && !(await forget(world, user, agreementNo))) break;
    const paying = pay(world, user, agreementNo, `pay-${String(number)}`);
    if (world.faults.strikes('card unbound as it pays')) {
      await world.time.sleep(world.weather.between(0, 4_000), `${agreementNo} is unbound as it pays`);
      if (await unbind(world, user, agreementNo)) world.history.mark('a card was unbound as it paid');
    }
    await paying;
  }
  if (!world.weather.chance(0.6) || !(await unbind(world, user, agreementNo))) return;
  const order = await pay(world, user, agreementNo, 'after');
  world.expect(order === undefined, 'an unbound card is not charged', agreementNo, `paid ${order?.tradeNo ?? ''} after its unbinding was answered`);
  if (world.weather.chance(0.5)) await bind(world, user, 'anew');
}

/** Until the bank has bound it. Undefined: it did not come to that, or nobody could tell. */
async function bind(world: WorldView, { holder, cardHolder }: User, attempt: string): Promise<string | undefined> {
  const askedKey = `bind/${holder.userId}/${attempt}`;
  const begin = (useCases: Parameters<Parameters<WorldView['ask']>[1]>[0]) => useCases.bindCard({ holder, askedKey, cardHolder });
  const second = world.faults.strikes('double press') ? world.ask(`bind ${askedKey} (pressed twice)`, begin) : undefined;
  const answer = await askUntilAnswered(world, `bind ${askedKey}`, 4, begin, ['QUICK_PAY_UNAVAILABLE']);
  const other = await second;
  if (answer?.kind !== 'ok') return undefined;
  const { agreementNo } = answer.value;
  world.expect(other?.kind !== 'ok' || other.value.agreementNo === agreementNo, 'same key, same answer', askedKey, 'another agreement for the same press');
  for (let tries = 0; tries < 8; tries += 1) {
    if (!world.channels.issuer.hasSentCode(agreementNo)) {
      await world.time.sleep(20 * SECOND, `${agreementNo}: no short message yet`);
      continue;
    }
    const code = world.faults.strikes('code mistyped') ? '0000' : RIGHT_CODE;
    const confirmed = await world.ask(`code for ${agreementNo}`, (useCases) => useCases.confirmBinding({ holder, agreementNo, code }));
    world.history.mark(confirmed === undefined ? 'a binding code had no answer' : confirmed.kind === 'ok' ? `a binding code was entered: ${confirmed.value.state}` : `a binding code was refused: ${confirmed.code}`);
    const state = confirmed?.kind === 'ok' ? confirmed.value.state : await stateOf(world, holder, agreementNo);
    if (state === 'active') return agreementNo;
    if (state === 'failed') return undefined;
    await world.time.sleep(world.weather.between(5, 40) * SECOND, `${agreementNo} is looked at again`);
    if ((await stateOf(world, holder, agreementNo)) === 'active') return agreementNo;
  }
  return undefined;
}

async function stateOf(world: WorldView, holder: Holder, agreementNo: string): Promise<string | undefined> {
  const found = await askUntilAnswered(world, `find ${agreementNo}`, 3, (useCases) => useCases.findAgreement({ holder, agreementNo }));
  return found?.kind === 'ok' ? found.value.state : undefined;
}

/** True once it was answered: from here on the card is charged no more. */
async function unbind(world: WorldView, { holder }: User, agreementNo: string): Promise<boolean> {
  const answer = await askUntilAnswered(world, `unbind ${agreementNo}`, 5, (useCases) => useCases.unbindCard({ holder, agreementNo }));
  if (answer?.kind === 'ok') world.history.mark(`a card was unbound: ${answer.value.state}`);
  return answer?.kind === 'ok';
}

/** Guesses, perhaps until it is locked, then proves to be the card-holder and sets another. False: no password that is known to be the right one. */
async function forget(world: WorldView, user: User, agreementNo: string): Promise<boolean> {
  for (let guesses = world.weather.between(0, 9); guesses > 0; guesses -= 1) {
    const locked = await guess(world, user, agreementNo, WRONG_PASSWORD);
    if (locked) world.history.mark('a payment password was locked');
    if (locked) break;
  }
  const old = passwordOf(user);
  user.forgotten += 1;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const done = await reset(world, user, agreementNo);
    if (done === 'refused') return false;
    if (done === 'unclear') continue;
    if (world.faults.strikes('old password typed')) await guess(world, user, agreementNo, old);
    return true;
  }
  return false;
}

/** One payment with a password that must not be taken. True: it is locked now. */
async function guess(world: WorldView, { holder }: User, agreementNo: string, password: string): Promise<boolean> {
  const billNo = world.hospital.openBill(world.weather.between(1, 20_000) * 4);
  const quote = await askUntilAnswered(world, `quote ${billNo}`, 5, (useCases) => useCases.quoteBills({ owner: OWNER, patientId: 'P1', billNos: [billNo] }));
  if (quote?.kind !== 'ok') return false;
  const { quoteId, selfPayFen: amountFen } = quote.value;
  const key = `${holder.userId}/${agreementNo}/guess-${quoteId}`;
  const answer = await world.ask(`pay ${key}`, (useCases) => useCases.payWithAgreement({ owner: OWNER, merchantId: 'hospital', holder, idempotency: { tenant: TENANT, key, requestHash: quoteId }, agreementNo, quoteId, amountFen, password }));
  world.expect(answer?.kind !== 'ok', 'a card is charged with its password', key, 'a password was taken that is not its holder’s');
  return answer !== undefined && isRefused(answer, ['PAYMENT_PASSWORD_LOCKED']);
}

/** A check of the card-holder and what it is used for. `unclear`: it may have been used, and nobody was told. */
async function reset(world: WorldView, user: User, agreementNo: string): Promise<'done' | 'refused' | 'unclear'> {
  const { holder, cardHolder } = user;
  const checked = await askUntilAnswered(world, `check of ${holder.userId}`, 4, (useCases) => useCases.checkHolder({ holder, agreementNo, cardHolder }), ['QUICK_PAY_UNAVAILABLE']);
  if (checked?.kind !== 'ok') return 'refused';
  const { checkNo } = checked.value;
  const newPassword = passwordOf(user);
  let isUnclear = false;
  for (let tries = 0; tries < 8; tries += 1) {
    if (!world.channels.issuer.hasSentCode(checkNo)) {
      await world.time.sleep(20 * SECOND, `${checkNo}: no short message yet`);
      continue;
    }
    const code = world.faults.strikes('code mistyped') ? '0000' : RIGHT_CODE;
    const send = (useCases: Parameters<Parameters<WorldView['ask']>[1]>[0]) => useCases.resetPaymentPassword({ holder, checkNo, code, newPassword });
    const second = world.faults.strikes('double press') ? world.ask(`reset by ${checkNo} (pressed twice)`, send) : undefined;
    const answers = [await world.ask(`reset by ${checkNo}`, send), ...(second === undefined ? [] : [await second])];
    world.history.mark(answers[0] === undefined ? 'a reset had no answer' : answers[0].kind === 'ok' ? 'a payment password was reset' : `a reset was refused: ${answers[0].code}`);
    if (answers.some((answer) => answer?.kind === 'ok')) {
      if (world.faults.strikes('holder check used again')) {
        const again = await world.ask(`reset by ${checkNo}, again`, (useCases) => useCases.resetPaymentPassword({ holder, checkNo, code: RIGHT_CODE, newPassword: PASSWORDS[0] }));
        world.expect(again?.kind !== 'ok', 'a check of the holder is used once', checkNo, 'a second reset was answered');
      }
      return 'done';
    }
    // A store that refused, or a process that died, may have done it.
    isUnclear ||= answers.some((answer) => answer === undefined || isRefused(answer, ['STORE_UNAVAILABLE', 'INTERNAL']));
    if (answers.every((answer) => answer !== undefined && isRefused(answer, ['HOLDER_CHECK_NOT_OPEN', 'SMS_CODE_EXPIRED', 'CARD_REFUSED']))) return isUnclear ? 'unclear' : 'refused';
    await world.time.sleep(world.weather.between(3, 20) * SECOND, `${checkNo}: the code is typed again`);
  }
  return isUnclear ? 'unclear' : 'refused';
}

async function pay(world: WorldView, user: User, agreementNo: string, name: string): Promise<OrderView | undefined> {
  const { holder } = user;
  const key = `${holder.userId}/${agreementNo}/${name}`;
  const billNo = world.hospital.openBill(world.weather.between(1, 20_000) * 4);
  const quote = await askUntilAnswered(world, `quote ${billNo}`, 5, (useCases) => useCases.quoteBills({ owner: OWNER, patientId: 'P1', billNos: [billNo] }));
  if (quote?.kind !== 'ok') return undefined;
  const { quoteId, selfPayFen: amountFen } = quote.value;
  const request = { owner: OWNER, merchantId: 'hospital', holder, idempotency: { tenant: TENANT, key, requestHash: `${quoteId} ${agreementNo}` }, agreementNo, quoteId, amountFen };
  if (world.faults.strikes('password mistyped')) {
    const refused = await world.ask(`pay ${key} with another password`, (useCases) => useCases.payWithAgreement({ ...request, password: WRONG_PASSWORD }));
    world.expect(refused?.kind !== 'ok' || world.isAcknowledged(TENANT, key), 'a card is charged with its password', key, 'another password was taken');
  }
  const send = (useCases: Parameters<Parameters<WorldView['ask']>[1]>[0]) => useCases.payWithAgreement({ ...request, password: passwordOf(user) });
  const second = world.faults.strikes('double press') ? world.ask(`pay ${key} (pressed twice)`, send) : undefined;
  const answer = await askUntilAnswered(world, `pay ${key}`, 4, send, ['CHANNEL_UNAVAILABLE', 'STOPPED_FOR_SAFETY']);
  const other = await second;
  if (other?.kind === 'ok') world.acknowledge(TENANT, key, other.value);
  if (answer?.kind !== 'ok') {
    if (answer !== undefined && isRefused(answer, ['AGREEMENT_NOT_ACTIVE'])) world.history.mark('an unbound card was refused');
    return undefined;
  }
  world.acknowledge(TENANT, key, answer.value);
  world.history.mark('paid by a card bound here');
  const order = answer.value;
  if (order.payments.at(-1)?.presentation?.kind === 'smsCode') {
    await world.time.sleep(world.weather.between(4, 60) * SECOND, `the code for ${order.tradeNo} is typed`);
    const entered = await askUntilAnswered(world, `code for ${order.tradeNo}`, 3, (useCases) => useCases.enterPaymentCode({ owner: OWNER, tradeNo: order.tradeNo, code: '1234' }));
    if (entered?.kind === 'ok') world.observe(entered.value);
  }
  return order;
}
